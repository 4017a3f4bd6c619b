"""What a relock with every upgrade would change, as a table and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.package_change import ChangeKind
from mixlock_hooks.report import changes as change_report
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mixlock_hooks.model.lock_options import LockResult
    from mixlock_hooks.model.package_change import PackageChange

VERSION = 1
"""The version of the JSON output."""


def text(results: Sequence[LockResult]) -> str:
    """Render each environment with what is outdated, and a sentence for what is not."""
    return "".join(_text(result) for result in results)


def _text(result: LockResult) -> str:
    if result.failed or result.problems or result.unlockable:
        return neutral.line(f"{result.environment}: not known") + "\n"
    newer = [change for change in result.changes if change.kind is ChangeKind.UPGRADED]
    others = [change for change in result.changes if change.kind is not ChangeKind.UPGRADED]
    headline = f"{len(newer)} outdated" if newer else "nothing newer"
    headline += f"; an upgrade would change {len(others)} more" if others else ""
    notes = neutral.lines(f"  ! {note}" for note in result.notes)
    shown = change_report.text([*newer, *others])
    return neutral.line(f"{result.environment}: {headline}") + f"\n{shown}{notes}"


def json_text(results: Sequence[LockResult]) -> str:
    """Render the documented JSON: ``version`` and ``environments``."""
    document = {"version": VERSION, "environments": [_as_mapping(result) for result in results]}
    return neutral.json_text(document)


def _as_mapping(result: LockResult) -> dict[str, Any]:
    known = not (result.failed or result.problems or result.unlockable)
    return {
        "name": result.environment,
        "known": known,
        "changes": [_change(change) for change in result.changes],
        "notes": list(result.notes),
    }


def _change(change: PackageChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "manager": change.manager.value,
        "name": change.name,
        "locked": change.before or None,
        "newest": change.after or None,
        "platforms": list(change.platforms),
    }


FORMS: Mapping[str, Callable[[Sequence[LockResult]], str]] = {"text": text, "json": json_text}
