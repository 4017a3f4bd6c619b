"""Rows about whole locks: what a change of a spec costs, beside what else locks with the same conda answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks import lock_peers
from benchmarks.repositories import PLATFORMS, THREE_PLATFORMS, add_all, new_repository, write_locked_spec
from benchmarks.rows import Row
from benchmarks.timing import Command, measure
from tests.real.shared_channels import ENVS
from tests.real.specs import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.rows import World

_RUNS = 5
_MIB = 400
"""What a process of a lock may take at most."""
MLFLOW = """\
channels: [conda-forge]
platforms: [linux-64]
dependencies:
  - python=3.12
  - pip
  - pip: [mlflow==2.15.1, cloudpickle, numpy==1.26.4, psutil, scikit-learn, scipy]
"""
LARGE = """\
channels: [conda-forge]
platforms: [linux-64]
dependencies:
  - python=3.11
  - pip: ["apache-airflow[aiobotocore]", transformers==4.40.0, wandb==0.17.0]
"""
_IMPOSSIBLE = LARGE.replace("wandb==0.17.0", "wandb==0.17.0, av==14.3.0")
_MORE = LARGE.replace("wandb==0.17.0", "wandb==0.17.0, colorama")
_NOT_LOCKED = "AllenInstitute__skeleton_keys__environment.yml"
"""Its old sdists say what they need only when built, which no solve does."""
_DISTINCT = 6
"""How many of the real specs with an answer stand in a repository of many environments, at most."""
_LARGE_SPECS = range(150, 331)
"""How many conda packages the specs have that are locked by two jobs."""


def lock_one_platform(world: World) -> Iterator[Row]:
    """Lock one real spec of 180 conda packages and one of PyPI for one platform."""
    yield from _platforms(world, "lock-1", PLATFORMS[:1], None)


def lock_three_platforms(world: World) -> Iterator[Row]:
    """Lock it for three platforms."""
    yield from _platforms(world, "lock-3", THREE_PLATFORMS, 3.0)


def _platforms(world: World, group: str, platforms: Sequence[str], bar: float | None) -> Iterator[Row]:
    root = new_repository(world.folder / group)
    write_locked_spec(root / "environment.yml", platforms)
    what = f"180 conda packages, 1 of PyPI, {len(platforms)} platform{'s'[: len(platforms) > 1]}"
    yield _row(world, root, what, bar=bar)
    yield from _peers(world, root, least=1.0)


def lock_mlflow(world: World) -> Iterator[Row]:
    """Lock the pins that MLflow writes."""
    root = _written(world, "lock-mlflow", MLFLOW)
    yield _row(world, root, "mlflow==2.15.1 and its pins", bar=4.0)
    yield from _peers(world, root, least=3.0)


def lock_large(world: World) -> Iterator[Row]:
    """Lock a set of 172 packages of PyPI."""
    root = _written(world, "lock-large", LARGE)
    yield _row(world, root, "172 packages of PyPI")
    yield from _peers(world, root, least=30.0, least_of_floor=1 / 1.6)


def lock_cold(world: World) -> Iterator[Row]:
    """Lock that set with empty caches."""
    root = _written(world, "lock-cold", LARGE)
    caches = str(world.folder / "cold caches")
    environment = {name: value for name, value in world.environment.items() if not name.endswith("_CACHE_DIR")}
    environment["XDG_CACHE_HOME"] = caches
    command = world.mixlock(root, "lock", "-q")
    forgetful = _first(f"rm -rf locks '{caches}'", command)
    timing = measure(Command(words=forgetful.words, folders=(root,), environment=environment), 3)
    yield Row(group=root.name, program="mixlock", what="lock, 172 packages, empty caches", timing=timing, bar=9.0)


def lock_more(world: World) -> Iterator[Row]:
    """Lock that set with one requirement more than before."""
    root = _written(world, "lock-more", LARGE)
    command = world.mixlock(root, "lock", "-q")
    subprocess.run(command.words, cwd=root, env=command.environment, check=True)
    shutil.copytree(root / "locks", root.parent / "lock-more-before")
    (root / "environment.yml").write_text(_MORE, encoding="utf-8")
    timing = measure(_first(f"rm -rf locks; cp -r '{root.parent / 'lock-more-before'}' locks", command), _RUNS)
    yield Row(group=root.name, program="mixlock", what="lock, one requirement more", timing=timing, bar=2.5)


def lock_impossible(world: World) -> Iterator[Row]:
    """Refuse that set with a requirement that nothing satisfies."""
    root = _written(world, "lock-impossible", _IMPOSSIBLE)
    command = world.mixlock(root, "lock", "-q", statuses=frozenset({1, 3}))
    what = "lock, an impossible requirement among 172 packages"
    yield Row(group=root.name, program="mixlock", what=what, timing=measure(command, _RUNS), bar=4.0)


def lock_specs(world: World) -> Iterator[Row]:
    """Lock each real spec of the table of those with an answer, for one platform."""
    for name, _packages in _solvable():
        root = _written(world, f"spec-{name.partition('.')[0][-40:]}", (ENVS / name).read_text(encoding="utf-8"))
        (root / "mixlock.toml").write_text('platforms = ["linux-64"]\n', encoding="utf-8")
        yield _row(world, root, name, runs=3)
        try:
            yield _plain(world, root, least=1.5)
        except RuntimeError as error:  # it may have no answer where a proposal has one
            sys.stderr.write(f"{name}: conda-lock alone does not lock it: {error}\n")


def lock_thirty(world: World) -> Iterator[Row]:
    """Lock thirty environments for two platforms, six distinct specs among them."""
    specs = sorted((name for name, _packages in _on_both_platforms()), key=lambda name: (ENVS / name).stat().st_size)
    distinct = specs[:_DISTINCT]
    yield _many(world, "lock-30", [distinct[number % len(distinct)] for number in range(30)])


def lock_twelve(world: World) -> Iterator[Row]:
    """Lock twelve large environments for two platforms with two jobs."""
    specs = [name for name, packages in _on_both_platforms() if packages in _LARGE_SPECS]
    yield _many(world, "lock-12", [specs[number % len(specs)] for number in range(12)], "--jobs", "2", bar=30.0)


def _many(world: World, group: str, specs: Sequence[str], *words: str, bar: float | None = None) -> Row:
    root = new_repository(world.folder / group)
    for number, spec in enumerate(specs):
        folder = root / f"project{number:02}"
        folder.mkdir()
        text = (ENVS / spec).read_bytes()
        (folder / "environment.yml").write_bytes(text.replace(b"name:", f"name: p{number}-".encode(), 1))
    (root / "mixlock.toml").write_text(f"platforms = {list(PLATFORMS)}\n", encoding="utf-8")
    what = f"{len(specs)} environments of {len(set(specs))} distinct specs"
    return _row(world, root, what, *words, runs=1, bar=bar)


def _on_both_platforms() -> Iterator[tuple[str, int]]:
    """Yield those that have an answer on the second platform of the benchmarks, too."""
    answered = {case.file for case in CASES if not case.blocked}
    yield from ((name, packages) for name, packages in _solvable() if name in answered)


def _solvable() -> Iterator[tuple[str, int]]:
    """Yield the real specs that conda-lock has an answer for, with their conda packages."""
    for line in (ENVS / "solvable.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, packages, *_others = line.split("\t")
        if name != _NOT_LOCKED:
            yield name, int(packages)


def _written(world: World, group: str, spec: str) -> Path:
    root = new_repository(world.folder / group)
    (root / "environment.yml").write_text(spec, encoding="utf-8")
    add_all(root)
    return root


def _row(world: World, root: Path, what: str, *words: str, runs: int = _RUNS, bar: float | None = None) -> Row:
    add_all(root)
    timing = measure(_first("rm -rf locks", world.mixlock(root, "lock", "-q", *words)), runs)
    return Row(group=root.name, program="mixlock", what=f"lock, {what}", timing=timing, bar=bar, peak_bar=_MIB)


def _peers(world: World, root: Path, *, least: float, least_of_floor: float | None = None) -> Iterator[Row]:
    """Measure the parts first, which are told from mixlock's lock: conda-lock writes one in its place."""
    parts: tuple[tuple[str, str, Command, float | None], ...] = (
        ("uv", "the PyPI part alone, offline", lock_peers.uv_alone(world, root), None),
        ("conda + uv", "the floor: both solves, uv's offline", lock_peers.floor(world, root), least_of_floor),
    )
    for program, what, command, bound in parts:
        yield Row(group=root.name, program=program, what=what, timing=measure(command, _RUNS), least=bound)
    yield _plain(world, root, least=least)


def _plain(world: World, root: Path, *, least: float) -> Row:
    timing = measure(lock_peers.plain(world, root), 1)
    what = "its own command, the full index"
    return Row(group=root.name, program="conda-lock", what=what, timing=timing, least=least)


def _first(before: str, command: Command) -> Command:
    """Return a command before which something is done, or nothing would be left to solve."""
    words = ("sh", "-c", f'{before}; exec "$0" "$@"', *command.words)
    return Command(words=words, folders=command.folders, environment=command.environment, statuses=command.statuses)
