"""What the launcher is told, written down for one run."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.build_permission import MEMORY_BYTES, STEP_SECONDS
from mixlock_hooks.shell.build.readable import of_system

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.shell.build.confine.policy import Policy
    from mixlock_hooks.shell.build.walls import Means

_PACKAGES = str(Path(__file__).resolve().parents[3])
_RUN = (
    f"import sys; sys.path.append({_PACKAGES!r}); from mixlock_hooks.shell.build.confine.launch import main; "
    "sys.exit(main(sys.argv[1:]))"
)
BROKEN = 125
"""The exit status of a run that the launcher ended, as ``confine.launch`` gives it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a build may take: seconds for each of its steps, bytes, counts; whether it may use the network.

    ``processes`` are those that run at a time, with their threads. ``output_bytes`` are those of each step,
    ``wheel_bytes`` those of what it makes, ``memory_bytes`` those of all its processes together. ``allow_unboxed`` is
    the user's word that it may run where a wall is missing.
    """

    seconds: float = STEP_SECONDS
    output_bytes: int = 16 * 2**20
    network: bool = False
    memory_bytes: int = MEMORY_BYTES
    disk_bytes: int = 4 * 2**30
    file_bytes: int = 2**30
    wheel_bytes: int = 2**29
    files: int = 300_000
    processes: int = 1024
    allow_unboxed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One run: where, with which variables, what it may read beside the system, and where it may write."""

    directory: str
    environment: Mapping[str, str]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def policy_of(folder: Path, means: Means, command: Sequence[str], step: Step, limits: Limits) -> Policy:
    """Return the policy of one run in a build's folder, whose ``work`` it may always write.

    Args:
        folder: the build's folder, resolved.
        means: what walls are made of.
        command: what to run.
        step: where and with what.
        limits: what it may take.
    """
    work = folder / "work"
    (work / "tmp").mkdir(parents=True, exist_ok=True)
    (folder / "root").mkdir(exist_ok=True)
    return {
        "command": list(command),
        "environment": dict(step.environment),
        "directory": step.directory,
        "reads": [*of_system(step.environment, network=limits.network), *step.reads],
        "writes": [str(work), *step.writes],
        "work": str(work),
        "temporary": str(work / "tmp"),
        "root": str(folder / "root") if means.namespaces else "",
        "landlock": means.landlock,
        "seccomp": means.seccomp,
        "network": limits.network,
        "seconds": limits.seconds,
        "output_bytes": limits.output_bytes,
        "memory_bytes": limits.memory_bytes,
        "disk_bytes": limits.disk_bytes,
        "file_bytes": limits.file_bytes,
        "files": limits.files,
        "processes": limits.processes,
        "verdict": str(folder / "verdict"),
    }


def launch_command(folder: Path, policy: Policy) -> list[str]:
    """Write a policy down, and return the command that runs it."""
    file = folder / "policy.json"
    file.unlink(missing_ok=True)
    file.write_text(json.dumps(policy), encoding="utf-8")
    return [sys.executable, "-I", "-S", "-c", _RUN, str(file)]


def verdict_of(folder: Path) -> tuple[str, str]:
    """Return why the launcher ended a run: a kind (``overrun``, ``wall``) and words; empty where it did not."""
    file = folder / "verdict"
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return "", ""
    file.unlink()
    return str(found["kind"]), str(found["words"])
