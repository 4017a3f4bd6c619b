"""What is written from the code: ``docs/reference/``, tables of ``docs/reference.md``, the configuration's schema.

``python -m tests.reference_page`` writes them anew (``nox -s reference``).
"""

from __future__ import annotations

from pathlib import Path

from mixlock_hooks.formats import config_schema
from mixlock_hooks.formats.config_keys import KEYS, Key
from mixlock_hooks.report import explanation
from tests import reference_pages

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference.md"
SCHEMA = ROOT / "mixlock_hooks" / "data" / "mixlock.schema.json"


def _keys() -> str:
    rows = (f"| `{name}{_below(key)}` | {key.default} | {key.meaning} |" for name, key in KEYS.items())
    return "\n".join(("| key | default | meaning |", "|---|---|---|", *rows, ""))


def _below(key: Key) -> str:
    """Say what the names in a table stand for."""
    is_table, by_platform = key.schema.get("type") == "object", "propertyNames" in key.schema
    return (".PLATFORM" if by_platform else ".NAME") if is_table else ""


_TABLES = {"codes": explanation.table, "keys": _keys}


def with_tables(text: str) -> str:
    """Return the page with its tables as they are now.

    Raises:
        ValueError: the marks of one are missing.
    """
    for name, table in _TABLES.items():
        begin, end = f"<!-- {name}: written by `nox -s reference` -->\n", f"<!-- end of {name} -->\n"
        before, found, rest = text.partition(begin)
        _table, found_end, after = rest.partition(end)
        if not (found and found_end):
            raise ValueError(f"{PAGE.name}: the marks of the table of {name} are missing")
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(config_schema.render(), encoding="utf-8")
    reference_pages.write()
