"""Python modules of a repository as syntax trees: what their names are bound to, and where imports lead."""

from __future__ import annotations

import ast
import posixpath
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MUTATORS = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"}
)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import binds: a dotted module and, for ``from … import``, the name in it."""

    module: str
    name: str = ""
    level: int = 0


@dataclass(eq=False, kw_only=True)
class Module:
    """One module: its path relative to the root, its tree, and lazily what its names mean."""

    path: str
    tree: ast.Module
    repository: Repository

    @cached_property
    def imports(self) -> dict[str, Imported]:
        """Map every name that an import binds, anywhere in the module."""
        found: dict[str, Imported] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = Imported(
                        module=node.module or "", name=alias.name, level=node.level
                    )
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or whole] = Imported(module=whole)
        return found

    @cached_property
    def stars(self) -> tuple[Imported, ...]:
        """Return what is imported with ``*``."""
        return tuple(imported for imported in self.imports.values() if imported.name == "*")

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Map the module's own classes by name; the last of two wins, as in Python."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def changed(self) -> frozenset[str]:
        """Return names whose value something in the module may change in place."""
        return frozenset(_changed_names(self.tree))

    @cached_property
    def stores(self) -> Counter[str]:
        """Count how often each name is bound outside of functions and classes."""
        return Counter(_stored_names(self.tree.body))

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
        lines = self.repository.lines(self.path)
        text = lines[line - 1] if line <= len(lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1 if not text.isascii() else offset + 1


def assigned(body: list[ast.stmt], name: str) -> ast.expr | None:
    """Return the expression that a plain statement of a body binds to a name; None where none does."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            if any(isinstance(target, ast.Name) and target.id == name for target in statement.targets):
                return statement.value
        elif isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", None) == name:
            return statement.value
    return None


def _stored_names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield a name for every time a body binds it, also in branches and loops, not in functions or classes."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                yield node.id
            elif isinstance(node, ast.alias):
                yield node.asname or node.name.partition(".")[0]


def stored_in_class(node: ast.ClassDef) -> Counter[str]:
    """Count how often each name is bound in a class body."""
    return Counter(_stored_names(node.body))


def _changed_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
        changed = _changed_by(node)
        if isinstance(changed, ast.Name):
            yield changed.id


def _changed_by(node: ast.AST) -> ast.expr | None:
    """Return what a node changes in place: ``X[…] = …``, ``X.a = …``, ``X.update(…)``, ``X += …``."""
    if isinstance(node, ast.Subscript | ast.Attribute):
        return node.value if isinstance(node.ctx, ast.Store | ast.Del) else None
    if isinstance(node, ast.Call):
        return node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS else None
    return node.target if isinstance(node, ast.AugAssign) else None


@dataclass(eq=False, kw_only=True)
class Repository:
    """The modules of a repository, parsed once each. ``read`` gives a file's text, None where there is none."""

    read: Callable[[str], str | None]
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _texts: dict[str, list[str]] = field(default_factory=dict)

    def parse(self, text: str, path: str) -> Module:
        """Parse a module's text.

        Raises:
            SyntaxError: it is not Python, as far as this interpreter knows the language.
        """
        self._texts[path] = text.splitlines()
        module = Module(path=path, tree=ast.parse(text), repository=self)
        self._modules[path] = module
        return module

    def lines(self, path: str) -> list[str]:
        """Return the lines of a module that was parsed."""
        return self._texts[path]

    def find(self, importer: Module, imported: Imported) -> Module | None:
        """Return the module of this repository that an import leads to; None where it leads elsewhere.

        A relative import starts at the importer's package; an absolute one at the importer's folder, which is
        where Python looks when the flow is run as a script, and at each folder above it up to the root.
        """
        folder = posixpath.dirname(importer.path)
        parts = imported.module.split(".") if imported.module else []
        if imported.level:
            for _up in range(imported.level - 1):
                folder = posixpath.dirname(folder)
            return self._at(posixpath.join(folder, *parts))
        while True:
            found = self._at(posixpath.join(folder, *parts))
            if found or not folder:
                return found
            folder = posixpath.dirname(folder)

    def _at(self, stem: str) -> Module | None:
        candidates = (f"{stem}.py", posixpath.join(stem, "__init__.py"))
        return next((module for path in candidates if (module := self._module(path))), None)

    def _module(self, path: str) -> Module | None:
        if path not in self._modules:
            self._modules[path] = None
            text = self.read(path)
            try:
                return self.parse(text, path) if text is not None else None
            except (SyntaxError, ValueError, RecursionError):
                return None
        return self._modules[path]
