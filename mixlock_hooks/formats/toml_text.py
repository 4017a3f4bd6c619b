"""TOML text into plain values: the standard library's parser, or its backport on Python 3.10.

The parser takes a square of the time for a key of many parts, recurses for nested lists, and lets Python's own errors
about huge numbers through; text from nobody knows whom must do neither.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["TOMLDecodeError", "invalid", "loads"]

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_LARGEST = 1024 * 1024
_MOST_PARTS = 50
_LONG_KEY = re.compile(rf"(?:\.[ \t]*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*){{{_MOST_PARTS}}}")


class TOMLDecodeError(ValueError):
    """A text is no TOML, or larger or deeper than anybody writes.

    The parser's own error wants the document and a place, which what is refused here does not have.
    """


def loads(text: str) -> dict[str, Any]:
    """Parse a TOML document (TOML 1.0).

    Raises:
        TOMLDecodeError: it is none, or larger or deeper than anybody writes.
    """
    if len(text) > _LARGEST:
        raise TOMLDecodeError(f"more than {_LARGEST // 1024} KiB")
    found = _LONG_KEY.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise TOMLDecodeError(f"a key of more than {_MOST_PARTS} parts (at line {line}, column 1)")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise TOMLDecodeError("lists or tables nest too deeply") from error
    except ValueError as error:
        raise TOMLDecodeError(str(error)) from error


def invalid(error: TOMLDecodeError, text: str, path: str) -> Problem:
    """Return the problem of a text that is no TOML, at the place that its parser names."""
    found = _PLACE.search(str(error))
    place = at(path, int(found[1]), int(found[2])) if found else at(path)
    if "at end of document" in str(error):
        place = at(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
    claim = f"not valid TOML: {_PLACE.sub('', str(error)).strip()}"
    return Problem(code=Code.UNREADABLE, place=place, claim=claim, hint="correct the syntax at this place")
