"""What a repository needs to begin: the files that are written, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class CiExample:
    """The workflow that mixlock comes with for a service, ``github`` or ``gitlab``."""

    service: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSteps:
    """``files`` are new contents by path, ``found`` what was found, ``notes`` what was left to the reader.

    ``problems`` are what kept something from being added.
    """

    files: Mapping[str, str]
    found: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
