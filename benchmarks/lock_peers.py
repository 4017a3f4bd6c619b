"""What a lock is compared with, all with the same conda answer: plain conda-lock, uv alone, conda's solve and uv."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.timing import Command
from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.constraint import is_version
from mixlock_hooks.pipeline.load import load_all
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.rules.lock_graph import LockGraph
from mixlock_hooks.rules.platform_tags import uv_platform
from mixlock_hooks.shell import tools
from mixlock_hooks.shell.index.indices import machine_index
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.worktree import WorkTree, read_settings
from tests.real.shared_channels import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.rows import World
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import Lockfile

_CONDA = """\
import json, sys
from mixlock_hooks.shell.solver.conda_solver import solved
for brief in json.load(open(sys.argv[1])):
    solved(brief)
"""
"""Conda's side alone, with py-rattler, one platform after the other."""


def plain(world: World, root: Path) -> Command:
    """Return conda-lock's own command, with mixlock's conda and the index of this machine.

    Its own default index takes what few mirrors serve, and its map of names is on the web: ``../shared`` has it.
    """
    folder = root.parent / f"{root.name}-plain"
    folder.mkdir(exist_ok=True)
    text = (root / "environment.yml").read_text(encoding="utf-8").rstrip()
    (folder / "environment.yml").write_text(f"{text}\npip-repositories: ['{machine_index()}']\n", encoding="utf-8")
    words = (
        *(*tools.conda_lock_command(), "lock", "--conda", tools.conda_executable(tools.EMBEDDED)),
        *("--file", "environment.yml", "--lockfile", "out.yml"),
        *("--pypi_to_conda_lookup_file", str(SHARED / "data" / "grayskull_pypi_mapping.json")),
        *(word for spec in _environment(root).platforms for word in ("--platform", spec.platform)),
    )
    forget = ("sh", "-c", 'rm -f out.yml; exec "$0" "$@"')
    environment = {**world.environment, "POETRY_CACHE_DIR": str(world.folder / "poetry")}
    return Command(words=(*forget, *words), folders=(folder,), environment=environment)


def uv_alone(world: World, root: Path) -> Command:
    """Return uv's solve of the PyPI part beside what conda answered, for each platform of a locked environment."""
    return _after_the_other(world, root, *_warm(world, root))


def floor(world: World, root: Path) -> Command:
    """Return conda's solve and then uv's: what nobody who asks both can be faster than."""
    briefs = [
        {
            "specs": [f"{asked.key} {asked.constraint}" for asked in spec.conda],
            "channels": spec.channels,
            "platform": spec.platform,
            "priority": spec.channel_priority.value,
            "virtual-packages": dict(spec.virtual_packages),
        }
        for spec in _environment(root).platforms
    ]
    file = root.parent / f"{root.name}-conda.json"
    file.write_text(json.dumps(briefs), encoding="utf-8")
    return _after_the_other(world, root, (sys.executable, "-c", _CONDA, str(file)), *_warm(world, root))


def _after_the_other(world: World, root: Path, *commands: tuple[str, ...]) -> Command:
    lines = "\n".join(shlex.join(command) for command in commands)
    return Command(words=("sh", "-ec", lines), folders=(root,), environment=world.environment)


def _warm(world: World, root: Path) -> Iterator[tuple[str, ...]]:
    """Yield uv's commands without the network; each has run with it, so that nothing waits for an index."""
    for command in _compiles(root):
        subprocess.run(command, cwd=root, env=world.environment, check=True)
        yield (*command, "--offline")


def _compiles(root: Path) -> Iterator[tuple[str, ...]]:
    environment = _environment(root)
    content = (root / "locks" / environment.name / "conda-lock.yml").read_bytes()
    lockfile = conda_lock_yml.parse(content)
    for spec in environment.platforms:
        yield _compile(root, spec, lockfile)


def _compile(root: Path, spec: PlatformSpec, lockfile: Lockfile) -> tuple[str, ...]:
    graph = LockGraph(lockfile.for_platform(spec.platform), shipped())
    held = {name: package.version for name, package in graph.twins.items() if name != "python"}
    names = ("asked", "held")
    asked, bounds = (root.parent / f"{root.name}-{spec.platform}-{name}.txt" for name in names)
    asked.write_text("".join(f"{each.key}{each.specifier}\n" for each in spec.pypi), encoding="utf-8")
    kept = (f"{name}=={version}\n" for name, version in held.items() if is_version(version) and name not in graph.pip)
    bounds.write_text("".join(kept), encoding="utf-8")
    target = uv_platform(graph.target(spec))
    if target is None:
        raise RuntimeError(f"uv knows no python {graph.python} on {spec.platform}")
    return (
        *(tools.require_uv().command, "pip", "compile", "--quiet", "--no-config", "--no-build", str(asked)),
        *("--constraint", str(bounds), "--python-version", graph.python, "--python-platform", target.name),
        *("--default-index", machine_index(), "-o", "/dev/null"),
    )


def _environment(root: Path) -> EnvironmentSpec:
    tree = WorkTree(root)
    project = Project(settings=read_settings(root), files=tree, repository=tree, names=shipped)
    (found,) = load_all(project).environments
    return found
