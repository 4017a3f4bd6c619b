"""The isolated environment of one build: a fresh virtualenv with the build's requirements.

A requirement that the environment itself locks has the locked version, so that what is compiled against numpy fits
the numpy it will meet. Where the build asks for another version of it the build's word counts; where all locked
versions together cannot be had, only numpy's is insisted on, or an older numpy, which fits a newer one too.

Which wheels these are uv decides outside of the sandbox, with mixlock's own python: it needs the indices and their
passwords, and runs nothing. The wheels are fetched and verified as every file of an index. In the sandbox, without a
network, uv makes the virtualenv, for which it runs the python of the lock, and installs them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags, platform_tags

from mixlock_hooks.formats import pylock_toml, uv_toml
from mixlock_hooks.formats.engine_messages import uv_lines
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.build_constraints import attempts_of, best_wheel, requirement
from mixlock_hooks.shell import process
from mixlock_hooks.shell.build.readable import of_python
from mixlock_hooks.shell.index.indices import ages_of, plain_urls
from mixlock_hooks.shell.installation import missing_extra
from mixlock_hooks.shell.tools import find_uv, uv_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.tags import Tag

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile
    from mixlock_hooks.shell.build.sandbox import Sandbox
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.index.remote_files import RemoteFiles

_BOXED = ("--quiet", "--offline", "--no-config", "--no-cache")


class RequirementsError(CannotDoError):
    """What a build requires cannot be installed."""


class BuildEnvironment:
    """A virtualenv below a build's folder."""

    def __init__(self, sandbox: Sandbox, python: str, minor: str, remote: RemoteFiles) -> None:
        """Make it, empty.

        Args:
            sandbox: where it is made.
            python: the python it is made of.
            minor: that python's version, as ``X.Y``.
            remote: the files of the indices.

        Raises:
            CannotDoError: uv is not installed, or cannot make it.
        """
        uv = find_uv()
        if uv is None:
            raise missing_extra("wheelhouse", "uv")
        self._uv = uv
        self._sandbox = sandbox
        self._folder = sandbox.folder
        self._minor = minor
        self._base = python
        self._remote = remote
        self._asked: tuple[str, ...] = ()
        self._pins: dict[str, str] = {}
        self.root = self._folder / "env"
        self.root.mkdir()
        try:
            self._run_boxed("venv", "--python", python, "--no-python-downloads", "--no-project", str(self.root))
        except subprocess.CalledProcessError as error:
            raise CannotDoError(f"no virtualenv can be made with {python}: {sandbox.said()[-600:]}") from error

    @property
    def python(self) -> str:
        """Return the virtualenv's python."""
        windows = self.root / "Scripts" / "python.exe"
        return str(windows if windows.exists() else self.root / "bin" / "python")

    def install(
        self, requires: Iterable[str], held: Mapping[PypiName, str], indices: Sequence[UsedIndex], cutoff: Cutoff
    ) -> None:
        """Install what a build requires, in the versions that are held where the build does not say otherwise.

        Args:
            requires: the requirements, beside those that were asked for before.
            held: versions by name, of all that the environment installs.
            indices: where to look.
            cutoff: what nothing may be newer than.

        Raises:
            RequirementsError: it cannot be installed; the message is uv's.
        """
        asked = tuple(map(_safe, requires))
        if not asked:
            return
        self._asked += asked
        first = ""
        for attempt in attempts_of(self._asked, held):
            failure = self._decide(attempt, indices, cutoff)
            if not failure:
                self._install_decided()
                return
            first = first or failure
        raise RequirementsError(f"its build requirements {', '.join(asked)} cannot be installed: {first}")

    def _decide(self, constraints: Sequence[str], indices: Sequence[UsedIndex], cutoff: Cutoff) -> str:
        """Let uv decide on versions and files; return why it cannot, or nothing."""
        self._write("requires.txt", self._asked)
        self._write("constraints.txt", constraints)
        configuration = self._folder / "uv.toml"
        configuration.write_text(
            uv_toml.render_indices(plain_urls(indices), ages_of(cutoff, indices)), encoding="utf-8"
        )
        command = [
            *(
                self._uv,
                "pip",
                "compile",
                "--quiet",
                "--no-header",
                "--format",
                "pylock.toml",
                "--only-binary",
                ":all:",
            ),
            *("--config-file", configuration.name, "--python", sys.executable, "--no-python-downloads"),
            *("--python-version", self._minor, "--constraints", "constraints.txt", "--output-file", "pylock.toml"),
            *(("--exclude-newer", cutoff.moment) if cutoff.moment else ()),
            "requires.txt",
        ]
        try:
            done = process.run(command, env=uv_environment(self._folder), cwd=self._folder)
        finally:
            configuration.unlink(missing_ok=True)  # it may hold passwords
        if done.status:
            return " ".join(uv_lines(done.stderr))[:600] or "uv said nothing"
        return self._decided_elsewhere(indices)

    def _decided_elsewhere(self, indices: Sequence[UsedIndex]) -> str:
        """Return which requirement has an index of its own, where no build looks; nothing where none has."""
        bound = {name for index in indices for name in index.projects}
        found = sorted(bound & {pypi_name(name) for _file, name, _version in self._decided()}) if bound else ()
        return f"{', '.join(found)} may only come from an index of its own (`index-of`)" if found else ""

    def _write(self, name: str, lines: Iterable[str]) -> None:
        (self._folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _install_decided(self) -> None:
        """Fetch what was decided on and is not installed yet, and install it in the sandbox."""
        wheels = self._folder / "wheels"
        wheels.mkdir(exist_ok=True)
        fetched = []
        for file, name, version in self._decided():
            if self._pins.get(name) != version:
                (wheels / file.name).write_bytes(self._remote.content(file))
                fetched.append(str(wheels / file.name))
                self._pins[name] = version
        if not fetched:
            return
        try:
            self._run_boxed("pip", "install", "--python", self.python, "--no-index", "--no-deps", *fetched)
        except subprocess.CalledProcessError as error:
            raise RequirementsError(
                f"its build requirements cannot be installed: {self._sandbox.said()[-600:]}"
            ) from error

    def _decided(self) -> list[tuple[ProposedFile, str, str]]:
        try:
            projects = pylock_toml.parse((self._folder / "pylock.toml").read_text(encoding="utf-8"))
        except ValueError as error:
            raise RequirementsError(f"its build requirements cannot be verified: {error}") from error
        tags = _tags(self._minor)
        found = [(best_wheel(project.files, tags), str(project.name), project.version) for project in projects]
        missing = [name for file, name, _version in found if file is None]
        if missing:
            raise RequirementsError(f"its build requirements {', '.join(missing)} have no wheel for this machine")
        return [(file, name, version) for file, name, version in found if file]

    def _run_boxed(self, *words: str) -> None:
        reads = (self._uv, os.path.realpath(self._uv), str(self._folder / "wheels"), *of_python(self._base))
        self._sandbox.run([self._uv, *words, *_BOXED], reads=reads, writes=(str(self.root),))

    def installed(self) -> tuple[str, ...]:
        """Return what is installed, as ``name==version``, sorted."""
        return tuple(sorted(f"{name}=={version}" for name, version in self._pins.items()))


def _tags(minor: str) -> list[Tag]:
    """Return the tags that a python of this version takes on this machine, the best first."""
    major, _, rest = minor.partition(".")
    version = (int(major), int(rest))
    platforms = list(platform_tags())
    return [
        *cpython_tags(python_version=version, platforms=platforms),
        *compatible_tags(python_version=version, interpreter=f"cp{major}{rest}", platforms=platforms),
    ]


def _safe(text: str) -> str:
    """Return a build requirement that is a name and versions, not an option, a path or a URL.

    Raises:
        RequirementsError: it is something else.
    """
    found = requirement(text)
    if found is None or found.url:
        shown = next(iter(text.splitlines()), "")[:100]
        raise RequirementsError(f"its build requires {shown!r}, which is not a version of a project")
    return str(found)
