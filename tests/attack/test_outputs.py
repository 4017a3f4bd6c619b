"""What a hostile build hands over: no wheel of it is believed, nothing hangs, and a later build goes well."""

from __future__ import annotations

import io
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.build.builder import WheelBuilder
from mixlock_hooks.shell.build.interpreters import Interpreters
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.walls import Means, means
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from mixlock_hooks.synthetic.projects import RenderedFile
from tests.shell.build.sdists import PYPROJECT, WHEEL, backend, plan_for, tar_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LIMITS = Limits(seconds=30, output_bytes=2**20, wheel_bytes=2**20, memory_bytes=2**29, disk_bytes=2**26)
NAME = WHEEL.name
HUNDRED = "[(os.mkdir('d' * 200), os.chdir('d' * 200)) for _ in range(100)]"


def _wheel(members: Mapping[str, bytes] = {}, *, links: tuple[str, ...] = ()) -> RenderedFile:
    """Render the wheel that a good build would make, with more in it."""
    buffer = io.BytesIO(WHEEL.content)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for name in links:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
    return RenderedFile(name=NAME, content=buffer.getvalue())


def _bomb() -> RenderedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "odd-1.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n" + b"x" * 2**24
        )
    return RenderedFile(name=NAME, content=buffer.getvalue())


HANDED_OVER = {
    "a pipe for a wheel": (backend(f"os.mkfifo(target / {NAME!r}); return {NAME!r}"), "no wheel"),
    "a link to a file outside": (
        backend(f"os.symlink('/etc/passwd', target / {NAME!r}); return {NAME!r}"),
        "no wheel",
    ),
    "a folder for a wheel": (backend(f"os.mkdir(target / {NAME!r}); return {NAME!r}"), "no wheel"),
    "a socket of its own": (backend("socket.socket(socket.AF_UNIX).bind(str(target / 'x'))"), "wants the network"),
    "a link for the folder": (
        backend(f"os.rename(target, target.parent / 'gone'); os.symlink('/etc', target); return {NAME!r}"),
        "",
    ),
    "a wheel that is too large": (backend(f"(target / {NAME!r}).write_bytes(b'x' * 2**21); return {NAME!r}"), "MiB"),
    "a wheel with holes": (backend(f"os.truncate(os.open(target / {NAME!r}, os.O_CREAT | os.O_WRONLY), 2**34)"), ""),
    "many files beside it": (backend("[(target / str(n)).touch() for n in range(1000)]"), "more than 100 files"),
    "an absolute name": (backend(wheel=_wheel({"/evil": b""})), "leads out of it"),
    "a name above": (backend(wheel=_wheel({"../../evil": b""})), "leads out of it"),
    "a name of Windows": (backend(wheel=_wheel({"..\\evil": b""})), "leads out of it"),
    "a name of a drive": (backend(wheel=_wheel({"C:/evil": b""})), "leads out of it"),
    "a link in it": (backend(wheel=_wheel(links=("odd/link",))), "a link or a device"),
    "metadata without end": (backend(wheel=_bomb()), "larger than 4 MiB"),
    "an answer that is a pipe": (
        backend("os.mkfifo(os.path.join(sys.argv[2], 'output.json')); os._exit(0)"),
        "not a regular file",
    ),
    "an answer that is a link": (
        backend("os.symlink('/etc/passwd', os.path.join(sys.argv[2], 'output.json')); os._exit(0)"),
        "left no file",
    ),
    "an answer without end": (
        backend("open(os.path.join(sys.argv[2], 'output.json'), 'w').write('[' * 2**22); os._exit(0)"),
        "larger than 1 MiB",
    ),
    "an answer that nests without end": (
        backend("open(os.path.join(sys.argv[2], 'output.json'), 'w').write('[' * 2**19); os._exit(0)"),
        "",
    ),
    "no answer": (backend("os._exit(0)"), "left no file"),
    "an answer of another kind": (
        backend("open(os.path.join(sys.argv[2], 'output.json'), 'w').write('3'); os._exit(0)"),
        "",
    ),
    "a folder for its answer": (
        backend("os.mkdir(os.path.join(sys.argv[2], 'output.json')); os._exit(0)"),
        "regular",
    ),
    "folders too deep to remove by name": (backend(f"{HUNDRED}; sys.exit(1)"), ""),
    "folders that may not be entered": (
        backend(
            "[os.makedirs(f'a{n}/b') or os.chmod(f'a{n}/b', 0) or os.chmod(f'a{n}', 0) for n in range(9)]; 1 / 0"
        ),
        "",
    ),
    "names that are no text": (backend("open(b'\\xff\\xfe\\n', 'w').close(); sys.exit(1)"), ""),
    "workflow commands": (backend("sys.exit('::error::x\\x1b[2J')"), ""),
}


@pytest.fixture(name="build")
def _build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Return what builds an sdist that lies on an index on loopback."""
    monkeypatch.setenv("MIXLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MIXLOCK_CONFIG_FILE", str(tmp_path / "machine.toml"))
    (tmp_path / "machine.toml").touch()
    (tmp_path / "index").mkdir()

    def run(sdist: RenderedFile, found: Means | None = None, limits: Limits = LIMITS) -> object:
        (tmp_path / "index" / sdist.name).write_bytes(sdist.content)
        with serve(tmp_path / "index") as base:
            builder = WheelBuilder(Interpreters(), RemoteFiles(tmp_path / "cache", {}, 5.0), limits, found)
            with builder.built(plan_for(sdist, base)) as (wheel, _file, _note):
                return wheel.sha256

    return run


@pytest.mark.parametrize(("members", "words"), HANDED_OVER.values(), ids=HANDED_OVER)
def test_what_it_hands_over_is_not_believed(
    build: Callable[..., object], members: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    began = time.monotonic()
    with pytest.raises(CannotDoError) as caught:
        build(tar_of(members))
    (problem,) = caught.value.problems
    assert (problem.code, words in problem.claim) == ("MIX403", True), problem.claim
    assert time.monotonic() - began < LIMITS.seconds + 10
    assert not list((tmp_path / "cache" / "builds").iterdir())


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_good_build_goes_well_after_a_hostile_one(
    build: Callable[..., object], *, namespaces: bool, tmp_path: Path
) -> None:
    found = means() if namespaces else Means(landlock=means().landlock, seccomp=True, supervised=True)
    with pytest.raises(CannotDoError):
        build(
            tar_of(backend(f"{HUNDRED}; os.mkfifo('p'); os.chmod('.', 0); time.sleep(60)")), found, Limits(seconds=3)
        )
    stale = tmp_path / "cache" / "builds" / "build-stale"
    (stale / ("d" * 200)).mkdir(parents=True)
    assert build(tar_of(backend()), found) == WHEEL.sha256


DEEP = "/".join(["d"] * 70)
LONG = "d" * 300


def _sdist(*odd: tarfile.TarInfo, more: Mapping[str, bytes] = {}, pax: dict[str, str] | None = None) -> RenderedFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", pax_headers=pax or {}) as archive:
        for name, content in {"odd-1.0/pyproject.toml": PYPROJECT, **more}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in odd:
            archive.addfile(entry, io.BytesIO(b"x" * entry.size))
    return RenderedFile(name="odd-1.0.tar.gz", content=buffer.getvalue())


def _link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(f"odd-1.0/{name}")
    entry.type, entry.linkname = kind, target
    return entry


def _file(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(f"odd-1.0/{name}")
    entry.size = 1
    return entry


CHAIN = [
    *(_link(f"{'x/' * n}{'x' * 200}", "x" * 200) for n in range(3)),
    _link("a", "b/c/d"),
    _link("b", "."),
    _link("out", "a/../../../../.."),
]
ARCHIVES = {
    "a chain of links (CVE-2025-4517)": (_sdist(*CHAIN, _file("out/evil")), "leads out of it"),
    "a link through another": (_sdist(_link("a", "."), _link("b", "a/../.."), _file("b/evil")), "leads out of it"),
    "a file below a link": (_sdist(_link("a", "b"), _file("a/evil")), "in place of something"),
    "a link in place of a file": (_sdist(_file("a"), _link("a", "b")), "in it twice"),
    "a file in place of a link": (_sdist(_link("a", "../../evil"), _file("a")), "leads out of it"),
    "a link to its own top": (_sdist(_link("a", "..")), "leads out of it"),
    "a link that means itself": (_sdist(_link("a", "a/b"), _link("a/b", "../a")), ""),
    "a hard link through a link": (
        _sdist(_link("a", "."), _link("b", "odd-1.0/a/pyproject.toml", tarfile.LNKTYPE)),
        "not a file of it",
    ),
    "a hard link to a link": (
        _sdist(_link("a", "pyproject.toml"), _link("b", "odd-1.0/a", tarfile.LNKTYPE)),
        "not a file of it",
    ),
    "a name twice": (_sdist(_file("a"), _file("a")), "in it twice"),
    "a name twice, spelled otherwise": (_sdist(_file("a"), _file("./a")), "in it twice"),
    "a name with a line end": (_sdist(_file("a\nb")), "not the name of a file"),
    "a name that is too long": (_sdist(_file(LONG)), "too long"),
    "a name that is too deep": (_sdist(_file(DEEP)), "too deep"),
    "a block device": (_sdist(_link("a", "", tarfile.BLKTYPE)), "a device"),
    "a sparse file": (_sdist(_link("a", "", tarfile.GNUTYPE_SPARSE)), ""),
    "headers without end": (_sdist(pax={f"k{n}": "x" * 2**16 for n in range(20)}), "headers without end"),
    "a name with a NUL": (_sdist(_file("a"), pax={"path": "odd-1.0/x\0y"}), ""),
    "a pyproject.toml that is a pipe": (
        _sdist(_link("setup.py", "", tarfile.FIFOTYPE)),
        "a device or a pipe",
    ),
}


@pytest.mark.parametrize(("sdist", "words"), ARCHIVES.values(), ids=ARCHIVES)
def test_what_no_sdist_may_hold_is_not_unpacked(
    build: Callable[..., object], sdist: RenderedFile, words: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotDoError) as caught:
        build(sdist)
    (problem,) = caught.value.problems
    assert (problem.code, words in problem.claim) == ("MIX403", True), problem.claim
    assert not list(tmp_path.rglob("evil"))


def test_links_that_stay_inside_are_unpacked(build: Callable[..., object]) -> None:
    links = [_link("a/b/up", "../../pyproject.toml"), _link("here", "backend.py"), _link("to", "a/b")]
    hard = _link("same", "odd-1.0/backend.py", tarfile.LNKTYPE)
    reads = "assert (HERE / 'a/b/up').read_text() and (HERE / 'to/up').exists() and (HERE / 'same').read_text()"
    members = {f"odd-1.0/{name}": content for name, content in backend(reads).items()}
    assert build(_sdist(*links, hard, more=members)) == WHEEL.sha256
