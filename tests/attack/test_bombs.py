"""No file of up to a megabyte, whatever it holds, keeps ``drift`` busy, fills memory or breaks it.

``check`` does nothing that ``drift`` does not. The limit of time here only ends what would never end.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.attack.bombs import MEGABYTE, all_bombs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

_CPU_SECONDS = 20
_MEMORY = 500 * 1024
"""KiB of resident memory, as ``getrusage`` counts on Linux."""
_RUN = """
import resource, sys
from mixlock_hooks.commands import main
print("ended with", main(["drift"]), file=sys.stderr)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""

_BOMBS = [pytest.param(path, make, id=f"{path}: {name}") for name, path, make in all_bombs()]


@pytest.mark.parametrize(("path", "make"), _BOMBS)
def test_a_bomb_is_defused(locked: Repository, path: str, make: Callable[[], str]) -> None:
    content = make()
    assert len(content) <= MEGABYTE
    if path in {"requirements.txt", "pyproject.toml"}:
        locked.write("mixlock.toml", f'specs = ["environment.yml", "{path}"]\n' + locked.read("mixlock.toml"))
    (locked.root / path).write_bytes(content.encode())
    locked.git("add", ".")
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=locked.root,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *_told, ended, memory = done.stderr.splitlines()
    assert set(ended.removeprefix("ended with ").split()) <= {"0", "1", "2"}, done.stderr[-2000:]
    assert "a fault of mixlock itself" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert int(memory) <= _MEMORY
