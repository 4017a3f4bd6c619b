"""Repodata that unpack to more than a limit are refused with it, and leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zstandard

from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.conda_packages import write_channel

if TYPE_CHECKING:
    from pathlib import Path

SOLVE = """\
import asyncio, os, sys
from mixlock_hooks.shell.solver.file_limit import limit_files
from mixlock_hooks.shell.solver.rattler_solve import CondaQuestion, CondaSolveError, gateway, solve
source = gateway()
limit_files(2 * 2**20)
try:
    print(asyncio.run(solve(CondaQuestion(specs=("x",), channels=(sys.argv[1],), platform="linux-64"), source)))
except CondaSolveError as error:
    print(error.kind, error, flush=True)
os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on files")
def test_a_bomb_meets_the_limit_of_what_is_written(tmp_path: Path) -> None:
    write_channel(tmp_path / "channel", [])
    repodata = tmp_path / "channel/linux-64/repodata.json"
    told = {**json.loads(repodata.read_text()), "zeros": "0" * 2**23}
    repodata.with_suffix(".json.zst").write_bytes(zstandard.compress(json.dumps(told).encode()))
    (tmp_path / "config.toml").write_text("")
    machine = {"MIXLOCK_CACHE_DIR": str(tmp_path / "cache"), "MIXLOCK_CONFIG_FILE": str(tmp_path / "config.toml")}
    with serve(tmp_path / "channel") as base:
        command = [sys.executable, "-c", SOLVE, base]
        done = subprocess.run(command, env={**os.environ, **machine}, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("channel "), done.stdout
    assert done.stdout.endswith("linux-64/repodata.json.zst: it is larger than 2 MiB, unpacked\n")
    assert max(file.stat().st_size for file in (tmp_path / "cache").rglob("*") if file.is_file()) < 2**20
