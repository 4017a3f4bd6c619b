"""MIX107, MIX108 and MIX003: secrets in URLs, plain http, channels of one machine, URLs that mislead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.selector import admits
from mixlock_hooks.model.urls import complaint, has_secret, is_plain_http, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import Settings

MIRROR = "a mirror can be named in the machine's config.toml, which `mixlock doctor` finds"
"""What helps where a channel or an index cannot be reached."""

_OF_BUILDS = "local"
"""conda's name for the packages that it built on the machine itself."""
_FOLDER = re.compile(r"file:|[./~\\]|[A-Za-z]:[/\\]", re.IGNORECASE)
"""How a folder begins: as a URL, as a path of POSIX, or as one of Windows."""


def secrets(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every URL of a spec that carries a credential; the problem does not repeat it."""
    return _secrets(_urls(spec.document))


def plain_http(spec: EnvironmentSpec, trusted_hosts: frozenset[str]) -> Iterator[Problem]:
    """Yield a problem for every channel and index of a spec that is read over plain http from elsewhere."""
    told = set()
    for platform in [each.platform for each in spec.platforms]:
        own = (entry.value for entry in spec.document.trusted_hosts if admits(entry.selector, platform))
        trusted = trusted_hosts.union(own)
        for found in _plain_http(_sources(spec.document, platform), trusted):
            if (found.place, found.claim) not in told:
                told.add((found.place, found.claim))
                yield found


def dropped_indices(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Warn of each index that pip forgets, because a default index is named after it."""
    for entry, later in spec.document.index_options.dropped:
        shown = redacted(entry.value), redacted(later.value)
        claim = "pip forgets `{}`, because `{}` is named as the index after it".format(*shown)
        hint = "write `-i` before `--extra-index-url`, or leave out what is forgotten"
        yield Problem(code=Code.PIP_OPTION, place=entry.place, claim=claim, hint=hint, severity=Severity.WARNING)


def local_channels(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every channel of a spec that is a folder: on another machine it is another one, or none."""
    document = spec.document
    named = [(entry.value, entry.place) for entry in document.channels]
    return _local((*named, *((conda.value.channel, conda.place) for conda in document.conda)))


def unclear(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every channel and index of a spec that tools may read differently."""
    return _unclear(_sources(spec.document))


def in_settings(settings: Settings) -> Iterator[Problem]:
    """Tell secrets and plain http among the channels and indices that a repository configures."""
    bound = (url for _name, url in settings.index_of)
    urls = (*settings.channels, *settings.pypi_indices, settings.default_index, *settings.find_links, *bound)
    configured = [(url, at(settings.source)) for url in urls if "://" in url]
    yield from _local((url, at(settings.source)) for url in settings.channels)
    yield from _unclear((url, at(settings.source)) for url in urls)
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
        what = "the build folder of" if channel == _OF_BUILDS else "a folder of"
        if _FOLDER.match(channel) or channel == _OF_BUILDS:
            yield Problem(
                code=Code.WRONG_TYPE,
                place=place,
                claim=f"the channel `{channel}` is {what} one machine; a lock would name it",
                hint="serve the folder over https, and name its URL",
            )


def channels_of_a_platform(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every channel that names a platform of it, which conda cuts off."""
    for entry in spec.document.channels:
        channel, _slash, last = entry.value.rstrip("/").rpartition("/")
        if channel and (last == "noarch" or last in KNOWN_PLATFORMS):
            claim = f"`{redacted(entry.value)}` is one platform of a channel"
            hint = f"write `{redacted(channel)}`; `platforms` says for which platforms"
            yield Problem(code=Code.WRONG_TYPE, place=entry.place, claim=claim, hint=hint)


def _unclear(urls: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    for url, place in urls:
        why = "" if _FOLDER.match(url) else complaint(url)
        if why:
            yield Problem(
                code=Code.WRONG_TYPE,
                place=place,
                claim=f"`{url}` holds {why}, which tools read differently: it may lead elsewhere",
                hint="write the URL as the server knows it, without it",
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


def _sources(document: SpecDocument, platform: Subdir | None = None) -> Iterator[tuple[str, Place]]:
    """Yield the sources that a spec names, each with its place; of one platform, or all."""
    for entry in (*document.channels, *document.pypi_sources):
        if platform is None or admits(entry.selector, platform):
            yield entry.value, entry.place
    for conda in document.conda:
        if platform is None or admits(conda.selector, platform):
            yield conda.value.channel, conda.place
