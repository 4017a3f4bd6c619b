"""Python modules of a repository as syntax trees: what their names are bound to, and where imports lead."""

from __future__ import annotations

import ast
import posixpath
import re
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings
from mixlock_hooks.formats.metaflow.bindings import Imported
from mixlock_hooks.model.place import Place

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from mixlock_hooks.model.static import Static

_SOURCES = "src"
_LINE_END = re.compile(r"\r\n|\r|\n")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing raises for text that is not Python, or that is nested beyond what the interpreter takes."""


@dataclass(eq=False, kw_only=True)
class Module:
    """One module: its path relative to the root, its tree, and lazily what its names mean."""

    path: str
    tree: ast.Module
    lines: list[str]
    repository: Repository

    @cached_property
    def _imported(self) -> tuple[dict[str, Imported], tuple[Imported, ...]]:
        return bindings.imports(self.tree.body)

    @property
    def imports(self) -> dict[str, Imported]:
        """Map every name that an import of the module binds, functions and classes apart."""
        return self._imported[0]

    @property
    def stars(self) -> tuple[Imported, ...]:
        """Return what is imported with ``*``."""
        return self._imported[1]

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Map the module's own classes by name; the last of two wins, as in Python."""
        found = bindings.scope(self.tree.body)
        return {node.name: node for node in found if isinstance(node, ast.ClassDef)}

    @cached_property
    def changed(self) -> frozenset[str]:
        """Return names whose value something in the module may change in place."""
        return frozenset(bindings.changed(self.tree.body))

    @cached_property
    def stores(self) -> Counter[str]:
        """Count how often each name is bound outside of functions and classes."""
        return bindings.stored(self.tree.body)

    def constant(self, name: str) -> ast.expr | None:
        """Return the expression a name is bound to, once and for all; None where there is no such."""
        return bindings.assigned(self.tree.body, name) if self.stores[name] == 1 else None

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
        place = self.place(node)
        rows = self.lines[place.line - 1 : place.end_line]
        rows[-1] = rows[-1][: place.end_column - 1]
        rows[0] = rows[0][place.column - 1 :]
        return " ".join(" ".join(rows).split())


@dataclass(eq=False, kw_only=True)
class Repository:
    """The modules of a repository, parsed once each. ``read`` gives a file's text, None where there is none.

    ``constants`` holds what names were evaluated to, so that each is evaluated once.
    """

    read: Callable[[str], str | None]
    constants: dict[str, Static] = field(default_factory=dict)
    _modules: dict[str, Module | None] = field(default_factory=dict)

    def parse(self, text: str, path: str) -> Module:
        """Parse a module's text.

        Raises:
            SyntaxError: it is not Python, as far as this interpreter knows the language; any of ``UNREADABLE``.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes and the like: the flow's affair, not ours
            tree = ast.parse(text)
        module = Module(path=path, tree=tree, lines=lines_of(text), repository=self)
        self._modules[path] = module
        return module

    def find(self, importer: Module, imported: Imported) -> Module | None:
        """Return the module of this repository that an import leads to; None where it leads elsewhere.

        A relative import starts at the importer's package; an absolute one at the importer's folder, which is
        where Python looks when the flow is run as a script, and at each folder above it up to the root, and at
        the ``src`` beside each.
        """
        folder = posixpath.dirname(importer.path)
        parts = imported.module.split(".") if imported.module else []
        if imported.level:
            for _up in range(imported.level - 1):
                folder = posixpath.dirname(folder)
            return self._at(posixpath.join(folder, *parts))
        while True:
            found = self._at(posixpath.join(folder, *parts)) or self._at(posixpath.join(folder, _SOURCES, *parts))
            if found or not folder:
                return found
            folder = posixpath.dirname(folder)

    def lead(self, importer: Module, imported: Imported, rest: tuple[str, ...]) -> tuple[Module, tuple[str, ...]]:
        """Follow an import and the attributes behind it to a module, and what is left to look up there.

        Raises:
            LookupError: it leads out of the repository.
        """
        fixed = imported.module.split(".") if imported.module else []
        words = (*fixed, *((imported.name,) if imported.name else ()), *rest)
        for cut in range(len(words) - 1, len(fixed) - 1, -1):
            found = self.find(importer, Imported(module=".".join(words[:cut]), level=imported.level))
            if found is not None and found is not importer:
                return found, words[cut:]
        raise LookupError("." * imported.level + ".".join(words[: max(1, len(words) - 1)]))

    def _at(self, stem: str) -> Module | None:
        candidates = (posixpath.join(stem, "__init__.py"), f"{stem}.py")  # a package goes first, as in Python
        return next((module for path in candidates if (module := self._module(path))), None)

    def _module(self, path: str) -> Module | None:
        if path not in self._modules:
            self._modules[path] = None
            text = self.read(path)
            try:
                return self.parse(text, path) if text is not None else None
            except UNREADABLE:
                return None
        return self._modules[path]


def lines_of(text: str) -> list[str]:
    """Split a text where Python's tokenizer does: a form feed ends no line."""
    return _LINE_END.split(text)


_SHOWN = 60


class UnboundError(Exception):
    """A name stands for no constant; the message says why, without the name."""


class NotStaticError(Exception):
    """An expression cannot be read. ``origin`` is where it stands if a name in ``place`` only leads to it."""

    def __init__(self, module: Module, node: ast.AST, why: str) -> None:
        self.place = module.place(node)
        self.expression = _shortened(module.text(node))
        self.why = why
        self.name = ""
        self.origin: Place | None = None
        super().__init__(f"`{self.expression}` {why}")

    def used(self, module: Module, node: ast.AST) -> NotStaticError:
        """Return the same error for a name that leads to the expression."""
        error = NotStaticError(module, node, self.why)
        error.expression = self.expression
        error.name = _shortened(module.text(node))
        error.origin = self.origin or self.place
        return error

    def __str__(self) -> str:
        if self.origin is None:
            return f"`{self.expression}` {self.why}"
        other = "" if self.origin.path == self.place.path else f" of {self.origin.path}"
        return f"`{self.name}` leads to `{self.expression}` in line {self.origin.line}{other}, which {self.why}"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}…"
