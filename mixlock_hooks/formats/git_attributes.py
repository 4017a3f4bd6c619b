"""``.gitattributes``: lines that are missing are added, the others stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def with_lines(text: str, lines: Iterable[str]) -> str:
    """Return the text with each line that it does not hold yet, at the end."""
    held = {line.strip() for line in text.splitlines()}
    missing = [line for line in lines if line not in held]
    head = text if text.endswith("\n") or not text else f"{text}\n"
    return head + "".join(f"{line}\n" for line in missing)
