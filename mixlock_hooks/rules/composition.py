"""Join the documents of several files to the one of an environment.

Requirements stand beside each other, each at its own place; that of one package in two files must go together, which
the rules about entries of one package see to (MIX006). Channels must be equal, or those of one file the end of the
other's; platforms are those that all files have that name any; indices keep their order. So does conda-lock join its
sources (``src_parser/aggregation.py``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import IndexOptions
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.settings import NO_INDEX
from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.document import Entry, SpecDocument
    from mixlock_hooks.model.names import Subdir


def compose(documents: Sequence[SpecDocument]) -> SpecDocument:
    """Return the document of several files, at the place of the first.

    Args:
        documents: in the order in which they are configured; at least one.
    """
    first, *others = documents
    channels, problem = _channels(documents)
    platforms, disjoint = _platforms(documents)
    options, contrary = _index_options(documents)
    allowances = (
        replace(each, path=each.path or document.path) for document in others for each in document.allowances
    )
    own = (each for document in documents for each in document.problems)
    problems = [*own, *filter(None, (problem, disjoint, contrary))]
    return replace(
        first,
        channels=channels,
        platforms=platforms,
        indices=tuple(entry for document in documents for entry in document.indices),
        index_options=options,
        find_links=tuple(entry for document in documents for entry in document.find_links),
        binary_options=tuple(entry for document in documents for entry in document.binary_options),
        trusted_hosts=tuple(entry for document in documents for entry in document.trusted_hosts),
        prereleases=tuple(entry for document in documents for entry in document.prereleases),
        virtual_packages=tuple(entry for document in documents for entry in document.virtual_packages),
        conda=tuple(entry for document in documents for entry in document.conda),
        pypi=tuple(entry for document in documents for entry in document.pypi),
        references=tuple(entry for document in documents for entry in document.references),
        constraints=tuple(entry for document in documents for entry in document.constraints),
        allowances=(*first.allowances, *allowances),
        problems=tuple(problems),
        read=frozenset().union(*(document.read | {document.path} for document in documents)) - {first.path},
    )


def _index_options(documents: Sequence[SpecDocument]) -> tuple[IndexOptions, Problem | None]:
    """Return what all files say of indices; two that name different default indices contradict each other."""
    every = [document.index_options for document in documents]
    named = [entry for options in every for entry in options.default if entry.value != NO_INDEX]
    other = next((entry for entry in named if entry.value != named[0].value), None)
    none = [entry for options in every for entry in options.default if entry.value == NO_INDEX]
    joined = IndexOptions(
        default=tuple(named or none),
        extra=tuple(entry for options in every for entry in options.extra),
        dropped=tuple(pair for options in every for pair in options.dropped),
    )
    if other is None or any(entry.selector for entry in named):
        return joined, None
    urls = redacted(other.value), redacted(named[0].value)
    claim = f"the default index is `{urls[0]}` here, and `{urls[1]}` in {named[0].place}"
    hint = "name one of them, and the other with `--extra-index-url`"
    return joined, Problem(code=Code.CONTRADICTION, place=other.place, claim=claim, hint=hint)


def _channels(documents: Sequence[SpecDocument]) -> tuple[tuple[Entry[str], ...], Problem | None]:
    """Return the longest list of channels, of which every other file's must be the end."""
    named = sorted((document.channels for document in documents if document.channels), key=len, reverse=True)
    for other in named[1:]:
        mine, theirs = ([entry.value for entry in entries] for entries in (named[0], other))
        if mine[len(mine) - len(theirs) :] != theirs:
            place, first = other[0].place, named[0][0].place
            claim = f"channels {', '.join(theirs)} here and {', '.join(mine)} in {first} have no common order"
            hint = "list the same channels in each file, or the last ones of the other's"
            return named[0], Problem(code=Code.CONTRADICTION, place=place, claim=claim, hint=hint)
    return (named[0] if named else ()), None


def _platforms(documents: Sequence[SpecDocument]) -> tuple[tuple[Entry[Subdir], ...], Problem | None]:
    named = [document.platforms for document in documents if document.platforms]
    if not named:
        return (), None
    shared = set.intersection(*({entry.value for entry in entries} for entries in named))
    if not shared:
        hint = "name a platform that each file has, or none in one of them"
        claim = "the files of this environment have no platform in common"
        return named[0], Problem(code=Code.CONTRADICTION, place=named[-1][0].place, claim=claim, hint=hint)
    return tuple(_first_of_each(entry for entry in named[0] if entry.value in shared)), None


def _first_of_each(entries: Iterator[Entry[Subdir]]) -> Iterator[Entry[Subdir]]:
    yield from {entry.value: entry for entry in entries}.values()
