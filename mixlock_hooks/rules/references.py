"""MIX101 to MIX105 and MIX109: entries that no index or channel can answer.

They are errors in a mixed environment. In a pure PyPI environment pip could install them, so they are notes:
conda-lock cannot lock them, and the environment is locked only if none is present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.environment import Mode
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.document import Entry, Reference
    from mixlock_hooks.model.environment import EnvironmentSpec

_PUBLISH = "publish a wheel or sdist to an index and ask for its version, or use a pure PyPI environment"

_CLAIMS = {
    ReferenceKind.VERSION_CONTROL: ("MIX101", "`{}` comes from version control", _PUBLISH),
    ReferenceKind.LOCAL: ("MIX102", "`{}` is a local path", _PUBLISH),
    ReferenceKind.EDITABLE: (
        "MIX103",
        "`{}` is editable",
        "install it beside the locked environment, or " + _PUBLISH,
    ),
    ReferenceKind.URL: ("MIX104", "`{}` is a direct URL", "ask for name==version from an index or a channel"),
    ReferenceKind.INCLUDE: ("MIX105", "`{}` includes another file", "list its requirements here"),
    ReferenceKind.INDEX_OPTION: (
        "MIX109",
        "`{}` is an option of pip, not a requirement",
        "name indices under `pypi-indices`; other options have no place in a lock",
    ),
}


def references(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every entry that asks for something no index or channel holds."""
    for entry in spec.document.references:
        yield _problem(entry, spec.mode)


def _problem(entry: Entry[Reference], mode: Mode) -> Problem:
    reference = entry.value
    code, claim, hint = _CLAIMS[reference.kind]
    legal = mode is Mode.PYPI and not reference.from_conda and reference.kind is not ReferenceKind.INDEX_OPTION
    ending = "; pip could install it, conda-lock cannot lock it" if legal else _ending(reference, mode)
    return Problem(
        code=code,
        place=entry.place,
        claim=claim.format(redacted(reference.text)) + ending,
        hint=hint,
        severity=Severity.NOTE if legal else Severity.ERROR,
    )


def _ending(reference: Reference, mode: Mode) -> str:
    if reference.kind is ReferenceKind.INDEX_OPTION:
        return ""
    return "; a mixed lock cannot hold it" if mode is Mode.MIXED else "; a lock cannot hold it"
