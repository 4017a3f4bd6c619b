"""Solve one platform through conda-lock, run as an executable in a scratch directory.

The conda side is solved first, once; its python decides which markers hold. conda-lock then asks the stand-in
for that very answer, solves the PyPI side against it, and writes the lockfile that is read back.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conda_lock_source, conda_lock_yml, name_map, virtual_packages
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.locked import Lockfile, Manager, SolvedPlatform
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.shell import process, solve_failure, tools
from mixlock_hooks.shell.conda_standin import BRIEF
from mixlock_hooks.shell.indices import UsedIndex, canonical_url, used_indices
from mixlock_hooks.shell.machine_config import cache_folder, mirrors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.ports import Progress

_DEFAULT_TIMEOUT_SECONDS = "30"
_DROPPED = ("CONDA_", "MAMBA_", "POETRY_", "PIP_", "UV_", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "MIXLOCK_")


class CondaLockSolver:
    """The ``Solver`` port: conda-lock as the authority, with the embedded stand-in or a real conda."""

    def __init__(self, solver: str, names: NameMap, progress: Progress) -> None:
        self._embedded = solver == tools.EMBEDDED
        self._conda = tools.conda_executable(solver)
        self._conda_lock = tools.conda_lock_command()
        self._names = names
        self._progress = progress

    def solve(self, request: SolveRequest) -> SolvedPlatform:
        """Solve one platform.

        Raises:
            CannotDoError: there is no answer; the problems are of MIX3xx.
        """
        try:
            with tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True) as folder:
                return _Solve(request, self, Path(folder)).run()
        finally:
            self._progress.ended(request.environment.name, request.spec.platform)

    def tell(self, request: SolveRequest, phase: str) -> None:
        """Tell the progress port which phase a request is in."""
        self._progress.phase(request.environment.name, request.spec.platform, phase)

    @property
    def embedded(self) -> bool:
        """Tell whether the stand-in answers."""
        return self._embedded

    @property
    def commands(self) -> tuple[str, list[str]]:
        """Return the conda executable and the command of conda-lock."""
        return self._conda, self._conda_lock

    @property
    def names(self) -> NameMap:
        """Return the name map that conda-lock is given."""
        return self._names


class _Solve:
    """One solve of one platform in its scratch folder."""

    def __init__(self, request: SolveRequest, solver: CondaLockSolver, scratch: Path) -> None:
        self._request = request
        self._spec = request.spec
        self._solver = solver
        self._scratch = scratch
        self._indices = used_indices(self._spec.indices, self._spec.default_index, mirrors())

    def run(self) -> SolvedPlatform:
        self._prepare()
        self._solver.tell(self._request, "conda")
        brief: dict[str, Any] = {}
        if self._solver.embedded:
            brief["answer"] = self._ask_standin()
            python = _python_of(brief["answer"]["actions"]["LINK"])
        else:
            python = self._python_by_conda_lock()
        pypi = applicable(self._spec, python) if python else ()
        if self._spec.pypi and not python:
            raise solve_failure.no_python(self._request)
        self._solver.tell(self._request, "pypi" if pypi else "conda-lock")
        lockfile = self._run_conda_lock(pypi, brief)
        return self._solved(lockfile, pypi)

    def _prepare(self) -> None:
        asked = {self._spec.platform: dict(self._spec.virtual_packages)}
        self._write("virtual-packages.yml", virtual_packages.render(asked))
        self._write("names.json", name_map.render_lookup_json(self._solver.names))
        for folder in ("tmp", "poetry", "pkgs"):
            (self._scratch / folder).mkdir()

    def _write(self, name: str, text: str) -> None:
        (self._scratch / name).write_text(text, encoding="utf-8")

    def _environment(self, brief: Mapping[str, Any]) -> dict[str, str]:
        """Return what the programs may know: nothing of the user's conda, pip or poetry settings leaks in."""
        self._write("brief.json", json.dumps(brief))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
        timeout = os.environ.get("PIP_DEFAULT_TIMEOUT", _DEFAULT_TIMEOUT_SECONDS)
        return kept | {
            "CONDA_SUBDIR": self._spec.platform,
            "CONDA_CHANNEL_PRIORITY": self._spec.channel_priority.value,
            "CONDA_PKGS_DIRS": str(self._scratch / "pkgs"),
            "POETRY_CACHE_DIR": str(cache_folder("poetry")),
            "POETRY_CONFIG_DIR": str(self._scratch / "poetry"),
            "POETRY_REQUESTS_TIMEOUT": timeout if timeout.isdecimal() else _DEFAULT_TIMEOUT_SECONDS,
            "TMPDIR": str(self._scratch / "tmp"),
            "PYTHONWARNINGS": "ignore",
            BRIEF: str(self._scratch / "brief.json"),
        }

    def _ask_standin(self) -> dict[str, Any]:
        conda, _ = self._solver.commands
        preferred = [package.url for package in self._request.preferred if package.manager is Manager.CONDA]
        brief = {"preferred": preferred, "virtual-packages": dict(self._spec.virtual_packages)}
        channels = [word for channel in self._spec.channels for word in ("--channel", os.path.expandvars(channel))]
        specs = [f"{requirement.key} {requirement.constraint}" for requirement in self._spec.conda]
        command = [conda, "create", "--prefix", "none", "--dry-run", "--json", "--override-channels", *channels]
        done = process.run([*command, *specs], env=self._environment(brief), cwd=self._scratch)
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError as error:
            raise CannotDoError(f"the embedded solver failed: {_last_line(done.stderr)}") from error
        if not answer["success"]:
            raise solve_failure.of_conda(self._request, answer["kind"], answer["message"])
        return answer

    def _python_by_conda_lock(self) -> str:
        """Let a real conda solve its side alone, for the python that markers are judged by."""
        if not self._spec.pypi:
            return ""
        packages = self._run_conda_lock((), {}).packages
        return next((package.version for package in packages if package.name == "python"), "")

    def _run_conda_lock(self, pypi: tuple[PypiRequirement, ...], brief: Mapping[str, Any]) -> Lockfile:
        urls = [index.url for index in self._indices]
        self._write("pyproject.toml", conda_lock_source.render(self._spec, pypi, urls))
        target = self._scratch / "conda-lock.yml"
        self._write_preference(target, bool(pypi))
        conda, conda_lock = self._solver.commands
        command = [
            *conda_lock,
            *("lock", "--conda", conda, "--file", "pyproject.toml", "--lockfile", target.name),
            *("--platform", self._spec.platform, "--virtual-package-spec", "virtual-packages.yml"),
            *("--pypi_to_conda_lookup_file", str(self._scratch / "names.json"), "--strip-auth"),
            *("--log-level", "ERROR"),
        ]
        done = process.run(command, env=self._environment(brief), cwd=self._scratch)
        if done.status != 0:
            raise solve_failure.of_conda_lock(self._request, brief, done.stdout, done.stderr)
        return conda_lock_yml.parse(target.read_bytes())

    def _write_preference(self, target: Path, wanted: bool) -> None:  # noqa: FBT001
        """Lay the old pip packages where conda-lock looks for a lock, so that it keeps what still fits."""
        preferred = tuple(package for package in self._request.preferred if package.manager is Manager.PIP)
        target.unlink(missing_ok=True)
        if wanted and preferred:
            platform = self._spec.platform
            old = Lockfile(
                packages=preferred,
                channels=self._spec.channels,
                platforms=(platform,),
                content_hash={platform: "0" * 64},
                facts={},
            )
            target.write_bytes(conda_lock_yml.render(old, "pyproject.toml"))

    def _solved(self, lockfile: Lockfile, pypi: tuple[PypiRequirement, ...]) -> SolvedPlatform:
        packages = tuple(_canonical(package, self._indices) for package in lockfile.packages)
        solve_failure.verify(self._request, pypi, packages)
        platform = self._spec.platform
        return SolvedPlatform(
            platform=platform,
            packages=packages,
            content_hash=lockfile.content_hash[platform],
            engine=tools.engine(),
        )


def _canonical(package: LockedPackage, indices: tuple[UsedIndex, ...]) -> LockedPackage:
    if package.manager is Manager.CONDA:
        return package
    return replace(package, url=canonical_url(package.url, indices))


def _python_of(links: list[dict[str, Any]]) -> str:
    return next((str(link["version"]) for link in links if link["name"] == "python"), "")


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
