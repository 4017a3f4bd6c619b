"""What of a lock was taken back since: releases that were yanked, and files that are listed no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile


def withdrawn(
    locked: Iterable[LockedPackage],
    pages: Mapping[PypiName, tuple[IndexFile, ...]],
    answer: Collection[LockedPackage],
) -> Iterator[str]:
    """Yield a sentence for each PyPI package of the old lock that its index took back.

    Args:
        locked: the old lock's packages for the platform.
        pages: what was read of indices, by project; of others nothing is claimed.
        answer: the new one: of what is yanked and stays, others tell.
    """
    stays = {package.sha256 for package in answer}
    for package in locked:
        files = pages.get(pypi_name(package.name), ()) if package.manager is Manager.PIP else ()
        if not files or not all(found.file.sha256 for found in files):
            continue
        listed = {found.file.sha256: found for found in files}
        shown = f"{package.name} {package.version}, which is locked,"
        if package.sha256 not in listed:
            yield f"{shown} is gone: its index lists that file no more"
        elif listed[package.sha256].yanked and package.sha256 not in stays:
            yield f"{shown} was yanked: who published it says not to use it"


def gone_from_channels(locked: Iterable[LockedPackage], urls: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each conda package of the old lock that its channel lists no more.

    Args:
        locked: the old lock's packages for the platform.
        urls: those of its files that are gone.
    """
    for package in locked:
        if package.url in urls:
            yield f"{package.name} {package.version}, which is locked, is gone: its channel lists that file no more"
