"""A Python module as a syntax tree: what its names are bound to, and where in its text something stands."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings
from mixlock_hooks.formats.metaflow.changes import Changes, changes
from mixlock_hooks.formats.metaflow.deeds import Deed, deeds
from mixlock_hooks.model.place import Place

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.bindings import Bindings

_LINE_END = re.compile(r"\r\n|\r|\n")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing raises for text that is not Python, or that is nested beyond what the interpreter takes."""
PYTHON = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
"""The language as this interpreter knows it: a file may be written in a newer one."""

BROKEN = f"is not valid {PYTHON}"
"""What is said of a module that this interpreter cannot parse."""


@dataclass(eq=False, kw_only=True)
class Module:
    """One module: its path relative to the root, its tree, and lazily what its names mean."""

    path: str
    tree: ast.Module
    lines: list[str]

    @cached_property
    def bindings(self) -> Bindings:
        """What the module binds outside of functions and classes."""
        return bindings.bindings(self.tree.body)

    @cached_property
    def changes(self) -> Changes:
        """What the module may change in place."""
        return changes(self.tree.body)

    @cached_property
    def deeds(self) -> tuple[Deed, ...]:
        """What the module may do to flows from afar, as it is written."""
        return tuple(deeds(self.tree, self.bindings))

    @cached_property
    def changes_path(self) -> bool:
        """Whether the module may change ``sys.path``; most do not name it, and are not searched."""
        named = any("path" in line and ("sys" in line or "path." in line) for line in self.lines)
        return named and "path" in self.changes.attributes | self.changes.names

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Map the module's own classes by name; the last of two wins, as in Python."""
        every = (one.node for found in self.bindings.names.values() for one in found)
        return {node.name: node for node in every if isinstance(node, ast.ClassDef)}

    @cached_property
    def _inner(self) -> dict[int, Bindings]:
        return {}

    def bindings_of(self, node: ast.ClassDef) -> Bindings:
        """Return what the body of a class of the module binds."""
        if id(node) not in self._inner:
            self._inner[id(node)] = bindings.bindings(node.body)
        return self._inner[id(node)]

    def place(self, node: ast.AST) -> Place:
        """Return the stretch a node stands on; columns count characters."""
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        return Place(
            path=self.path,
            line=line,
            column=self._column(line, getattr(node, "col_offset", 0)),
            end_line=end_line,
            end_column=self._column(end_line, getattr(node, "end_col_offset", 0)),
        )

    def _column(self, line: int, offset: int) -> int:
        """Turn ast's offset in UTF-8 bytes into a column in characters."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1 if not text.isascii() else offset + 1

    def text(self, node: ast.AST) -> str:
        """Return a node as it is written, on one line."""
        return self.text_at(self.place(node))

    def text_at(self, place: Place) -> str:
        """Return what is written in a place, on one line."""
        rows = self.lines[place.line - 1 : place.end_line] or [""]
        rows[-1] = rows[-1][: place.end_column - 1]
        rows[0] = rows[0][place.column - 1 :]
        return " ".join(" ".join(rows).split())


def parse(text: str, path: str) -> Module:
    """Parse a module's text.

    Raises:
        SyntaxError: it is not Python, as far as this interpreter knows the language; any of ``UNREADABLE``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes and the like: the flow's affair, not ours
        tree = ast.parse(text)
    return Module(path=path, tree=tree, lines=lines_of(text))


def lines_of(text: str) -> list[str]:
    """Split a text where Python's tokenizer does: a form feed ends no line."""
    return _LINE_END.split(text)
