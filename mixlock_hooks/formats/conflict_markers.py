"""The markers that a merge leaves in a file (git-merge-file), and the two sides of it."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"^(?:<<<<<<<|>>>>>>>|=======\r?$)", re.MULTILINE)
_BLOCK = re.compile(
    rb"^<<<<<<<[^\n]*\n(?P<ours>.*?)(?:^\|\|\|\|\|\|\|[^\n]*\n.*?)?^=======\r?\n(?P<theirs>.*?)^>>>>>>>[^\n]*\n?",
    re.MULTILINE | re.DOTALL,
)


def first_line(content: bytes) -> int:
    """Return the line of the first marker, counted from 1; 0 where there is none."""
    found = _MARKER.search(content)
    return content.count(b"\n", 0, found.start()) + 1 if found else 0


def ours(content: bytes) -> bytes:
    """Return a file with each conflict resolved as our side has it."""
    return _BLOCK.sub(lambda found: found["ours"], content)


def theirs(content: bytes) -> bytes:
    """Return a file with each conflict resolved as the other side has it."""
    return _BLOCK.sub(lambda found: found["theirs"], content)
