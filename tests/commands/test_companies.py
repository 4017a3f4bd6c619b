"""A company's machine: its own certificates, an index that asks who one is, a keyring, settings of its pip."""

from __future__ import annotations

import base64
import ssl
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from tests.conftest import CONFIGURATION, ServedWorld, new_repository
from tests.tables import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import Repository

USER, PASSWORD = "oauth2accesstoken", "hunter2"
SPEC = "platforms: [linux-64]\ndependencies: [python=3.12, {pip: [requests==2.31.0]}]\n"


class _Asking(SimpleHTTPRequestHandler):
    """Serves files to whom it knows."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {known}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", "Basic")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _private_index(folder: Path, certificates: Path) -> Iterator[str]:
    """Serve a folder over TLS to whom the index knows, and write the certificate of who vouches for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(certificates))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: _Asking(*given, directory=str(folder)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _keyring(folder: Path, answers: Mapping[str, str]) -> str:
    """Write a program that answers as keyring's does, and return the folder it lies in."""
    cases = "\n".join(f"'{service} {USER}') echo '{word}';;" for service, word in answers.items())
    program = folder / "bin/keyring"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$2 $3" in\n{cases}\n*) exit 1;;\nesac\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program.parent)


@pytest.fixture
def company(tmp_path: Path, served: ServedWorld) -> Iterator[tuple[Repository, str, dict[str, str]]]:
    """Return a repository that names no index, a private one's host, and the variables of a machine that knows it."""
    configuration = CONFIGURATION.replace(f'default-index = "{INDEX}"\n', "")
    repository = new_repository(tmp_path / "repository", served, SPEC, configuration)
    with _private_index(served.folder / "index", tmp_path / "ca.pem") as host:
        path = f"{_keyring(tmp_path, {host: PASSWORD})}:{served.environment['PATH']}"
        url = f"https://{USER}@{host}/simple"
        yield repository, host, {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "PATH": path, "PIP_INDEX_URL": url}


def test_certificates_of_the_system_and_a_keyring_lead_to_a_private_index(
    company: tuple[Repository, str, dict[str, str]],
) -> None:
    repository, host, machine = company
    done = repository.mixlock("lock", **machine)
    assert done.status == 0, done.stderr
    locks = repository.locks()
    lockfile = conda_lock_yml.parse(locks["environment/conda-lock.yml"])
    urls = [package.url for package in lockfile.packages if package.manager is Manager.PIP]
    assert urls
    assert all(url.startswith(f"https://{host}/files/") for url in urls)
    everything = b"".join(locks.values()) + done.stdout.encode() + done.stderr.encode()
    assert PASSWORD.encode() not in everything
    assert USER.encode() not in everything


@pytest.mark.parametrize("missing", ["SSL_CERT_FILE", "PATH"])
def test_without_one_of_them_nothing_is_locked(
    company: tuple[Repository, str, dict[str, str]], served: ServedWorld, missing: str
) -> None:
    repository, _host, machine = company
    done = repository.mixlock("lock", **{**machine, missing: served.environment.get(missing, "")})
    assert (done.status, repository.locks()) == (3, {}), done.stderr
    assert PASSWORD not in done.stderr


def test_what_else_pip_is_told_is_told_as_not_used(repository: Repository) -> None:
    extra, page = "https://me:hunter2@extra.example/simple", "https://wheels.example/all"
    done = repository.mixlock("lock", PIP_EXTRA_INDEX_URL=extra)
    assert "note: PIP_EXTRA_INDEX_URL is not used (https://***@extra.example/simple); name what a" in done.stderr
    done = repository.mixlock("lock", "--force", PIP_EXTRA_INDEX_URL=f"{extra} {INDEX}", PIP_FIND_LINKS=page)
    (told,) = [line for line in done.stderr.splitlines() if "not used" in line]
    shown = f"(https://***@extra.example/simple {INDEX} {page})"
    assert told.startswith(f"note: PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS are not used {shown}; ")
    repository.write("mixlock.toml", f'pypi-indices = ["{INDEX}"]\n' + repository.read("mixlock.toml"))
    assert "not used" not in repository.mixlock("lock", "--force", PIP_EXTRA_INDEX_URL=INDEX).stderr


def test_what_asks_conda_alone_is_not_told_of_pip(repository: Repository) -> None:
    repository.write("environment.yml", "dependencies: [python]\n")
    done = repository.mixlock("lock", PIP_EXTRA_INDEX_URL="https://extra.example/simple")
    assert (done.status, "not used" in done.stderr) == (0, False), done.stderr
