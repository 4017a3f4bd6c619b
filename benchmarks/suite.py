"""What is measured, with the bar it must hold and the peers that do the nearest thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.installs import install_again
from benchmarks.locks import (
    lock_cold,
    lock_impossible,
    lock_large,
    lock_mlflow,
    lock_more,
    lock_one_platform,
    lock_specs,
    lock_thirty,
    lock_three_platforms,
    lock_twelve,
)
from benchmarks.repositories import (
    THREE_PLATFORMS,
    add_all,
    copy_lock,
    lock_once,
    new_repository,
    write_locked_spec,
    write_specimens,
)
from benchmarks.rows import Row, World
from benchmarks.scale import diff_many, flows_many, verify_many
from benchmarks.timing import measure
from benchmarks.wheelhouse import build_wheels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FILES = 500
ENVIRONMENTS = 50
LARGE = 200
TOUCHED = 5
_RUNS, _RUNS_OF_MANY = 15, 5


def check_one(world: World) -> Iterator[Row]:
    """Check one file."""
    root = new_repository(world.folder / "one")
    write_locked_spec(root / "environment.yml")
    add_all(root)
    timing = measure(world.mixlock(root, "check", "environment.yml"), _RUNS)
    yield Row(group="check-1", program="mixlock", what="check environment.yml", timing=timing, bar=0.15)


def check_many(world: World) -> Iterator[Row]:
    """Check many real files, of which some have problems."""
    root = new_repository(world.folder / "many")
    write_specimens(root, FILES)
    command = world.mixlock(root, "check", "-q", statuses=frozenset({1}))
    what = f"check, {FILES} files"
    yield Row(group="check-500", program="mixlock", what=what, timing=measure(command, _RUNS_OF_MANY), bar=2.0)


def drift_one(world: World) -> Iterator[Row]:
    """Ask one fresh lock for drift, and the peers theirs."""
    yield from _drift(world, "drift-1", 1)


def drift_many(world: World) -> Iterator[Row]:
    """Ask a repository of many fresh locks for drift; the peers know one lock, so they run once for each."""
    yield from _drift(world, "drift-50", ENVIRONMENTS, bar=0.4)


def _drift(world: World, group: str, count: int, bar: float | None = None) -> Iterator[Row]:
    locked = world.folder / "locked"
    if not locked.exists():
        lock_once(new_repository(locked), world.environment)
    root = new_repository(world.folder / group)
    copy_lock(locked, root, count)
    runs = _RUNS if count == 1 else _RUNS_OF_MANY
    of = f"{count} lock{'s'[: count > 1]} x 2 platforms"
    for words in ("drift", "lock"):
        timing = measure(world.mixlock(root, words), runs)
        what = f"drift, {of}" if words == "drift" else f"lock, nothing drifted, {of}"
        yield Row(group=group, program="mixlock", what=what, timing=timing, bar=bar)
    conda_lock = peers.conda_lock(world.folder / f"{group}-conda-lock", world.environment, count)
    what = f"lock --check-input-hash, {of}"
    yield Row(group=group, program="conda-lock", what=what, timing=measure(conda_lock, 1 if count > 1 else 5))
    uv = peers.uv(world.folder / f"{group}-uv", world.environment, count)
    what = f"lock --check, {count} lock{'s'[: count > 1]}"
    yield Row(group=group, program="uv", what=what, timing=measure(uv, runs))


def drift_everything(world: World) -> Iterator[Row]:
    """Ask a large repository for drift, by its record and package by package."""
    locked = world.folder / "locked for three"
    lock_once(new_repository(locked), world.environment, THREE_PLATFORMS)
    root = new_repository(world.folder / "drift-200")
    copy_lock(locked, root, LARGE)
    of = f"{LARGE} locks x 3 platforms"
    for words, bar, runs in ((("drift",), 1.0, _RUNS_OF_MANY), (("drift", "--verify"), 10.0, 3)):
        timing = measure(world.mixlock(root, *words), runs)
        yield Row(group="drift-200", program="mixlock", what=f"{' '.join(words)}, {of}", timing=timing, bar=bar)


def drift_pull_request(world: World) -> Iterator[Row]:
    """Ask a repository of many locks about a branch that brings five more: these are verified in full."""
    locked = world.folder / "locked"
    if not locked.exists():
        lock_once(new_repository(locked), world.environment)
    root = new_repository(world.folder / "pull-5")
    copy_lock(locked, root, ENVIRONMENTS - TOUCHED)
    copy_lock(locked, root, TOUCHED, first=ENVIRONMENTS - TOUCHED)
    timing = measure(world.mixlock(root, "drift", "--since", "HEAD~1"), _RUNS_OF_MANY)
    what = f"drift --since, {TOUCHED} of {ENVIRONMENTS} locks x 2 platforms changed"
    yield Row(group="pull-5", program="mixlock", what=what, timing=timing, bar=1.0)


SUITE: Mapping[str, Callable[[World], Iterator[Row]]] = {
    "check-1": check_one,
    "check-500": check_many,
    "drift-1": drift_one,
    "drift-50": drift_many,
    "drift-200": drift_everything,
    "pull-5": drift_pull_request,
    "diff": diff_many,
    "verify": verify_many,
    "flows": flows_many,
    "lock-1": lock_one_platform,
    "lock-3": lock_three_platforms,
    "lock-mlflow": lock_mlflow,
    "lock-large": lock_large,
    "lock-cold": lock_cold,
    "lock-more": lock_more,
    "lock-impossible": lock_impossible,
    "lock-30": lock_thirty,
    "lock-12": lock_twelve,
    "specs": lock_specs,
    "wheelhouse": build_wheels,
    "install": install_again,
}
