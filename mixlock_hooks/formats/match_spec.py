"""Conda match specs as people write them (CEP 29, conda's MatchSpec, and the Metaflow extension's odd forms).

Read here without a solver, because a check must start in milliseconds. What this grammar takes, py-rattler takes and
reads alike; only a version that is not plain is handed to it for its judgement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.conda_constraint import canonical_version, clauses
from mixlock_hooks.model.conda_version import is_plain
from mixlock_hooks.model.names import conda_name
from mixlock_hooks.model.requirement import CondaRequirement

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place

_SPEC = re.compile(
    r"(?:(?P<channel>[^\s\[\]=<>!~*]*?)::)?"
    r"(?P<name>[A-Za-z0-9_][\w.\-]*)"
    r"(?P<rest>(?![\w.\-*^(:])[^\[\]]*)"
    r"(?:\[(?P<brackets>.*)\])?$"
)
_GLOB = re.compile(r"(?:\S*::)?[\w.\-]*[*^]")
_COMMENT = re.compile(r"\s#.*$")
_KEYLESS = re.compile(r"\[(?P<words>[\w\s,.\-]*)\]")
_NEWER = re.compile(r"[\[,\s](?P<key>extras|flags|when)\s*=")
_AROUND_OPERATOR = re.compile(r"\s*([<>=!~]=?|[,|()])\s*")
_SPLIT_OPERATOR = re.compile(r"[<>=!~]\s+[<>=!~]|=[<>]")
_ODD_EQUALS = re.compile(r"^=\s*(?=[<>!~]=)|^=\s+(?=[<>]|==)")
_CLAUSE = r"\(*(?:==?|!=|<=|>=|~=|[<>])?[A-Za-z0-9_.!+*\-]+\)*"
_BUILD = r"[A-Za-z0-9_.+*\-]+|\^\S*\$"
_CONSTRAINT = re.compile(rf"(?P<version>{_CLAUSE}(?:[,|]{_CLAUSE})*)(?:(?:=|\s*(?<=\))\s*|\s+)(?P<build>{_BUILD}))?$")
_PAIR = re.compile(r"\s*(?P<key>\w+)\s*=\s*(?P<value>'[^']*'|\"[^\"]*\"|[^,'\"\s\[\]]*)\s*(?:,(?=.)|$)")
_DETAILS = {
    "build_number": re.compile(r"(?:==?|!=|<=|>=|<|>)?\d{1,18}"),
    "subdir": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)?"),
    "md5": re.compile(r"[0-9a-fA-F]{32}"),
    "sha256": re.compile(r"[0-9a-fA-F]{64}"),
}
"""What a locked package can be judged by beside version and build, and what it looks like."""
_HELD = frozenset({"version", "build", "channel", *_DETAILS})


class NotAMatchSpecError(ValueError):
    """The text is no conda match spec that a lock can hold."""


def parse(text: str, place: Place) -> CondaRequirement:
    """Parse one match spec.

    Raises:
        NotAMatchSpecError: the text follows no grammar of match specs, or asks by a field that no lock records.
    """
    spec = _KEYLESS.sub("", _checked(_COMMENT.sub("", text).strip())).strip()
    found = _SPEC.match(spec)
    if not found:
        raise NotAMatchSpecError(_nameless(spec))
    fields = _bracket_fields(found["brackets"]) if found["brackets"] else {}
    asked, build = _constraint(found["rest"], spec)
    if "version" in fields:
        asked = ",".join(filter(None, (asked, _grouped(_tight(fields["version"])))))
    name = conda_name(found["name"])
    version = _checked_version(name, asked, build, spec)  # with a build in brackets `=1.2` stays a prefix
    build = fields.get("build") or build
    if build == "*":  # any build, but naming one makes conda read `=1.2` as exact
        asked, build = version, ""
    return CondaRequirement(
        name=name,
        asked=asked if version else "",
        version=version,
        build=build,
        details=tuple((key, fields[key]) for key in sorted(fields.keys() & _DETAILS.keys())),
        channel=fields.get("channel") or found["channel"] or "",
        place=place,
    )


def ignored(text: str) -> str:
    """Return what stands in brackets without a key, which conda ignores: ``complete`` of ``dask[complete]``."""
    return ", ".join(found["words"].strip() for found in _KEYLESS.finditer(text) if found["words"].strip())


def _checked(spec: str) -> str:
    newer = _NEWER.search(spec)
    if newer:
        raise NotAMatchSpecError(f"a lock cannot say `{newer['key']}` yet (CEP 43 to 45)")
    return spec


def _nameless(spec: str) -> str:
    if _GLOB.match(spec):
        return f"{spec.split(maxsplit=1)[0]!r} may mean many packages: a requirement names one"
    complaint = _complaint(spec) if re.match(r"\w", spec) else ""
    return complaint or f"{spec!r} does not begin with a package name"


def _bracket_fields(brackets: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    while place < len(brackets):
        pair = _PAIR.match(brackets, place)
        if not pair or not pair["value"].strip("'\""):
            raise NotAMatchSpecError(f"[{brackets}] is not a list of key=value pairs")
        key, value = pair["key"], pair["value"].strip("'\"").strip()
        if key in fields:
            raise NotAMatchSpecError(f"[{key}=…] appears twice")
        if key not in _HELD:
            raise NotAMatchSpecError(f"a lock does not record what [{key}=…] asks for")
        if key in _DETAILS and not _DETAILS[key].fullmatch(value):
            raise NotAMatchSpecError(f"[{key}={value}] is not a value that `{key}` can have")
        fields[key] = value
        place = pair.end()
    return fields


def _tight(constraint: str) -> str:
    bare = _ODD_EQUALS.sub("", constraint.strip())
    if _SPLIT_OPERATOR.search(bare):
        raise NotAMatchSpecError(f"{constraint.strip()!r} is not a version constraint")
    return bare if bare.split() == [bare] else _AROUND_OPERATOR.sub(r"\1", bare)


def _grouped(constraint: str) -> str:
    return f"({constraint})" if "|" in constraint else constraint


def _constraint(rest: str, spec: str) -> tuple[str, str]:
    """Take what follows a name apart into version and build."""
    tight = _tight(rest) if rest.strip() else ""
    if not tight or tight == "*":
        return "", ""
    found = _CONSTRAINT.match(tight)
    if not found:
        raise NotAMatchSpecError(_complaint(spec) or f"{rest.strip()!r} is not a version constraint")
    return found["version"], found["build"] or ""


def _checked_version(name: str, asked: str, build: str, spec: str) -> str:
    try:
        version = canonical_version(asked, has_build=bool(build))
    except ValueError as error:
        raise NotAMatchSpecError(_complaint(spec) or str(error)) from error
    for alternative in clauses(version):
        for clause in alternative:
            if not (is_plain(clause.version) or _is_version(clause.version)):
                raise NotAMatchSpecError(_complaint(spec) or f"{clause.version!r} is not a version")
            if name == "python" and not clause.version[:1].isdecimal():
                raise NotAMatchSpecError(f"{clause.version!r} is not a version of python")
    return version


def _is_version(text: str) -> bool:
    from rattler import Version  # noqa: PLC0415 - costs more than a whole check, and is rarely needed
    from rattler.exceptions import InvalidVersionError  # noqa: PLC0415

    try:
        Version(text)
    except InvalidVersionError:
        return False
    return True


def _complaint(spec: str) -> str:
    """Ask py-rattler why a text is no match spec; empty if it sees nothing wrong."""
    from rattler import MatchSpec  # noqa: PLC0415 - costs more than a whole check, and is rarely needed
    from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

    try:
        MatchSpec(spec)
    except InvalidMatchSpecError as error:
        return " ".join(str(error).split())
    return ""
