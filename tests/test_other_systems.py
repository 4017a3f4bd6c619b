"""What must work where POSIX is not: every module, and what a hook runs. Windows itself is not at hand here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

SCRIPT = Path(__file__).parent / "import_without_posix.py"
SPEC = "environment.yml"


def _run(*words: str, cwd: Path | None = None) -> tuple[int, str]:
    command = [sys.executable, "-W", "ignore", str(SCRIPT), *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_module_but_the_walls_for_linux_is_imported() -> None:
    assert _run("modules") == (0, "")


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "a checkout with CRLF"])
def test_check_drift_list_and_diff_work(locked: Repository, ending: str) -> None:
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    for path in [SPEC, *(f"locks/{name}" for name in locked.locks())]:
        (locked.root / path).write_bytes(locked.read(path).replace("\n", ending).encode())
    for words in (["check"], ["drift", "--verify", "--strict"], ["diff"], ["list"]):
        status, told = _run(*words, cwd=locked.root)
        assert status == 0, told
    (locked.root / SPEC).write_bytes((locked.read(SPEC) + f"- colors{ending}").encode())
    status, told = _run("drift", cwd=locked.root)
    assert status == 1, told
    assert f"{SPEC}:" in told
