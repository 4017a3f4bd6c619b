"""Rows about large repositories: many locks compared, verified or changed, and many Python files with flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.repositories import add_all, answer_of, change_locks, commit, copy_lock, lock_once, new_repository
from benchmarks.rows import Row
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.rows import World

_RUNS = 5
MANY, CHANGED, VERIFIED = 1500, 100, 40
MODULES, FLOWS = 20_000, 200
_MODULE = '''"""A module that computes something."""
import os
from collections import defaultdict


def work(values):
    found = defaultdict(list)
    for number, value in enumerate(values):
        found[value % 7].append(number)
    return os.path.join(*{key: str(sum(rows)) for key, rows in found.items()}.values())
'''
_FLOW = """\
from metaflow import FlowSpec, conda, conda_base, step
from team.constants import LIBRARIES, VERSION_{number}


@conda_base(libraries={{"pandas": VERSION_{number}}}, python="3.11")
class Flow{number}(FlowSpec):
    @conda(libraries=LIBRARIES)
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def diff_many(world: World) -> Iterator[Row]:
    """Compare many locks where nothing changed, and then where some did."""
    root = _locked(world, "diff", MANY)
    timing = measure(world.mixlock(root, "diff"), _RUNS)
    of = f"{MANY} locks x 2 platforms"
    yield Row(group="diff", program="mixlock", what=f"diff, {of}, nothing changed", timing=timing, cpu_bar=1.5)
    change_locks(root, CHANGED)
    timing = measure(world.mixlock(root, "diff"), _RUNS)
    yield Row(group="diff", program="mixlock", what=f"diff, {of}, {CHANGED} changed", timing=timing, cpu_bar=4.0)


def verify_many(world: World) -> Iterator[Row]:
    """Verify locks package by package; the bar is 25 ms of the processor for 480 packages, and half a second."""
    root = _locked(world, "verify", VERIFIED)
    packages = len(answer_of(world.folder / "locked").packages)
    timing = measure(world.mixlock(root, "drift", "--verify", "--jobs", "1"), _RUNS)
    what = f"drift --verify, {VERIFIED} locks of {packages} packages"
    bar = round(VERIFIED * 0.025 * packages / 480 + 0.5, 2)
    yield Row(group="verify", program="mixlock", what=what, timing=timing, cpu_bar=bar)


def flows_many(world: World) -> Iterator[Row]:
    """Check, and ask for drift, a repository of many Python files of which some are flows."""
    root = new_repository(world.folder / "flows")
    _write_modules(root)
    add_all(root)
    commit(root, "flows")
    of = f"{MODULES} Python files, {FLOWS} flows"
    for words, statuses in (("check", {0}), ("drift", {1})):
        timing = measure(world.mixlock(root, words, "-q", statuses=frozenset(statuses)), _RUNS)
        yield Row(group="flows", program="mixlock", what=f"{words}, {of}", timing=timing, cpu_bar=1.3)


def _locked(world: World, group: str, count: int) -> Path:
    locked = world.folder / "locked"
    if not locked.exists():
        lock_once(new_repository(locked), world.environment)
    root = new_repository(world.folder / group)
    copy_lock(locked, root, count)
    return root


def _write_modules(root: Path) -> None:
    for folder in ("team", "flows"):
        (root / folder).mkdir()
    versions = "".join(f'VERSION_{number} = "1.{number}.0"\n' for number in range(FLOWS))
    constants = f'{versions}LIBRARIES = {{"numpy": VERSION_3}}\n'
    (root / "team/constants.py").write_text(constants, encoding="utf-8")
    for number in range(FLOWS):
        (root / f"flows/flow{number}.py").write_text(_FLOW.format(number=number), encoding="utf-8")
    for number in range(MODULES - FLOWS - 1):
        package = root / f"package{number // 200:03}"
        package.mkdir(exist_ok=True)
        (package / f"module{number:05}.py").write_text(f"{_MODULE}# {number}\n", encoding="utf-8")
