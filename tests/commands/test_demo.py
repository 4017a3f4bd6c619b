"""``mixlock demo``: the whole story, told by a process on this machine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.demo.channel_and_index import PLATFORMS
from mixlock_hooks.shell.host import host_platform
from tests.conftest import Done

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> Mapping[str, str]:
    """Return an environment in which everything a program may write to is below the test's folder."""
    folders = {name: str(tmp_path / name.lower()) for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for folder in folders.values():
        Path(folder).mkdir()
    return {**os.environ, **folders}


@pytest.fixture(name="demo")
def _demo(tmp_path: Path, environment: Mapping[str, str]) -> Callable[..., Done]:
    """Return what runs mixlock in a folder that is not a repository."""
    (tmp_path / "here").mkdir()

    def run(*words: str) -> Done:
        command = [sys.executable, "-m", "mixlock_hooks", *words]
        done = subprocess.run(
            command, cwd=tmp_path / "here", env=dict(environment), capture_output=True, text=True, check=False
        )
        return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_demo_tells_seven_steps_and_leaves_nothing_behind(demo: Callable[..., Done], tmp_path: Path) -> None:
    told = demo("demo")
    assert told.status == 0, told.stderr
    steps = re.split(r"^\d\. ", told.stdout, flags=re.MULTILINE)[1:]
    typed = [[words.split()[:2] for words in re.findall(r"\$ (.*)", step)] for step in steps]
    committed = [["git", "add"], ["git", "commit"]]
    assert typed == [
        committed,
        [["mixlock", "lock"], ["head", "locks/environment/conda-linux-64.lock"], *committed],
        [["mixlock", "drift"]],
        committed,
        [["mixlock", "lock"]],
        [["mixlock", "diff"], *committed],
        [["mixlock", "install"], ["mixlock", "run"]] if host_platform() in PLATFORMS else [],
    ]
    refused, locked, fresh, drifted, relocked, compared, _installed = steps
    assert "|     - tracker @ git+https" in refused
    assert told.stderr.count("environment.yml:8:7: MIX101") == 1
    assert "+ conda numpy 1.26.4  [linux-64, osx-arm64]" in locked
    assert "@EXPLICIT" in locked
    assert "MIX" not in fresh
    assert "+   - numpy>=2" in drifted
    assert re.findall(r"environment\.yml:(\d+):\d+: MIX202", told.stderr) == ["5", "6", "8"]
    assert "^ conda numpy 1.26.4 -> 2.2.6" in relocked
    assert "| upgraded | `numpy` | conda | `1.26.4` | `2.2.6` | all |" in compared
    assert "Nothing was left behind." in told.stdout
    assert not _files(tmp_path)


def test_a_named_folder_is_left_as_a_repository_with_commits_also_inside_of_another_repository(
    demo: Callable[..., Done], tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "here")], check=True)
    told = demo("demo", "told/here")
    assert told.status == 0, told.stderr
    assert "The repository of the demo is in told/here; its packages were served for the demo alone." in told.stdout
    drift = demo("drift", "--root", "told/here")
    assert (drift.status, drift.stdout) == (0, "")
    log = ["git", "-C", str(tmp_path / "here/told/here"), "log", "--format=%s", "--reverse"]
    committed = subprocess.run(log, capture_output=True, text=True, check=True).stdout.splitlines()
    assert committed == ["Lock the environment", "Lock the newer numpy"]
    left = [name for name in _files(tmp_path) if "/.git/" not in name]
    assert {Path(name).parts[:3] for name in left} == {("here", "told", "here")}


def test_a_folder_with_something_in_it_is_refused_untouched(demo: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "here/full").mkdir()
    (tmp_path / "here/full/notes.md").write_text("mine\n", encoding="utf-8")
    refused = demo("demo", "full")
    assert (refused.status, refused.stdout) == (2, "")
    assert refused.stderr == "mixlock: full: is not an empty folder\n"
    assert _files(tmp_path / "here") == ["full/notes.md"]


def test_a_folder_that_cannot_be_made_is_told_in_one_line(demo: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "here/file").touch()
    refused = demo("demo", "file/told")
    assert refused.status == 3
    assert refused.stderr.startswith("mixlock: file/told: cannot be made: ")


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_an_interrupted_demo_ends_with_130_and_leaves_nothing_behind(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "mixlock_hooks", "demo"]
    with subprocess.Popen(command, env=dict(environment), stderr=subprocess.PIPE, stdout=subprocess.PIPE) as told:
        assert told.stderr is not None
        assert any(b"solving conda packages" in line for line in told.stderr)
        told.send_signal(signal.SIGINT)
        _, words = told.communicate(timeout=30)
    assert told.returncode == 130
    assert words.decode().count("interrupted") == 1
    assert not _files(tmp_path)
