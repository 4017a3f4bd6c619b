"""MIX101 to MIX105 and MIX109: entries that no index or channel can answer.

What becomes of one is policy's decision; here is what it is called, and the way out that helps in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.environment import Mode
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from mixlock_hooks.model.document import Entry, Reference

_CODES = {
    ReferenceKind.VERSION_CONTROL: (Code.VERSION_CONTROL, "`{}` comes from version control"),
    ReferenceKind.LOCAL: (Code.LOCAL, "`{}` is a local path"),
    ReferenceKind.EDITABLE: (Code.EDITABLE, "`{}` is editable"),
    ReferenceKind.URL: (Code.DIRECT_URL, "`{}` is a direct URL"),
    ReferenceKind.INCLUDE: (Code.INCLUDE, "`{}` includes a file that cannot be read in place"),
    ReferenceKind.INDEX_OPTION: (Code.PIP_OPTION, "`{}` is an option of pip, not a requirement"),
}
_PUBLISH = "publish a wheel or sdist to an index and ask for its version"
_WITH_VALUE = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host")
_WAYS_OUT = {
    ReferenceKind.VERSION_CONTROL: _PUBLISH,
    ReferenceKind.LOCAL: _PUBLISH,
    ReferenceKind.EDITABLE: f"install it beside the locked environment, or {_PUBLISH}",
    ReferenceKind.URL: "ask for name==version from an index or a channel",
    ReferenceKind.INCLUDE: "add the file to git inside of the repository, or list its requirements here",
    ReferenceKind.INDEX_OPTION: "take it out; read are `-i`, `--extra-index-url`, `-f`, `--trusted-host`, `--pre`",
}


def code_of(reference: Reference) -> Code:
    """Return the code of an entry that asks for something no index or channel has."""
    return _CODES[reference.kind][0]


def world_of(reference: Reference, mode: Mode) -> Mode:
    """Return the mode that an entry is judged by: pip installs nothing that stands among conda's entries."""
    return Mode.CONDA if reference.from_conda and mode is Mode.PYPI else mode


def problem_of(entry: Entry[Reference], mode: Mode, *, legal: bool, allowable: bool) -> Problem:
    """Return the problem of an entry that asks for something no index or channel has.

    Args:
        entry: the entry.
        mode: what the entry is judged by (``world_of``).
        legal: whether the environment may hold it, and is then not locked.
        allowable: whether an allowance would leave it out.
    """
    reference = entry.value
    code, claim = _CODES[reference.kind]
    other = f", or leave it out of the lock: `# mixlock: allow {code} REASON`" if allowable else ""
    if not allowable and not reference.from_conda:
        other = ", or move it to a requirements.txt of PyPI packages alone, which pip installs and no lock holds"
    if reference.why:
        claim = f"`{{}}` cannot be read in place: {_unformatted(reference.why)}"
    return Problem(
        code=code,
        place=entry.place,
        claim=claim.format(reference.text) + _ending(code, mode, legal=legal),
        hint=_way_out(reference) + other,
        subject=reference.text,
    )


def _way_out(reference: Reference) -> str:
    if reference.text.startswith("--no-binary"):
        return "name the projects that are to be built (`--no-binary NAME`), or set `build-sdists`"
    if reference.kind is ReferenceKind.INDEX_OPTION:
        name, *values = reference.text.replace("=", " ", 1).split()
        if name in _WITH_VALUE and len(values) != 1:
            return (
                f"give it one value: `{name} VALUE`"
                if not values
                else f"pip reads `{values[0]}` alone: leave the rest out"
            )
    return reference.way_out or _WAYS_OUT[reference.kind]


def _unformatted(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _ending(code: Code, mode: Mode, *, legal: bool) -> str:
    if code is Code.PIP_OPTION:
        return ""
    if legal:
        return "; pip could install it, conda-lock cannot lock it"
    return "; a mixed lock cannot hold it" if mode is Mode.MIXED else "; a lock cannot hold it"
