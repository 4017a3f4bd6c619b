"""A build in its sandbox: what it is given, what is refused before it begins, and what is not believed afterwards."""

from __future__ import annotations

import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import PypiName
from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.settings import NO_INDEX
from mixlock_hooks.model.target import make_target
from mixlock_hooks.shell.build.builder import WheelBuilder
from mixlock_hooks.shell.build.interpreters import Interpreters
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.hosts import is_running
from tests.shell.build.sdists import (
    ENCRYPTED,
    NEWER,
    OTHER,
    PYPROJECT,
    TOP,
    WHEEL,
    backend,
    odd_member,
    plan_for,
    tar_of,
    zip_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mixlock_hooks.model.wheelhouse import BuiltWheel
    from mixlock_hooks.synthetic.projects import RenderedFile

_LIMITS = Limits(seconds=20, output_bytes=2**20)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BuiltWheel]:
    """Return what builds an sdist that lies on an index on loopback."""
    monkeypatch.setenv("MIXLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MIXLOCK_CONFIG_FILE", str(tmp_path / "machine.toml"))
    (tmp_path / "machine.toml").touch()

    def run(sdist: RenderedFile, limits: Limits = _LIMITS, **more: object) -> BuiltWheel:
        (tmp_path / "index").mkdir(exist_ok=True)
        (tmp_path / "index" / sdist.name).write_bytes(sdist.content)
        with serve(tmp_path / "index") as base:
            builder = WheelBuilder(Interpreters(), RemoteFiles(tmp_path / "cache", {}, 5.0), limits)
            with builder.built(plan_for(sdist, base, **more)) as (wheel, file, _note):
                assert file.read_bytes()
                return wheel

    return run


def _refusal(build: Callable[..., BuiltWheel], sdist: RenderedFile, limits: Limits = _LIMITS) -> str:
    with pytest.raises(CannotDoError) as caught:
        build(sdist, limits)
    (problem,) = caught.value.problems
    assert problem.code == "MIX403"
    assert problem.hint
    return problem.claim


def test_a_wheel_is_what_the_backend_made_and_tells_what_built_it(build: Callable[..., BuiltWheel]) -> None:
    wheel = build(tar_of(backend()))
    assert (wheel.file, wheel.sha256, wheel.tags) == (WHEEL.name, WHEEL.sha256, ("py3-none-any",))
    assert (wheel.requires, wheel.epoch) == ((), 315532800)
    assert wheel.builder.startswith("mixlock-build 1, build ")


def test_the_clock_of_a_build_is_that_of_the_newest_file(build: Callable[..., BuiltWheel]) -> None:
    entry = odd_member(f"{TOP}/newest")
    entry.mtime = 1_400_000_000
    assert (
        build(tar_of(backend("assert os.environ['SOURCE_DATE_EPOCH'] == '1400000000'"), [entry])).epoch
        == 1_400_000_000
    )


def _dated(moment: float) -> tarfile.TarInfo:
    entry = odd_member(f"{TOP}/dated")
    entry.pax_headers = {"mtime": str(moment)}
    return entry


def test_without_the_python_of_the_lock_nothing_is_built_and_the_way_to_one_is_told(
    build: Callable[..., BuiltWheel],
) -> None:
    target = make_target(host_platform(), [], {"python": "3.4.1"}, {})
    with pytest.raises(CannotDoError) as caught:
        build(tar_of(backend()), targets=(target,))
    (problem,) = caught.value.problems
    assert "needs python 3.4 to be built, which is neither here nor can be fetched" in problem.claim
    assert "uv python install 3.4" in problem.hint


_NUMPYS = ("1.23.5", "1.26.4", "2.2.6")


@pytest.mark.parametrize(
    ("asked", "held", "built"),
    [
        ("numpy", "1.26.4", "1.26.4"),
        ("numpy>=1.20", "2.2.6", "2.2.6"),
        ("numpy==1.23.5", "1.26.4", "1.23.5"),
        ("numpy>=2", "1.26.4", "2.2.6"),
        ("numpy", "1.26.9", "1.26.4"),
        ("numpy", "2.0.0", "2.2.6"),
    ],
)
def test_a_build_requirement_has_the_locked_version_where_the_build_does_not_say_otherwise(
    build: Callable[..., BuiltWheel], tmp_path: Path, asked: str, held: str, built: str
) -> None:
    write_index(tmp_path / "world", [render_wheel(SyntheticProject(name="numpy", version=each)) for each in _NUMPYS])
    requiring = PYPROJECT.replace(b"requires = []", f'requires = ["{asked}"]'.encode())
    with serve(tmp_path / "world") as base:
        wheel = build(
            tar_of({**backend(), "pyproject.toml": requiring}),
            sources=PypiSources(indices=(f"{base}/simple",), default_index=NO_INDEX),
            held={PypiName("numpy"): held, PypiName("setuptools"): "1"},
        )
    assert wheel.requires == (f"numpy=={built}",)


UNSAFE = {
    "a member above the top": (tar_of(backend(), [odd_member(f"{TOP}/../../evil")]), "leads out of it"),
    "an absolute member": (tar_of(backend(), [odd_member("/evil")]), "leads out of it"),
    "a link that leads out": (
        tar_of(backend(), [odd_member(f"{TOP}/a", tarfile.SYMTYPE, "../../..")]),
        "leads out of it",
    ),
    "an absolute link": (
        tar_of(backend(), [odd_member(f"{TOP}/a", tarfile.SYMTYPE, "/etc/passwd")]),
        "leads out of it",
    ),
    "a hard link to nothing": (
        tar_of(backend(), [odd_member(f"{TOP}/a", tarfile.LNKTYPE, f"{TOP}/gone")]),
        "which is not a file of it",
    ),
    "a hard link that leads out": (
        tar_of(backend(), [odd_member(f"{TOP}/a", tarfile.LNKTYPE, "../x")]),
        "leads out of it",
    ),
    "a device": (tar_of(backend(), [odd_member(f"{TOP}/null", tarfile.CHRTYPE)]), "a device or a pipe"),
    "a pipe": (tar_of(backend(), [odd_member(f"{TOP}/pipe", tarfile.FIFOTYPE)]), "a device or a pipe"),
    "a zip with a member above": (zip_of({f"{TOP}/../../evil": b""}), "leads out of it"),
    "a zip with a drive": (zip_of({"C:\\evil": b""}), "leads out of it"),
    "two folders at the top": (tar_of(backend(), [odd_member("other/file")]), "2 folders at its top"),
    "a moment without end": (tar_of(backend(), [_dated(float("inf"))]), "cannot be unpacked"),
    "a file that is a folder too": (tar_of(backend(), [odd_member(f"{TOP}/backend.py/x")]), "cannot be unpacked"),
    "nothing at the top": (tar_of({}, top=""), "0 folders at its top"),
    "neither pyproject.toml nor setup.py": (tar_of({"README": b""}), "neither pyproject.toml nor setup.py"),
}


@pytest.mark.parametrize(("sdist", "words"), UNSAFE.values(), ids=UNSAFE)
def test_what_no_sdist_may_hold_is_not_unpacked(
    build: Callable[..., BuiltWheel], sdist: RenderedFile, words: str, tmp_path: Path
) -> None:
    assert words in _refusal(build, sdist)
    assert not list(tmp_path.rglob("evil"))


def test_a_bomb_is_not_unpacked(build: Callable[..., BuiltWheel], tmp_path: Path) -> None:
    bomb = odd_member(f"{TOP}/zeros")
    sdist = tar_of(backend(), [bomb])
    huge = odd_member(f"{TOP}/zeros")
    huge.size = 3 * 2**30
    content = bytearray(__import__("gzip").decompress(sdist.content))
    at = content.index(bomb.tobuf(tarfile.PAX_FORMAT)[:100])
    content[at : at + 512] = huge.tobuf(tarfile.GNU_FORMAT)[:512]
    bombed = type(sdist)(name=sdist.name, content=__import__("gzip").compress(bytes(content)))
    assert "more than 2 GiB" in _refusal(build, bombed)
    assert not list((tmp_path / "cache" / "builds").iterdir())


def test_what_is_no_archive_is_told(build: Callable[..., BuiltWheel]) -> None:
    sdist = tar_of(backend())
    assert "cannot be unpacked" in _refusal(build, type(sdist)(name=sdist.name, content=b"<html>sorry</html>"))


def test_another_file_than_the_locked_one_is_not_even_unpacked(
    build: Callable[..., BuiltWheel], tmp_path: Path
) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "odd-1.0.tar.gz").write_bytes(tar_of(backend("pass  # changed")).content)
    with serve(tmp_path / "index") as base:
        builder = WheelBuilder(Interpreters(), RemoteFiles(tmp_path / "cache", {}, 5.0), _LIMITS)
        building = builder.built(plan_for(tar_of(backend()), base))
        with pytest.raises(CannotDoError) as caught:
            building.__enter__()
    assert "another file than its sha256 says" in caught.value.problems[0].claim


BAD_BACKENDS = {
    "another project": (backend(wheel=OTHER), "the wheel is of other 1.0"),
    "another version": (backend(wheel=NEWER), "the wheel is of odd 2.0"),
    "two wheels": (backend("shutil.copy(HERE / 'backend.py', target / 'odd-1.0-1-py3-none-any.whl')"), "2 wheels"),
    "no wheel": (backend("return 'odd-1.0-py3-none-any.whl'"), "no wheel"),
    "a link for a wheel": (
        backend(f"os.symlink('/etc/hostname', target / {WHEEL.name!r}); return {WHEEL.name!r}"),
        "no wheel",
    ),
    "no archive": (backend(f"(target / {WHEEL.name!r}).write_text('x'); return {WHEEL.name!r}"), "is not a wheel"),
    "an exception": (backend("raise RuntimeError('boom')"), "its build failed"),
    "an exit": (backend("os._exit(3)"), "its build failed"),
    "a missing compiler": (
        backend("sys.exit(\"error: command 'gcc' failed: No such file or directory\")"),
        "a compiler",
    ),
    "an unnamed requirement": (backend("import numpyish.core"), "its build needs `numpyish` and does not say so"),
    "an old setuptools": (backend("sys.exit('error: use_2to3 is invalid.')"), "a setuptools older than 58"),
    "a full disk": (backend("raise OSError(28, 'No space left on device')"), "no space left"),
    "a wrong pyproject.toml": ({"pyproject.toml": b"[build-system]\nrequires = 3\n"}, "cannot be built"),
    "no TOML": ({"pyproject.toml": b"[[["}, "cannot be built"),
    "a backend that is not there": (
        {"pyproject.toml": b'[build-system]\nrequires = []\nbuild-backend = "gone"\n'},
        "cannot be built",
    ),
    "a path as requirement": (
        {"pyproject.toml": b'[build-system]\nrequires = ["./inner"]\n'},
        "its build requires './inner', which is not a version of a project",
    ),
    "an option as requirement": (
        {"pyproject.toml": b'[build-system]\nrequires = ["--index-url=https://a.example"]\n'},
        "which is not a version of a project",
    ),
    "a URL as requirement": (
        {"pyproject.toml": b'[build-system]\nrequires = ["a @ https://a.example/a.whl"]\n'},
        "which is not a version of a project",
    ),
    "brackets without end": ({"pyproject.toml": b"x = " + b"[" * 20_000}, "cannot be built"),
    "an encrypted wheel": (backend(wheel=ENCRYPTED), "is not a wheel"),
    "requirements that nobody has": (
        {"pyproject.toml": b'[build-system]\nrequires = ["nobody-has-this"]\n'},
        "cannot be installed",
    ),
}


@pytest.mark.parametrize(("members", "words"), BAD_BACKENDS.values(), ids=BAD_BACKENDS)
def test_a_build_that_goes_wrong_is_told(
    build: Callable[..., BuiltWheel], members: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    assert words in _refusal(build, tar_of(members))
    assert not list((tmp_path / "cache" / "builds").iterdir())


def test_a_backend_that_hangs_is_ended_with_all_that_it_started(
    build: Callable[..., BuiltWheel], tmp_path: Path
) -> None:
    child = "[sys.executable, '-c', 'import time; time.sleep(600)  # left behind by odd']"
    hanging = backend(f"subprocess.Popen({child}); time.sleep(600)")
    began = time.monotonic()
    claim = _refusal(build, tar_of(hanging), Limits(seconds=3))
    assert "it took longer than 3 seconds" in claim
    assert time.monotonic() - began < 30
    deadline = time.monotonic() + 5
    while is_running("left behind by odd") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running("left behind by odd")


def test_what_a_build_leaves_running_ends_with_it(build: Callable[..., BuiltWheel]) -> None:
    """A session of its own is out of reach of a signal to its group."""
    child = "[sys.executable, '-c', 'import time; time.sleep(600)  # a daemon of odd']"
    build(tar_of(backend(f"subprocess.Popen({child}, start_new_session=True)")))
    deadline = time.monotonic() + 5
    while is_running("a daemon of odd") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running("a daemon of odd")


LURED = {
    "the log": "build.log",
    "the requirements": "requires.txt",
    "the configuration of uv": "uv.toml",
    "its own python": "env/bin/python",
}


@pytest.mark.parametrize("name", LURED.values(), ids=LURED)
def test_what_mixlock_itself_uses_is_out_of_a_builds_reach(build: Callable[..., BuiltWheel], name: str) -> None:
    lure = f"path = HERE.parents[2] / {name!r}; path.unlink(missing_ok=True); path.symlink_to('/tmp/elsewhere')"
    assert "wants to write outside of its own folder" in _refusal(build, tar_of(backend(lure)))


def test_a_backend_that_does_not_stop_talking_is_ended(build: Callable[..., BuiltWheel]) -> None:
    loud = backend("[print('x' * 10**6, flush=True) for _ in range(100)]; time.sleep(60)")
    assert "it wrote more than 1 MiB of output" in _refusal(build, tar_of(loud))


def test_a_build_knows_no_secret_and_no_home(
    build: Callable[..., BuiltWheel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "hush-hush")
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:hush-hush@index.example/simple")
    known = "assert 'hush-hush' not in str(os.environ) and os.environ['HOME'] != os.path.expanduser('~root')"
    assert build(tar_of(backend(known))).sha256 == WHEEL.sha256


def test_no_name_of_the_builds_folder_gets_into_what_is_compiled(build: Callable[..., BuiltWheel]) -> None:
    """Headers come from the build's environment too, so both lie below what is mapped away."""
    mapped = "root = str(HERE.parents[2]); assert f'-ffile-prefix-map={root}=' in os.environ['CPPFLAGS']"
    assert build(tar_of(backend(f"{mapped}; assert sys.prefix.startswith(root)"))).sha256 == WHEEL.sha256


@pytest.mark.parametrize("place", ["home", "temporary folder"])
def test_a_build_may_write_where_programs_write(build: Callable[..., BuiltWheel], place: str) -> None:
    folder = {"home": "pathlib.Path.home()", "temporary folder": "pathlib.Path(__import__('tempfile').gettempdir())"}[
        place
    ]
    build(tar_of(backend(f"({folder} / 'x').write_text('x'); open(os.devnull, 'w').write('x')")))


def test_a_build_cannot_write_outside_of_its_folder(build: Callable[..., BuiltWheel], tmp_path: Path) -> None:
    """Asked of the kernel: where it has no Landlock, that is printed, and nothing is claimed."""
    inside = backend(f"pathlib.Path({str(tmp_path / 'outside')!r}).write_text('x')")
    assert "wants to write outside of its own folder" in _refusal(build, tar_of(inside))
    assert not (tmp_path / "outside").exists()


def test_a_build_is_told_that_it_has_no_network(build: Callable[..., BuiltWheel]) -> None:
    told = "assert os.environ['PIP_NO_INDEX'] == '1' and ':9' in os.environ['https_proxy']"
    assert build(tar_of(backend(told))).sha256 == WHEEL.sha256


def test_a_build_has_no_network_unless_it_is_allowed(build: Callable[..., BuiltWheel], tmp_path: Path) -> None:
    with serve(tmp_path) as base:
        port = base.rpartition(":")[2]
        call = tar_of(backend(f"socket.create_connection(('127.0.0.1', {port}), 2).close()"))
        assert build(call, Limits(seconds=20, network=True)).sha256 == WHEEL.sha256
        assert "wants the network" in _refusal(build, call)


def test_a_build_does_not_see_the_indices_and_their_passwords(build: Callable[..., BuiltWheel]) -> None:
    looked = "assert not list(HERE.parents[2].rglob('uv.toml')) and not list(HERE.parents[2].rglob('.netrc'))"
    index = "https://me:hush-hush@index.example/simple"
    assert (
        build(tar_of(backend(looked)), sources=PypiSources(indices=(index,), default_index=NO_INDEX)).sha256
        == WHEEL.sha256
    )
