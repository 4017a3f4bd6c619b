"""A build that does its worst: it touches, reads and reaches nothing, and ends, whatever walls there are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell import process
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.leftovers import remove
from mixlock_hooks.shell.build.readable import of_python, own_python
from mixlock_hooks.shell.build.sandbox import Sandbox
from mixlock_hooks.shell.build.walls import Means, means
from tests.attack.intrusions import EACH, EXCESSES, NETWORK, PRELUDE, PROCESSES, READS, WRITES
from tests.attack.victims import SECRET, Victim, victim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls of Linux")

WALLS: dict[str, Callable[[], Means]] = {
    "with namespaces": means,
    "without namespaces": lambda: Means(landlock=means().landlock, seccomp=True, supervised=True),
    "on the oldest kernel": lambda: Means(landlock=1, seccomp=True, supervised=True),
}
"""What walls are made of: what this machine has, and less, as where namespaces are refused and kernels are old."""

LIMITS = Limits(
    seconds=30,
    output_bytes=2**20,
    memory_bytes=2**28,
    disk_bytes=2**26,
    file_bytes=2**25,
    files=2000,
    processes=40,
)
INTRUSIONS = {
    f"{kind}: {name}": code
    for kind, table in (("writes", WRITES), ("reads", READS), ("reaches", NETWORK), ("commands", PROCESSES))
    for name, code in table.items()
}


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """Give a folder that is not below ``/tmp``, which a sandbox may have one of its own of."""
    made = Path(tempfile.mkdtemp(prefix="mixlock-attack-", dir="/var/tmp")).resolve()
    yield made
    remove(made)


@pytest.fixture(name="one", scope="module")
def _one() -> Iterator[Victim]:
    made = Path(tempfile.mkdtemp(prefix="mixlock-victim-", dir="/var/tmp")).resolve()
    with victim(made) as found:
        yield found
    remove(made)


@contextmanager
def _nothing_is_left() -> Iterator[None]:
    """See that no process which carries the mark of this test outlives it."""
    yield
    deadline = time.monotonic() + 2
    while _marked() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _marked()


def _marked() -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"MARK={os.getpid()}".encode() in file.read_bytes():
                found.append(file.parent.name)
    return found


def _run(folder: Path, one: Victim, code: str, found: Means, limits: Limits = LIMITS) -> tuple[str, str]:
    """Run some code in a sandbox; return how it ended and what it wrote."""
    sandbox = Sandbox(folder, limits, found=found)
    (sandbox.work / "code.py").write_text(f"{PRELUDE}{code}\nprint('THR' + 'OUGH')\n")
    try:
        with _nothing_is_left():
            sandbox.run(
                [own_python(), "-I", "code.py"],
                reads=(str(one.readable), *of_python(own_python())),
                extra={"MARK": str(os.getpid())},
            )
    except process.OverrunError as error:
        return f"overrun: {error}", sandbox.said()
    except subprocess.CalledProcessError as error:
        return f"status {error.returncode}", sandbox.said()
    return "", sandbox.said()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How each intrusion ended, what all of them wrote, and whether the victim is as it was."""

    ends: dict[str, str]
    said: str
    unharmed: bool


@pytest.fixture(name="tried", scope="module")
def _tried(request: pytest.FixtureRequest) -> Iterator[Tried]:
    """Try every intrusion behind some walls, one after the other in one sandbox: that saves minutes."""
    with tempfile.TemporaryDirectory(prefix="mixlock-attack-", dir="/var/tmp") as name:
        folder = Path(name).resolve()
        (folder / "sandbox").mkdir()
        with victim(folder / "victim") as one:
            yield _try_all(folder / "sandbox", one, WALLS[request.param]())


def _try_all(folder: Path, one: Victim, found: Means) -> Tried:
    places = {**one.places, "work": folder / "work"}
    (folder / "work").mkdir()
    codes = {name: code.format(**places) for name, code in INTRUSIONS.items()}
    (folder / "work" / "codes.json").write_text(json.dumps(codes))
    before = one.looks()
    ended, said = _run(folder, one, EACH, found)
    assert not ended, said
    return Tried(
        ends=json.loads((folder / "work" / "told.json").read_text()),
        said=said,
        unharmed=one.looks() == before and not one.heard() and one.is_well(),
    )


@pytest.mark.parametrize("tried", WALLS, indirect=True)
@pytest.mark.parametrize("intrusion", INTRUSIONS)
def test_an_intrusion_fails(intrusion: str, tried: Tried) -> None:
    assert re.search(r"\w*[Ee]rror\(", tried.ends[intrusion]), tried.ends[intrusion]


@pytest.mark.parametrize("tried", WALLS, indirect=True)
def test_after_all_intrusions_nothing_was_touched_read_or_reached(tried: Tried) -> None:
    assert (tried.unharmed, SECRET in tried.said) == (True, False)


EVERYWHERE = (
    "a hang that hears no signal",
    "a build that stops all",
    "a fork bomb",
    "a bomb of sessions",
    "memory of many",
)
"""Excesses that namespaces end in another way than the supervisor does."""


@pytest.mark.parametrize(
    ("excess", "walls"),
    [
        *((excess, "without namespaces") for excess in EXCESSES),
        *((excess, "with namespaces") for excess in EVERYWHERE),
    ],
)
def test_an_excess_ends(excess: str, walls: str, folder: Path, one: Victim) -> None:
    code, words = EXCESSES[excess]
    limits = replace(LIMITS, seconds=1.0) if words == "seconds" else LIMITS
    began = time.monotonic()
    ended, said = _run(folder, one, code, WALLS[walls](), limits)
    assert re.search(words, f"{ended} {said}"), (ended, said[-300:])
    assert ended
    assert time.monotonic() - began < limits.seconds + 10


LEFT_BEHIND = {
    "a child": "subprocess.Popen(['sleep', '600'])",
    "a child of a session of its own": "subprocess.Popen(['sleep', '600'], start_new_session=True)",
    "a daemon": "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(600)\n    os._exit(0)",
    "a child that hears no signal": (
        "if not os.fork():\n    [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]\n    time.sleep(600)"
    ),
    "a stopped child": "if not os.fork():\n    os.kill(os.getpid(), signal.SIGSTOP)",
}


@pytest.mark.parametrize("walls", ["with namespaces", "without namespaces"])
@pytest.mark.parametrize("left", LEFT_BEHIND)
def test_what_a_build_leaves_running_ends_with_it(left: str, walls: str, folder: Path, one: Victim) -> None:
    assert _run(folder, one, LEFT_BEHIND[left], WALLS[walls]()) == ("", "THROUGH\n")


ALLOWED = {
    "write and read": "open('f', 'w').write('x'); assert open('f').read() == 'x'",
    "change modes": "open('f', 'w').close(); os.chmod('f', 0o751); assert os.stat('f').st_mode & 0o777 == 0o751",
    "change modes by descriptor": (
        "f = open('f', 'w'); os.fchmod(f.fileno(), 0o640); assert os.stat('f').st_mode & 0o777 == 0o640"
    ),
    "change times": "open('f', 'w').close(); os.utime('f', (5, 6.5)); assert os.stat('f').st_mtime == 6.5",
    "change times of a link": (
        "os.symlink('f', 'l'); os.utime('l', (5, 6), follow_symlinks=False); assert os.lstat('l').st_mtime == 6"
    ),
    "keep an owner": "open('f', 'w').close(); os.chown('f', os.getuid(), -1)",
    "rename and link": "open('f', 'w').close(); os.rename('f', 'g'); os.link('g', 'h'); os.symlink('h', 'i')",
    "copy with modes and times": (
        "import shutil; os.mkdir('a'); open('a/f', 'w').close(); shutil.copytree('a', 'b'); shutil.move('b', 'c')"
    ),
    "start programs": "assert subprocess.run(['true'], check=True).returncode == 0",
    "signal what it started": "p = subprocess.Popen(['sleep', '9']); p.terminate(); assert p.wait() == -15",
    "run threads": "t = threading.Thread(target=int); t.start(); t.join()",
    "use pairs of sockets": "a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
    "print to /dev/stdout": "open('/dev/stdout', 'a').write('')",
    "write to /dev/null": "open('/dev/null', 'w').write('x')",
    "make temporary files": "import tempfile; tempfile.NamedTemporaryFile().write(b'x')",
    "compile": "import py_compile; open('m.py', 'w').write('x = 1'); py_compile.compile('m.py')",
}


@pytest.mark.parametrize("walls", ["with namespaces", "without namespaces"])
@pytest.mark.parametrize("deed", ALLOWED)
def test_what_builds_need_goes_on(deed: str, walls: str, folder: Path, one: Victim) -> None:
    assert _run(folder, one, ALLOWED[deed], WALLS[walls]()) == ("", "THROUGH\n")
