"""Hostile and broken indices: none gives a package that is not meant, none poisons what another index said."""

from __future__ import annotations

import gzip
import re
import socketserver
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.proposal import ProposedFile
from mixlock_hooks.shell.index.indices import UsedIndex
from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.shell.index.pages import Pages
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from mixlock_hooks.shell.index.transfer import LimitError, TransferLimits, whole
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import versions
from tests.commands.uv_engine import UvEngine
from tests.conftest import ServedWorld, new_repository
from tests.tables import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import LookedUpWorld, Repository

PRIVATE = "https://private.example/simple"
SPEC = f"""\
platforms: [linux-64]
pypi-indices: [{PRIVATE}]
dependencies:
  - python=3.12
  - pip: [internal-lib]
"""
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}

RULES: dict[str, tuple[Fault | None, str]] = {
    "it has the project": (None, "1.0"),
    "404": (Fault(status=404), "99.0"),
    "410": (Fault(status=410), ""),
    "401": (Fault(status=401), ""),
    "403": (Fault(status=403), ""),
    "407": (Fault(status=407), ""),
    "400": (Fault(status=400), ""),
    "429": (Fault(status=429), ""),
    "500": (Fault(status=500), ""),
    "503": (Fault(status=503), ""),
    "a redirect to itself": (Fault(status=302, headers={"Location": "/private/simple/internal-lib/"}), ""),
    "a redirect to nowhere": (Fault(status=302, headers={"Location": "http://127.0.0.1:1/simple/x/"}), ""),
    "another kind of content": (Fault(body=b"\x00\x01", headers={"Content-Type": "application/octet-stream"}), ""),
    "JSON that is none": (Fault(body=b"{", headers=JSON), ""),
    "JSON of a later version": (Fault(body=b'{"meta": {"api-version": "9.0"}, "files": []}', headers=JSON), ""),
    "gzip that is none": (Fault(body=b"no", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}), ""),
}
"""What the first index answers for a project that both have, and the version that is locked; none for a failure."""


@pytest.fixture(name="served")
def _served(looked_up: LookedUpWorld) -> LookedUpWorld:
    """Serve a private index before the public one, and ask the real uv."""
    looked_up.engines.engine = UvEngine
    looked_up.add(render_wheel(SyntheticProject(name="internal-lib", version="99.0")))
    write_index(looked_up.folder / "private", [render_wheel(SyntheticProject(name="internal-lib", version="1.0"))])
    config = looked_up.folder.parent / "machine.toml"
    config.write_text(f'{config.read_text()}"{PRIVATE}" = ["{looked_up.base}/private/simple"]\n')
    return looked_up


def _repository(tmp_path: Path, world: ServedWorld, spec: str = SPEC) -> Repository:
    return new_repository(tmp_path / "repository", world, spec)


@pytest.mark.parametrize(("fault", "locked"), RULES.values(), ids=RULES)
def test_uv_takes_a_project_from_the_first_index_that_has_it(
    tmp_path: Path, served: LookedUpWorld, fault: Fault | None, locked: str
) -> None:
    if fault:
        served.faults["/private/simple/internal-lib"] = fault
    repository = _repository(tmp_path, served)
    done = repository.mixlock("lock")
    if locked:
        assert done.status == 0, done.stderr
        assert versions(repository)["pip internal-lib"] == locked
    else:
        assert (done.status, (repository.root / "locks").exists()) == (3, False), done.stderr
        assert re.search(r"MIX30\d", done.stderr)


@pytest.mark.parametrize(("fault", "locked"), RULES.values(), ids=RULES)
def test_so_does_the_gate_that_conda_lock_and_all_others_ask(
    tmp_path: Path, served: LookedUpWorld, fault: Fault | None, locked: str
) -> None:
    if fault:
        served.faults["/private/simple/internal-lib"] = fault
    urls = (f"{served.base}/private/simple", f"{served.base}/index/simple")
    indices = [UsedIndex(canonical=url, url=url) for url in urls]
    with closing(Pages(RemoteFiles(tmp_path / "cache", {}, 5.0), indices)) as pages:
        if locked:
            assert {str(found.version) for found in pages.read(pypi_name("internal-lib"))} == {locked}
        else:
            with pytest.raises(CannotDoError):
                pages.read(pypi_name("internal-lib"))


def test_what_cannot_be_read_ahead_is_told(tmp_path: Path, served: LookedUpWorld) -> None:
    served.faults["/index/simple/requests"] = Fault(status=403)
    url = f"{served.base}/index/simple"
    names = [pypi_name(name) for name in ("requests", "idna", "nothing")]
    with closing(Pages(RemoteFiles(tmp_path / "cache", {}, 5.0), [UsedIndex(canonical=url, url=url)])) as pages:
        pages.ahead(names)
        assert pages.known().keys() == {"idna"}
        (told,) = pages.unread()
        assert told.startswith("requests: whether there is a newer version is not known: ")


def _wheel(sha256: str, base: str) -> ProposedFile:
    return ProposedFile(name="lib-1.0-py3-none-any.whl", url=f"{base}/files/lib-1.0-py3-none-any.whl", sha256=sha256)


def test_an_index_cannot_say_what_a_file_of_another_index_needs(tmp_path: Path, served: ServedWorld) -> None:
    """It announces the other's hash, and serves metadata of its own beside a file that it does not have."""
    good = render_wheel(SyntheticProject(name="lib", version="1.0", requires=("idna",)))
    write_index(served.folder / "good", [good])
    evil = served.folder / "evil/files"
    evil.mkdir(parents=True)
    (evil / f"{good.name}.metadata").write_text(
        "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\nRequires-Dist: evil\n"
    )
    remote = RemoteFiles(tmp_path / "cache", {}, 5.0)
    assert "evil" in remote.metadata(_wheel(good.sha256, f"{served.base}/evil"))
    assert "Requires-Dist: idna" in remote.metadata(_wheel(good.sha256, f"{served.base}/good"))


def test_metadata_are_those_that_the_index_announces(tmp_path: Path, served: ServedWorld) -> None:
    good = render_wheel(SyntheticProject(name="lib", version="1.0"))
    write_index(served.folder / "good", [good])
    text = b"Metadata-Version: 2.1\nName: lib\nVersion: 1.0\nRequires-Dist: evil\n"
    (served.folder / f"good/files/{good.name}.metadata").write_bytes(text)
    announced = ProposedFile(
        name=good.name, url=f"{served.base}/good/files/{good.name}", sha256=good.sha256, metadata_sha256="0" * 64
    )
    with pytest.raises(CannotDoError, match="other metadata than their sha256 says"):
        RemoteFiles(tmp_path / "cache", {}, 5.0).metadata(announced)


def test_a_damaged_value_of_the_cache_is_read_again(tmp_path: Path, served: ServedWorld) -> None:
    good = render_wheel(SyntheticProject(name="lib", version="1.0", requires=("idna",)))
    write_index(served.folder / "good", [good])
    remote = RemoteFiles(tmp_path / "cache", {}, 5.0)
    file = _wheel(good.sha256, f"{served.base}/good")
    expected = remote.metadata(file)
    for kept in [found for found in (tmp_path / "cache").rglob("*") if found.is_file()]:
        for damage in (b"", b"x", kept.read_bytes()[:-5], kept.read_bytes() + b"Requires-Dist: evil\n"):
            kept.write_bytes(damage)
            assert remote.metadata(file) == expected


@contextmanager
def _dripping(
    begin: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", drop: bytes = b" "
) -> Iterator[str]:
    """Serve a page that never ends, one byte at a time."""
    stop = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(begin)
            while not stop.wait(0.05):
                self.request.sendall(drop)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that left."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        stop.set()
        server.shutdown()


def test_a_server_that_drips_meets_the_deadline_of_the_whole_answer() -> None:
    with _dripping() as base, pytest.raises(LimitError, match="longer than 1 seconds"):
        whole(requests.get(base, stream=True, timeout=5), TransferLimits(seconds=1, bytes=2**20))


@pytest.mark.parametrize(
    ("begin", "drop"),
    [(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"), (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), (b"HTT", b"P")],
    ids=["a header", "headers", "a status"],
)
def test_what_drips_before_the_answer_meets_the_deadline_too(tmp_path: Path, begin: bytes, drop: bytes) -> None:
    remote = RemoteFiles(tmp_path, {}, timeout=5)
    brief = TransferLimits(seconds=1, bytes=2**20)
    with _dripping(begin, drop) as base, pytest.raises(CannotDoError, match=r"longer than 1 seconds|ConnectionError"):
        remote._get(f"{base}/x", brief)


def test_a_bomb_meets_the_limit_of_bytes(served: ServedWorld) -> None:
    bomb = gzip.compress(bytes(2**26))
    assert len(bomb) < 2**17
    served.faults["/bomb"] = Fault(body=bomb, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
    answer = requests.get(f"{served.base}/bomb", stream=True, timeout=5)
    with pytest.raises(LimitError, match="larger than 1 MiB"):
        whole(answer, TransferLimits(seconds=60, bytes=2**20))


def test_uv_does_not_wait_for_an_index_that_drips(tmp_path: Path, served: LookedUpWorld) -> None:
    repository = _repository(tmp_path, served)
    with _dripping() as base:
        config = served.folder.parent / "machine.toml"
        config.write_text(re.sub(rf'"{INDEX}" = .*', f'"{INDEX}" = ["{base}/simple"]', config.read_text()))
        served.faults["/private/simple/internal-lib"] = Fault(status=404)
        done = repository.mixlock("lock", PIP_DEFAULT_TIMEOUT="1")
    assert done.status == 3
    assert "MIX302" in done.stderr
