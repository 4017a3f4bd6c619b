"""Locks of other tools that a repository has, and how mixlock takes them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import EnvironmentName, Subdir


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLock:
    """A lock of conda-lock's: its path, the specs it says it was made from, and its platforms.

    Paths are relative to the repository's root. ``names_platforms``: one of its specs says which platforms it is for.
    """

    path: str
    sources: tuple[str, ...]
    platforms: tuple[Subdir, ...]
    names_platforms: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """A lock that is taken over: from where, to where, and for which environment of which specs.

    ``is_configured``: the environment is none by discovery, so the configuration must say what it is made of.
    ``platforms`` are what its own configuration must say of them; empty where nothing need be said.
    """

    environment: EnvironmentName
    path: str
    target: str
    specs: tuple[str, ...]
    is_configured: bool = False
    platforms: tuple[Subdir, ...] = ()


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
    """What is taken over, what is not, and the platforms that the repository's configuration must say."""

    adoptions: tuple[Adoption, ...]
    left_out: tuple[LeftOut, ...] = ()
    platforms: tuple[Subdir, ...] = ()
