"""Which Python files of a repository can hold a flow: told by who imports whom, without parsing any.

A flow need not name Metaflow: its base may. So a file can hold one if it names Metaflow, or goes to a next step, or
imports such a file, through however many others; and if it has a class with a base, or something that makes one.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

_CLASS = re.compile(rb"^[ \t\f]*class\b[^:\n]*[(\\\[]", re.MULTILINE)
_MADE = re.compile(rb"\b(?:conda|pypi|pip|sys_packages|named_env)(?:_base)?\b|\btype\s*\([^)]*,|\bnew_class\b")
"""What makes a flow, or puts an environment on one, without a class of the file."""
_WORDS = re.compile(rb"[\w\x80-\xff]+")
_DOTS_ALONE = re.compile(rb"from[ \t]*\.+[ \t]*import\b")
_FROM = re.compile(r"\bfrom\s*(\.*)\s*([\w.]*)\s*\bimport\b(.*)", re.DOTALL)
_DOTTED = re.compile(r"[\w.]+")
_NAMES = re.compile(r"\w+")
_COMMENT = re.compile(rb"#[^\n]*")
_IN_BRACKETS = re.compile(rb"\((?:[\w\s,.*\\\x80-\xff]|#[^\n]*)*\)")
"""The names of an import, and comments, which may hold brackets; what is no import ends at the first other sign."""
_SOURCES = "src"
_CHANGES_PATH = (b"sys.path", b"addsitedir")
_ANYWHERE = "*"
"""The folder of whatever a script finds that changes where modules are looked for."""
_SEEDS = (b"metaflow", b"self.next(")
"""What a file holds that names Metaflow, or is a flow whose base is out of sight."""


def flow_files(paths: Iterable[str], read: Callable[[str], bytes | None]) -> frozenset[str]:
    """Return the Python files among paths that can hold a flow.

    Args:
        paths: the repository's files.
        read: gives the content of one, None where it cannot be read; where a flow may be, twice.
    """
    seeds: set[str] = set()
    changing: set[str] = set()
    statements: dict[str, tuple[bytes, ...]] = {}
    for path in paths:
        found = read(path) if path.endswith(".py") else None
        if found is None:
            continue
        content = _with_line_feeds(found)
        if any(seed in content for seed in _SEEDS):
            seeds.add(path)
        if any(word in content for word in _CHANGES_PATH):
            changing.add(path)
        statements[path] = tuple(_imports(content))
    reached = _importers(seeds, statements, changing) if seeds else set()
    return frozenset(path for path in reached if may_hold_flows(read(path) or b""))


def _with_line_feeds(content: bytes) -> bytes:
    """Return a content with line feeds alone: Python takes a carriage return for the end of a line."""
    if b"\r" not in content:
        return content
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def may_hold_flows(content: bytes) -> bool:
    """Return whether a file can hold a flow, whoever names Metaflow: a class with a base, or what makes one."""
    text = _with_line_feeds(content)
    return _CLASS.search(text) is not None or _MADE.search(text) is not None


def _imports(content: bytes) -> Iterator[bytes]:
    """Yield the import statements of a file, more or less: what stands in a text or a comment does no harm.

    No line is skipped, so that a text that looks like an import hides none. One with a comment is yielded without it
    too: a comment may read like another import, and a ``#`` may stand in a text.
    """
    found = content.find(b"import")
    while found >= 0:
        start, end = _start(content, found), _end(content, found)
        statement = content[start:end].replace(b"\\", b" ")
        plain = _COMMENT.sub(b"", statement)
        for part in plain.split(b";"):
            if b"import" in part:
                yield part
        if plain != statement:
            yield statement
        line_end = content.find(b"\n", found)
        found = content.find(b"import", line_end) if line_end >= 0 else -1


def _start(content: bytes, found: int) -> int:
    """Return where the line begins in which something is found, lines that go on into it included."""
    start = content.rfind(b"\n", 0, found) + 1
    while content[start - 2 : start] == b"\\\n":
        start = content.rfind(b"\n", 0, start - 1) + 1
    return start


def _end(content: bytes, found: int) -> int:
    """Return where the import ends that is found: with its line, its last line, or the bracket of its names."""
    end = _line_end(content, found)
    opened = content.find(b"(", found, end)
    if opened >= 0 and b"#" not in content[content.rfind(b"\n", 0, found) + 1 : opened]:
        names = _IN_BRACKETS.match(content, opened)
        return max(end, names.end()) if names else end
    while content[end - 1 : end] == b"\\":
        end = _line_end(content, end + 1)
    return end


def _line_end(content: bytes, start: int) -> int:
    end = content.find(b"\n", start)
    return len(content) if end < 0 else end


def _importers(seeds: set[str], statements: dict[str, tuple[bytes, ...]], changing: set[str]) -> set[str]:
    """Return some files and all that import them, directly or not; those that change the path find any folder."""
    named: dict[str, list[str]] = defaultdict(list)
    for path, found in statements.items():
        for word in _last_words(path, found):
            named[word].append(path)
    targets: dict[str, frozenset[str]] = {}
    reached, waiting = set(seeds), list(seeds)
    while waiting:
        stem = _stem(waiting.pop())
        for path in named.get(posixpath.basename(stem), ()):
            if path in reached:
                continue
            if path not in targets:
                more = (_ANYWHERE,) if path in changing else ()
                targets[path] = frozenset(_targets(path, statements[path], more=more))
            if stem in targets[path] or not targets[path].isdisjoint(_ends(stem)):
                reached.add(path)
                waiting.append(path)
    return reached


def _stem(path: str) -> str:
    """Return a module's path without its ending: a package goes by its folder."""
    stem = path.removesuffix(".py")
    return posixpath.dirname(stem) if posixpath.basename(stem) == "__init__" else stem


def _ends(stem: str) -> Iterator[str]:
    """Yield what a module is called by files that find one of the folders above it."""
    parts = stem.split("/")
    return ("/".join((_ANYWHERE, *parts[count:])) for count in range(len(parts)))


def _last_words(path: str, statements: tuple[bytes, ...]) -> set[str]:
    """Return every word that import statements hold, one of which ends the path of what they lead to.

    ``from . import x`` names its package by a dot only.
    """
    found: set[str] = set()
    for statement in statements:
        words, has_dots_alone = _words(statement)
        found |= words
        if has_dots_alone:
            found.update(posixpath.dirname(path).split("/"))
    return found


@lru_cache(maxsize=1 << 13)
def _words(statement: bytes) -> tuple[frozenset[str], bool]:
    """Return the words of an import statement, which many files share, and whether it names a package by a dot."""
    words = frozenset(word.decode("utf-8", "replace") for word in _WORDS.findall(statement))
    return words, _DOTS_ALONE.search(statement) is not None


def _targets(
    path: str, statements: tuple[bytes, ...], first: Collection[str] | None = None, more: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield the modules and packages, without their endings, that import statements can lead to.

    ``first`` are the words that modules of the repository begin with; ``more`` are further folders to look in.
    """
    folder = posixpath.dirname(path)
    for statement in statements:
        text = statement.decode("utf-8", "replace")
        found = _FROM.search(text)
        rest = found[3] if found else text.partition("import")[2]
        modules = [found[2]] if found else _DOTTED.findall(rest)
        names = _NAMES.findall(rest) if found else []
        if first is not None and not (found and found[1]):
            modules = [module for module in modules if module.partition(".")[0] in first]
        roots = [_up(folder, len(found[1]) - 1)] if found and found[1] else [*_above(folder), *more]
        for root in roots:
            for module in modules:
                parts = module.split(".") if module else []
                stem = root
                yield stem
                for part in parts:
                    stem = f"{stem}/{part}" if stem else part
                    yield stem
                yield from (f"{stem}/{name}" if stem else name for name in names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stems:
    """The modules among a repository's files by their paths without ending, a package by its folder.

    ``first`` are the words that an absolute import of one of them can begin with: of names and folders.
    """

    paths: Mapping[str, tuple[str, ...]]
    first: frozenset[str]


def stems_of(paths: Iterable[str]) -> Stems:
    """Return the modules among files by their paths without ending."""
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        if path.endswith(".py"):
            stem = _stem(path)
            found[stem] = (*found.get(stem, ()), path)
    return Stems(paths=found, first=frozenset(word for stem in found for word in stem.split("/")))


def imported_files(path: str, content: bytes, stems: Stems) -> frozenset[str]:
    """Return the files of a repository that the imports of one can lead to, packages around them included."""
    found = set(_targets(path, tuple(_imports(_with_line_feeds(content))), stems.first))
    return frozenset(one for stem in found & stems.paths.keys() for one in stems.paths[stem]) - {path}


def _up(folder: str, levels: int) -> str:
    for _level in range(levels):
        folder = posixpath.dirname(folder)
    return folder


@lru_cache(maxsize=1024)
def _above(folder: str) -> tuple[str, ...]:
    return tuple(above(folder))


def above(folder: str) -> Iterator[str]:
    """Yield a folder and all above it, and the ``src`` beside each: where absolute imports are looked for."""
    while True:
        yield folder
        yield posixpath.join(folder, _SOURCES)
        if not folder:
            return
        folder = posixpath.dirname(folder)
