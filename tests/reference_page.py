"""The table of codes in ``docs/reference.md``, which is written from the enum: ``python -m tests.reference_page``."""

from __future__ import annotations

from pathlib import Path

from mixlock_hooks.report import explanation

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"
_BEGIN = "<!-- codes: written by `nox -s reference` -->\n"
_END = "<!-- end of codes -->\n"


def with_codes(text: str) -> str:
    """Return the page with the table of codes as it is now."""
    before, begin, rest = text.partition(_BEGIN)
    _table, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name}: the marks of the table of codes are missing")
    return f"{before}{begin}\n{explanation.table()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_codes(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
