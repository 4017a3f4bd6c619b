"""MIX107 and MIX108: secrets in URLs, and channels or indices over plain http."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import has_secret, is_plain_http, redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.place import Place


def secrets(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Tell every URL that carries a credential; the problem does not repeat it."""
    for url, place in _urls(spec.document):
        if has_secret(url):
            yield Problem(
                code="MIX107",
                place=place,
                claim=f"`{redacted(url)}` carries a secret that git would keep for ever",
                hint="take it out, revoke it, and put it into ~/.netrc, a keyring or ${A_VARIABLE}",
            )


def plain_http(spec: EnvironmentSpec, trusted_hosts: frozenset[str]) -> Iterator[Problem]:
    """Tell every channel and index that is read over plain http from elsewhere."""
    trusted = trusted_hosts | spec.document.trusted_hosts
    for url, place in _sources(spec.document):
        if is_plain_http(url, trusted):
            yield Problem(
                code="MIX108",
                place=place,
                claim=f"`{redacted(url)}` is read over plain http: anybody between can change packages",
                hint="use https, or list the host under `trusted-hosts`",
            )


def _urls(document: SpecDocument) -> Iterator[tuple[str, Place]]:
    yield from _sources(document)
    for reference in document.references:
        yield reference.value.text, reference.place


def _sources(document: SpecDocument) -> Iterator[tuple[str, Place]]:
    default = (document.default_index,) if document.default_index else ()
    for entry in (*document.channels, *document.indices, *default):
        yield entry.value, entry.place
    for conda in document.conda:
        yield conda.value.channel, conda.place
