"""A spec as it was written: every entry with its place, nothing decided yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.selector import both, negated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.build_permission import BinaryOption
    from mixlock_hooks.model.names import Subdir, VirtualName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Generic[T]):
    """A value where it stands, for the platforms its selector admits (all where ``selector`` is empty)."""

    value: T
    place: Place
    selector: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOptions:
    """The default index (``-i``, at most one for a platform), those after it, and those that a later ``-i`` dropped.

    pip takes the last ``-i``, and forgets every index before it (its ``req_file.handle_option_line``).
    """

    default: tuple[Entry[str], ...] = ()
    extra: tuple[Entry[str], ...] = ()
    dropped: tuple[tuple[Entry[str], Entry[str]], ...] = ()

    def then(self, later: IndexOptions) -> IndexOptions:
        """Return these options followed by others."""
        default, extra, dropped = self.default, self.extra, [*self.dropped, *later.dropped]
        for entry in later.default:
            if not entry.selector:
                dropped += [(each, entry) for each in (*default, *extra)]
            default, extra = _without(default, entry.selector), _without(extra, entry.selector)
        return IndexOptions(default=(*default, *later.default), extra=(*extra, *later.extra), dropped=tuple(dropped))

    def under(self, selector: str) -> IndexOptions:
        """Return the options where a selector holds, too."""
        return replace(self, default=under(selector, self.default), extra=under(selector, self.extra))

    @property
    def entries(self) -> tuple[Entry[str], ...]:
        """Return every index that is looked at on some platform."""
        return (*self.default, *self.extra)


NO_OPTIONS = IndexOptions()


def _without(entries: Iterable[Entry[str]], selector: str) -> tuple[Entry[str], ...]:
    """Return entries where a selector does not hold; an empty one holds everywhere."""
    if not selector:
        return ()
    return tuple(replace(each, selector=both(each.selector, negated(selector))) for each in entries)


def under(selector: str, entries: Iterable[Entry[T]]) -> tuple[Entry[T], ...]:
    """Return entries where a selector holds, too."""
    return tuple(replace(each, selector=both(selector, each.selector)) for each in entries)


class ReferenceKind(Enum):
    """The forms of an entry that asks for something else than a version from a channel or an index."""

    VERSION_CONTROL = "version control"
    LOCAL = "local path"
    EDITABLE = "editable"
    URL = "direct URL"
    INCLUDE = "include"
    INDEX_OPTION = "index option"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """An entry no mixed lock can hold, as it was written; ``from_conda`` where it stands among conda's.

    ``why`` says of a file that would be included why it is not read, ``way_out`` what helps.
    """

    kind: ReferenceKind
    text: str
    name: str = ""
    from_conda: bool = False
    why: str = ""
    way_out: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """A ``# mixlock: allow CODE reason`` comment.

    ``line`` is the line it covers; ``comment_line`` and ``column`` are its own place. ``code`` is as it was written,
    and empty where the comment is no allowance but begins like one. ``path`` is the file it stands in, where that is
    not the spec itself: a module with a base of a flow.
    """

    code: str
    line: int
    reason: str
    comment_line: int = 1
    column: int = 1
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecDocument:
    """What one spec file says.

    ``indices`` are declared ones, ``index_options`` what pip's options say of others; ``prereleases`` admits those of
    PyPI; ``find_links`` are flat pages of files, ``binary_options`` say what may be built, in order.
    ``problems`` are those of reading it: grammar, types, unknown keys. ``constraints`` bind what PyPI's side chooses,
    and ask for nothing. ``read`` are all files its reading looked at or for, the spec itself not among them where it
    needs no other.
    """

    path: str
    channels: tuple[Entry[str], ...] = ()
    indices: tuple[Entry[str], ...] = ()
    index_options: IndexOptions = NO_OPTIONS
    find_links: tuple[Entry[str], ...] = ()
    binary_options: tuple[Entry[BinaryOption], ...] = ()
    trusted_hosts: tuple[Entry[str], ...] = ()
    prereleases: tuple[Entry[str], ...] = ()
    platforms: tuple[Entry[Subdir], ...] = ()
    virtual_packages: tuple[Entry[tuple[VirtualName, str]], ...] = ()
    conda: tuple[Entry[CondaRequirement], ...] = ()
    pypi: tuple[Entry[PypiRequirement], ...] = ()
    references: tuple[Entry[Reference], ...] = ()
    constraints: tuple[Entry[PypiRequirement], ...] = ()
    allowances: tuple[Allowance, ...] = ()
    problems: tuple[Problem, ...] = ()
    read: frozenset[str] = frozenset()

    @property
    def pypi_sources(self) -> tuple[Entry[str], ...]:
        """Return every index and page that the file names."""
        return (*self.indices, *self.index_options.entries, *self.find_links)

    @property
    def is_unreadable(self) -> bool:
        """Return whether the file, or one that it includes, could not be read at all: for example, it is not YAML."""
        return any(problem.code is Code.UNREADABLE for problem in self.problems)
