"""Methods that change what they are called on."""

from __future__ import annotations

MUTATORS = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update", "__setitem__", "__delitem__", "__ior__", "__iadd__"),
        *("difference_update", "intersection_update", "symmetric_difference_update", "move_to_end"),
    }
)
