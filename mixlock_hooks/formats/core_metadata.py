"""Core metadata (PEP 566, 643): requirements judged for one target, and whether an sdist's can be trusted."""

from __future__ import annotations

from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

    from mixlock_hooks.model.locked import LockedPackage

_DYNAMIC = frozenset({"requires-dist", "requires-python", "provides-extra"})
_FIRST_STATIC = Version("2.2")


def for_target(text: str, environment: Mapping[str, str]) -> str:
    """Return metadata with its markers judged: what does not hold on the target is dropped.

    conda-lock's solver knows few marker variables and takes the others for true, so it would ask for packages that
    the target does not need. Only the variable ``extra`` remains.

    Args:
        text: the METADATA or PKG-INFO file.
        environment: the target's marker variables but for ``extra``.
    """
    message = HeaderParser().parsestr(text)
    extras = message.get_all("Provides-Extra") or []
    requirements = [
        line for raw in message.get_all("Requires-Dist") or [] for line in _judged(raw, environment, extras)
    ]
    kept = ["Metadata-Version", "Name", "Version", "Requires-Python", "Summary"]
    lines = [f"{name}: {_single(message, name)}" for name in kept if message[name]]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {line}" for line in dict.fromkeys(requirements)]
    return "\n".join(lines) + "\n"


def _single(message: Message, name: str) -> str:
    return " ".join(str(message[name]).split())


def _judged(raw: str, environment: Mapping[str, str], extras: list[str]) -> Iterator[str]:
    try:
        requirement = Requirement(raw)
    except InvalidRequirement:
        yield raw
        return
    marker, requirement.marker = requirement.marker, None
    if marker is None or marker.evaluate({**environment, "extra": ""}):
        yield str(requirement)
        return
    for extra in extras:
        if marker.evaluate({**environment, "extra": extra}):
            yield f'{requirement}; extra == "{extra}"'


def of_locked(package: LockedPackage) -> str:
    """Return metadata that say what a lock holds of a package; empty where a constraint of its is not PEP 440."""
    try:
        needs = [f"{name}{_specifier(constraint)}" for name, constraint in sorted(package.dependencies.items())]
    except InvalidSpecifier:
        return ""
    lines = ["Metadata-Version: 2.1", f"Name: {package.name}", f"Version: {package.version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {line}" for line in needs)]) + "\n"


def _specifier(constraint: str) -> str:
    """Return a locked constraint as PEP 440 writes it: a lone version means that version, a star any."""
    if constraint in {"", "*"}:
        return ""
    return str(SpecifierSet(constraint if constraint[0] in "<>=!~" else f"=={constraint}"))


def is_of(text: str, wheel: str) -> bool:
    """Tell whether a text is the metadata of the wheel of that file name, and not an error page or another file's."""
    message = HeaderParser().parsestr(text)
    try:
        name, version, *_rest = parse_wheel_filename(wheel)
        return canonicalize_name(message["Name"] or "") == name and Version(message["Version"] or "") == version
    except (InvalidVersion, InvalidWheelFilename):
        return False


def is_static(pkg_info: str) -> bool:
    """Tell whether an sdist's metadata holds for the wheels built from it (PEP 643)."""
    message = HeaderParser().parsestr(pkg_info)
    try:
        version = Version(message["Metadata-Version"] or "1.0")
    except InvalidVersion:
        return False
    dynamic = {field.strip().lower() for field in message.get_all("Dynamic") or []}
    return version >= _FIRST_STATIC and not dynamic & _DYNAMIC
