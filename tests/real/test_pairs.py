"""Real sources beside the locks that plain conda-lock made from them: no reason is given that is not one.

Those whose hash conda-lock itself confirms are listed with every reason; whoever reads both files finds it there.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from mixlock_hooks.commands import main
from tests.conftest import Repository, table_world
from tests.real.shared_channels import SHARED

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

PAIRS = SHARED / "data/pairs"

REASONS = {
    "AlexsLemonade__OpenScPCA-analysis__analyses__cell-type-neuroblastoma-04__conda-lock": {
        "MIX208 `sympy` is locked from PyPI (1.13.1) and from conda (1.14.0)",
    },
    "C2SM__zonda-request__environment.lock": {
        (
            "MIX206 `pyproj` 3.7.2 is locked as pyproj-3.7.2-cp312-cp312-manylinux_2_28_x86_64.whl, but it needs "
            "glibc 2.28, this environment has 2.27"
        ),
    },
    "EverlastEngineering__larsnet-midi__conda-lock": {
        "MIX208 `numpy` is locked from PyPI (2.2.6) and from conda (2.3.3) on linux-64, linux-aarch64",
    },
    "conda-incubator__conda-lockfiles__tests__data__conda-lock-metadata__conda-lock": {
        (
            "MIX208 `libsqlite` 3.50.0 needs `ONLY_IN_LOCKFILE`, which is not in the lock on "
            "osx-arm64, osx-64, linux-64, win-64"
        ),
    },
    "cqian89__bioimage-mcp__envs__bioimage-mcp-base.lock": {
        "MIX103 `-e ../.` is editable; a mixed lock cannot hold it",
        "MIX208 `imageio` is locked from PyPI (2.37.2) and from conda (2.37.0)",
        "MIX208 `nd2` is locked from PyPI (0.11.2) and from conda (0.11.1)",
    },
}
"""What is wrong with a lock whose source did not change: one project from both managers, an entry nobody can lock."""


class _Pair(NamedTuple):
    """A source and its lock; ``confirmed`` where conda-lock's own hash still matches."""

    folder: str
    source: str
    lock: str
    confirmed: bool


def _pairs(*, confirmed: bool) -> list[_Pair]:
    """Read the index; a machine without it fails here, in the test."""
    with (PAIRS / "index.csv").open(encoding="utf-8", newline="") as file:
        found = [
            _Pair(row["dir"], source, row["lock"], row["content_hash_check_conda_lock_4_0_3"] == "all-match")
            for row in csv.DictReader(file)
            for source in row["sources"].split(";")
            if source.endswith((".yml", ".yaml"))
        ]
    return sorted(pair for pair in found if pair.confirmed is confirmed)


@dataclass(frozen=True, kw_only=True)
class _Drift:
    """Compares pairs, each in a repository of its own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def of(self, pair: _Pair) -> tuple[int, set[str]]:
        """Return drift's exit status and its errors."""
        root = self.folder / pair.folder / pair.source.replace("/", "_")
        repository = Repository(root=root, world=table_world(self.folder))
        repository.root.mkdir(parents=True)
        repository.git("init", "-q")
        repository.write("environment.yml", (PAIRS / pair.folder / pair.source).read_text(encoding="utf-8"))
        target = repository.root / "locks/environment/conda-lock.yml"
        target.parent.mkdir(parents=True)
        shutil.copy(PAIRS / pair.folder / pair.lock, target)
        status = main(["drift", "--root", str(repository.root), "--format", "json", "environment"])
        found: list[dict[str, Any]] = json.loads(self.capsys.readouterr().out)["problems"]
        return status, {f"{each['code']} {each['message']}" for each in found if each["severity"] == "error"}


@pytest.fixture(name="drift")
def _drift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> _Drift:
    return _Drift(folder=tmp_path, capsys=capsys)


def test_a_lock_that_conda_lock_confirms_has_only_the_reasons_above(drift: _Drift, subtests: pytest.Subtests) -> None:
    pairs = _pairs(confirmed=True)
    assert len({pair.folder for pair in pairs}) >= 15
    assert {pair.folder for pair in pairs} >= REASONS.keys()
    for pair in pairs:
        with subtests.test(f"{pair.folder} {pair.source}"):
            expected = REASONS.get(pair.folder, set())
            assert drift.of(pair) == (1 if expected else 0, expected)


def test_every_other_lock_is_compared_without_a_crash_and_each_reason_has_its_code(
    drift: _Drift, subtests: pytest.Subtests
) -> None:
    pairs = _pairs(confirmed=False)
    assert pairs
    listed = []
    for pair in pairs:
        with subtests.test(f"{pair.folder} {pair.source}"):
            status, found = drift.of(pair)
            assert status == (1 if found else 0)
            assert all(each.startswith(("MIX0", "MIX1", "MIX2")) for each in found)
            listed.append(f"{pair.folder} {pair.source}: {'; '.join(sorted(found)) or 'fresh'}")
    sys.stdout.write("\n".join(listed))  # `pytest -rP` shows it
