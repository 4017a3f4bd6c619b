"""A ``conda-lock.yml`` in conflict: markers around whole entries, so that each hunk can be taken as one side has it.

A merge by lines puts markers into the middle of a package, or joins the head of one with the tail of another.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, lock_packages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.locked import LockedPackage, Lockfile

    _Hunk = tuple[Sequence[str], Sequence[str]]

_ENTRY = re.compile(r"^- name: ", re.MULTILINE)


def render(ours: Lockfile, theirs: Lockfile, source: str) -> bytes:
    """Render two sides of a lock, with markers wherever they differ.

    Args:
        ours: our side.
        theirs: their side.
        source: the spec's path relative to the lockfile's folder.
    """
    (our_head, our_entries), (their_head, their_entries) = (_parts(side, source) for side in (ours, theirs))
    hunks = (*_of_lines(our_head, their_head), *_of_entries(ours, our_entries, theirs, their_entries))
    return "".join(_text(*hunk) for hunk in _grown(hunks)).encode()


def _parts(lockfile: Lockfile, source: str) -> tuple[list[str], list[str]]:
    """Return the lines of a lock's head, and its entries."""
    head, heading, body = conda_lock_yml.render(lockfile, source).decode().partition(f"\n{lock_packages.HEADING}")
    starts = [found.start() for found in _ENTRY.finditer(body)]
    entries = [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    return f"{head}{heading}".splitlines(keepends=True), entries


def _of_lines(ours: list[str], theirs: list[str]) -> Iterator[_Hunk]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for _kind, begin, end, their_begin, their_end in matcher.get_opcodes():
        yield ours[begin:end], theirs[their_begin:their_end]


def _of_entries(
    ours: Lockfile, our_entries: Sequence[str], theirs: Lockfile, their_entries: Sequence[str]
) -> Iterator[_Hunk]:
    """Yield the entries of both sides in their common order."""
    mine = dict(zip(map(_key, conda_lock_yml.in_order(ours.packages)), our_entries, strict=True))
    other = dict(zip(map(_key, conda_lock_yml.in_order(theirs.packages)), their_entries, strict=True))
    for key in sorted({*mine, *other}):
        yield tuple(filter(None, [mine.get(key)])), tuple(filter(None, [other.get(key)]))


def _key(package: LockedPackage) -> tuple[str, str, str]:
    return package.manager.value, package.name, package.platform


def _grown(hunks: Sequence[_Hunk]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield hunks with neighbours joined that differ: one conflict instead of several in a row."""
    ours: list[str] = []
    theirs: list[str] = []
    for mine, other in hunks:
        if list(mine) == list(other):
            yield ours, theirs
            ours, theirs = [], []
            yield list(mine), list(other)
        else:
            ours += mine
            theirs += other
    yield ours, theirs


def _text(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return "".join(ours)
    return "".join(["<<<<<<< ours\n", *ours, "=======\n", *theirs, ">>>>>>> theirs\n"])
