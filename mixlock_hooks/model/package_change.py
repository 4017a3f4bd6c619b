"""A package that differs between two locks, and what differs between the locks as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import EnvironmentName, Subdir


class ChangeKind(str, Enum):
    """What happened to a package."""

    ADDED = "added"
    REMOVED = "removed"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    REBUILT = "rebuilt"
    """Another file of the same version: another build, or a wheel for other tags."""
    RELOCATED = "relocated"
    """The same file, from another address."""
    REHASHED = "rehashed"
    """A file of the same name with another hash, which no honest release needs."""
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageChange:
    """One package that came, went or changed; a version is empty where there is none.

    ``manager`` is that of the package as it is now; of one that moved, the other one had it before.
    """

    kind: ChangeKind
    manager: Manager
    name: str
    before: str
    after: str
    platforms: tuple[Subdir, ...]

    @property
    def manager_before(self) -> Manager:
        """Whose package it was before."""
        if self.kind is not ChangeKind.MOVED:
            return self.manager
        return Manager.PIP if self.manager is Manager.CONDA else Manager.CONDA


@dataclass(frozen=True, kw_only=True, slots=True)
class LockDelta:
    """What differs between two locks of one environment.

    ``came`` and ``gone`` tell of the whole lock; ``platforms`` are those of the new lock, of the old one where it is
    gone. ``hosts`` are new ones, ``channels`` those that packages newly come from, ``order`` the listed channels
    before and after where they differ. ``sdists`` are new packages that pip would have to build, ``needs`` sentences
    about packages whose file stayed and whose needs did not. ``disagreeing`` are files that do not say what the new
    lock says: nobody rendered them from it. ``wheels`` are sentences about wheels that are newly recorded for an
    sdist.
    """

    environment: EnvironmentName
    platforms: tuple[Subdir, ...]
    changes: tuple[PackageChange, ...] = ()
    came: bool = False
    gone: bool = False
    new_platforms: tuple[Subdir, ...] = ()
    lost_platforms: tuple[Subdir, ...] = ()
    hosts: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    order: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    needs: tuple[str, ...] = ()
    disagreeing: tuple[str, ...] = ()
    wheels: tuple[str, ...] = ()
    sdists: tuple[LockedPackage, ...] = ()
