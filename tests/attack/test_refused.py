"""A machine that refuses namespaces to programs, as Ubuntu 24.04 and most containers do: the other walls stand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls of Linux")

REFUSING = """\
import ctypes, json, struct, sys
from pathlib import Path
from mixlock_hooks.shell.build.confine import kernel, seccomp

steps = [(0x20, 0, 0, 0), (0x15, 0, 1, kernel.number("unshare")), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)]
filters = b"".join(struct.pack("=HBBI", *step) for step in steps)
kernel.prctl(38, 1)
kernel.call("seccomp", 1, 0, ctypes.byref(seccomp._Program(length=len(steps), filter=filters)))

from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.readable import of_python, own_python
from mixlock_hooks.shell.build.sandbox import Sandbox
from mixlock_hooks.shell.build.walls import walls

folder, outside = map(Path, sys.argv[1:])
sandbox = Sandbox(folder, Limits(seconds=20))
code = f'''
import os
open("mine", "w").close(); os.chmod("mine", 0o711)
for deed in (lambda: os.chmod({str(outside)!r}, 0o777), lambda: open({str(outside)!r}).read()):
    try:
        deed()
        print("THROUGH")
    except OSError:
        print("refused")
'''
sandbox.run([own_python(), "-I", "-c", code], reads=of_python(own_python()))
print(json.dumps({"walls": {wall.name: wall.present for wall in walls()}, "said": sandbox.said()}))
"""


def test_without_namespaces_the_walls_stand(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")
    before = outside.stat()
    (tmp_path / "sandbox").mkdir()
    command = [sys.executable, "-c", REFUSING, str(tmp_path / "sandbox"), str(outside)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["said"] == "refused\nrefused\n"
    assert [name for name, present in told["walls"].items() if not present] == ["namespaces"]
    assert (outside.stat().st_mode, outside.stat().st_ctime_ns) == (before.st_mode, before.st_ctime_ns)
