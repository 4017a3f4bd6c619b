"""Where PyPI packages come from on this machine: the default index, mirrors, and canonical URLs again."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mixlock_hooks.formats.uv_toml import Ages
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.settings import MACHINE_INDEX
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.shell.index import keyring, pip_settings
from mixlock_hooks.shell.index.credentials import with_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.pypi_sources import PypiSource, PypiSources


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedIndex:
    """A source as it is named (without credentials), and the URL its pages are read from; see ``PypiSource``."""

    canonical: str
    url: str
    projects: frozenset[PypiName] = frozenset()
    is_page: bool = False


def used_indices(sources: PypiSources, mirrors: Mapping[str, tuple[str, ...]]) -> tuple[UsedIndex, ...]:
    """Return where to look: the spec's indices in order, then the default one, what projects are bound to, and pages.

    Variables in URLs are put in where a credential stands. An index with a mirror is read from its first.

    Raises:
        EngineError: a variable cannot be put in.
    """
    known = replace(sources, default_index=machine_index()) if sources.default_index == MACHINE_INDEX else sources
    return tuple(_used(source, mirrors) for source in known.listed())


def _used(source: PypiSource, mirrors: Mapping[str, tuple[str, ...]]) -> UsedIndex:
    canonical = without_credentials(source.url)
    found = mirrors.get(canonical)
    url = found[0] if found else with_variables(source.url).rstrip("/")
    return UsedIndex(canonical=canonical, url=url, projects=source.projects, is_page=source.is_page)


def plain_urls(indices: Iterable[UsedIndex]) -> list[str]:
    """Return the URLs of the indices that serve whatever they have."""
    return [index.url for index in indices if not (index.projects or index.is_page)]


def ages_of(cutoff: Cutoff, indices: Iterable[UsedIndex]) -> Ages:
    """Return a cutoff's exceptions as uv is told of them, which knows an index by where it is read."""
    moments = dict(cutoff.sources)
    of_indices = {index.url: moments[index.canonical] for index in indices if index.canonical in moments}
    return Ages(packages=dict(cutoff.packages), indices=of_indices)


def need_a_gate(indices: Sequence[UsedIndex]) -> bool:
    """Return whether mixlock must decide who serves a project: engines know neither bound projects nor pages."""
    return len(plain_urls(indices)) < max(len(indices), 1)


def machine_index() -> str:
    """Return the index pip would use here: ``PIP_INDEX_URL``, ``UV_DEFAULT_INDEX``, pip's files, the public one."""
    pips = pip_settings.index_url()
    by_variable = bool(os.environ.get("PIP_INDEX_URL"))
    named = pips if by_variable else os.environ.get("UV_DEFAULT_INDEX") or pips
    if named:
        return named
    from pypi_simple import PYPI_SIMPLE_ENDPOINT  # noqa: PLC0415 - slow to import, and many machines name an index

    return PYPI_SIMPLE_ENDPOINT


def canonical_url(url: str, indices: Sequence[UsedIndex]) -> str:
    """Return a file's URL without credentials, and as the canonical index would serve it if a mirror did.

    A mirror is told by what its URL does not share with the canonical one at the end: a file below
    ``http://127.0.0.1:9000/`` of the mirror ``http://127.0.0.1:9000/simple`` of ``https://index.example/simple``
    becomes a file below ``https://index.example/``.
    """
    return _moved(without_credentials(url), _mirrored(indices))


def reachable_url(url: str, indices: Sequence[UsedIndex]) -> str:
    """Return where a locked file can be read here: from the mirror of the index that it is of, else where it is."""
    return _moved(url, ((canonical, mirror) for mirror, canonical in _mirrored(indices)))


def _mirrored(indices: Sequence[UsedIndex]) -> Iterator[tuple[str, str]]:
    """Yield, of each index that is read from a mirror, where the mirror's files begin and where the index's do."""
    for index in indices:
        mirror = without_credentials(index.url)
        if mirror != index.canonical:
            yield _differing(mirror, index.canonical)


def _moved(url: str, roots: Iterable[tuple[str, str]]) -> str:
    """Return a URL below the first root that it is below, as one below the other root of the pair."""
    for root, other in roots:
        if url.startswith(root + "/"):
            return other + url[len(root) :]
    return url


def credentials_of(indices: Sequence[UsedIndex]) -> dict[str, tuple[str, str]]:
    """Return user and password by scheme and host: from the indices' URLs, and from the keyring for a user alone.

    Others come from netrc.
    """
    found = {}
    for index in indices:
        parts = urlsplit(index.url)
        if parts.username:
            host, user = parts.netloc.rpartition("@")[2], unquote(parts.username)
            kept = (
                unquote(parts.password) if parts.password else keyring.password(without_credentials(index.url), user)
            )
            found[f"{parts.scheme}://{host}"] = (user, kept)
    return found


def _differing(first: str, second: str) -> tuple[str, str]:
    """Cut the path segments off that two URLs share at their ends."""
    mine, theirs = first.split("/"), second.split("/")
    while len(mine) > 3 and len(theirs) > 3 and mine[-1] == theirs[-1]:  # noqa: PLR2004 - scheme, "", host
        mine.pop()
        theirs.pop()
    return "/".join(mine), "/".join(theirs)


def canonical(package: LockedPackage, indices: tuple[UsedIndex, ...]) -> LockedPackage:
    """Return a package with its file's canonical URL, without credentials."""
    if package.manager is Manager.CONDA:
        return replace(package, url=without_credentials(package.url))
    return replace(package, url=canonical_url(package.url, indices))


def as_proposed(package: LockedPackage, real_urls: Mapping[str, str]) -> LockedPackage:
    """Return a package with its file's real URL: one on loopback must never reach a lock.

    Raises:
        CannotDoError: the file is none of those that were proposed.
    """
    if package.manager is Manager.CONDA:
        return package
    if package.url not in real_urls:
        raise CannotDoError(f"conda-lock locked {package.name} {package.version} from a file that nobody proposed")
    return replace(package, url=real_urls[package.url])
