"""Programs are run in groups of their own, and all of a group can be ended."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.process import Bounds, OverrunError, run, run_bounded

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str, folder: Path) -> tuple[int, str, str]:
    done = run([sys.executable, "-c", code], env=os.environ, cwd=folder)
    return done.status, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print('a')", (0, "a\n", "")),
        ("import sys; sys.exit('no')", (1, "", "no\n")),
        ("import os; os.write(1, b'\\xff')", (0, "\N{REPLACEMENT CHARACTER}", "")),
        ("import sys; print(sys.stdin.read())", (0, "\n", "")),
        ("import os; os.kill(os.getpid(), 9)", (-9, "", "")),
        ("print('x' * 10_000_000)", (0, "x" * 10_000_000 + "\n", "")),
    ],
    ids=["output", "a failure", "bytes that are no text", "no input", "a signal", "much output"],
)
def test_run(tmp_path: Path, code: str, expected: tuple[int, str, str]) -> None:
    assert python(code, tmp_path) == expected


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(["no-such-program"], env={}, cwd=tmp_path)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import time; time.sleep(60)", "longer than 2 seconds"),
        ("while True: print('x' * 10**6)", "more than 1 MiB of output"),
        ("import os; os.write(1, b'x' * (2**20 + 1)); os._exit(0)", "more than 1 MiB of output"),
        ("import os; os.write(2, b'x' * (2**20 + 1)); os._exit(3)", "more than 1 MiB of output"),
    ],
    ids=["time", "output", "output of a program that is gone", "errors of a program that is gone"],
)
def test_a_bound_is_kept(tmp_path: Path, code: str, words: str) -> None:
    bounds = Bounds(seconds=2, output_bytes=2**20)
    with pytest.raises(OverrunError, match=words):
        run_bounded([sys.executable, "-c", code], env=os.environ, cwd=tmp_path, log=tmp_path / "log", bounds=bounds)


def test_within_its_bounds_a_program_tells_its_status(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; os.write(1, b'x' * 2**20); os._exit(3)"]
    bounds = Bounds(seconds=60, output_bytes=2**20)
    assert run_bounded(command, env=os.environ, cwd=tmp_path, log=tmp_path / "log", bounds=bounds) == 3


STOPPING = """
import os, sys, threading, time
from pathlib import Path
from mixlock_hooks.shell import process
ended = []
def work():
    try:
        process.run([sys.executable, "-c", sys.argv[1]], env=os.environ, cwd=Path.cwd())
    except process.StoppedError:
        ended.append("stopped")
threads = [threading.Thread(target=work) for _ in range(2)]
[thread.start() for thread in threads]
while len(list(Path.cwd().glob("*.pid"))) < 2: time.sleep(0.02)
process.stop_all()
[thread.join() for thread in threads]
work()
print(ended)
"""
CHILD = "open(f'{__import__(\"os\").getpid()}.pid', 'w'); import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {CHILD}"


@pytest.mark.parametrize("child", [CHILD, STUBBORN], ids=["obedient", "deaf to SIGTERM"])
def test_stop_all_ends_every_program_and_lets_none_start(tmp_path: Path, child: str) -> None:
    """In a process of its own, for it stops this process's programs for good."""
    command = [sys.executable, "-c", STOPPING, child]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "['stopped', 'stopped', 'stopped']\n", done.stderr
    for file in tmp_path.glob("*.pid"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(file.stem), 0)
