"""Options of pip that say where to look, under ``pip:`` (which conda hands to pip) and in requirements files.

``--extra-index-url`` is one more index after those before it, ``-i`` the default index, ``-f`` a flat page of files,
``--trusted-host`` a host that may be read over plain http; ``--pre`` admits pre-releases;
``--no-binary`` and ``--only-binary`` say which projects may be built. A later option goes before an earlier one as in
pip; that the first index which has a project is the only one for it is mixlock's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.pip_requirement import COMMENT
from mixlock_hooks.model.build_permission import ALL, NONE, BinaryOption
from mixlock_hooks.model.document import NO_OPTIONS, Entry, IndexOptions, SpecDocument
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.urls import HOST, is_on_the_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.place import Place

_OPTION = re.compile(r"(?P<name>--[a-z][a-z-]*|-[a-zA-Z])(?:\s*=\s*|\s+)?(?P<value>.*)$")
_BETWEEN = re.compile(r"\s+(?=--?[A-Za-z])")
_SOURCES = ("--extra-index-url", "-i", "--index-url", "--pypi-url", "--trusted-host", "--find-links", "-f")
NAMES = (*_SOURCES, "--no-binary", "--only-binary")
_PROJECT = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_HOST = re.compile(rf"{HOST}(?::\d+)?")
_BINARIES = frozenset({"--no-binary", "--only-binary"})
_PAGES = frozenset({"--find-links", "-f"})
PRE = "--pre"


@dataclass(kw_only=True)
class PipOptions:
    """What was read of such options so far."""

    indices: list[Entry[str]] = field(default_factory=list)
    no_default: Entry[str] | None = None
    index_options: IndexOptions = NO_OPTIONS
    find_links: list[Entry[str]] = field(default_factory=list)
    binary_options: list[Entry[BinaryOption]] = field(default_factory=list)
    trusted_hosts: list[Entry[str]] = field(default_factory=list)
    prereleases: list[Entry[str]] = field(default_factory=list)

    def document(self, path: str) -> SpecDocument:
        """Return the document of a file that says nothing else; an option names a default index in any case."""
        base = IndexOptions(default=(self.no_default,) if self.no_default else ())
        options = replace(base.then(self.index_options), dropped=self.index_options.dropped)
        return SpecDocument(
            path=path,
            indices=tuple(self.indices),
            index_options=options,
            find_links=tuple(self.find_links),
            binary_options=tuple(self.binary_options),
            trusted_hosts=tuple(self.trusted_hosts),
            prereleases=tuple(self.prereleases),
        )

    def read(self, name: str, value: str, place: Place, selector: str = "") -> None:
        """Read one of ``NAMES`` with a value that may be read (``is_read``), or ``PRE``."""
        entry = Entry(value=value, place=place, selector=selector)
        if name == PRE:
            self.prereleases.append(entry)
        elif name == "--extra-index-url":
            self.index_options = self.index_options.then(IndexOptions(extra=(entry,)))
        elif name in _PAGES:
            self.find_links.append(entry)
        elif name in _BINARIES:
            self.binary_options += _binary_options(name, entry)
        elif name == "--trusted-host":
            self.trusted_hosts.append(replace(entry, value=value.lower()))
        else:
            self.index_options = self.index_options.then(IndexOptions(default=(entry,)))

    def add_index(self, entry: Entry[str]) -> str:
        """Add an index after those before it; return what is wrong where it is none."""
        if not is_on_the_web(entry.value):
            return f"`{entry.value}` is not the URL of an index on the web"
        self.indices.append(entry)
        return ""

    def unread(self, text: str, place: Place, selector: str) -> Iterator[tuple[str, Place]]:
        """Read an entry of ``pip:``; yield what of it is no such option, or has no value, where it stands."""
        if not text.startswith("-"):
            yield from [(text, place)] if text else ()
            return
        for option, offset in split_options(COMMENT.sub("", text).rstrip()):
            name, value = name_and_value(option)
            where = place.within(offset, len(option)) if option != text else place
            if option == PRE or (value and is_read(name, value)):
                self.read(name, value or name, where, selector)
            else:
                yield option, where


def _is_of_binaries(name: str, value: str) -> bool:
    """Return whether an option names projects; that all are built from source no lock would survive."""
    words, others = _words(value), {NONE, *((ALL,) if name == "--only-binary" else ())}
    return bool(words) and all(_PROJECT.fullmatch(word) or word in others for word in words)


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def is_read(name: str, value: str) -> bool:
    """Return whether an option has one value, which says where to look: on the web, for a folder is nobody else's."""
    if name in _BINARIES:
        return _is_of_binaries(name, value)
    if name not in NAMES or value.split() != [value]:
        return False
    return _HOST.fullmatch(value) is not None if name == "--trusted-host" else is_on_the_web(value)


def _binary_options(name: str, entry: Entry[str]) -> Iterator[Entry[BinaryOption]]:
    for word in _words(entry.value):
        project = word if word in {ALL, NONE} else pypi_name(word)
        option = BinaryOption(of=project, is_built=name == "--no-binary")
        yield Entry(value=option, place=entry.place, selector=entry.selector)


def split_options(line: str) -> Iterator[tuple[str, int]]:
    """Yield each option of a line with its value, and where it begins: pip takes several on one line."""
    begin = 0
    for separator in _BETWEEN.finditer(line):
        yield line[begin : separator.start()], begin
        begin = separator.end()
    yield line[begin:], begin


def name_and_value(option: str) -> tuple[str, str]:
    """Return an option's name, and its value without quotes; the whole text and nothing where it is no option."""
    found = _OPTION.match(option)
    return (found["name"], found["value"].strip().strip("'\"")) if found else (option, "")
