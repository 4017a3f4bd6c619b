"""The isolated environment of one build: a fresh virtualenv with the build's requirements, installed by uv.

A requirement that the environment itself locks has the locked version, so that what is compiled against numpy fits
the numpy it will meet. Where the build asks for another version of it the build's word counts; where all locked
versions together cannot be had, only numpy's is insisted on, or an older numpy, which fits a newer one too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import uv_toml
from mixlock_hooks.formats.engine_messages import uv_lines
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.rules.build_constraints import attempts_of, requirement
from mixlock_hooks.shell import process
from mixlock_hooks.shell.tools import find_uv, uv_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.shell.index.indices import UsedIndex

_DIST_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")


class RequirementsError(CannotDoError):
    """What a build requires cannot be installed."""


class BuildEnvironment:
    """A virtualenv below a build's folder."""

    def __init__(self, folder: Path, python: str, indices: Sequence[UsedIndex], cutoff: str) -> None:
        """Make it, empty.

        Raises:
            CannotDoError: uv is not installed, or cannot make it.
        """
        uv = find_uv()
        if uv is None:
            raise CannotDoError("uv is not installed here: `pip install 'mixlock[wheelhouse]'` brings it")
        self._uv = uv
        self._folder = folder
        self._cutoff = cutoff
        self.root = folder / "env"
        self._configuration = uv_toml.render_indices([index.url for index in indices])
        made = self._run("venv", "--python", python, "--no-python-downloads", "--no-project", str(self.root))
        if made:
            raise CannotDoError(f"no virtualenv can be made with {python}: {made}")

    @property
    def python(self) -> str:
        """Return the virtualenv's python."""
        windows = self.root / "Scripts" / "python.exe"
        return str(windows if windows.exists() else self.root / "bin" / "python")

    def install(self, requires: Iterable[str], held: Mapping[PypiName, str]) -> None:
        """Install what a build requires, in the versions that are held where the build does not say otherwise.

        Raises:
            RequirementsError: it cannot be installed; the message is uv's.
        """
        asked = tuple(map(_safe, requires))
        if not asked:
            return
        attempts = attempts_of(asked, held)
        (self._folder / "requires.txt").write_text("".join(f"{line}\n" for line in asked), encoding="utf-8")
        first = ""
        for attempt in attempts:
            failure = self._install(attempt)
            if not failure:
                return
            first = first or failure
        raise RequirementsError(f"its build requirements {', '.join(asked)} cannot be installed: {first}")

    def _install(self, constraints: Sequence[str]) -> str:
        lines = "".join(f"{constraint}\n" for constraint in constraints)
        (self._folder / "constraints.txt").write_text(lines, encoding="utf-8")
        cutoff = ("--exclude-newer", self._cutoff) if self._cutoff else ()
        files = ("--requirements", "requires.txt", "--constraints", "constraints.txt")
        return self._run("pip", "install", "--python", self.python, "--only-binary", ":all:", *cutoff, *files)

    def _run(self, *words: str) -> str:
        """Run uv; return why it failed, or nothing. Its configuration may hold secrets: no build sees it."""
        configuration = self._folder / "uv.toml"
        configuration.write_text(self._configuration, encoding="utf-8")
        try:
            command = [self._uv, *words, "--quiet", "--config-file", configuration.name]
            done = process.run(command, env=uv_environment(self._folder), cwd=self._folder)
        finally:
            configuration.unlink(missing_ok=True)
        return (" ".join(uv_lines(done.stderr))[:600] or "uv said nothing") if done.status else ""

    def installed(self) -> tuple[str, ...]:
        """Return what is installed, as ``name==version``, sorted."""
        folders = [
            *self.root.glob("lib/python*/site-packages/*.dist-info"),
            *self.root.glob("Lib/site-packages/*.dist-info"),
        ]
        found = (_DIST_INFO.fullmatch(folder.name) for folder in folders)
        return tuple(sorted(f"{canonicalize_name(each['name'])}=={each['version']}" for each in found if each))


def _safe(text: str) -> str:
    """Return a build requirement that is a name and versions, not an option, a path or a URL.

    Raises:
        RequirementsError: it is something else.
    """
    found = requirement(text)
    if found is None or found.url:
        raise RequirementsError(
            f"its build requires {text.splitlines()[0][:100]!r}, which is no version of a project"
        )
    return str(found)
