"""Locks of other tools that a repository has, and how mixlock takes them over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import EnvironmentName, Subdir


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLock:
    """A lock of conda-lock's: its path, the specs it says it was made from, and its platforms.

    Paths are relative to the repository's root. ``names_platforms``: one of its specs says which platforms it is for.
    ``environment`` is what another file calls the environment that it is for; nothing where none does.
    """

    path: str
    sources: tuple[str, ...]
    platforms: tuple[Subdir, ...]
    names_platforms: bool = False
    environment: EnvironmentName | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """A lock that is taken over: from where, to where, and for which environment of which specs.

    ``is_configured``: the environment is none by discovery, so the configuration must say what it is made of.
    ``platforms`` are what its own configuration must say of them; empty where nothing need be said. Where ``path`` is
    ``target`` the lock stays; ``lock_at`` is what its configuration must say for that, empty for nothing.
    """

    environment: EnvironmentName
    path: str
    target: str
    specs: tuple[str, ...]
    is_configured: bool = False
    platforms: tuple[Subdir, ...] = ()
    lock_at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A file that is not taken over, and why.

    ``is_lock``: it is a lock that should have been, so that somebody has something to decide.
    """

    path: str
    why: str
    is_lock: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptionPlan:
    """What is taken over, what is not, and what the repository's configuration must say.

    That is platforms, and ``environments`` that have no lock yet: the specs of each.
    """

    adoptions: tuple[Adoption, ...]
    environments: Mapping[EnvironmentName, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    platforms: tuple[Subdir, ...] = ()
