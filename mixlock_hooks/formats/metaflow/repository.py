"""The modules of a repository, parsed once, and where the imports of one script lead among them."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.import_index import above
from mixlock_hooks.formats.metaflow.module_texts import ModuleTexts
from mixlock_hooks.formats.metaflow.modules import BROKEN, UNREADABLE, Module, parse
from mixlock_hooks.formats.metaflow.not_static import UnboundError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mixlock_hooks.formats.metaflow.bindings import Imported
    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.formats.metaflow.things import Decorated
    from mixlock_hooks.model.flow import DecoratorArguments
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.static import Static

    Found = tuple[Module, tuple[str, ...]]

_LONGEST_READING = 200_000
"""Expressions that one reading may evaluate, what names lead to included: more is no specification."""


class TooLongError(Exception):
    """Reading would take too long."""


@dataclass(kw_only=True)
class Trace:
    """What one reading did: which files it looked at or for, which modules' names it used, and how much it took.

    ``objects`` are names of functions, classes and decorators, ``names`` those of constants, of classes too.
    """

    read: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    objects: set[tuple[str, str]] = field(default_factory=set)
    spent: int = 0

    def spend(self, steps: int = 1) -> None:
        """Count expressions.

        Raises:
            TooLongError: they are too many.
        """
        self.spent += steps
        if self.spent > _LONGEST_READING:
            raise TooLongError

    def saw(self, other: Trace) -> None:
        """Count the files and names of another reading as this one's."""
        self.read |= other.read
        self.names |= other.names
        self.objects |= other.objects

    def add(self, other: Trace) -> None:
        """Count what another reading did as done by this one too."""
        self.saw(other)
        self.spend(other.spent)


@dataclass(eq=False, kw_only=True)
class Repository:
    """The modules of a repository, each parsed once for all flows that are read with it.

    Args:
        read: gives a file's text by its path relative to the root, None where there is none.
        tracked: whether git tracks a file; a configuration that it does not track is not read.
        paths: the files that git tracks, among which a script that changes ``sys.path`` may find a module.
        peek: gives the text of a file that is too large, or not UTF-8, more or less; ``read`` where there is none.
    """

    read: Callable[[str], str | None]
    tracked: Callable[[str], bool] = lambda path: bool(path)  # noqa: PLW0108
    paths: Collection[str] = ()
    peek: Callable[[str], str | None] | None = None
    _modules: dict[str, Module | Exception | None] = field(default_factory=dict)
    _programs: dict[str, Program] = field(default_factory=dict)

    def program(self, path: str) -> Program:
        """Return how the scripts of a folder see the repository."""
        folder = posixpath.dirname(path)
        return self._programs.setdefault(folder, Program(repository=self, folder=folder))

    def module(self, path: str, text: str | None = None) -> Module | None:
        """Return the module of a path; None where there is no such file.

        Raises:
            SyntaxError: it is not Python, as far as this interpreter knows the language; any of ``UNREADABLE``.
        """
        if path not in self._modules:
            self._modules[path] = self._parsed(path, self.read(path) if text is None else text)
        found = self._modules[path]
        if isinstance(found, Exception):
            raise found
        return found

    @cached_property
    def texts(self) -> ModuleTexts:
        """What the texts of modules name, whether or not they can be parsed."""
        return ModuleTexts(self.peek or self.read, self.paths)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            found[posixpath.basename(path)].append(path)
        return found

    def modules_named(self, words: tuple[str, ...]) -> set[str]:
        """Return every file that is a module of a dotted name for a script that finds its folder."""
        ends = (f"{posixpath.join(*words)}.py", posixpath.join(*words, "__init__.py"))
        return {
            path
            for end in ends
            for path in self._by_name.get(posixpath.basename(end), ())
            if f"/{path}".endswith(f"/{end}")
        }

    def _parsed(self, path: str, text: str | None) -> Module | Exception | None:
        try:
            return parse(text, path) if text is not None else None
        except UNREADABLE as error:
            return error


@dataclass(eq=False, kw_only=True)
class Program:
    """How the scripts of one folder see a repository.

    ``known`` holds what names were evaluated to, and what that took: each is evaluated once. So are the decorators of
    each class and method, what each asks for, as a base may have many flows, and what modules do to flows from afar.
    """

    repository: Repository
    folder: str
    trace: Trace = field(default_factory=Trace)
    known: dict[str, tuple[Static, Trace]] = field(default_factory=dict)
    decorated: dict[tuple[int, bool], tuple[Decorated, Trace]] = field(default_factory=dict)
    asks: dict[int, tuple[DecoratorArguments, tuple[Problem, ...]]] = field(default_factory=dict)
    from_afar: dict[str, tuple[NotStaticError, ...]] = field(default_factory=dict)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Count what is read within on its own: the trace around only gets its files."""
        outer, self.trace = self.trace, Trace()
        try:
            yield
        finally:
            outer.saw(self.trace)
            self.trace = outer

    @contextmanager
    def recording(self) -> Iterator[Trace]:
        """Give what is read within, once that is done."""
        with self.reading():
            yield self.trace

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """Record what is read within; the trace around gets it too."""
        outer, self.trace = self.trace, Trace()
        inner = self.trace
        try:
            yield inner
        finally:
            self.trace = outer
            outer.add(inner)

    def lead(self, importer: Module, imported: Imported, rest: tuple[str, ...] = ()) -> Found:
        """Follow an import and the attributes behind it to a module, and what is left to look up there.

        A relative import starts at the importer's package. An absolute one starts at the folder of the script, which
        is where Python looks first, then at each folder above it up to the root and at the ``src`` beside each, then
        at the same of the importer.

        Raises:
            LookupError: it leads out of the repository.
            UnboundError: it leads to a module that cannot be read.
        """
        fixed = tuple(imported.module.split(".")) if imported.module else ()
        words = (*fixed, *((imported.name,) if imported.name else ()), *rest)
        for root in self._roots(importer, imported):
            found = self._walk(root, words, len(fixed), importer, is_package=bool(imported.level))
            if found is not None:
                if fixed and not imported.level and importer.changes_path:
                    self._refuse_others(fixed)
                return found
        raise LookupError("." * imported.level + ".".join(words[: max(1, len(words) - 1)]))

    def _refuse_others(self, words: tuple[str, ...]) -> None:
        """Refuse a module of which there are several, in a file that changes where modules are looked for."""
        found = sorted(self.repository.modules_named(words))
        if len(found) > 1:
            raise UnboundError(f"may come from {found[0]} or {found[1]}, as `sys.path` is changed")

    def _roots(self, importer: Module, imported: Imported) -> Iterator[str]:
        folder = posixpath.dirname(importer.path)
        if imported.level:
            for _up in range(imported.level - 1):
                folder = posixpath.dirname(folder)
            yield folder
            return
        yield from dict.fromkeys((*above(self.folder), *above(folder)))

    def _walk(
        self, root: str, words: tuple[str, ...], fixed: int, importer: Module, *, is_package: bool
    ) -> Found | None:
        """Go down from a folder, word by word: an attribute goes before a module of its name, as in Python."""
        module = self._file(posixpath.join(root, "__init__.py"), importer) if is_package else None
        found: Found | None = (module, words) if module is not None and not fixed else None
        stem = root
        for count, word in enumerate(words):
            if count >= fixed and module is not None and module.bindings.of(word):
                break
            stem = posixpath.join(stem, word)
            below = self._at(stem, importer)
            if below is None and found is not None and count >= fixed:
                break
            if below is not None:
                module, found = below, (below, words[count + 1 :])
            elif count < fixed:
                module = found = None
        return found

    def _at(self, stem: str, importer: Module) -> Module | None:
        package = self._file(posixpath.join(stem, "__init__.py"), importer)  # goes first, as in Python
        return package or self._file(f"{stem}.py", importer)

    def _file(self, path: str, importer: Module) -> Module | None:
        if path == importer.path:
            return None
        self.trace.read.add(path)
        try:
            return self.repository.module(path)
        except UNREADABLE as error:
            where = f" (line {error.lineno}: {error.msg})" if isinstance(error, SyntaxError) else ""
            raise UnboundError(f"comes from {path}, which {BROKEN}{where}") from error
