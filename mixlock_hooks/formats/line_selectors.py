"""The selectors in the comments of an environment file, each with the entry on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments
from mixlock_hooks.formats.yaml_nodes import MappingNode, Node, ScalarNode, place_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.formats.entries import Entries

_HINT = "known are linux, osx, win, unix, linux64, arm64…, with and, or, not; a remark is written without brackets"


class LineSelectors:
    """The selectors of one file; those that were asked for are read, and the others select nothing.

    Args:
        lines: the file's.
        path: its path.
        entries: where problems go.
    """

    def __init__(self, lines: Sequence[str], path: str, entries: Entries) -> None:
        self._lines = lines
        self._path = path
        self._problem = entries.problem
        self._read: set[int] = set()

    def of(self, item: Node) -> str:
        """Return the selector behind an item; empty where there is none."""
        first = item.value[0][0] if isinstance(item, MappingNode) and item.value else item
        is_block = isinstance(first, ScalarNode) and first.style in {"|", ">"}
        mark = first.start_mark if is_block else first.end_mark  # a block ends on the line of what comes next
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        selector, claim = comments.selector_of(line[mark.column :])
        if selector or claim:
            self._read.add(mark.line)
        if claim:
            self._problem(Code.UNKNOWN_KEY, place_of(first, self._path), claim, _HINT)
        return selector

    def refuse_stray(self) -> None:
        """Refuse selectors of lines where none is read: behind an alias, a key or a dash, or within a text."""
        for number, line in enumerate(self._lines):
            if number in self._read or "[" not in line or line.lstrip().startswith("#"):
                continue
            selector, claim = comments.selector_of(line)
            if selector or claim:
                place = at(self._path, number + 1, line.index("#") + 1)
                claim = claim or f"the selector `[{selector}]` is behind no entry, so it would select nothing"
                self._problem(
                    Code.UNKNOWN_KEY, place, claim, "write it behind the entry that it selects, on its line"
                )
