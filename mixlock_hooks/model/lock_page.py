"""One lock as a person looks at it: each package once, whatever the platforms, with what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import Manager
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.package_change import LockDelta


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownFile:
    """A package's file, its hash as ``algorithm:digest``, and the platforms that have it."""

    url: str
    hash: str
    platforms: tuple[Subdir, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownNeed:
    """What a package needs: by which name, in which versions, and which package of the lock that is, if any."""

    name: str
    constraint: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPackage:
    """A package on all platforms: its files by version, its needs, and whether its spec asks for it.

    ``is_asked`` is None where the lock does not record it.
    """

    id: str
    name: str
    manager: Manager
    versions: tuple[tuple[str, tuple[ShownFile, ...]], ...]
    needs: tuple[ShownNeed, ...]
    is_asked: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LockPage:
    """A lock, and what its last change did.

    ``change`` is None where nothing changed in it, or where nothing tells; ``since`` says since when, or why nothing
    tells.
    """

    name: EnvironmentName
    source: str
    channels: tuple[str, ...]
    platforms: tuple[Subdir, ...]
    packages: tuple[ShownPackage, ...]
    change: LockDelta | None
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """What a page is made with: its frame, its style, its script, and the library that draws graphs."""

    template: str
    style: str
    script: str
    library: str
