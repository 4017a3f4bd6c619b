"""Every real lock beside its sources is taken over: no version changes, and what is not fresh has a known reason."""

from __future__ import annotations

import csv
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.formats import conda_lock_yml
from tests.conftest import Repository, table_world
from tests.real.test_pairs import PAIRS, REASONS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

_NOT_READ = "git does not track"
"""Why a lock is left out: its source is not there."""

_OF_MANIFESTS = {
    "conda__conda-lock__tests__test-v2-to-v3-upgrade__conda-lock-v2.5.8": {
        "MIX101 `requests @ git+",
        "MIX104 `cowsay",
    },
    "conda__conda-lock__tests__test-v2-to-v3-upgrade__conda-lock-v3.0.2": {
        "MIX101 `requests @ git+",
        "MIX104 `cowsay",
    },
}
"""What is told of locks of a pyproject.toml: git is no index."""


def _adopted(root: Path, folder: str, world_folder: Path) -> Repository:
    shutil.copytree(PAIRS / folder, root)
    made = Repository(root=root, world=table_world(world_folder))
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-qm", "before")
    return made


def _packages(content: bytes) -> set[tuple[str, str, str, str]]:
    return {(each.name, each.version, each.platform, each.url) for each in conda_lock_yml.parse(content).packages}


def test_every_pair_is_taken_over_with_every_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
) -> None:
    with (PAIRS / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 40
    listed = []
    for row in rows:
        with subtests.test(row["dir"]):
            repository = _adopted(tmp_path / row["dir"], row["dir"], tmp_path)
            before = _packages((PAIRS / row["dir"] / row["lock"]).read_bytes())
            status = main(["adopt", "--root", str(repository.root)])
            told = capsys.readouterr()
            assert "Traceback" not in told.err
            listed.append(f"{row['dir']} ({row['content_hash_check_conda_lock_4_0_3']}): {status}")
            if status == 2:
                assert _NOT_READ in told.err
                continue
            (lock,) = (repository.root / "locks").rglob("conda-lock.yml")
            assert _packages(lock.read_bytes()) == before
            if row["content_hash_check_conda_lock_4_0_3"] == "all-match":
                reasons = REASONS.get(row["dir"], set()) | _OF_MANIFESTS.get(row["dir"], set())
                assert (status, not reasons) in {(0, True), (1, False)}
                assert all(reason.partition(" [")[0].split(" on ")[0] in told.out for reason in reasons)
    sys.stdout.write("\n".join(listed))  # `pytest -rP` shows it
