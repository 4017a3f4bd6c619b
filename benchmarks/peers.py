"""Projects in which the peers find comparable input, each with its own fresh lock."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import tomlkit

from benchmarks.repositories import PLATFORMS, write_locked_spec
from benchmarks.timing import Command
from mixlock_hooks.formats import conda_lock_source, environment_yml, name_map
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.index.indices import machine_index
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import PypiName


def conda_lock(folder: Path, environment: Mapping[str, str], copies: int) -> Command:
    """Lock the spec with plain conda-lock, in copies; return the command that asks whether the locks are fresh."""
    first = folder / "00"
    first.mkdir(parents=True)
    spec = _spec(first)
    urls = [machine_index()]
    source = conda_lock_source.render(spec.platforms[0], spec.platforms[0].pypi, urls, urls)
    (first / "pyproject.toml").write_text(source, encoding="utf-8")
    (first / "names.json").write_text(name_map.render_lookup_json(_renamed()), encoding="utf-8")
    words = (
        *(sys.executable, "-m", "conda_lock", "lock", "--conda", _script("mixlock-conda")),
        *("--file", "pyproject.toml", "--lockfile", "conda-lock.yml"),
        *("--pypi_to_conda_lookup_file", "names.json"),
        *(word for platform in PLATFORMS for word in ("--platform", platform)),
    )
    _run(words, first, environment)
    return Command(words=(*words, "--check-input-hash"), folders=_copies(first, copies), environment={**environment})


def _renamed() -> dict[PypiName, str]:
    """Return a conda package for each project that has one of another name."""
    tables = shipped().channels.values()
    pairs = (
        (project, name) for table in tables for name, found in table.provided.items() for project in found.projects
    )
    return dict(reversed(list(pairs)))


def uv(folder: Path, environment: Mapping[str, str], copies: int) -> Command:
    """Lock what the spec asks for with uv, from PyPI alone; return the command that asks whether it is fresh."""
    first = folder / "00"
    first.mkdir(parents=True)
    asked = _spec(first).platforms[0]
    conda = (found.name for found in asked.conda if found.name not in _ONLY_CONDA)
    names = [project for name in conda for project in shipped().projects(name)[:1]]
    names += [found.name for found in asked.pypi]
    document = tomlkit.document()
    document["project"] = {
        "name": "peer",
        "version": "0",
        "requires-python": f">={sys.version_info.major}.{sys.version_info.minor}",
        "dependencies": sorted(names),
    }
    (first / "pyproject.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    known = {**environment, "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    words = (_script("uv"), "lock", "--quiet")
    _run(words, first, known)
    return Command(words=(*words, "--check"), folders=_copies(first, copies), environment=known)


_ONLY_CONDA = frozenset({"mamba", "conda", "conda-package-handling"})
"""What the spec asks of conda and PyPI does not have."""


def _spec(folder: Path) -> EnvironmentSpec:
    file = folder / "environment.yml"
    write_locked_spec(file)
    return merge(environment_yml.parse(file.read_text(encoding="utf-8"), file.name), Settings())


def _copies(first: Path, copies: int) -> tuple[Path, ...]:
    others = [first.with_name(f"{number:02}") for number in range(1, copies)]
    return (first, *(shutil.copytree(first, other) for other in others))


def _script(name: str) -> str:
    """Find a program beside this interpreter, else anywhere."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed here")
    return found


def _run(words: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}:\n{done.stderr}")
