"""What was solved for one platform, as JSON with a digest of its own; and what was asked, as a key.

An answer is kept under its key for minutes, and holds that key: an edited, damaged or moved file is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform

if TYPE_CHECKING:
    from mixlock_hooks.model.solving import SolveRequest


def key_of(request: SolveRequest, beside: Mapping[str, object]) -> str:
    """Return a key for all that decides a solve.

    Args:
        request: what is asked. Of its environment only the name counts: the rest decides what a failure says.
        beside: what is not in a request: versions of engines, where indices are read, and the like.
    """
    asked = {each.name: getattr(request, each.name) for each in fields(request) if each.name != "environment"}
    return _digest({"environment": request.environment.name, "asked": asked, "beside": beside})


def render(key: str, seconds: int, answer: SolvedPlatform) -> bytes:
    """Render an answer.

    Args:
        key: what it was found for.
        seconds: when, since 1970.
        answer: the answer; what was proposed for it is not kept.
    """
    told = {
        "key": key,
        "seconds": seconds,
        "platform": answer.platform,
        "engine": answer.engine,
        "notes": answer.notes,
        "cutoff": answer.cutoff,
        "packages": [_plain(package) for package in answer.packages],
    }
    return json.dumps({"digest": _digest(told), **told}).encode()


def parse(content: bytes, key: str) -> tuple[int, SolvedPlatform]:
    """Parse an answer and when it was found.

    Raises:
        ValueError: it is not what was rendered for this key.
    """
    try:
        told = json.loads(content)
        given = told.pop("digest")
        if given != _digest(told) or told["key"] != key:
            raise ValueError("not what was kept")
        return told["seconds"], SolvedPlatform(
            platform=told["platform"],
            packages=tuple(_package(each) for each in told["packages"]),
            engine=told["engine"],
            notes=tuple(told["notes"]),
            cutoff=told["cutoff"],
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not an answer") from error


def _package(told: Mapping[str, Any]) -> LockedPackage:
    return LockedPackage(**{**told, "manager": Manager(told["manager"])})


def _digest(value: object) -> str:
    return digest(json.dumps(_plain(value), sort_keys=True, separators=(",", ":")).encode())


def _plain(value: object) -> object:
    """Return a value as JSON has it; records as tables, sets in an order of their own."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | int | float | None):
        return value
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(found) for key, found in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(found) for found in value), key=json.dumps)
    if isinstance(value, Sequence):
        return [_plain(found) for found in value]
    raise TypeError(f"{type(value).__name__} has no place in a key")
