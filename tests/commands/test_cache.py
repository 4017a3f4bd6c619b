"""``mixlock cache``: where it is, and that cleaning it removes mixlock's own folders and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.shell.machine_config import CACHES, cache_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache beside things of somebody else's, one of them reached by a link."""
    monkeypatch.delenv("MIXLOCK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    root = tmp_path / "home/mixlock"
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").write_text("x")
    (cache_folder("pypi") / "a").write_bytes(b"x" * 2048)
    os.link(root / "pypi/a", root / "pypi/b")
    (cache_folder("wheels") / "deep").mkdir(mode=0o500)
    (root / "pypi/link").symlink_to(tmp_path / "precious")
    (root / "uv").symlink_to(tmp_path / "precious")
    (root / "mine").mkdir()
    (root / "mine/notes").write_text("x")
    return root


def test_its_place_is_printed(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["cache", "dir"]), capsys.readouterr().out) == (0, f"{cache}\n")


def test_cleaning_removes_its_own_folders_alone(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "clean", "--dry-run"]) == 0
    assert f"would remove {cache}/pypi (2 KiB)" in capsys.readouterr().out
    assert (cache / "pypi/a").exists()
    assert main(["cache", "clean"]) == 0
    told = capsys.readouterr().out
    assert f"removed {cache}/pypi (2 KiB)\n" in told
    assert told.endswith("removed 2 KiB in all\n")
    assert sorted(path.name for path in cache.iterdir()) == ["mine", "uv"]
    assert (tmp_path / "precious/file").read_text() == (cache / "mine/notes").read_text() == "x"
    assert main(["cache", "clean"]) == 0
    assert capsys.readouterr().out == "the cache is empty\n"


def test_no_other_folder_is_ever_made(cache: Path) -> None:
    assert {path.name for path in cache.iterdir()} - {"mine"} <= CACHES
    with pytest.raises(ValueError, match="not a folder of the cache"):
        cache_folder("other")


def test_a_folder_that_others_may_share_is_not_cleaned(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIXLOCK_CACHE_DIR", str(cache))
    assert main(["cache", "clean"]) == 3
    assert "others may keep files there too" in capsys.readouterr().err
    assert (cache / "pypi/a").exists()
