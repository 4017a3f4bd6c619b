"""What the world does to ``mixlock lock``: every failure has its status, place and code, and the old lock stays."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.shell.index.loopback import Fault
from tests.commands.uv_engine import UvEngine
from tests.conftest import Repository, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Done, LookedUpWorld

SPEC = "dependencies:\n  - python=3.12\n  - pip:\n    - requests==2.32.0\n"
WHEEL = "requests-2.32.0-py3-none-any.whl"


def page(fragment: str) -> bytes:
    """Render the index's page of requests with another fragment behind the wheel."""
    return f'<html><body><a href="../../files/{WHEEL}{fragment}">{WHEEL}</a></body></html>'.encode()


INDEX_FAULTS = {
    "an index that answers 500": (
        "/index",
        Fault(status=500),
        r"environment\.yml:1:1: MIX302 an index cannot be read",
    ),
    "an index that hangs": ("/index", Fault(delay=60), r"environment\.yml:1:1: MIX302 an index cannot be read"),
    "an index with other hashes than sha256": (
        "/index/simple/requests",
        Fault(body=page(f"#md5={'0' * 32}"), headers={"Content-Type": "text/html"}),
        r"environment\.yml:4:7: MIX302 `requests` 2\.32\.0 comes without a sha256",
    ),
    "an index page that is noise": (
        "/index/simple/requests",
        Fault(body=b"\0\xff\xfe <<<<"),
        r"environment\.yml:1:1: MIX302 an index cannot be read",
    ),
}
CHANNEL_FAULTS = {
    "a channel that answers 500": (
        "/science",
        Fault(status=500),
        r"environment\.yml:1:1: MIX301 the channel \S+ cannot be read",
    ),
    "a channel without repodata": (
        "/science/noarch",
        Fault(status=404),
        r"environment\.yml:1:1: MIX301 the channel \S+ cannot be read",
    ),
    "a URL that is not a channel": (
        "/science",
        Fault(status=404),
        r"environment\.yml:1:1: MIX301 the channel \S+ cannot be read",
    ),
    "a web page for a channel": (
        "/science",
        Fault(body=b"<html>hello</html>"),
        r"environment\.yml:1:1: MIX301 the channel \S+ cannot be read",
    ),
}


def told(done: Done) -> str:
    """Return what a failed lock says first, apart from its progress."""
    return next(line for line in done.stderr.splitlines() if not re.match(r"\S+ \[[\w-]+\]: ", line))


def _refused(repository: Repository, fault: tuple[str, Fault, str], faults: dict[str, Fault], cache: Path) -> None:
    path, broken, expected = fault
    before = repository.locks()
    faults[path] = broken
    repository.write("environment.yml", SPEC)
    caches = {"XDG_CACHE_HOME": str(cache), "PIP_DEFAULT_TIMEOUT": "1"}
    done = repository.mixlock("lock", "--platform", "linux-64", **caches)
    assert re.match(expected, told(done)), done.stderr
    assert "Traceback" not in done.stderr
    assert (done.status, repository.locks()) == (3, before)


@pytest.mark.parametrize("fault", CHANNEL_FAULTS.values(), ids=CHANNEL_FAULTS)
def test_a_channels_fault_is_told_with_place_and_code_and_the_old_lock_stays(
    served_locked: Repository, tmp_path: Path, faults: dict[str, Fault], fault: tuple[str, Fault, str]
) -> None:
    _refused(served_locked, fault, faults, tmp_path / "cold")


@pytest.mark.parametrize("fault", INDEX_FAULTS.values(), ids=INDEX_FAULTS)
def test_an_indexs_fault_is_told_with_place_and_code_and_the_old_lock_stays(
    locked: Repository, looked_up: LookedUpWorld, tmp_path: Path, fault: tuple[str, Fault, str]
) -> None:
    """The real uv reads the index."""
    looked_up.engines.engine = UvEngine
    locked.world = looked_up
    _refused(locked, fault, looked_up.faults, tmp_path / "cold")


def test_a_channel_that_is_named_in_the_spec_is_told_at_its_line(
    served_locked: Repository, faults: dict[str, Fault]
) -> None:
    faults["/science"] = Fault(status=404)
    served_locked.write("environment.yml", f"channels:\n  - https://conda.example/science\n{SPEC}  - numpy\n")
    done = served_locked.mixlock("lock", "--force", "--platform", "linux-64")
    expected = "environment.yml:2:5: MIX301 the channel https://conda.example/science cannot be read"
    assert told(done).startswith(expected), done.stderr


def test_a_channel_that_no_platform_can_read_is_told_once(
    served_locked: Repository, faults: dict[str, Fault]
) -> None:
    """Both solves read it together, and to one of them py-rattler says nothing but that the other's read failed."""
    faults["/science"] = Fault(status=404)
    served_locked.write("environment.yml", f"channels:\n  - https://conda.example/science\n{SPEC}  - numpy\n")
    done = served_locked.mixlock("lock", "--force")
    assert done.stderr.count("MIX301") == 1, done.stderr
    assert "science cannot be read [linux-64, osx-arm64]" in done.stderr, done.stderr


def test_a_wrong_hash_on_the_page_is_locked_as_it_stands_so_that_pip_refuses_the_file(
    repository: Repository, looked_up: LookedUpWorld
) -> None:
    """No file is downloaded to lock it, so the page's word counts; the installer is who would run the file."""
    looked_up.engines.engine = UvEngine
    repository.world = looked_up
    wrong = looked_up.folder / "index/simple/requests/index.html"
    wrong.write_bytes(page(f"#sha256={'0' * 64}"))
    repository.write("environment.yml", SPEC)
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert done.status == 0, done.stderr
    pins = repository.root / "locks/environment/pip-linux-64.txt"
    assert f"requests==2.32.0 --hash=sha256:{'0' * 64}" in pins.read_text()
    index = f"{looked_up.base}/index/simple"
    pip = f"pip install --dry-run --no-deps --require-hashes --disable-pip-version-check -i {index} -r {pins}"
    command = [sys.executable, "-m", *pip.split()]
    refused = subprocess.run(
        command, capture_output=True, text=True, check=False, env=dict(repository.world.environment)
    )
    assert refused.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused.stderr


BAD_SPECS = {
    "empty": (b"", "bad.yml:1:1: MIX003 the file is empty"),
    "only a comment": (b"# nothing\n", "bad.yml:1:1: MIX003 the file is empty"),
    "binary": (bytes(range(256)), "bad.yml:2:118: MIX001 "),
    "nul bytes": (b"dependencies: [a\0]\n", "bad.yml:1:17: MIX001 "),
    "Latin-1": ("dependencies: [café]\n".encode("latin-1"), "bad.yml:1:19: MIX001 not UTF-8 text: byte 0xe9"),
    "tabs": (b"dependencies:\n\t- python\n", "bad.yml:2:1: MIX001 not valid YAML"),
    "a list at the top": (b"- python\n- numpy\n", "bad.yml:1:1: MIX003 an environment file is a mapping"),
    "text at the top": (b"python\n", "bad.yml:1:1: MIX003 an environment file is a mapping"),
    "10 MB of aliases": (b"a: &a [x]\nb:\n" + b"- *a\n" * 2_000_000, "bad.yml:1:1: MIX001 the file has 9765 KiB"),
    "a billion laughs": (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (n + 1, n + 1, b",".join([b"*%c" % n] * 9)) for n in range(97, 107)),
        "bad.yml:5:8: MIX001 ",
    ),
    "an alias of itself": (b"dependencies: &a [*a]\n", "bad.yml:1:19: MIX001 "),
    "deep nesting": (b"dependencies: " + b"[" * 5_000, "bad.yml:1:"),
}


@pytest.fixture
def checkout(locked: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Give the locked repository, with this process in it."""
    monkeypatch.chdir(locked.root)
    return locked


@pytest.mark.parametrize("command", ["check", "drift", "lock"])
@pytest.mark.parametrize(("content", "expected"), BAD_SPECS.values(), ids=BAD_SPECS)
def test_a_bad_spec_is_told_with_place_and_code(
    checkout: Repository, capsys: pytest.CaptureFixture[str], command: str, content: bytes, expected: str
) -> None:
    before = checkout.locks()
    (checkout.root / "bad.yml").write_bytes(content)
    began = time.monotonic()
    assert main([command, "bad.yml"]) == 1
    assert time.monotonic() - began < 5
    said = capsys.readouterr()
    assert (said.err if command == "lock" else said.out).startswith(expected)
    assert checkout.locks() == before


@pytest.mark.parametrize("command", ["check", "drift", "lock"])
@pytest.mark.parametrize(
    "row",
    [
        ("missing.yml", 2, "missing.yml: "),
        ("folder", 2, "folder: "),
        ("../elsewhere.yml", 2, "../elsewhere.yml"),
        ("x" * 300 + ".yml", 3, "File name too long"),
    ],
    ids=["missing", "a folder", "outside", "a name too long"],
)
def test_a_bad_path_is_a_usage_error(
    checkout: Repository, capsys: pytest.CaptureFixture[str], command: str, row: tuple[str, int, str]
) -> None:
    word, status, expected = row
    (checkout.root / "folder").mkdir()
    (checkout.root.parent / "elsewhere.yml").touch()
    assert main([command, word]) == status
    assert expected in capsys.readouterr().err


@pytest.fixture
def changed(locked: Repository) -> Repository:
    """Give the locked repository with a damaged export, which the next lock writes again without a solve."""
    (locked.root / "locks/environment/pip-linux-64.txt").write_text("mine\n")
    return locked


def test_a_file_in_place_of_the_lock_folder_is_told(locked: Repository) -> None:
    shutil.rmtree(locked.root / "locks")
    (locked.root / "locks").write_text("not a folder\n")
    done = locked.mixlock("lock", "--platform", "linux-64")
    assert done.status == 3
    assert "environment: " in told(done)
    assert "the lock cannot be written: Not a directory" in told(done)
    assert "Traceback" not in done.stderr
    assert (locked.root / "locks").read_text() == "not a folder\n"


def test_a_read_only_lock_folder_is_told(changed: Repository) -> None:
    """Root may write anywhere, so it needs the immutable flag, which not every file system knows."""
    folder = changed.root / "locks/environment"
    before = changed.locks()
    folder.chmod(0o555)
    immutable = os.geteuid() == 0
    if immutable and subprocess.run(["chattr", "+i", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("running as root, and this file system has no immutable flag")
    try:
        done = changed.mixlock("lock")
    finally:
        if immutable:
            subprocess.run(["chattr", "-i", str(folder)], check=True)
        folder.chmod(0o755)
    assert (done.status, changed.locks()) == (3, before)
    assert "the lock cannot be written" in told(done)


def test_a_file_size_limit_leaves_the_old_set(changed: Repository) -> None:
    """What a full disk does, for any user: the kernel refuses to write a file further.

    Python writes no bytecode meanwhile: a file of it that is cut off would break every later process.
    """
    before = changed.locks()
    done = subprocess.run(
        [sys.executable, "-m", "mixlock_hooks", "lock"],
        cwd=changed.root,
        env={**changed.world.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)),
    )
    assert (done.returncode, changed.locks()) == (3, before)
    assert "the lock cannot be written: File too large; what stood there is unchanged" in done.stderr


@pytest.fixture
def full_disk(changed: Repository, tmp_path: Path) -> Iterator[Repository]:
    """Put the repository on a file system with no room left; needs the right to mount."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no right to mount a tmpfs: {mounted.stderr.strip()}")
    try:
        shutil.copytree(changed.root, folder / "repository")
        filler = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while os.write(filler, bytes(1024)):
                pass
        os.close(filler)
        yield Repository(root=folder / "repository", world=changed.world)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_set(full_disk: Repository) -> None:
    before = full_disk.locks()
    done = full_disk.mixlock("lock")
    assert (done.status, full_disk.locks()) == (3, before)
    assert "No space left on device; what stood there is unchanged" in done.stderr


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "TMPDIR"])
def test_a_folder_that_cannot_be_written_is_told(served_locked: Repository, name: str) -> None:
    served_locked.write("environment.yml", SPEC)
    done = served_locked.mixlock("lock", **{name: "/dev/null"})
    assert "Traceback" not in done.stderr
    assert (done.status, served_locked.mixlock("drift").status) == (
        (3, 1) if name == "XDG_CACHE_HOME" else (done.status, 0)
    )


@pytest.mark.parametrize(
    "text", [b"[mirrors", b"\xff\xfe", b"mirrors = 1\n"], ids=["not TOML", "not UTF-8", "no table"]
)
def test_a_bad_machine_configuration_is_a_usage_error(served_locked: Repository, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "config.toml").write_bytes(text)
    served_locked.write("environment.yml", SPEC)
    done = served_locked.mixlock("lock", MIXLOCK_CONFIG_FILE=str(tmp_path / "config.toml"))
    assert (done.status, "Traceback" in done.stderr) == (2, False)
    assert f"mixlock: {tmp_path / 'config.toml'}: " in done.stderr


def start(repository: Repository, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start mixlock without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "mixlock_hooks", *words],
        cwd=repository.root,
        env={**repository.world.environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_two_runs_in_one_repository_one_waits_and_both_succeed(served_repository: Repository) -> None:
    served_repository.write("environment.yml", "dependencies: [libblas]\n")
    first, second = (start(served_repository, "lock", "--platform", "linux-64") for _ in range(2))
    said = [process.communicate(timeout=60) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    waited = ["another mixlock is at work" in stderr for _stdout, stderr in said]
    wrote = ["wrote 4 files" in stdout for stdout, _stderr in said]
    assert sorted(waited) == [False, True], said
    assert sorted(wrote) == [False, True], said
    assert served_repository.mixlock("drift", "--platform", "linux-64").status == 0


PHASES = {"/index": "proposing PyPI packages", "/science": "solving conda packages"}


def programs_that_see(text: str) -> list[str]:
    """List the processes in whose environment a text stands."""
    return [environ.parent.name for environ in Path("/proc").glob("[0-9]*/environ") if text in _readable(environ)]


def _readable(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for left processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("hanging", PHASES)
def test_an_interrupted_solve_leaves_nothing_behind(
    served_locked: Repository, tmp_path: Path, faults: dict[str, Fault], number: signal.Signals, hanging: str
) -> None:
    before = served_locked.locks()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    faults[hanging] = Fault(delay=60)
    served_locked.write("environment.yml", SPEC)
    variables = {"TMPDIR": str(scratch), "XDG_CACHE_HOME": str(tmp_path / "cold"), "PIP_DEFAULT_TIMEOUT": "60"}
    process = start(served_locked, "lock", "--force", **variables)
    assert process.stderr is not None
    while PHASES[hanging] not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(1)
    assert len(list(scratch.iterdir())) == 4, "two solves, and where two engines wait for them"
    process.send_signal(number)
    _stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in stderr) == (130, False)
    assert "mixlock: interrupted; no file was left half-written" in stderr
    assert (list(scratch.iterdir()), programs_that_see(str(scratch)), served_locked.locks()) == ([], [], before)


def test_two_repositories_do_not_wait_for_each_other(served_locked: Repository, tmp_path: Path) -> None:
    spec = "platforms: [linux-64]\ndependencies: [libblas]\n"
    other = new_repository(tmp_path / "other", served_locked.world, spec)
    served_locked.write("environment.yml", spec)
    processes = [start(each, "lock") for each in (served_locked, other)]
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert "another mixlock" not in "".join(said)
