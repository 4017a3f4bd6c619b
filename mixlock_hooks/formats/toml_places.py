"""Where the keys and values of a TOML document stand, which its parser does not keep.

The text must have been parsed before: what is wrong in it is the parser's to say. A key with escapes is found by what
is above it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from mixlock_hooks.model.place import Place, at

if TYPE_CHECKING:
    from collections.abc import Iterable

    Keys = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:"(?P<basic>(?:[^"\\\n]|\\.)*)"|'(?P<literal>[^'\n]*)'|(?P<bare>[\w-]+))[ \t]*""")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|' + r"'''.*?'{3,5}(?!')|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_OTHER = re.compile(r"[^,\]}#\n]+")


class TomlPlaces:
    """The places of one document's keys and values."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._keys: dict[Keys, Place] = {}
        self._values: dict[Keys, Place] = {}
        self._tables: dict[Keys, int] = {}
        self._read()

    def key(self, *keys: str | int) -> Place:
        """Return where a key stands; the nearest that is above it where it is not found."""
        return self._nearest(self._keys, keys)

    def known(self, *keys: str | int) -> Place | None:
        """Return where a key stands; None where it does not."""
        return self._keys.get(keys)

    def value(self, *keys: str | int) -> Place:
        """Return where a value stands, with its quotes; that of its key where it is not found."""
        return self._values.get(keys) or self.key(*keys)

    def _nearest(self, places: dict[Keys, Place], keys: Keys) -> Place:
        above = (keys[:length] for length in range(len(keys), 0, -1))
        return next((places[each] for each in above if each in places), at(self._path))

    def _read(self) -> None:
        table: Keys = ()
        position = self._blank(0)
        while position < len(self._text):
            if self._text[position] == "[":
                table, position = self._header(position)
            else:
                position = self._pair(table, position)
            position = self._blank(position)

    def _header(self, position: int) -> tuple[Keys, int]:
        is_list = self._text.startswith("[[", position)
        keys, end = self._dotted((), position + 1 + is_list)
        if is_list:
            self._tables[keys] = self._tables.get(keys, -1) + 1
            keys = (*keys, self._tables[keys])
        return keys, end + 1 + is_list

    def _dotted(self, table: Keys, position: int) -> tuple[Keys, int]:
        """Read a key of one part or several, each noted where it first stands."""
        keys = table
        while found := _KEY.match(self._text, position):
            name = found.lastgroup or "bare"
            keys = (*keys, found[name])
            self._keys.setdefault(keys, self._place(found.start(name), found.end(name)))
            position = found.end()
            if not self._text.startswith(".", position):
                break
            position += 1
        return keys, position

    def _pair(self, table: Keys, position: int) -> int:
        keys, position = self._dotted(table, position)
        return self._value(keys, self._blank(position + 1))

    def _value(self, keys: Keys, position: int) -> int:
        opening = self._text[position : position + 1]
        if opening == "[":
            end = self._items(keys, position + 1)
        elif opening == "{":
            end = self._pairs(keys, position + 1)
        else:
            found = _TEXT.match(self._text, position) or _OTHER.match(self._text, position)
            end = found.end() if found else position + 1
        self._values[keys] = self._place(position, end)
        return end

    def _items(self, keys: Keys, position: int) -> int:
        count = 0
        position = self._blank(position)
        while position < len(self._text) and self._text[position] != "]":
            position = self._separator(self._value((*keys, count), position))
            count += 1
        return position + 1

    def _pairs(self, keys: Keys, position: int) -> int:
        position = self._blank(position)
        while position < len(self._text) and self._text[position] != "}":
            position = self._separator(self._pair(keys, position))
        return position + 1

    def _separator(self, position: int) -> int:
        position = self._blank(position)
        return self._blank(position + 1) if self._text.startswith(",", position) else position

    def _blank(self, position: int) -> int:
        found = _BLANK.match(self._text, position)
        return found.end() if found else position

    def _place(self, start: int, end: int) -> Place:
        (line, column), (end_line, end_column) = self._line_and_column(start), self._line_and_column(end)
        return Place(path=self._path, line=line, column=column, end_line=end_line, end_column=end_column)

    def _line_and_column(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


def dotted(keys: Iterable[str | int]) -> str:
    """Write the keys of a value as a user writes them."""
    return ".".join(map(str, keys))
