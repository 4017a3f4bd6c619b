"""Real sources beside the locks that plain conda-lock made from them: no reason is given that is not one.

Those whose hash conda-lock itself confirms are listed with every reason; whoever reads both files finds it there.
"""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.commands import main
from tests.conftest import Repository, World
from tests.real.shared_channels import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = SHARED / "data/pairs"

REASONS = {
    "AlexsLemonade__OpenScPCA-analysis__analyses__cell-type-neuroblastoma-04__conda-lock": {
        "MIX208 `sympy` is locked from PyPI (1.13.1) and from conda (1.14.0)",
    },
    "EverlastEngineering__larsnet-midi__conda-lock": {
        "MIX208 `numpy` is locked from PyPI (2.2.6) and from conda (2.3.3) on linux-64, linux-aarch64",
    },
    "NASA-Openscapes__corn__ci__conda-lock": {
        "MIX004 not a conda match spec: conda packages have no extras; ask for the extra under `pip:`",
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


def _rows() -> Iterator[tuple[str, str, str, bool]]:
    with (PAIRS / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for source in row["sources"].split(";"):
                if source.endswith((".yml", ".yaml")):
                    yield row["dir"], source, row["lock"], row["content_hash_check_conda_lock_4_0_3"] == "all-match"


ROWS = sorted(_rows())


def _told(root: Path, row: tuple[str, str, str, bool], capsys: pytest.CaptureFixture[str]) -> tuple[int, set[str]]:
    folder, source, lock, _confirmed = row
    repository = Repository(root=root / "repository", world=World(folder=root, environment={}))
    repository.root.mkdir()
    repository.git("init", "-q")
    repository.write("environment.yml", (PAIRS / folder / source).read_text(encoding="utf-8"))
    target = repository.root / "locks/environment/conda-lock.yml"
    target.parent.mkdir(parents=True)
    shutil.copy(PAIRS / folder / lock, target)
    status = main(["drift", "--root", str(repository.root), "--format", "json", "environment"])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["problems"]
    return status, {f"{each['code']} {each['message']}" for each in found if each["severity"] == "error"}


@pytest.mark.parametrize("row", [row for row in ROWS if row[3]], ids=lambda row: f"{row[0]} {row[1]}")
def test_a_lock_that_conda_lock_confirms_has_only_the_reasons_above(
    row: tuple[str, str, str, bool], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = _told(tmp_path, row, capsys)
    expected = REASONS.get(row[0], set())
    assert (status, found) == (1 if expected else 0, expected)


def test_the_confirmed_pairs_are_many() -> None:
    assert len({row[0] for row in ROWS if row[3]}) >= 15


@pytest.mark.parametrize("row", [row for row in ROWS if not row[3]], ids=lambda row: f"{row[0]} {row[1]}")
def test_every_other_lock_is_judged_without_a_crash_and_each_reason_has_its_code(
    row: tuple[str, str, str, bool], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = _told(tmp_path, row, capsys)
    assert status == (1 if found else 0)
    assert all(each[:4] == "MIX0" or each[:4] == "MIX1" or each[:4] == "MIX2" for each in found)
    print(f"{row[0]} {row[1]}: {'; '.join(sorted(found)) or 'fresh'}")  # noqa: T201 - listed by `pytest -rP`
