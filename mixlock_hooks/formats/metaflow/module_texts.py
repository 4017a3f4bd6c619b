"""Which modules a module may import, and what their texts name: known without parsing, each read once a question."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.import_index import Stems, imported_files, stems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

_WORD = re.compile(r"\w+")
_ASKING = re.compile(
    r"\b(?:conda|pypi|pip|sys_packages|named_env)(?:_base)?\b|\b_\w*decorators?\b|_flow_state|_steps\b"
    r"|\bmodules\b|meta_path|path_hooks|__path__|sys\.path"
)
_PARTS = (
    *("conda", "pypi", "pip", "sys_packages", "named_env", "decorator", "_flow_state", "_steps", "modules"),
    *("meta_path", "path_hooks", "__path__", "sys.path"),
)
"""One of these is part of whatever ``_ASKING`` finds, and is found sooner."""


class ModuleTexts:
    """The texts of a repository's modules, for all flows that are read with it; ``read`` gives one by its path."""

    def __init__(self, read: Callable[[str], str | None], paths: Collection[str]) -> None:
        self._read = read
        self._paths = paths
        self._imports: dict[str, frozenset[str]] = {}
        self._reached: dict[str, frozenset[str]] = {}
        self._suspects: set[str] = set()
        self._searched: dict[str, set[str]] = defaultdict(set)
        self._mentioning: dict[str, set[str]] = defaultdict(set)

    @cached_property
    def _stems(self) -> Stems:
        return stems_of(self._paths)

    def imported_by(self, path: str) -> frozenset[str]:
        """Return the modules, among the files that git tracks, that a file may import, directly or not."""
        if path not in self._reached:
            found: set[str] = set()
            waiting = [path]
            while waiting:
                new = self._imported(waiting.pop()) - found
                found |= new
                waiting += new
            self._reached[path] = frozenset(found)
        return self._reached[path]

    def _imported(self, path: str) -> frozenset[str]:
        if path not in self._imports:
            text = self._read(path) or ""
            self._imports[path] = imported_files(path, text.encode(errors="replace"), self._stems)
            if _may_change(text):
                self._suspects.add(path)
        return self._imports[path]

    def suspects(self, path: str) -> list[str]:
        """Return those of the modules that a file may import that may change flows which they do not name."""
        return sorted(self.imported_by(path) & self._suspects)

    def mentioning(self, path: str, names: Iterable[str]) -> list[str]:
        """Return those of the modules that a file may import that mention one of some names."""
        reached = self.imported_by(path)
        wanted = {name: reached - self._searched[name] for name in names}
        for one in frozenset().union(*wanted.values()):
            self._search(one, [name for name, paths in wanted.items() if one in paths])
        for name in wanted:
            self._searched[name] |= reached
        return sorted(reached & set().union(*(self._mentioning[name] for name in wanted)))

    def _search(self, path: str, names: Iterable[str]) -> None:
        text = self._read(path) or ""
        likely = [name for name in names if name in text]
        words = set(_WORD.findall(text)) if likely else ()
        for name in likely:
            if name in words:
                self._mentioning[name].add(path)


def _may_change(text: str) -> bool:
    """Return whether a module may do anything of the kind; most do not, and are not searched."""
    return "metaflow" in text or (any(part in text for part in _PARTS) and _ASKING.search(text) is not None)
