"""Why a package is in a lock: chains from what is asked to what is locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.requirement import PypiRequirement


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One step of a chain: what is needed, under which constraint, and what is locked for it."""

    name: str
    constraint: str
    package: LockedPackage


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A request, and what leads from its package to another; the first link is the request's own.

    An ``implied`` request was written by nobody; ``place`` is that of the requirement which implies it.
    """

    place: Place
    links: tuple[Link, ...]
    implied: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One locked package, and the chains that lead to it, for the platforms where both are the same.

    ``bound_to`` is the one index that it may come from, empty where any may serve it; ``constraints`` are those that
    bind its version.
    """

    package: LockedPackage
    chains: tuple[Chain, ...]
    bound_to: str = ""
    constraints: tuple[PypiRequirement, ...] = ()
    platforms: tuple[Subdir, ...]
