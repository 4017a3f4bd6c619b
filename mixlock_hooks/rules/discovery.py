"""Which of a repository's files are specs: by the configured globs, or by their names."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import environment_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.settings import Settings

_SPEC_NAME = re.compile(r"(?:.*/)?(?:environment[^/]*|env[^/]*|conda)\.ya?ml")
_LOCK_NAME = re.compile(r"(?:.*/)?[^/]*(?:conda-lock|[.\-_]lock)[^/]*\.ya?ml")


def discover(paths: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return the spec files among tracked paths, sorted; never a lockfile, nor what is only a part of an environment.

    Without globs every Python file is one, as far as its name can tell: whether it holds a flow, its content says.
    """
    lock_folder, of_several = settings.lock_dir + "/", parts(settings) | {*settings.lock_places.elsewhere.values()}
    candidates = (
        path
        for path in paths
        if not path.startswith(lock_folder) and not _LOCK_NAME.fullmatch(path) and path not in of_several
    )
    if settings.specs is None:
        return tuple(sorted(path for path in candidates if path.endswith(".py") or _SPEC_NAME.fullmatch(path)))
    patterns = [glob(pattern) for pattern in settings.specs]
    return tuple(sorted(path for path in candidates if any(pattern.fullmatch(path) for pattern in patterns)))


def nothing_found(settings: Settings) -> str:
    """Say that no file is a spec, and how one becomes one."""
    if settings.specs is None:
        where = settings.source or "no configuration"
        return f"no spec found among the tracked files ({where}): add environment.yml to git, or set `specs`"
    of_parts = [each for each in settings.specs if "#" in each]
    if of_parts:
        return f"{settings.source}: `{of_parts[0]}` belongs in `specs` of an environment (`environments.NAME`)"
    return f"{settings.source}: git tracks no file that `specs` names ({', '.join(settings.specs) or 'it is empty'})"


def parts(settings: Settings) -> frozenset[str]:
    """Return the files that configured environments are made of and that are no environments of their own.

    A file that ``specs`` names by its path is one, too, and so is that of an environment which others are to be like.
    """
    listed = settings.specs or ()
    named = {path for each in settings.environments.values() for path in each.files if path not in listed}
    liked = {each.like for each in settings.environments.values()} - settings.environments.keys()
    return frozenset(path for path in named if environment_name(path) not in liked)


def is_imported(settings: Settings, path: str) -> bool:
    """Return whether a flow's environments are known by importing it."""
    return any(glob(pattern).fullmatch(path) for pattern in settings.metaflow_import)


@cache
def glob(pattern: str) -> re.Pattern[str]:
    """Translate a glob over paths: ``*`` and ``?`` stay in a folder, ``**/`` crosses any number of them."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    words = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))
