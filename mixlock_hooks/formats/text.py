"""Bytes of a spec into text."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_SPEC = 4 * 1024 * 1024
"""Bytes; no spec written for people is larger, and reading stays quick."""
LARGEST_MODULE = 256 * 1024
"""Bytes of a Python file that is parsed; the largest flow that we know has 60 KiB."""
LONGEST_LINE = 50_000
"""Bytes of a line of Python; its parser takes seconds for longer f-strings."""

MOST_ENTRIES = 10_000
"""Values of YAML, entries of requirements; the longest spec that we know has 750, and judging stays quick."""


def decode(content: bytes, path: str) -> str | Problem:
    """Return the text of a file, or the problem with it: not UTF-8 (a byte order mark is allowed), or too large."""
    largest = LARGEST_MODULE if path.endswith(".py") else LARGEST_SPEC
    if len(content) > largest:
        kind = "a Python file with flows" if path.endswith(".py") else "a spec"
        claim = f"the file has {len(content) // 1024} KiB; {kind} has at most {largest // 1024}"
        return Problem(
            code=Code.UNREADABLE, place=at(path), claim=claim, hint="name the spec, not what was made from it"
        )
    long = _long_line(content) if path.endswith(".py") else 0
    if long:
        claim = f"the line has more than {LONGEST_LINE} bytes"
        hint = "move what is not code into a file of its own"
        return Problem(code=Code.UNREADABLE, place=at(path, long), claim=claim, hint=hint)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        claim = f"not UTF-8 text: byte 0x{error.object[error.start]:02x}"
        return Problem(code=Code.UNREADABLE, place=at(path, line, column), claim=claim, hint="save the file as UTF-8")


def too_many_values(document: object, path: str, hint: str) -> Problem | None:
    """Return the problem with a parsed document that holds more values than anybody writes; None where it does not.

    Args:
        document: tables, lists and scalars.
        path: where it was read.
        hint: the way out.
    """
    if sum(1 for _each in islice(_values(document), MOST_ENTRIES + 1)) <= MOST_ENTRIES:
        return None
    claim = f"holds more than {MOST_ENTRIES} values"
    return Problem(code=Code.UNREADABLE, place=at(path), claim=claim, hint=hint)


def _values(value: object) -> Iterator[object]:
    """Yield every value of a document, without recursion: it may nest deeply."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()


def _long_line(content: bytes) -> int:
    """Return the number of the first line that is too long; 0 where there is none."""
    return next((number for number, line in enumerate(content.splitlines(), 1) if len(line) > LONGEST_LINE), 0)
