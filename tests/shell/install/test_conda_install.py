"""What is installed of conda's packages comes from just the files that are locked, whatever the cache holds."""

from __future__ import annotations

import base64
import bz2
import hashlib
import re
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.install import conda_prefix
from mixlock_hooks.shell.install.conda_part import CondaPart, WrongPackageError
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, render_package, write_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = host_platform()
GREETER = SyntheticCondaPackage(
    name="greeter", version="1.0", subdir=HOST, more={"bin/greet": b"#!/bin/sh\necho hi\n"}
)
OTHER = replace(GREETER, more={"bin/greet": b"#!/bin/sh\necho bye\n"})


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A served folder of channels, and a cache of its own."""

    folder: Path
    base: str

    @property
    def archives(self) -> list[Path]:
        """Return what the cache holds."""
        return [path for path in (self.folder / "cache/conda-packages").rglob("*") if path.is_file()]

    def locked(self, package: SyntheticCondaPackage, channel: str = "channel") -> LockedPackage:
        """Offer a package on a channel, and lock it."""
        write_channel(self.folder / "served" / channel, [package])
        content = render_package(package)
        return LockedPackage(
            name=package.name,
            version=package.version,
            manager=Manager.CONDA,
            platform=HOST,
            dependencies={},
            url=f"{self.base}/{channel}/{package.subdir}/{package.file_name}",
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def install(self, *packages: LockedPackage) -> Path:
        """Install into a new prefix."""
        prefix = self.folder / f"repository/.mixlock/{len(list(self.folder.glob('repository/.mixlock/*')))}"
        conda_prefix.renew(prefix, CondaPart(packages=packages, platform=HOST))
        conda_prefix.mark(prefix, "stamp")
        return prefix


@pytest.fixture(name="machine")
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    (tmp_path / "served").mkdir()
    (tmp_path / "config.toml").write_text("")
    for name, value in {"CACHE_DIR": "cache", "CONFIG_FILE": "config.toml"}.items():
        monkeypatch.setenv(f"MIXLOCK_{name}", str(tmp_path / value))
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "5")
    with serve(tmp_path / "served") as base:
        yield Machine(folder=tmp_path, base=base)


def _says(prefix: Path) -> str:
    return (prefix / "bin/greet").read_text()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"sha256": "0" * 64}, id="sha256"),
        pytest.param({"md5": "0" * 32}, id="md5"),
        pytest.param({"sha256": "", "md5": "0" * 32}, id="md5 alone"),
    ],
)
def test_a_wrong_hash_is_refused_with_a_warm_cache_too(machine: Machine, wrong: dict[str, str]) -> None:
    locked = machine.locked(GREETER)
    machine.install(locked)
    hashes = {"sha256": locked.sha256, "md5": locked.md5, **wrong}
    for _ in range(2):
        with pytest.raises(WrongPackageError, match=r"greeter-1\.0-0\.conda: hash mismatch"):
            machine.install(replace(locked, sha256=hashes["sha256"], md5=hashes["md5"]))


@pytest.mark.parametrize(
    ("sha256", "file"),
    [("../../outside", "x-1-0.conda"), ("", "x-1-0.conda"), ("0" * 64, ".."), ("0" * 64, "a\\b.conda")],
)
def test_what_would_lie_elsewhere_in_the_cache_is_refused(machine: Machine, sha256: str, file: str) -> None:
    locked = replace(machine.locked(GREETER), sha256=sha256, md5="", url=f"{machine.base}/channel/{HOST}/{file}")
    with pytest.raises(CannotDoError, match="is not the file of a package"):
        machine.install(locked)
    assert not machine.archives


def test_channels_do_not_take_each_others_packages_from_the_cache(machine: Machine) -> None:
    """Though these have one file name."""
    ours, theirs = machine.locked(GREETER), machine.locked(OTHER, "other")
    assert [_says(machine.install(each)) for each in (ours, theirs, ours)] == [
        f"#!/bin/sh\necho {word}\n" for word in ("hi", "bye", "hi")
    ]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _content: render_package(OTHER), id="replaced by another package"),
        pytest.param(lambda content: content[:-9], id="cut"),
        pytest.param(lambda content: content.replace(b"echo hi", b"echo no"), id="edited"),
    ],
)
def test_a_changed_cache_is_fetched_again(machine: Machine, damage: Callable[[bytes], bytes]) -> None:
    locked = machine.locked(GREETER)
    machine.install(locked)
    (archive,) = machine.archives
    archive.write_bytes(damage(archive.read_bytes()))
    assert _says(machine.install(locked)) == "#!/bin/sh\necho hi\n"


def test_a_warm_cache_asks_nobody_and_leaves_no_second_link(machine: Machine) -> None:
    locked = machine.locked(GREETER)
    machine.install(locked)
    (machine.folder / "served/channel" / HOST / GREETER.file_name).unlink()
    prefix = machine.install(locked)
    assert {path.stat().st_nlink for path in prefix.rglob("*") if path.is_file()} == {1}
    assert not list(prefix.glob(".mixlock-unpacked*"))


@pytest.mark.parametrize("is_old", [True, False], ids=["tar.bz2", "conda"])
@pytest.mark.parametrize(
    ("path", "links"),
    [
        pytest.param("../../.git/hooks/pre-commit", {}, id="a parent"),
        pytest.param("up/../../../.git/hooks/pre-commit", {"up": "a/b/c"}, id="a parent of a link"),
        pytest.param("up/hooks/pre-commit", {"up": "../../.git"}, id="below a link"),
    ],
)
def test_no_package_writes_outside_of_its_prefix(
    machine: Machine, path: str, links: dict[str, str], *, is_old: bool
) -> None:
    hooks = machine.folder / "repository/.git/hooks"
    hooks.mkdir(parents=True)
    hostile = replace(GREETER, more={"a/b/c/x": b"", path: b"evil"}, links=links, is_old=is_old)
    with pytest.raises(CannotDoError, match="conda's part cannot be installed"):
        machine.install(machine.locked(hostile))
    assert not list(hooks.iterdir())
    assert not list(machine.folder.glob("repository/.mixlock/*/bin"))


@contextmanager
def _dripping() -> Iterator[str]:
    """Serve one byte now and then, for ever."""
    stop = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not stop.wait(0.1):
                self.request.sendall(b"x")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that left."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        stop.set()
        server.shutdown()


def test_a_server_that_drips_is_not_waited_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "1")
    locked = machine.locked(GREETER)
    with (
        _dripping() as base,
        pytest.raises(CannotDoError, match=re.escape("its server stalls: almost nothing came in 2 seconds (")),
    ):
        machine.install(replace(locked, url=locked.url.replace(machine.base, base)))


def test_a_package_that_cannot_be_unpacked_is_named(machine: Machine) -> None:
    locked, broken = machine.locked(GREETER), render_package(GREETER).replace(b"echo hi", b"echo no")
    (machine.folder / "served/channel" / HOST / GREETER.file_name).write_bytes(broken)
    with pytest.raises(
        CannotDoError, match=r"greeter-1\.0-0\.conda: cannot be unpacked: .*--upgrade-package greeter"
    ):
        machine.install(replace(locked, sha256=hashlib.sha256(broken).hexdigest(), md5=""))


def test_a_package_that_lies_of_its_own_files_is_named(machine: Machine) -> None:
    """The cache is not to blame: what was unpacked is just what is locked."""
    old = replace(GREETER, is_old=True)
    sha256 = hashlib.sha256(GREETER.more["bin/greet"]).hexdigest().encode()
    lying = bz2.compress(bz2.decompress(render_package(old)).replace(sha256, b"0" * 64))
    locked = machine.locked(old)
    (machine.folder / "served/channel" / HOST / old.file_name).write_bytes(lying)
    with pytest.raises(CannotDoError, match="the package itself is wrong") as refused:
        machine.install(replace(locked, sha256=hashlib.sha256(lying).hexdigest(), md5=""))
    assert "greeter" in str(refused.value)
    assert "cache clean" not in str(refused.value)


@contextmanager
def _private(folder: Path) -> Iterator[str]:
    """Serve a folder to one user alone, at a URL that holds the password."""
    words = "Basic " + base64.b64encode(b"user:secret").decode()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") == words:
                super().do_GET()
            else:
                self.send_error(401)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"user:secret@127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_mirror_is_sent_the_credentials_of_its_url_and_no_error_holds_them(machine: Machine) -> None:
    locked = replace(machine.locked(GREETER), url=f"https://conda.example/it/{HOST}/{GREETER.file_name}")
    with _private(machine.folder / "served/channel") as place:
        for where, told in (("", ""), ("/nowhere", "404")):
            mirrors = f'[mirrors]\n"https://conda.example/it" = ["http://{place}{where}"]\n'
            (machine.folder / "config.toml").write_text(mirrors)
            for archive in machine.archives:
                archive.unlink()
            if not told:
                assert _says(machine.install(locked)) == "#!/bin/sh\necho hi\n"
                continue
            with pytest.raises(CannotDoError, match=told) as refused:
                machine.install(locked)
            assert "secret" not in str(refused.value)
