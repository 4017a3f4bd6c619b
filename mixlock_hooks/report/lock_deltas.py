"""What changed between two versions of the locks: text for a terminal, markdown for a pull request, JSON.

A stranger's lock may hold credentials in its URLs, so that each form is redacted as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.urls import redacted
from mixlock_hooks.report import changes as change_report
from mixlock_hooks.report import neutral
from mixlock_hooks.report.count import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.package_change import LockDelta, PackageChange

VERSION = 1
"""The version of the JSON output."""
LONGEST_COMMENT = 64_000
"""Bytes; GitHub takes 65,536 characters, and a workflow puts a mark before them."""
_TITLE = "## Locks that changed\n\n"
_FOLDED = 25
"""More changes than this are folded in markdown."""


def text(deltas: Sequence[LockDelta]) -> str:
    """Render every environment with its changes, one line a package."""
    return redacted("".join(_text(delta) for delta in deltas)) or "no lock changed\n"


def _text(delta: LockDelta) -> str:
    notes = neutral.lines(f"  ! {note}" for note in _notes(delta, str))
    headline = neutral.line(f"{delta.environment}: {_headline(delta)}")
    return f"{headline}\n{change_report.text(delta.changes)}{notes}"


def _headline(delta: LockDelta) -> str:
    if delta.came:
        return f"new lock, {counted(len(delta.changes), 'package')}"
    if delta.gone:
        return "lock removed"
    return change_report.summary(delta.changes)


def _notes(delta: LockDelta, quoted: Callable[[str], str]) -> Iterator[str]:
    for said, names in (
        ("files that do not say what the lock says", delta.disagreeing),
        ("new platform", delta.new_platforms),
        ("platform removed", delta.lost_platforms),
        ("new channel", delta.channels),
        ("new host", delta.hosts),
        ("no wheel fits, pip will build", sorted({f"{found.name} {found.version}" for found in delta.sdists})),
    ):
        if names:
            yield f"{said}: {', '.join(quoted(name) for name in names)}"
    if delta.order:
        before, after = (", ".join(map(quoted, channels)) or "none" for channels in delta.order)
        yield f"channels are {after} now, were {before}"
    yield from map(quoted, (*delta.needs, *delta.wheels))


def markdown(deltas: Sequence[LockDelta]) -> str:
    """Render a comment for a pull request: what needs a reader's eye first, long tables folded.

    A comment of GitHub's has at most 65,536 characters. Where all of it would be longer, the longest tables are left
    out, then whole environments, and both are said.
    """
    if not deltas:
        return "No lock changed.\n"
    parts = [_markdown(delta) for delta in deltas]
    brief = [_markdown(delta, with_table=False) for delta in deltas]
    for longest in sorted(range(len(parts)), key=lambda number: len(parts[number]), reverse=True):
        if _length(parts) <= LONGEST_COMMENT:
            break
        parts[longest] = brief[longest]
    shown = len(parts)
    while shown and _length(parts[:shown]) > LONGEST_COMMENT:
        shown -= 1
    others = counted(len(parts) - shown, "more environment")
    left_out = f"\n…and {others}, too many for a comment; `mixlock diff` lists all.\n"
    return redacted(_TITLE + "\n".join(parts[:shown]) + (left_out if shown < len(parts) else ""))


def _length(parts: Sequence[str]) -> int:
    """Return how long parts are as a comment, in bytes, of which no character has less than one."""
    return sum(len(part.encode()) + 1 for part in parts)


def _markdown(delta: LockDelta, *, with_table: bool = True) -> str:
    lines = [f"### {neutral.code(delta.environment)}: {_headline(delta)}", ""]
    lines += [f"- :warning: {note}" for note in _notes(delta, neutral.code)]
    if delta.gone or not delta.changes:
        return "\n".join(lines) + "\n"
    if not with_table:
        lines.append(f"{counted(len(delta.changes), 'change')}, too many for a comment; `mixlock diff` lists all.")
        return "\n".join(lines) + "\n"
    table = [
        "| | package | from | before | after | platforms |",
        "|---|---|---|---|---|---|",
        *(_row(change, delta.platforms) for change in delta.changes),
    ]
    if len(table) > _FOLDED or delta.came:
        table = ["<details><summary>every package</summary>", "", *table, "", "</details>"]
    return "\n".join([*lines, "", *table]) + "\n"


def _row(change: PackageChange, platforms: Sequence[Subdir]) -> str:
    where = "all" if set(change.platforms) == set(platforms) else ", ".join(map(neutral.code, change.platforms))
    same = change_report.SAME_VERSION.get(change.kind)
    build = f" ({same})" if same else ""
    manager = change_report.origin(change)
    before, after = neutral.code(change.before), f"{neutral.code(change.after)}{build}"
    return f"| {' | '.join((change.kind.value, neutral.code(change.name), manager, before, after, where))} |"


def json_text(deltas: Sequence[LockDelta]) -> str:
    """Render the documented JSON: ``version`` and ``environments``."""
    document = {"version": VERSION, "environments": [_as_mapping(delta) for delta in deltas]}
    return redacted(neutral.json_text(document))


def _as_mapping(delta: LockDelta) -> dict[str, Any]:
    return {
        "name": delta.environment,
        "state": "added" if delta.came else "removed" if delta.gone else "changed",
        "platforms": list(delta.platforms),
        "new_platforms": list(delta.new_platforms),
        "removed_platforms": list(delta.lost_platforms),
        "new_channels": list(delta.channels),
        "channels": {"before": list(delta.order[0]), "after": list(delta.order[1])} if delta.order else None,
        "new_hosts": list(delta.hosts),
        "other_needs": list(delta.needs),
        "disagreeing_files": list(delta.disagreeing),
        "other_wheels": list(delta.wheels),
        "new_sdists": [
            {"name": found.name, "version": found.version, "platform": found.platform} for found in delta.sdists
        ],
        "changes": [
            {
                "kind": change.kind.value,
                "manager": change.manager.value,
                "manager_before": change.manager_before.value,
                "name": change.name,
                "before": change.before or None,
                "after": change.after or None,
                "platforms": list(change.platforms),
            }
            for change in delta.changes
        ],
    }


FORMS: Mapping[str, Callable[[Sequence[LockDelta]], str]] = {"text": text, "markdown": markdown, "json": json_text}
