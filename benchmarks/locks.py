"""Rows about whole locks from nothing, with warm caches: what a change of many specs costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.repositories import PLATFORMS, THREE_PLATFORMS, add_all, new_repository, write_locked_spec
from benchmarks.rows import Row
from benchmarks.timing import Command, measure
from tests.real.shared_channels import ENVS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.rows import World

_RUNS = 3
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
_DISTINCT = 6
"""How many of the real specs with an answer stand in the repository of thirty environments."""


def lock_platforms(world: World) -> Iterator[Row]:
    """Lock one real spec of 180 conda packages and one of PyPI, for one platform and for three."""
    for platforms in (PLATFORMS[:1], THREE_PLATFORMS):
        root = new_repository(world.folder / f"lock-{len(platforms)}")
        write_locked_spec(root / "environment.yml", platforms)
        yield _row(world, root, f"180 conda packages, 1 of PyPI, {len(platforms)} platform(s)")


def lock_many_of_pypi(world: World) -> Iterator[Row]:
    """Lock what is mostly PyPI's: the pins that MLflow writes, and a set of 172 packages."""
    for name, spec in (("mlflow", MLFLOW), ("large", LARGE)):
        root = new_repository(world.folder / f"lock-{name}")
        (root / "environment.yml").write_text(spec, encoding="utf-8")
        yield _row(world, root, {"mlflow": "mlflow==2.15.1 and its pins", "large": "172 packages of PyPI"}[name])


def lock_thirty(world: World) -> Iterator[Row]:
    """Lock thirty environments for two platforms, six distinct specs among them."""
    root = new_repository(world.folder / "lock-30")
    names = (line.split("\t")[0] for line in (ENVS / "solvable.tsv").read_text(encoding="utf-8").splitlines()[1:])
    specs = sorted(names, key=lambda name: (ENVS / name).stat().st_size)[:_DISTINCT]
    for number in range(5 * _DISTINCT):
        folder = root / f"project{number:02}"
        folder.mkdir()
        (folder / "environment.yml").write_bytes((ENVS / specs[number % _DISTINCT]).read_bytes())
    (root / "mixlock.toml").write_text(f"platforms = {list(PLATFORMS)}\n", encoding="utf-8")
    yield _row(world, root, "30 environments of 6 distinct specs", runs=1)


def _row(world: World, root: Path, what: str, runs: int = _RUNS) -> Row:
    add_all(root)
    command = world.mixlock(root, "lock", "-q")
    timing = measure(_from_nothing(command.words, command), runs)
    return Row(group=root.name, program="mixlock", what=f"lock, {what}", timing=timing)


def _from_nothing(words: Sequence[str], command: Command) -> Command:
    """Return a command that first removes the locks, or nothing would be solved."""
    forget = ("sh", "-c", 'rm -rf locks; exec "$0" "$@"')
    return Command(words=(*forget, *words), folders=command.folders, environment=command.environment)
