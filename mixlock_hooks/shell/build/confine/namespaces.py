"""Namespaces of its own for a program: processes, network, mounts, names, where this machine lets us (see bwrap(1)).

The new root holds what the policy names and nothing else, all of it read-only but for the folders to write in. With
it ``chmod`` and its kin cannot reach anything outside, which neither Landlock nor seccomp could judge by themselves.

Source: Linux, ``user_namespaces(7)``, ``mount_setattr(2)``, ``pivot_root(2)``; bubblewrap, ``bubblewrap.c``.
"""

from __future__ import annotations

import ctypes
import os
import socket
from typing import TYPE_CHECKING

from mixlock_hooks.shell.build.confine import kernel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_NEW_MOUNTS, _NEW_NAME, _NEW_IPC, _NEW_USER = 0x00020000, 0x04000000, 0x08000000, 0x10000000
_NEW_PROCESSES, _NEW_NETWORK = 0x20000000, 0x40000000
_NO_SUID, _NO_DEVICES, _NO_RUNNING = 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_AT_RECURSIVE = 0x8000
_SET_READ_ONLY, _SET_NO_SUID = 1, 2
_DETACH = 2
_LINKED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_SHARED_MEMORY = "size=64m,mode=1777"


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user", ctypes.c_uint64),
    )


def leave(*, network: bool) -> None:
    """Leave the machine's namespaces for new ones; what is started from now on has process ids of its own.

    Raises:
        OSError: this machine does not let us.
    """
    user, group = os.geteuid(), os.getegid()
    kept_network = 0 if network else _NEW_NETWORK
    kernel.call("unshare", _NEW_USER | _NEW_MOUNTS | _NEW_PROCESSES | _NEW_IPC | _NEW_NAME | kept_network)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    socket.sethostname("localhost")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib takes longer to import
        file.write(text)


def enter(root: str, reads: Collection[str], writes: Collection[str], temporary: str) -> None:
    """Make a new root of the paths named, and enter it; to be called by the first process of the namespaces.

    Args:
        root: an empty folder, over which the new root is mounted.
        reads: absolute paths of files and folders that are there read-only.
        writes: absolute paths of folders that are there to be written.
        temporary: the folder among them that is ``/tmp`` too, where nothing that is named lies there.

    Raises:
        OSError: the kernel refuses.
    """
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _NO_SUID | _NO_DEVICES, "size=16m,mode=755")
    _link_system(root)
    for path in _outermost(reads):
        if not path.startswith("/proc/"):  # there is one of its own
            _bind(path, root + path)
    _make_devices(root)
    _mount_processes(root)
    os.makedirs(f"{root}/dev/shm", exist_ok=True)  # noqa: PTH103, S108 - in a root of its own
    folders = {path: path for path in writes}
    if not any(path.startswith("/tmp/") for path in (*folders, *reads)):  # noqa: S108 - else it would hide them
        folders["/tmp"] = temporary  # noqa: S108 - the program's own
    for there, path in folders.items():
        _bind(path, root + there)
    _set(root, _SET_READ_ONLY | _SET_NO_SUID, 0, _AT_RECURSIVE)
    for there in folders:
        _set(root + there, 0, _SET_READ_ONLY, 0)
    _mount("tmpfs", f"{root}/dev/shm", "tmpfs", _NO_SUID | _NO_DEVICES | _NO_RUNNING, _SHARED_MEMORY)  # noqa: S108 - in a root of its own
    os.chdir(root)
    kernel.call("pivot_root", b".", b".")
    kernel.call("umount2", b".", _DETACH)
    os.chdir("/")


def _link_system(root: str) -> None:
    for path in _LINKED:
        if os.path.islink(path):  # noqa: PTH114
            os.symlink(os.readlink(path), root + path)  # noqa: PTH115, PTH211


def _outermost(paths: Iterable[str]) -> list[str]:
    """Return those that are there and do not lie below another, or below a link of the new root's."""
    found: list[str] = []
    for path in sorted(set(paths)):
        linked = any(f"{path}/".startswith(f"{link}/") and os.path.islink(link) for link in _LINKED)  # noqa: PTH114
        below = any(path.startswith(f"{outer}/") for outer in found)
        if not (linked or below) and os.path.exists(path):  # noqa: PTH110
            found.append(path)
    return found


def _make_devices(root: str) -> None:
    for device in _DEVICES:
        _bind(device, root + device)
    for name, target in _DEVICE_LINKS.items():
        os.symlink(target, f"{root}/dev/{name}")  # noqa: PTH211


def _mount_processes(root: str) -> None:
    """Show the processes of the namespace; a container that hides parts of ``/proc`` does not allow that."""
    os.makedirs(f"{root}/proc")  # noqa: PTH103
    _mount("proc", f"{root}/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_RUNNING)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):  # noqa: PTH112
        os.makedirs(target, exist_ok=True)  # noqa: PTH103
    elif not os.path.exists(target):  # noqa: PTH110
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    _mount(os.path.realpath(source), target, None, _BIND | _RECURSIVE)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    kernel.call("mount", *encoded, flags, options.encode() or None)


def _set(path: str, wanted: int, unwanted: int, flags: int) -> None:
    attributes = _MountAttributes(set=wanted, clear=unwanted)
    kernel.call("mount_setattr", -100, os.fsencode(path), flags, ctypes.byref(attributes), ctypes.sizeof(attributes))
