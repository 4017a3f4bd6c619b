"""MIX107, MIX108 and MIX003: secrets in URLs, channels or indices over plain http, channels of one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import has_secret, is_plain_http

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import Settings

MIRROR = "a mirror can be named in the machine's config.toml, which `mixlock doctor` finds"
"""What helps where a channel or an index cannot be reached."""

_FOLDER = re.compile(r"file:|[./~\\]|[A-Za-z]:[/\\]", re.IGNORECASE)
"""How a folder begins: as a URL, as a path of POSIX, or as one of Windows."""


def secrets(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every URL of a spec that carries a credential; the problem does not repeat it."""
    return _secrets(_urls(spec.document))


def plain_http(spec: EnvironmentSpec, trusted_hosts: frozenset[str]) -> Iterator[Problem]:
    """Yield a problem for every channel and index of a spec that is read over plain http from elsewhere."""
    return _plain_http(_sources(spec.document), trusted_hosts | spec.document.trusted_hosts)


def local_channels(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every channel of a spec that is a folder: on another machine it is another one, or none."""
    document = spec.document
    named = [(entry.value, entry.place) for entry in document.channels]
    return _local((*named, *((conda.value.channel, conda.place) for conda in document.conda)))


def in_settings(settings: Settings) -> Iterator[Problem]:
    """Tell secrets and plain http among the channels and indices that a repository configures."""
    bound = (url for _name, url in settings.index_of)
    urls = (*settings.channels, *settings.pypi_indices, settings.default_index, *settings.find_links, *bound)
    configured = [(url, at(settings.source)) for url in urls if "://" in url]
    yield from _local((url, at(settings.source)) for url in settings.channels)
    yield from _secrets(configured)
    yield from _plain_http(configured, settings.trusted_hosts)


def _secrets(urls: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    for url, place in urls:
        if has_secret(url):
            yield Problem(
                code=Code.SECRET,
                place=place,
                claim=f"`{url}` contains a secret, which git would keep forever",
                hint="remove it, revoke it, and put the new one into ~/.netrc, a keyring or ${A_VARIABLE}",
            )


def _local(channels: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    for channel, place in channels:
        if _FOLDER.match(channel):
            yield Problem(
                code=Code.WRONG_TYPE,
                place=place,
                claim=f"the channel `{channel}` is a folder of one machine; a lock would name it",
                hint="serve the folder over https, and name its URL",
            )


def _plain_http(urls: Iterable[tuple[str, Place]], trusted_hosts: frozenset[str]) -> Iterator[Problem]:
    for url, place in urls:
        if is_plain_http(url, trusted_hosts):
            yield Problem(
                code=Code.PLAIN_HTTP,
                place=place,
                claim=f"`{url}` is read over plain http: anyone on the network path can change packages",
                hint="use https, or list the host under `trusted-hosts`",
            )


def _urls(document: SpecDocument) -> Iterator[tuple[str, Place]]:
    yield from _sources(document)
    for reference in document.references:
        yield reference.value.text, reference.place


def _sources(document: SpecDocument) -> Iterator[tuple[str, Place]]:
    default = (document.default_index,) if document.default_index else ()
    for entry in (*document.channels, *document.indices, *default, *document.find_links):
        yield entry.value, entry.place
    for conda in document.conda:
        yield conda.value.channel, conda.place
