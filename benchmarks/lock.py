"""Measure a whole lock beside plain conda-lock: ``python -m benchmarks.lock [--specs]``.

Both get the same source, the same conda answer and the same index; plain conda-lock solves the PyPI side against the
full index, mixlock has it proposed by uv and verified by conda-lock. Cold is with an empty cache of mixlock's own.
Plain conda-lock keeps Poetry's cache between runs, so its warm run is the fair one beside mixlock's warm run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.repositories import add_all, new_repository
from tests.real.shared_channels import machine

SHARED = Path(__file__).parents[2] / "shared" / "data" / "envs"
LARGE = """\
channels: [conda-forge]
platforms: [linux-64]
dependencies:
  - python=3.11
  - pip:
    - apache-airflow[aiobotocore]
    - transformers==4.40.0
    - wandb==0.17.0
"""
SMALL = "    - colorama\n"
_COLD, _WARM, _SPECS = 6, 15, 5
"""How many times plain conda-lock must take longer."""
_MORE_SECONDS, _NOTHING_SECONDS = 4, 0.2

_LOCK = """\
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from mixlock_hooks.pipeline.load import load_all
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.pipeline.lock.run import Locker
from mixlock_hooks.shell.solver.conda_lock import CondaLock
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.progress import Silent
from mixlock_hooks.shell.repository.worktree import WorkTree, read_settings
from pathlib import Path

tree = WorkTree(Path.cwd())
project = Project(settings=read_settings(tree.root), files=tree, repository=tree, names=shipped)
engines = CondaLock("rattler", shipped(), Silent(), propose=sys.argv[1] == "propose")
with closing(engines), ThreadPoolExecutor(2) as pool:
    locker = Locker(project, lambda: engines, Silent())
    for result in locker.lock(load_all(project).environments, LockOptions(), pool, lambda result: None):
        if result.problems or result.failed:
            sys.exit(f"{result.environment}: {result.failed} {result.problems}")
        print("".join(result.notes))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One lock: seconds, and name and version of every pip package it gave."""

    seconds: float
    packages: dict[str, str]
    note: str


def main() -> int:
    """Measure, print, and return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lock", description=__doc__)
    parser.add_argument("--specs", action="store_true", help="also every spec of ../shared/data/envs/solvable.tsv")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mixlock-benchmarks-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with machine(folder) as environment:
            environment["MIXLOCK_CACHE_DIR"] = str(folder / "cache")
            held = [*_large(folder, environment), *(_specs(folder, environment) if args.specs else ())]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"peak memory of one process: {peak:.0f} MiB\n")
    return 0 if all(held) else 1


def _large(folder: Path, environment: dict[str, str]) -> list[bool]:
    root = new_repository(folder / "large")
    (root / "environment.yml").write_text(LARGE, encoding="utf-8")
    add_all(root)
    cold = _lock(root, environment, "propose")
    warm = _lock(root, environment, "propose")
    plain_cold = _lock(root, environment, "plain")
    plain_warm = _lock(root, environment, "plain")
    _tell("172 packages, cold", cold, plain_cold)
    _tell("172 packages, warm", warm, plain_warm)
    _restore(root, environment)
    (root / "environment.yml").write_text(LARGE + SMALL, encoding="utf-8")
    more = _lock(root, environment, "propose", fresh=False)
    nothing = _nothing(root, environment)
    sys.stdout.write(f"one small requirement more: {more.seconds:.2f} s (bar 4), ")
    sys.stdout.write(f"{len(more.packages.items() ^ warm.packages.items())} packages changed\n")
    sys.stdout.write(f"nothing drifted, whole process with start-up: {nothing:.2f} s (bar 0.2)\n")
    held = (
        (plain_cold.seconds / cold.seconds, _COLD),
        (plain_warm.seconds / warm.seconds, _WARM),
        (_MORE_SECONDS / more.seconds, 1),
        (_NOTHING_SECONDS / nothing, 1),
    )
    return [ratio >= bar for ratio, bar in held]


def _nothing(root: Path, environment: dict[str, str]) -> float:
    """Lock again with the command itself, and return the seconds of the middle one of five runs."""
    seconds = []
    for _run in range(5):
        began = time.perf_counter()
        command = [sys.executable, "-m", "mixlock_hooks", "lock", "-q"]
        subprocess.run(command, cwd=root, env={**os.environ, **environment}, check=True)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def _restore(root: Path, environment: dict[str, str]) -> None:
    _lock(root, environment, "propose")


def _specs(folder: Path, environment: dict[str, str]) -> list[bool]:
    cold: list[float] = []
    warm: list[float] = []
    lines = (SHARED / "solvable.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for name in (line.split("\t")[0] for line in lines):
        root = new_repository(folder / name.partition(".")[0])
        shutil.copy(SHARED / name, root / "environment.yml")
        (root / "mixlock.toml").write_text('platforms = ["linux-64"]\n', encoding="utf-8")
        add_all(root)
        caches = {way: environment | {"MIXLOCK_CACHE_DIR": f"{folder}/{way}/{name}"} for way in ("propose", "plain")}
        for when, ratios in (("cold", cold), ("warm", warm)):
            run, plain = (_lock(root, caches[way], way) for way in ("propose", "plain"))
            _tell(f"{name}, {when}", run, plain)
            ratios.append(plain.seconds / run.seconds)
    sys.stdout.write(f"median over the specs: cold {median(cold):.1f}, warm {median(warm):.1f} times (bar 5)\n")
    return [median(cold) >= _SPECS, median(warm) >= _SPECS]


def _lock(root: Path, environment: dict[str, str], way: str, *, fresh: bool = True) -> Run:
    if fresh:
        shutil.rmtree(root / "locks", ignore_errors=True)
    began = time.perf_counter()
    command = [sys.executable, "-c", _LOCK, way]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr)
    show = [sys.executable, "-m", "mixlock_hooks", "show", "environment", "--format", "json"]
    shown = subprocess.run(show, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout
    packages = json.loads(shown)["platforms"]["linux-64"]
    pip = {package["name"]: package["version"] for package in packages if package["manager"] == "pip"}
    return Run(seconds=seconds, packages=pip, note=done.stdout.strip())


def _tell(what: str, run: Run, plain: Run) -> None:
    common = run.packages.keys() & plain.packages.keys()
    different = sorted(name for name in common if run.packages[name] != plain.packages[name])
    surplus = sorted(plain.packages.keys() - run.packages.keys())
    ratio = plain.seconds / run.seconds
    sys.stdout.write(f"{what}: {run.seconds:.1f} s, plain conda-lock {plain.seconds:.1f} s: {ratio:.1f} times\n")
    sys.stdout.write(f"    {len(run.packages)} pip packages; other versions: {', '.join(different) or 'none'}; ")
    sys.stdout.write(f"only plain: {', '.join(surplus) or 'none'}; {run.note}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
