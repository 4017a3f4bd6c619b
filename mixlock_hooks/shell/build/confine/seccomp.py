"""Give up system calls that no build needs, and those that Landlock does not judge (seccomp-bpf).

A list of what is refused, as Flatpak and Nix have one: compilers use too many calls for a list of what is allowed.
Calls that are newer than the list are refused too. What the filter cannot decide, because it sees no paths, it can
hand to the supervisor (``seccomp_unotify``): see ``on_behalf``.

Source: Linux, ``Documentation/userspace-api/seccomp_filter.rst``; Flatpak, ``common/flatpak-run.c``; Nix,
``linux-derivation-builder.cc``.
"""

from __future__ import annotations

import ctypes
import errno
import struct
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.shell.build.confine import kernel
from mixlock_hooks.shell.build.confine.syscalls import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODES = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2}
"""The calls that change modes, and which argument is the mode."""
TIMES = ("utime", "utimes", "futimesat", "utimensat")
OWNERS = ("chown", "lchown", "fchown", "fchownat")
SIGNALS = ("kill", "tkill", "tgkill")
FORKS = ("fork", "vfork", "clone")

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERROR, _NOTIFY, _KILL = 0x7FFF0000, 0x00050000, 0x7FC00000, 0x80000000
_NR, _ARCH, _ARGUMENTS = 0, 4, 16
_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SET_FILTER, _NEW_LISTENER = 1, 1 << 3
_NAMESPACES = 0x7E020000
"""The flags of ``clone`` that make namespaces."""
_SUID_SGID = 0o6000
_READ_ONLY_MASK, _TRUNCATES = 0x203, 0x200
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _SEQPACKET, _TYPE = 1, 5, 0xF
_OWNERS_OF_SIGNALS = (8, 10, 15)
"""``fcntl``: ``F_SETOWN``, ``F_SETSIG``, ``F_SETOWN_EX``; who gets ``SIGIO`` can be any process."""
_IOCTLS = (0x5412, 0x541C, 0x40086602, 0x40046602, 0x401C5820, 0x40087602, 0x8901, 0x8902)
"""``TIOCSTI``, ``TIOCLINUX``, flags and versions of files (``chattr``), ``FIOSETOWN``, ``SIOCSPGRP``."""

_FORBIDDEN = (
    *("acct", "add_key", "adjtimex", "bpf", "capset", "chroot", "clock_adjtime", "clock_settime", "delete_module"),
    *("fanotify_init", "finit_module", "init_module", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load"),
    *("keyctl", "lookup_dcookie", "migrate_pages", "modify_ldt", "mount", "move_pages", "msgget"),
    *("mq_open", "name_to_handle_at", "open_by_handle_at", "perf_event_open", "pidfd_getfd", "pidfd_send_signal"),
    *("pivot_root", "process_madvise", "process_mrelease", "process_vm_readv", "process_vm_writev", "ptrace"),
    *("quotactl", "quotactl_fd", "reboot", "request_key", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "semget"),
    *("setdomainname", "setfsgid", "setfsuid", "setgid", "setgroups", "sethostname", "setns", "setregid"),
    *("setresgid", "setresuid", "setreuid", "settimeofday", "setuid", "shmget", "swapoff", "swapon", "syslog"),
    *("umount2", "unshare", "uselib", "userfaultfd", "vhangup"),
)
_NOT_THERE = (
    *("clone3", "file_setattr", "fsconfig", "fsmount", "fsopen", "fspick", "inotify_init", "inotify_init1"),
    *("io_uring_enter", "io_uring_register", "io_uring_setup", "memfd_create", "memfd_secret", "mount_setattr"),
    *("move_mount", "open_tree", "open_tree_attr"),
)
"""What programs do without where a kernel does not have it."""
_UNSUPPORTED = (
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("setxattrat", "removexattrat"),
)
_NETWORK = ("bind", "connect", "listen", "accept", "accept4")
_OF_OTHERS = ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler")
"""Calls whose first argument is a process, 0 for the own one."""
_OF_SOMEBODY = ("setpriority", "ioprio_set")
"""Calls whose second argument is a process, a group or a user, 0 for the own one."""

_Step = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(*, network: bool, old_landlock: bool, asked: frozenset[str]) -> int:
    """Give the calls up, for this process and all that it starts.

    Args:
        network: whether internet sockets may be made.
        old_landlock: whether Landlock here knows nothing of truncating.
        asked: the calls that the supervisor decides.

    Returns:
        The descriptor that the supervisor listens on; -1 where it is asked for nothing.

    Raises:
        OSError: the kernel refuses.
    """
    steps = list(_program(network=network, old_landlock=old_landlock, asked=asked))
    filters = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(length=len(steps), filter=filters)
    found = kernel.call("seccomp", _SET_FILTER, _NEW_LISTENER if asked else 0, ctypes.byref(program))
    return found if asked else -1


def _program(*, network: bool, old_landlock: bool, asked: frozenset[str]) -> Iterator[_Step]:
    machine = "x86_64" if kernel.number("open") is not None else "aarch64"
    yield from ((_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, _ARCHES[machine]), (_RETURN, 0, 0, _KILL))
    yield (_LOAD, 0, 0, _NR)
    yield from ((_AT_LEAST, 0, 1, NEWEST + 1), _error(errno.ENOSYS))
    rules = _rules(network=network, old_landlock=old_landlock, asked=asked)
    for name, steps in rules.items():
        known = kernel.number(name)
        if known is not None:
            yield (_EQUAL, 0, len(steps), known)
            yield from steps
    yield (_RETURN, 0, 0, _ALLOW)


def _rules(*, network: bool, old_landlock: bool, asked: frozenset[str]) -> dict[str, list[_Step]]:
    """Return what is done with each call that is not simply allowed; the last rule of a call counts."""
    answer = dict.fromkeys(asked, (_RETURN, 0, 0, _NOTIFY))
    allow = (_RETURN, 0, 0, _ALLOW)
    return {
        **{name: [step] for name, step in answer.items()},
        **{name: [_error(errno.EPERM)] for name in _FORBIDDEN},
        **{name: [_error(errno.ENOSYS)] for name in _NOT_THERE},
        **{name: [_error(errno.ENOTSUP)] for name in _UNSUPPORTED},
        **{name: _unless_bits(at, _SUID_SGID, answer.get(name, allow)) for name, at in MODES.items()},
        **{name: _only(0, (0,), errno.EPERM) for name in _OF_OTHERS},
        **{name: _only(1, (0,), errno.EPERM) for name in _OF_SOMEBODY},
        "clone": _unless_bits(0, _NAMESPACES, answer.get("clone", allow)),
        "fcntl": _never(1, _OWNERS_OF_SIGNALS),
        "ioctl": _never(1, _IOCTLS),
        "personality": _only(0, (0, 0xFFFFFFFF), errno.EPERM),
        "socketpair": _pairs(),
        **_of_sockets(network=network),
        **(_of_old_landlock() if old_landlock else {}),
    }


def _of_sockets(*, network: bool) -> dict[str, list[_Step]]:
    if network:
        return {"socket": _only(0, (_INET, _INET6, _NETLINK), errno.EAFNOSUPPORT)}
    return {
        "socket": [_error(errno.EAFNOSUPPORT)],
        **{name: [_error(errno.EPERM)] for name in _NETWORK},
        "sendto": [*_zero_or(4, errno.EPERM)],
    }


def _of_old_landlock() -> dict[str, list[_Step]]:
    """Refuse to truncate without the right to write, which Landlock does not judge before its version 3."""
    return {
        "truncate": [_error(errno.EPERM)],
        "openat2": [_error(errno.ENOSYS)],
        "open": _never(1, (_TRUNCATES,), _READ_ONLY_MASK),
        "openat": _never(2, (_TRUNCATES,), _READ_ONLY_MASK),
    }


def _error(number: int) -> _Step:
    return (_RETURN, 0, 0, _ERROR | number)


def _argument(at: int, *, high: bool = False) -> _Step:
    """Load half of an argument, on machines whose low half comes first."""
    first = (sys.byteorder == "little") != high
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * at + (0 if first else 4))


def _only(at: int, allowed: Iterable[int], number: int) -> list[_Step]:
    """Allow a call whose argument is one of these."""
    known = list(allowed)
    tests = [(_EQUAL, len(known) - place, 0, value) for place, value in enumerate(known)]
    return [_argument(at), *tests, _error(number), (_RETURN, 0, 0, _ALLOW)]


def _never(at: int, refused: Iterable[int], mask: int = 0xFFFFFFFF) -> list[_Step]:
    """Refuse a call whose argument is one of these under a mask."""
    known = list(refused)
    tests = [(_EQUAL, len(known) - place, 0, value) for place, value in enumerate(known)]
    return [_argument(at), (_AND, 0, 0, mask), *tests, (_RETURN, 0, 0, _ALLOW), _error(errno.EPERM)]


def _unless_bits(at: int, bits: int, then: _Step) -> list[_Step]:
    """Refuse a call with one of these bits in an argument."""
    return [_argument(at), (_ANY_BIT, 0, 1, bits), _error(errno.EPERM), then]


def _zero_or(at: int, number: int) -> list[_Step]:
    """Refuse a call whose argument, a pointer, is not null."""
    refusal = _error(number)
    high = _argument(at, high=True)
    return [_argument(at), (_EQUAL, 0, 2, 0), high, (_EQUAL, 1, 0, 0), refusal, (_RETURN, 0, 0, _ALLOW)]


def _pairs() -> list[_Step]:
    """Allow pairs of connected UNIX sockets; a datagram one could still send to any other socket."""
    kinds = [(_AND, 0, 0, _TYPE), (_EQUAL, 2, 0, _STREAM), (_EQUAL, 1, 0, _SEQPACKET)]
    return [
        *(_argument(0), (_EQUAL, 0, 4, _UNIX), _argument(1)),
        *kinds,
        _error(errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]
