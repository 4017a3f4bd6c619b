"""Bytes of a spec into text."""

from __future__ import annotations

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem

LARGEST_SPEC = 4 * 1024 * 1024
"""Bytes; no spec written for people is larger, and reading stays quick."""

MOST_ENTRIES = 10_000
"""Values of YAML, entries of requirements; the longest spec that we know has 750, and judging stays quick."""


def decode(content: bytes, path: str) -> str | Problem:
    """Return the text of a file, or the problem with it: not UTF-8 (a byte order mark is allowed), or too large."""
    if len(content) > LARGEST_SPEC:
        claim = f"the file has {len(content) / 1024 / 1024:.1f} MiB; a spec has at most {LARGEST_SPEC // 1024**2}"
        return Problem(
            code=Code.UNREADABLE, place=at(path), claim=claim, hint="name the spec, not what was made from it"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        claim = f"not UTF-8 text: byte 0x{error.object[error.start]:02x}"
        return Problem(code=Code.UNREADABLE, place=at(path, line, column), claim=claim, hint="save the file as UTF-8")
