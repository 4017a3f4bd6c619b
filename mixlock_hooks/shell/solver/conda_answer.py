"""What conda prints as JSON: an answer, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def solved(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return records as an answer."""
    return {"success": True, "dry_run": True, "actions": {"FETCH": records, "LINK": records}}


def refused(error: Exception) -> dict[str, Any]:
    """Return a failure as an answer."""
    kind, known = getattr(error, "kind", "crash"), getattr(error, "known", {})
    return {"success": False, "kind": kind, "message": str(error) or repr(error), "known": known}
