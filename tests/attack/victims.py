"""What a hostile build must not touch, read or reach: files, a secret, sockets that listen, a process."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "hush-hush-this-is-secret"


@dataclass(frozen=True, kw_only=True)
class Victim:
    """Places by name, and how they were before."""

    places: dict[str, object]
    readable: Path
    folders: tuple[Path, ...]
    sockets: tuple[socket.socket, ...]
    bystander: subprocess.Popen[bytes]

    def looks(self) -> list[tuple[object, ...]]:
        """Return how everything looks that must stay as it is."""
        paths = sorted(path for folder in self.folders for path in (folder, *folder.rglob("*")))
        return [(str(path), *_facts(path)) for path in paths]

    def heard(self) -> bool:
        """Return whether anything reached a socket."""
        return bool(select.select(self.sockets, [], [], 0)[0])

    def is_well(self) -> bool:
        """Return whether the bystander runs as it did."""
        state = Path(f"/proc/{self.bystander.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state in "SR" and os.getpriority(os.PRIO_PROCESS, self.bystander.pid) == os.getpriority(
            os.PRIO_PROCESS, 0
        )


def _facts(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    names = os.listxattr(path, follow_symlinks=False)
    return found.st_mode, found.st_uid, found.st_nlink, found.st_mtime_ns, content, tuple(names)


@contextlib.contextmanager
def victim(folder: Path) -> Iterator[Victim]:
    """Give one, below a folder."""
    home, outside, readable = folder / "home", folder / "outside", folder / "readable"
    for made in (home / ".ssh", outside / "empty", readable):
        made.mkdir(parents=True)
    secret = home / ".ssh" / "id_ed25519"
    secret.write_text(SECRET)
    (outside / "precious").write_text("precious")
    (readable / "tool").write_text("tool")
    abstract = f"mixlock-odd-{secrets.token_hex(8)}"
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(made) for made in _sockets(folder, abstract)]
        tcp, udp = listeners[0].getsockname()[1], listeners[1].getsockname()[1]
        quiet = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)", SECRET]
        bystander = stack.enter_context(subprocess.Popen(quiet, start_new_session=True, env={"ODD": SECRET}))
        stack.callback(bystander.kill)
        places = {
            "outside": outside,
            "readable": readable,
            "secret": secret,
            "tcp": tcp,
            "udp": udp,
            "unix": folder / "stream",
            "datagram": folder / "datagram",
            "abstract": abstract,
            "bystander": bystander.pid,
        }
        yield Victim(
            places=places,
            readable=readable,
            folders=(home, outside, readable),
            sockets=tuple(listeners),
            bystander=bystander,
        )


def _sockets(folder: Path, abstract: str) -> Iterator[socket.socket]:
    addresses: tuple[tuple[int, int, object], ...] = (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "stream")),
        (socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagram")),
        (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
    )
    for family, kind, address in addresses:
        made = socket.socket(family, kind)
        made.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            made.listen()
        yield made
