"""Requirements of other tools as a spec writes them, each checked by the reader that will read it there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats import direct_reference, match_spec, pip_requirement
from mixlock_hooks.formats.entries import LONGEST_ENTRY
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.place import at

if TYPE_CHECKING:
    from collections.abc import Mapping

_BARE = re.compile(r"(?P<before>^|[,|(]\s*)(?P<version>\d[\w.!+-]*)(?=\s*(?:$|[,|)]))")
_OUTSIDE = frozenset({"version", "build", "channel"})
_ANY = frozenset({"", "*"})
_NOWHERE = at("")
_REFERENCES = {
    ReferenceKind.VERSION_CONTROL: Code.VERSION_CONTROL,
    ReferenceKind.LOCAL: Code.LOCAL,
    ReferenceKind.EDITABLE: Code.EDITABLE,
    ReferenceKind.URL: Code.DIRECT_URL,
}
HINTS = {
    Code.VERSION_CONTROL: "publish a wheel or sdist to an index and name it by version",
    Code.LOCAL: "install it beside the locked environment, as `pip install --no-deps .` does",
    Code.EDITABLE: "install it beside the locked environment, as `pip install --no-deps -e .` does",
    Code.DIRECT_URL: "name it by version, from an index or a channel",
    Code.UNREADABLE: "split it, or leave it out",
    Code.NOT_A_MATCH_SPEC: "write name, name=1.2 or name>=1,<2",
    Code.NOT_A_REQUIREMENT: "PEP 508: name[extra]>=1; marker",
}
"""The ways out of what is left out."""


class RefusedRequirementError(ValueError):
    """A requirement that no spec can say; ``code`` is why."""

    def __init__(self, code: Code, why: str) -> None:
        super().__init__(why)
        self.code = code


def conda(name: str, fields: Mapping[str, str]) -> str:
    """Return a match spec; a version without an operator is that very version, as rattler reads it.

    Args:
        name: the package.
        fields: its ``version``, ``build`` and ``channel``, and what stands in brackets.

    Raises:
        RefusedRequirementError: it is none.
    """
    version, build, channel = (fields.get(key, "") for key in ("version", "build", "channel"))
    constraint = _BARE.sub(r"\g<before>==\g<version>", "" if version in _ANY else version)
    if build:
        constraint = f"{constraint or '*'} {build}"
    details = ",".join(f"{key}='{value}'" for key, value in fields.items() if key not in _OUTSIDE)
    spec = f"{channel}::{name} {constraint}".removeprefix("::").strip()
    return checked_conda(f"{spec}[{details}]" if details else spec)


def checked_conda(text: str) -> str:
    """Return a match spec as it is.

    Raises:
        RefusedRequirementError: it is none.
    """
    _refuse_long(text)
    if "::" not in text:
        _refuse_references(text)
    try:
        match_spec.parse(text, _NOWHERE)
    except ValueError as error:
        raise RefusedRequirementError(Code.NOT_A_MATCH_SPEC, f"not a conda match spec: {error}") from error
    return text


def pypi(name: str, version: str = "", extras: tuple[str, ...] = (), marker: str = "") -> str:
    """Return a PEP 508 requirement; ``*`` is any version.

    Raises:
        RefusedRequirementError: it is none.
    """
    named = f"{name}[{','.join(extras)}]" if extras else name
    if version[:1].isalnum():
        raise RefusedRequirementError(Code.NOT_A_REQUIREMENT, f"not a PyPI requirement: `{version}` has no operator")
    constraint, behind = "" if version in _ANY else version.strip(), f"; {marker}" if marker else ""
    checked_pypi(f"{named} {constraint}{behind}")  # apart, for a version such as `-x` would make another name
    return f"{named}{constraint}{behind}"


def checked_pypi(text: str) -> str:
    """Return a PEP 508 requirement as it is.

    Raises:
        RefusedRequirementError: it is none.
    """
    _refuse_long(text)
    _refuse_references(text)
    try:
        pip_requirement.parse(text, _NOWHERE)
    except ValueError as error:
        raise RefusedRequirementError(Code.NOT_A_REQUIREMENT, f"not a PyPI requirement: {error}") from error
    return text


def _refuse_long(text: str) -> None:
    """Refuse what nobody would write, before its readers spend time on it."""
    if len(text) > LONGEST_ENTRY:
        claim = f"a requirement has at most {LONGEST_ENTRY} characters, this one has {len(text)}"
        raise RefusedRequirementError(Code.UNREADABLE, claim)


def _refuse_references(text: str) -> None:
    reference = direct_reference.parse(text)
    code = _REFERENCES.get(reference.kind) if reference else None
    if code:
        raise RefusedRequirementError(code, f"`{text}` asks for {code.claim.partition(' (')[0]}")
