"""A ``conda-lock.yml`` in conflict: markers around whole entries, so that each hunk can be taken as one side has it.

A merge by lines puts markers into the middle of a package, or joins the head of one with the tail of another.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, lock_packages, marked_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.marked_entries import Hunk
    from mixlock_hooks.model.locked import LockedPackage, Lockfile

_ENTRY = re.compile(r"^- name: ", re.MULTILINE)


def render(ours: Lockfile, theirs: Lockfile, source: str) -> bytes:
    """Render two sides of a lock, with markers wherever they differ.

    Args:
        ours: our side.
        theirs: their side.
        source: the spec's path relative to the lockfile's folder.
    """
    (our_head, our_entries), (their_head, their_entries) = (_parts(side, source) for side in (ours, theirs))
    tables = _by_key(ours, our_entries), _by_key(theirs, their_entries)
    return marked_entries.render((*_of_lines(our_head, their_head), *marked_entries.of_tables(*tables)))


def _parts(lockfile: Lockfile, source: str) -> tuple[list[str], list[str]]:
    """Return the lines of a lock's head, and its entries."""
    head, heading, body = conda_lock_yml.render(lockfile, source).decode().partition(f"\n{lock_packages.HEADING}")
    starts = [found.start() for found in _ENTRY.finditer(body)]
    entries = [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    return f"{head}{heading}".splitlines(keepends=True), entries


def _of_lines(ours: list[str], theirs: list[str]) -> Iterator[Hunk]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for _kind, begin, end, their_begin, their_end in matcher.get_opcodes():
        yield ours[begin:end], theirs[their_begin:their_end]


def _by_key(lockfile: Lockfile, entries: list[str]) -> dict[str, str]:
    return dict(zip(map(_key, conda_lock_yml.in_order(lockfile.packages)), entries, strict=True))


def _key(package: LockedPackage) -> str:
    """Return a key that sorts as a lock sorts its entries."""
    return f"{package.manager.value}\0{package.name}\0{package.platform}"
