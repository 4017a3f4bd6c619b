"""Run a program behind walls, watch it, and leave nothing of it running: the launcher's story.

The launcher itself stays outside: it starts a first process of the new namespaces, that one the program, which gives
up all rights before it becomes what the policy names. A wall that cannot be built ends the run.
"""

from __future__ import annotations

import json
import math
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from mixlock_hooks.shell.build.confine import kernel, landlock, namespaces, seccomp
from mixlock_hooks.shell.build.confine.watch import Gate, OverrunError, Watch, count_of_user, descendants, end_all

if TYPE_CHECKING:
    from types import FrameType

    from mixlock_hooks.shell.build.confine.on_behalf import Deputy
    from mixlock_hooks.shell.build.confine.policy import Policy

BROKEN = 125
"""The exit status of a run that was ended, or could not begin; the verdict tells why."""

_PARENT_DEATH_SIGNAL, _SUBREAPER, _NO_NEW_PRIVILEGES = 1, 36, 38
_DROP_BOUND, _AMBIENT, _CLEAR_ALL, _DUMPABLE = 24, 47, 4, 4
_LAST_CAPABILITY = 64
_SHORTEST, _LONGEST = 0.005, 0.05
_MOST_OPEN = 4096
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_OUTPUT = "/proc/self/fd/1"
"""What a program opens as ``/dev/stdout``."""
_OF_ITS_OWN = ("/tmp", "/dev/shm")  # noqa: S108 - in namespaces, where they are nobody else's


class EndedError(Exception):
    """The launcher was asked to end."""


def main(words: list[str]) -> int:
    """Run what the policy in a file names; return its exit status, or ``BROKEN``."""
    with open(words[0], encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes longer to import
        policy: Policy = json.load(file)
    try:
        return _supervised(policy)
    except OverrunError as error:
        _tell(policy, "overrun", str(error))
    except OSError as error:
        _tell(policy, "wall", str(error))
    except EndedError:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_all()
    return BROKEN


def _tell(policy: Policy, kind: str, words: str) -> None:
    with open(policy["verdict"], "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump({"kind": kind, "words": words}, file)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise EndedError


def _supervised(policy: Policy) -> int:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    kernel.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    kernel.prctl(_SUBREAPER, 1)
    kernel.prctl(_DUMPABLE, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if not child:
        ours.close()
        _child(policy, theirs)
    theirs.close()
    watch = Watch(policy)
    listener = _listener(ours)
    return _waited(child, watch, _deputy(policy, listener), listener)


def _listener(ours: socket.socket) -> int:
    """Return the descriptor of the filter's questions, -1 for none, once the program runs.

    Raises:
        OSError: a wall could not be built.
    """
    found = -1
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(ours, 4096, 1)
        if not message:
            return found
        if descriptors:
            found = descriptors[0]
        else:
            raise OSError(message.decode("utf-8", "replace"))


def _deputy(policy: Policy, listener: int) -> Deputy | None:
    if listener < 0:
        return None
    from mixlock_hooks.shell.build.confine.on_behalf import Deputy  # noqa: PLC0415 - rarely needed

    gate = Gate(policy["processes"])
    return Deputy(listener, policy["writes"], is_ours=lambda process: process in descendants(), may_fork=gate.opens)


def _waited(child: int, watch: Watch, deputy: Deputy | None, listener: int) -> int:
    """Answer and look until the program ends; return its exit status."""
    poll = select.poll()
    poll.register(os.pidfd_open(child), select.POLLIN)
    if deputy:
        poll.register(listener, select.POLLIN)
    pause = _SHORTEST
    looked = 0.0
    while True:
        ready = dict(poll.poll(pause * 1000))
        if deputy and ready.pop(listener, 0) & select.POLLIN:
            deputy.answer()
            looked += 0.0001
            if looked < pause:
                continue
        if ready and not ready.keys() & {listener}:
            status = _exit_status(os.waitpid(child, 0)[1])
            watch.look_at_what_is_left()
            return status
        looked = 0.0
        watch.look()
        pause = min(2 * pause, _LONGEST)


def _exit_status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _child(policy: Policy, wire: socket.socket) -> NoReturn:
    """Become the program, in namespaces where the policy wants them; never return."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        kernel.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        os.setsid()
        if policy["root"]:
            namespaces.leave(network=policy["network"])
            _become_parent_of_first(policy, wire)
        else:
            _become(policy, wire)
    except BaseException as error:  # noqa: BLE001 - nothing of the launcher may go on in the child
        with suppress(OSError):
            wire.send(str(error).encode()[:4000] or b"unknown")
    os._exit(BROKEN)


def _become_parent_of_first(policy: Policy, wire: socket.socket) -> NoReturn:
    """Start the first process of the namespaces, and end as it ends."""
    first = os.fork()
    if first:
        wire.close()
        os._exit(_exit_status(os.waitpid(first, 0)[1]))
    kernel.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    namespaces.enter(policy["root"], policy["reads"], policy["writes"], policy["temporary"])
    program = os.fork()
    if not program:
        kernel.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        _become(policy, wire)
    wire.close()
    os._exit(_reaper(program))


def _reaper(program: int) -> int:
    """Take away what ends, until the program does."""
    _drop_privileges()
    while True:
        process, status = os.wait()
        if process == program:
            return _exit_status(status)


def _become(policy: Policy, wire: socket.socket) -> NoReturn:
    """Give up all rights but the policy's, and become the program."""
    os.chdir(policy["directory"])
    _limit(policy)
    _drop_privileges()
    if policy["landlock"]:
        _give_up_paths(policy)
    if policy["seccomp"]:
        _give_up_calls(policy, wire)
    os.execvpe(policy["command"][0], policy["command"], policy["environment"])  # noqa: S606 - no shell is wanted


def _give_up_paths(policy: Policy) -> None:
    inside = bool(policy["root"])
    landlock.restrict(
        reads=[*policy["reads"], "/proc" if inside else f"/proc/{os.getpid()}", *_DEVICES],
        writes=[*policy["writes"], _OUTPUT, *_DEVICES[:3], *(_OF_ITS_OWN if inside else ())],
        known=policy["landlock"],
        network=policy["network"],
    )


def _give_up_calls(policy: Policy, wire: socket.socket) -> None:
    listener = seccomp.install(
        network=policy["network"],
        old_landlock=policy["landlock"] < landlock.TRUNCATES,
        asked=_asked(policy),
    )
    if listener >= 0:
        socket.send_fds(wire, [b"listener"], [listener])
        os.close(listener)


def _asked(policy: Policy) -> frozenset[str]:
    """Return what the supervisor decides, because no wall of this machine does."""
    forks = () if os.getuid() else seccomp.FORKS  # the kernel does not limit the processes of root
    if policy["root"]:
        return frozenset(forks)
    attributes = (*seccomp.MODES, *seccomp.TIMES, *seccomp.OWNERS)
    signals = seccomp.SIGNALS if policy["landlock"] < landlock.SCOPES else ()
    return frozenset({*attributes, *signals, *forks})


def _limit(policy: Policy) -> None:
    """Set what each process may take."""
    processors = len(os.sched_getaffinity(0))
    others = 0 if policy["root"] else count_of_user()
    wanted = {
        resource.RLIMIT_DATA: policy["memory_bytes"],
        resource.RLIMIT_FSIZE: policy["file_bytes"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NOFILE: _MOST_OPEN,
        resource.RLIMIT_CPU: math.ceil(policy["seconds"]) * processors + 1,
        resource.RLIMIT_NPROC: policy["processes"] + others,
    }
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))


def _drop_privileges() -> None:
    """Give up every capability, and all ways to new ones; root is then a user that owns what root owns."""
    kernel.prctl(_NO_NEW_PRIVILEGES, 1)
    with suppress(OSError):
        kernel.prctl(_AMBIENT, _CLEAR_ALL)
    for capability in range(_LAST_CAPABILITY):
        with suppress(OSError):  # the kernel has fewer, or we have none to drop
            kernel.prctl(_DROP_BOUND, capability)
    header = (0x20080522).to_bytes(4, sys.byteorder) + bytes(4)
    kernel.call("capset", header, bytes(24))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
