"""Packages and sources that the configuration names: which exceptions from the cutoff hold, and what nothing has.

A name that nothing asks for or has locked decides nothing, and is most often a mistake in writing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.solving import SolveRequest


def names_of(settings: Settings) -> frozenset[str]:
    """Return the packages that a configuration speaks of as if something had them."""
    return frozenset(name for _key, name in _named(settings))


def unknown_names(settings: Settings, known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each package that a configuration names and nothing asks for or has locked.

    Args:
        settings: the configuration.
        known: normalized names of all that is asked for or locked.
    """
    for key, name in _named(settings):
        if name not in known:
            hint = meant(name, known)
            yield f"`{key}` names `{name}`, which nothing asks for or has locked{f'; {hint}' if hint else ''}"


def unknown_sources(settings: Settings, known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each source that has an exception from the cutoff and is read by nothing."""
    for key, _moment in settings.exclude_newer_for:
        if "://" in key and key not in known:
            hint = meant(key, known)
            yield f"`exclude-newer-for` names `{key}`, where nothing is looked for{f'; {hint}' if hint else ''}"


def _named(settings: Settings) -> Iterator[tuple[str, str]]:
    yield from (("exclude-newer-for", key) for key, _moment in settings.exclude_newer_for if "://" not in key)
    yield from (("index-of", name) for name, _url in settings.index_of)


def sources_of(spec: PlatformSpec) -> frozenset[str]:
    """Return the URLs of a platform's channels and indices, without credentials."""
    channels = (*spec.channels, *(asked.channel for asked in spec.conda if asked.channel))
    urls = (url for channel in channels for url in urls_of(channel, spec.platform))
    return frozenset(map(without_credentials, (*urls, *(source.url for source in spec.pypi_sources.listed()))))


def exceptions_that_held(request: SolveRequest, packages: Iterable[LockedPackage]) -> Iterator[str]:
    """Yield a sentence for each exception from the cutoff under which something was looked for."""
    known = {canonicalize_name(package.name) for package in packages} | sources_of(request.spec)
    general = request.cutoff.moment
    against = f"`exclude-newer` is {general}" if general else "there is no other cutoff"
    for key, moment in request.cutoff.exceptions:
        if key in known:
            allowed = f"nothing newer than {moment}" if moment else "whatever its age"
            yield f"`exclude-newer-for`: of {key} {allowed} was considered; {against}"
