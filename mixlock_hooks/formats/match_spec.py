"""Conda match specs as people write them (CEP 29, conda's MatchSpec, and the Metaflow extension's odd forms).

Read here without a solver, because a check must start in milliseconds; only text that this grammar does not
know is handed to py-rattler for its judgement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import conda_name
from mixlock_hooks.model.requirement import CondaRequirement, canonical_version

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place

_SPEC = re.compile(
    r"(?:(?P<channel>[^\s\[\]=<>!~]*?)::)?"
    r"(?P<name>[A-Za-z0-9_][\w.\-]*)"
    r"(?P<rest>[^\[\]]*)"
    r"(?:\[(?P<brackets>.*)\])?$"
)
_EXTRAS = re.compile(r"[\w.\-]+\[[\w\s,.\-]*\]")
_AROUND_OPERATOR = re.compile(r"\s*([<>=!~]=?|[,|])\s*")
_ODD_EQUALS = re.compile(r"^=\s*(?=[<>!~])|^=\s+(?==)")
_CLAUSE = r"(?:===?|!=|<=|>=|~=|[<>=])?[A-Za-z0-9_.!+*\-]+"
_CONSTRAINT = re.compile(rf"(?P<version>{_CLAUSE}(?:[,|]{_CLAUSE})*)(?:(?:=|\s+)(?P<build>[A-Za-z0-9_.+*^$|\-]+))?$")
_PAIR = re.compile(r"\s*(?P<key>\w+)\s*=\s*(?P<value>'[^']*'|\"[^\"]*\"|[^,'\"]*?)\s*(?:,|$)")
_HELD = frozenset({"version", "build", "channel"})


class NotAMatchSpecError(ValueError):
    """The text is no conda match spec that a lock can hold."""


def parse(text: str, place: Place) -> CondaRequirement:
    """Parse one match spec.

    Raises:
        NotAMatchSpecError: the text follows no grammar of match specs, or asks by a field that conda-lock drops.
    """
    spec = text.strip()
    found = _SPEC.match(spec)
    if "[" in spec and _EXTRAS.match(spec):
        raise NotAMatchSpecError("conda packages have no extras; ask for the extra under `pip:`")
    if not found:
        raise NotAMatchSpecError(f"{spec!r} does not begin with a package name")
    fields = _bracket_fields(found["brackets"]) if found["brackets"] else {}
    asked, build = _constraint(found["rest"], text)
    if fields.get("version"):
        asked = ",".join(filter(None, (asked, _tight(fields["version"]))))
    build = fields.get("build") or build
    version = _checked_version(asked, build, text)
    if build == "*":  # any build, but naming one makes conda read `=1.2` as exact
        asked, build = version, ""
    return CondaRequirement(
        name=conda_name(found["name"]),
        asked=asked if version else "",
        version=version,
        build=build,
        channel=fields.get("channel") or found["channel"] or "",
        place=place,
    )


def _bracket_fields(brackets: str) -> dict[str, str]:
    fields = {pair["key"]: pair["value"].strip("'\"") for pair in _PAIR.finditer(brackets)}
    for key in sorted(fields.keys() - _HELD):
        raise NotAMatchSpecError(f"conda-lock would drop [{key}=…] in silence")
    if brackets.strip() and not fields:
        raise NotAMatchSpecError(f"[{brackets}] is not a list of key=value pairs")
    return fields


def _tight(constraint: str) -> str:
    bare = _ODD_EQUALS.sub("", constraint.strip())
    return bare if bare.split() == [bare] else _AROUND_OPERATOR.sub(r"\1", bare)


def _constraint(rest: str, text: str) -> tuple[str, str]:
    """Take what follows a name apart into version and build."""
    tight = _tight(rest) if rest else ""
    if not tight or tight == "*":
        return "", ""
    found = _CONSTRAINT.match(tight)
    if not found:
        raise NotAMatchSpecError(_complaint(text) or f"{rest.strip()!r} is not a version constraint")
    return found["version"], found["build"] or ""


def _checked_version(asked: str, build: str, text: str) -> str:
    try:
        return canonical_version(asked, has_build=bool(build))
    except ValueError as error:
        raise NotAMatchSpecError(_complaint(text) or str(error)) from error


def _complaint(text: str) -> str:
    """Ask py-rattler why a text is no match spec; empty if it sees nothing wrong."""
    from rattler import MatchSpec  # noqa: PLC0415 - costs more than a whole check, and is rarely needed
    from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

    try:
        MatchSpec(text.strip())
    except InvalidMatchSpecError as error:
        return " ".join(str(error).split())
    return ""
