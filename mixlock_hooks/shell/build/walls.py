"""Which walls this machine has between a build and everything else.

What is needed is a wall for files, for system calls and sockets, for modes and times, and limits. On Linux none of
them takes a privilege: Landlock, seccomp, and a supervisor for what these two cannot judge. Namespaces are added
where a machine allows them; on macOS ``sandbox-exec`` keeps the files and the network.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """One wall: whether it stands here and why, and whether builds must not run without it."""

    name: str
    present: bool
    why: str
    needed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What walls can be made of here: the version of Landlock (0 for none), seccomp, namespaces.

    ``refused`` is why there are no namespaces, ``supervised`` whether a supervisor can answer a filter's questions.
    """

    landlock: int = 0
    seccomp: bool = False
    namespaces: bool = False
    supervised: bool = False
    refused: str = ""


_UNSUPPORTED = "this system has no such wall that mixlock knows of"
_SANDBOX_EXEC = Path("/usr/bin/sandbox-exec")


def walls() -> tuple[Wall, ...]:
    """Return the walls, those that builds need first."""
    system = str(sys.platform)
    if system == "linux":
        return of_linux(means())
    if system == "darwin":
        return of_macos(is_there=_SANDBOX_EXEC.exists())
    return tuple(Wall(name=name, present=False, why=_UNSUPPORTED) for name in ("files", "system calls", "limits"))


def missing_walls() -> tuple[Wall, ...]:
    """Return the walls that builds need and this machine does not have."""
    return tuple(wall for wall in walls() if wall.needed and not wall.present)


def of_linux(found: Means) -> tuple[Wall, ...]:
    """Return the walls that can be made of some means."""
    bounded = found.namespaces or (found.seccomp and found.supervised)
    by = (
        "mounts of its own that cannot be written" if found.namespaces else "a supervisor that answers for the kernel"
    )
    return (
        Wall(
            name="files",
            present=found.landlock > 0,
            why=f"Landlock, version {found.landlock}"
            if found.landlock
            else "this kernel has no Landlock, or it is off",
        ),
        Wall(
            name="system calls",
            present=found.seccomp,
            why="seccomp: no sockets, no ptrace, no mounts" if found.seccomp else "no seccomp for this machine",
        ),
        Wall(
            name="modes and times",
            present=bounded,
            why=by if bounded else "neither mounts of its own nor a supervisor keep chmod inside",
        ),
        Wall(name="limits", present=True, why="time, output, memory, processes and disk are watched"),
        Wall(
            name="namespaces",
            present=found.namespaces,
            why="users, processes, mounts, network, IPC and names of its own"
            if found.namespaces
            else f"not here ({found.refused}); the other walls do not need them",
            needed=False,
        ),
    )


def of_macos(*, is_there: bool) -> tuple[Wall, ...]:
    """Return the walls of macOS."""
    why = "sandbox-exec" if is_there else "sandbox-exec is not here"
    return (
        *(Wall(name=name, present=is_there, why=why) for name in ("files", "system calls", "modes and times")),
        Wall(name="limits", present=False, why="macOS limits neither memory nor what a build leaves running"),
    )


@cache
def means() -> Means:
    """Return what this machine can make walls of, as a trial shows; on other systems than Linux nothing."""
    if sys.platform != "linux":
        return Means()
    from mixlock_hooks.shell.build.confine import kernel, landlock  # noqa: PLC0415 - of Linux

    version = min(landlock.version(), landlock.NEWEST)
    if not kernel.knows_machine() or not version:
        return Means(landlock=version, seccomp=kernel.knows_machine(), refused="they need the other walls here")
    apart = _refusal(version, namespaces=True)
    bare = _refusal(version, namespaces=False) if apart else ""
    return Means(
        landlock=version,
        seccomp=not (apart and bare),
        namespaces=not apart,
        supervised=not bare,
        refused=apart,
    )


def _refusal(version: int, *, namespaces: bool) -> str:
    """Try the launcher; return why it cannot build its walls, empty where it can."""
    from mixlock_hooks.shell.build.launcher import Limits, Step, launch_command, policy_of  # noqa: PLC0415 - rare
    from mixlock_hooks.shell.build.readable import of_python, own_python  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="mixlock-walls-") as name:
        folder = Path(name).resolve()
        step = Step(directory=str(folder / "work"), environment={}, reads=of_python(own_python()))
        found = Means(landlock=version, seccomp=True, namespaces=namespaces)
        policy = policy_of(folder, found, [own_python(), "-I", "-S", "-c", "pass"], step, Limits(seconds=30))
        command = launch_command(folder, policy)
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
        except subprocess.TimeoutExpired:
            return "a trial did not end"
        verdict = folder / "verdict"
        if done.returncode == 0:
            return ""
        return (
            str(json.loads(verdict.read_bytes())["words"]) if verdict.exists() else f"a trial gave {done.returncode}"
        )
