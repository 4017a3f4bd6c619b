"""One entry of ``[tool.poetry.dependencies]``: a version, a table, or a list of tables.

https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import poetry_version
from mixlock_hooks.formats.project_entries import Asked, ProjectEntries
from mixlock_hooks.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.place import Place

_TEXTS = frozenset(
    {"version", "markers", "platform", "source", "git", "branch", "tag", "rev", "subdirectory", "path", "url", "file"}
)
_READ = _TEXTS | {"extras", "optional", "develop"}
_UNREAD_HINT = "remove it, or say it in `markers`, of which conda-lock reads what names a platform"


def read(entries: ProjectEntries, name: str, value: object, place: Place) -> None:
    """Read what is asked of one project.

    Args:
        entries: what was read so far.
        name: the project.
        value: what stands behind it.
        place: where it stands.
    """
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            _read_table(entries, name, {"version": each}, place)
        elif isinstance(each, dict):
            _read_table(entries, name, each, place)
        else:
            claim = f"`{name}` must be a version or a table of Poetry's"
            entries.entries.problem(Code.WRONG_TYPE, place, claim, f'write {name} = "^1.2"')


def _read_table(entries: ProjectEntries, name: str, table: dict[str, Any], place: Place) -> None:
    wrong = next((key for key in table if key in _TEXTS and not isinstance(table[key], str)), "")
    if wrong:
        entries.entries.problem(Code.WRONG_TYPE, place, f"`{wrong}` of `{name}` must be text", "quote it")
        return
    reference = next((text(name, table) for key, text in _REFERENCES.items() if key in table), "")
    if reference:
        entries.entries.read_pypi(reference, place, offset=None)
        return
    _tell_unread(entries, name, table, place)
    try:
        asked = _asked(name, table)
    except ValueError as error:
        claim = f"not a constraint of Poetry's: {error}"
        entries.entries.problem(Code.NOT_A_REQUIREMENT, place, claim, f'write {name} = "^1.2"')
        return
    entries.read_asked(asked, place)


def _asked(name: str, table: dict[str, Any]) -> Asked:
    constraint = poetry_version.plain(table.get("version", "*"))
    markers = [f"({table['markers']})"] if table.get("markers") else []
    if table.get("platform"):
        markers.append(f"sys_platform == '{table['platform']}'")
    extras = table.get("extras", [])
    return Asked(
        name=name,
        constraint="" if constraint == "*" else constraint,
        extras=tuple(sorted(map(str, extras))) if isinstance(extras, list) else (),
        marker=" and ".join(markers),
        from_pypi=table.get("source") == "pypi" or "version" not in table,
    )


def _tell_unread(entries: ProjectEntries, name: str, table: dict[str, Any], place: Place) -> None:
    unread = [key for key in table if key not in _READ]
    if table.get("source", "pypi") != "pypi":
        unread.append("source")
    for key in unread:
        claim = f"`{key}` of `{name}` is ignored, as conda-lock ignores it"
        entries.entries.warn(Code.UNKNOWN_KEY, place, claim, _UNREAD_HINT)


def _git(name: str, table: dict[str, Any]) -> str:
    revision = table.get("branch") or table.get("tag") or table.get("rev")
    return f"{name} @ git+{table['git']}{f'@{revision}' if revision else ''}"


def _path(name: str, table: dict[str, Any]) -> str:
    path = table.get("path") or table["file"]
    return f"-e {path}" if table.get("develop") else f"{name} @ file:{path}"


_REFERENCES: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "git": _git,
    "path": _path,
    "file": _path,
    "url": lambda name, table: f"{name} @ {table['url']}",
}
