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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.rows import World
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import Lockfile

_LOCK = """\
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from mixlock_hooks.pipeline.load import load_all
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.pipeline.lock.run import Locker
from mixlock_hooks.shell.solver.conda_lock import CondaLock
from mixlock_hooks.shell.solver.engine_processes import EngineProcesses
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.progress import Silent
from mixlock_hooks.shell.repository.worktree import WorkTree, read_settings
from pathlib import Path

tree = WorkTree(Path.cwd())
project = Project(settings=read_settings(tree.root), files=tree, repository=tree, names=shipped)
engines = CondaLock(EngineProcesses("rattler"), shipped(), Silent(), propose=False)
with closing(engines), ThreadPoolExecutor(2) as pool:
    locker = Locker(project, engines, Silent())
    for result in locker.lock(load_all(project).environments, LockOptions(), pool, lambda result: None):
        if result.problems or result.failed:
            sys.exit(f"{result.environment}: {result.failed} {result.problems}")
        print("".join(result.notes))
"""
"""``mixlock lock`` whose PyPI side conda-lock solves against the full index."""
_CONDA = """\
import json, sys
from mixlock_hooks.shell.solver.conda_solver import solved
for brief in json.load(open(sys.argv[1])):
    solved(brief)
"""
"""Conda's side alone, with py-rattler, one platform after the other."""


def plain(world: World, root: Path) -> Command:
    """Return conda-lock against the full index, with mixlock's conda: what one waits for without a proposal."""
    words = (sys.executable, "-c", _LOCK)
    forget = ("sh", "-c", 'rm -rf locks; exec "$0" "$@"')
    return Command(words=(*forget, *words), folders=(root,), environment=world.environment)


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
