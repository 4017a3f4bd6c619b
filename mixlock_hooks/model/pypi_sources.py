"""Where PyPI's side may look: indices in order, projects bound to one of them, and flat pages of files.

Who serves a project is decided here and nowhere else: what it is bound to, else what nothing is bound to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from mixlock_hooks.model.settings import NO_INDEX
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName


class Serving(Protocol):
    """What serves files: of some projects alone where it has ``projects``, else of any that is not bound."""

    @property
    def projects(self) -> frozenset[PypiName]:
        """The projects that it is bound to serve."""


S = TypeVar("S", bound=Serving)


@dataclass(frozen=True, kw_only=True, slots=True)
class PypiSource:
    """An index by its URL, or a flat page of files."""

    url: str
    projects: frozenset[PypiName] = frozenset()
    is_page: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PypiSources:
    """The declared sources of one platform.

    ``indices`` come before ``default_index``, a project from the first that has it. ``index_of`` pairs projects with
    the one index or page that serves them, and that serves nothing else. ``find_links`` are flat pages (pip's
    ``--find-links``), whose files stand beside those of the index.
    """

    indices: tuple[str, ...] = ()
    default_index: str
    index_of: tuple[tuple[PypiName, str], ...] = ()
    find_links: tuple[str, ...] = ()

    def listed(self) -> tuple[PypiSource, ...]:
        """Return each source once: indices in order, then pages."""
        bound: dict[str, set[PypiName]] = defaultdict(set)
        for name, url in self.index_of:
            bound[without_credentials(url)].add(name)
        default = () if self.default_index == NO_INDEX else (self.default_index,)
        pages, indices = _by_place(self.find_links), _by_place((*self.indices, *default))
        for place, url in _by_place(url for _name, url in self.index_of).items():
            (pages if place in pages else indices).setdefault(place, url)
        return tuple(
            PypiSource(url=url, projects=frozenset(bound.get(place, ())), is_page=places is pages)
            for places in (indices, pages)
            for place, url in places.items()
        )

    def own(self) -> tuple[PypiSource, ...]:
        """Return the sources that are not just the default index, which is the machine's affair."""
        named = {*self.indices, *self.find_links}
        return tuple(source for source in self.listed() if source.projects or source.url in named)


def _by_place(urls: Iterable[str]) -> dict[str, str]:
    """Return each URL by what it is without credentials, the first of equals."""
    found: dict[str, str] = {}
    for url in urls:
        found.setdefault(without_credentials(url), url)
    return found


def serving(sources: Iterable[S], name: PypiName) -> tuple[S, ...]:
    """Return the sources that serve a project, in order."""
    listed = tuple(sources)
    bound = tuple(source for source in listed if name in source.projects)
    return bound or tuple(source for source in listed if not source.projects)
