"""How to lock, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.model.build_permission import EVERYBODY, BuildPermission
from mixlock_hooks.model.cutoff import Cutoff

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.package_change import PackageChange
    from mixlock_hooks.model.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class LockOptions:
    """How to lock.

    ``upgrade`` lets every package go, ``upgrade_packages`` those named; ``force`` solves anyway. ``builds``
    says whose build code may run; ``cutoff`` is what nothing considered may be newer than;
    with ``cutoff_asked`` what was locked under another cutoff is solved again. ``verify`` asks the engines whether
    the lock still is an answer, with its versions as given, and writes nothing; with ``from_scratch`` they are asked
    for an answer of their own, from nothing but the recorded inputs and cutoff. ``bounds`` pair upgraded packages
    with the versions that they must reach. ``strict``: an environment that cannot be locked is an error.
    ``moved_from`` is what a moved environment was called: its lock is taken over, and locks that hold are written
    again, for they name their spec.
    """

    platforms: tuple[Subdir, ...] = ()
    force: bool = False
    upgrade: bool = False
    upgrade_packages: frozenset[str] = frozenset()
    builds: BuildPermission = EVERYBODY
    dry_run: bool = False
    cutoff: Cutoff = field(default_factory=Cutoff)
    cutoff_asked: bool = False
    verify: bool = False
    from_scratch: bool = False
    strict: bool = False
    bounds: tuple[tuple[str, str], ...] = ()
    moved_from: EnvironmentName | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LockResult:
    """What became of one environment.

    ``problems`` are of policy, or of the solve where ``failed``; ``written`` names the files that changed (would
    change, in a dry run); no problem and nothing written means it was fresh. ``told`` is what policy says of an
    environment whatever became of it: what is left out, or why it is ``unlockable`` and needs no lock.
    """

    environment: EnvironmentName
    problems: tuple[Problem, ...] = ()
    failed: str = ""
    written: tuple[str, ...] = ()
    changes: tuple[PackageChange, ...] = ()
    solved: bool = False
    sdists: tuple[LockedPackage, ...] = ()
    notes: tuple[str, ...] = ()
    told: tuple[Problem, ...] = ()
    unlockable: bool = False
