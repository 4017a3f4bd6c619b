"""``wheelhouse.json``: for each locked sdist the built wheel, its sha256, and what built it.

The file carries a digest of its own content, so that an edit by hand does not go unseen.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.wheelhouse import BuiltWheel

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("version", "sdist_sha256", "file", "sha256", "python", "glibc", "builder")
_KEYS = frozenset(field.name for field in fields(BuiltWheel))


class NotAWheelhouseError(ValueError):
    """The text is no ``wheelhouse.json`` of a known version, or is not as it was written."""


def parse(content: bytes) -> tuple[BuiltWheel, ...]:
    """Parse a record of wheels.

    Raises:
        NotAWheelhouseError: it is not JSON, of a newer version, or was changed by hand.
    """
    try:
        document: Any = json.loads(content)
        version, told, raw = document["wheelhouse"], document["digest"], document["wheels"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise NotAWheelhouseError("it cannot be read") from error
    if version != _VERSION:
        raise NotAWheelhouseError(f"version {version!r} is not known; {_VERSION} is")
    try:
        wheels = tuple(_wheel(each) for each in raw)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAWheelhouseError(f"a value is missing or of the wrong type: {error}") from error
    if told != _digest(wheels):
        raise NotAWheelhouseError("it was changed by hand")
    return wheels


def render(wheels: Iterable[BuiltWheel]) -> bytes:
    """Render a record of wheels; equal values give equal bytes."""
    ordered = _in_order(wheels)
    document = {"wheelhouse": _VERSION, "digest": _digest(ordered), "wheels": [asdict(wheel) for wheel in ordered]}
    return (json.dumps(document, indent=2) + "\n").encode()


def _in_order(wheels: Iterable[BuiltWheel]) -> tuple[BuiltWheel, ...]:
    return tuple(sorted(wheels, key=lambda wheel: (wheel.name, wheel.version, wheel.file, wheel.sha256)))


def _digest(wheels: tuple[BuiltWheel, ...]) -> str:
    return digest(json.dumps([asdict(wheel) for wheel in _in_order(wheels)], sort_keys=True).encode())


def _wheel(raw: Any) -> BuiltWheel:
    if not isinstance(raw, dict):
        raise TypeError("a table")
    if raw.keys() != _KEYS:
        raise ValueError(", ".join(sorted(raw.keys() ^ _KEYS)))
    if not all(isinstance(raw[key], str) and raw[key].isprintable() for key in _TEXTS):
        raise TypeError("text")
    if not all(_SHA256.fullmatch(raw[key]) for key in ("sdist_sha256", "sha256")) or type(raw["epoch"]) is not int:
        raise ValueError("a digest or a moment")
    wheel = BuiltWheel(
        name=pypi_name(raw["name"]),
        **{key: raw[key] for key in _TEXTS},
        tags=_texts(raw["tags"]),
        platforms=tuple(Subdir(platform) for platform in _texts(raw["platforms"])),
        requires=_texts(raw["requires"]),
        epoch=raw["epoch"],
    )
    name, version, _build, tags = parse_wheel_filename(wheel.file)
    if any(letter in wheel.file for letter in "/\\:\0"):
        raise ValueError("a name of a file")
    if (pypi_name(name), version) != (wheel.name, Version(wheel.version)) or {str(tag) for tag in tags} != set(
        wheel.tags
    ):
        raise ValueError(f"{wheel.file} is not of {wheel.name}")
    return wheel


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each.isprintable() for each in value):
        raise TypeError("a list of texts")
    return tuple(value)
