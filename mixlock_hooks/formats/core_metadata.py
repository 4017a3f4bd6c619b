"""Core metadata (PEP 566, 643): requirements judged for one target, and whether an sdist's can be trusted."""

from __future__ import annotations

import re
from copy import copy
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.constraint import NotAConstraintError, as_specifier
from mixlock_hooks.model.core_metadata import CoreMetadata
from mixlock_hooks.model.target import is_decidable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from email.message import Message

    from mixlock_hooks.model.locked import LockedPackage

_EMPTY_LINE = re.compile(r"^(?:\r\n|\r|\n)", re.MULTILINE)
_DYNAMIC = frozenset({"requires-dist", "requires-python", "provides-extra"})
_KEPT = ("Metadata-Version", "Name", "Version", "Requires-Python", "Summary")
_FIRST_STATIC = Version("2.2")


def parse(text: str) -> CoreMetadata:
    """Parse a METADATA or PKG-INFO file.

    An extra whose name is none (``.none``, in releases of 2019) is left out: no requirement can ask for it.
    """
    message = _headers(text)
    return CoreMetadata(
        fields=tuple((name, _single(message, name)) for name in _KEPT if message[name]),
        extras=tuple(filter(_is_name, message.get_all("Provides-Extra") or ())),
        requirements=tuple(map(_requirement, message.get_all("Requires-Dist") or ())),
    )


def _headers(text: str) -> Message:
    """Read what stands before the first empty line; the description after it may be long, and holds no fields."""
    end = _EMPTY_LINE.search(text)
    return HeaderParser().parsestr(text[: end.start()] if end else text)


def _single(message: Message, name: str) -> str:
    return " ".join(str(message[name]).split())


def _is_name(extra: str) -> bool:
    try:
        canonicalize_name(extra, validate=True)
    except InvalidName:
        return False
    return True


def _requirement(text: str) -> Requirement | str:
    """Read a requirement; what nobody can read, or whose marker nobody can judge, stays text."""
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return text
    return found if found.marker is None or is_decidable(found.marker) else text


def render(metadata: CoreMetadata, environment: Mapping[str, str], extras: Collection[str]) -> str:
    """Render metadata with their markers judged: what does not hold on the target is dropped.

    conda-lock's solver knows few marker variables and takes the others for true, so it would ask for packages that
    the target does not need. Only the variable ``extra`` remains, for the extras that somebody asks for.

    Args:
        metadata: as parsed.
        environment: the target's marker variables but for ``extra``.
        extras: those that somebody asks for.
    """
    lines = [f"{name}: {value}" for name, value in metadata.fields]
    lines += [f"Provides-Extra: {extra}" for extra in metadata.extras if extra in extras]
    needs = (_line(needed, extra) for needed, extra in metadata.holding(environment, extras))
    lines += [f"Requires-Dist: {line}" for line in dict.fromkeys(needs)]
    return "\n".join(lines) + "\n"


def _line(needed: Requirement | str, extra: str) -> str:
    if isinstance(needed, str):
        return needed
    bare = copy(needed)
    bare.marker = None
    return f'{bare}; extra == "{extra}"' if extra else str(bare)


def of_locked(package: LockedPackage) -> str:
    """Return metadata that say what a lock holds of a package; empty where a constraint of its is not PEP 440."""
    try:
        known = sorted(package.dependencies.items())
        needs = [f"{name}{as_specifier(constraint)}" for name, constraint in known if name != "python"]
    except NotAConstraintError:
        return ""
    lines = ["Metadata-Version: 2.1", f"Name: {package.name}", f"Version: {package.version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {line}" for line in needs)]) + "\n"


def is_of(text: str, wheel: str) -> bool:
    """Return whether a text is the metadata of the wheel of that name, and not an error page or another file's."""
    message = _headers(text)
    try:
        name, version, *_rest = parse_wheel_filename(wheel)
        return canonicalize_name(message["Name"] or "") == name and Version(message["Version"] or "") == version
    except (InvalidVersion, InvalidWheelFilename):
        return False


def members(names: Iterable[str]) -> Iterator[str]:
    """Yield those of a wheel's members that are metadata of it; a right wheel has one."""
    return (name for name in names if name.count("/") == 1 and name.endswith(".dist-info/METADATA"))


def is_static(pkg_info: str) -> bool:
    """Return whether an sdist's metadata holds for the wheels built from it (PEP 643)."""
    message = _headers(pkg_info)
    try:
        version = Version(message["Metadata-Version"] or "1.0")
    except InvalidVersion:
        return False
    dynamic = {field.strip().lower() for field in message.get_all("Dynamic") or []}
    return version >= _FIRST_STATIC and not dynamic & _DYNAMIC
