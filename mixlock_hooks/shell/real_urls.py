"""The URLs that a lock may hold: real ones, canonical and without credentials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import NoProposalError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.shell.indices import UsedIndex, canonical_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.locked import LockedPackage


def canonical(package: LockedPackage, indices: tuple[UsedIndex, ...]) -> LockedPackage:
    """Return a package with its file's canonical URL, without credentials."""
    if package.manager is Manager.CONDA:
        return replace(package, url=without_credentials(package.url))
    return replace(package, url=canonical_url(package.url, indices))


def as_proposed(package: LockedPackage, real_urls: Mapping[str, str]) -> LockedPackage:
    """Return a package with its file's real URL: one on loopback must never reach a lock.

    Raises:
        NoProposalError: the file is none of those that were proposed.
    """
    if package.manager is Manager.CONDA:
        return package
    if package.url not in real_urls:
        raise NoProposalError(f"{package.name} was locked from a file that nobody proposed")
    return replace(package, url=real_urls[package.url])
