"""Where the mixlock that runs was installed from: hints lead there, and hooks name it."""

from __future__ import annotations

import re
import shlex
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mixlock_hooks.formats import direct_url
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.installation import InstalledFrom
from mixlock_hooks.model.urls import without_secrets
from mixlock_hooks.shell.repository.git import git

_NAME = "mixlock"
_OF_A_HOST = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+@[\w.-]+:")
"""What an address begins with that other machines can use: a scheme, or ``user@host:`` of SSH."""


@cache
def _source() -> direct_url.Source | None:
    try:
        return direct_url.parse(distribution(_NAME).read_text("direct_url.json"))
    except PackageNotFoundError:
        return None


def with_extra(extra: str) -> str:
    """Return the command that installs the mixlock that runs again, with an extra."""
    source = _source()
    return f"pip install {shlex.join(_pip_words(source, extra))}"


def _pip_words(source: direct_url.Source | None, extra: str) -> tuple[str, ...]:
    """Return what pip is told (PEP 508), a path where the source is a folder."""
    if source is None:
        return (f"{_NAME}[{extra}]",)
    if source.is_folder:
        return (*(("-e",) if source.is_editable else ()), f"{_path(source.url)}[{extra}]")
    where = f"{source.version_control}+{source.url}@{source.revision}" if source.version_control else source.url
    return (f"{_NAME}[{extra}] @ {where}",)


def _path(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def missing_extra(extra: str, what: str = "") -> CannotDoError:
    """Return that an extra is not installed, with the command that installs it.

    Args:
        extra: its name.
        what: what is missing; the extra where nothing is named.
    """
    return CannotDoError(f"{what or f'the extra `{extra}`'} is not installed here: `{with_extra(extra)}` brings it")


def another_version(required: str) -> str:
    """Return how another version is installed.

    Args:
        required: a specifier (PEP 440).
    """
    source = _source()
    if source:
        return f"install such a version; this one is from {source.url}"
    return f"`pip install '{_NAME}{required}'`"


def installed_from() -> InstalledFrom | None:
    """Return the repository that the mixlock that runs was installed from; None where nothing tells.

    Raises:
        CannotDoError: git is not installed.
    """
    source = _source()
    if source is None:
        return None
    if source.version_control == "git" and _OF_A_HOST.match(source.url):
        return InstalledFrom(url=source.url, revision=source.revision)
    return _clone(_path(source.url), source.revision) if source.is_folder or source.version_control == "git" else None


def _clone(folder: Path, revision: str) -> InstalledFrom | None:
    """Return a clone's repository: the remote that has the revision, else the clone itself."""
    if _said(folder, "rev-parse", "--show-prefix") or not _said(folder, "rev-parse", "--git-dir"):
        return None  # a folder of another repository, or of none
    commit = revision or _said(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    changed = not revision and _said(folder, "status", "--porcelain", "--untracked-files=no")
    caveat = f"{folder} has changes that are not committed, and hooks do without them" if changed else ""
    named = _said(folder, "describe", "--tags", "--exact-match", commit) or commit
    for branch in _said(folder, "branch", "--remotes", "--contains", commit, "--format=%(refname:lstrip=2)").split():
        url = without_secrets(_said(folder, "remote", "get-url", branch.partition("/")[0]))
        if _OF_A_HOST.match(url):
            return InstalledFrom(url=url, revision=named, caveat=caveat)
    here = f"{folder} is a clone on this machine; name a repository that others can reach before you share this"
    caveats = "; ".join(filter(None, (here, caveat)))
    return InstalledFrom(url=str(folder), revision=named, is_shared=False, caveat=caveats)


def _said(folder: Path, *words: str) -> str:
    done = git(folder, *words)
    return done.stdout.decode("utf-8", "surrogateescape").strip() if done.returncode == 0 else ""
