"""Files that a spec includes (``-r FILE``, ``-c FILE``), read in place: their entries keep their own places."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.formats import requirements_txt
from mixlock_hooks.formats.pip_options import name_and_value
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.document import Entry, Reference, SpecDocument
    from mixlock_hooks.pipeline.project import Project

T = TypeVar("T")

_READ = ("-r", "--requirement")
_BINDING = ("-c", "--constraint")


def with_includes(project: Project, document: SpecDocument, chain: tuple[str, ...] = ()) -> SpecDocument:
    """Return a document with what its ``-r`` files ask for in their place.

    A file is read if git tracks it inside the repository and it does not include itself, relative to the file that
    names it, as pip does (requirements file format). A ``-c`` file asks for nothing, and binds what PyPI's side
    chooses. What cannot be read stays a reference, which is MIX105; so does a ``-c`` file that holds more than
    constraints.

    Args:
        project: the repository.
        document: what was read of a file.
        chain: the files that led to it.
    """
    chain = (*chain, document.path)
    for entry in document.references:
        path = _path_of(entry)
        if not path or path in chain or path not in project.repository.tracked():
            continue
        text = decode(project.files.read(path) or b"", path)
        if isinstance(text, Problem):
            continue
        included = with_includes(project, requirements_txt.parse(text, path, may_be_empty=True), chain)
        if name_and_value(entry.value.text)[0] in _READ:
            document = _joined(document, entry, included)
        elif _only_binds(included):
            document = _bound(document, entry, included)
    return document


def _only_binds(included: SpecDocument) -> bool:
    """Return whether a file holds nothing but constraints: names and specifiers, and markers where they hold."""
    sources = (included.indices, included.find_links, included.channels, included.binary_options)
    others = (included.problems, included.references, included.conda, *sources)
    plain = all(not (entry.value.extras or entry.value.hashes) for entry in included.pypi)
    return plain and not any(others) and not included.default_index


def _bound(document: SpecDocument, entry: Entry[Reference], included: SpecDocument) -> SpecDocument:
    return replace(
        document,
        references=tuple(each for each in document.references if each != entry),
        constraints=(*document.constraints, *_under(entry.selector, (*included.constraints, *included.pypi))),
        read=document.read | included.read | {included.path},
    )


def _path_of(entry: Entry[Reference]) -> str:
    """Return the file that an entry includes, relative to the root; empty where it includes none that may be read."""
    name, value = name_and_value(entry.value.text)
    if (
        entry.value.kind is not ReferenceKind.INCLUDE
        or name not in (*_READ, *_BINDING)
        or not value
        or "://" in value
    ):
        return ""
    relative = value.removeprefix("file:")  # pip's own reading of a URL without a host
    path = posixpath.normpath(posixpath.join(posixpath.dirname(entry.place.path), relative))
    return "" if path.startswith(("..", "/")) else path


def _joined(document: SpecDocument, entry: Entry[Reference], included: SpecDocument) -> SpecDocument:
    allowances = (replace(each, path=each.path or included.path) for each in included.allowances)
    return replace(
        document,
        channels=(*document.channels, *_under(entry.selector, included.channels)),
        indices=(*document.indices, *_under(entry.selector, included.indices)),
        default_index=document.default_index or included.default_index,
        find_links=(*document.find_links, *_under(entry.selector, included.find_links)),
        binary_options=(*document.binary_options, *_under(entry.selector, included.binary_options)),
        trusted_hosts=document.trusted_hosts | included.trusted_hosts,
        prereleases=document.prereleases or included.prereleases,
        virtual_packages=(*document.virtual_packages, *_under(entry.selector, included.virtual_packages)),
        conda=(*document.conda, *_under(entry.selector, included.conda)),
        constraints=(*document.constraints, *_under(entry.selector, included.constraints)),
        pypi=(*document.pypi, *_under(entry.selector, included.pypi)),
        references=(
            *(each for each in document.references if each != entry),
            *_under(entry.selector, included.references),
        ),
        allowances=(*document.allowances, *allowances),
        problems=(*document.problems, *included.problems),
        read=document.read | included.read | {included.path},
    )


def _under(selector: str, entries: Iterable[Entry[T]]) -> tuple[Entry[T], ...]:
    """Return the entries of an included file where its own entry holds; such a file has no selectors itself."""
    return tuple(replace(each, selector=selector) for each in entries)
