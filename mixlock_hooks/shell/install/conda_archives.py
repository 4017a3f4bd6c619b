"""Fetch the archives of locked conda packages, once for each hash, and unpack them afresh for every prefix.

The cache keeps archives alone, each below its hash, and every one is hashed when it is used: what is unpacked comes
from just the file that is locked, whatever another channel, lock or program put into the cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rattler.package_streaming import download_to_path, extract

from mixlock_hooks.shell.install.package_paths import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rattler import Client

_AT_ONCE = 8
_ATTEMPTS = 2
_LEAST_BYTES_A_SECOND = 1024
_MOST_BYTES = 16 * 2**30
_LOOKS_A_SECOND = 4
_BLOCK = 2**20
_NAME = re.compile(r"[^/\\\0]+\.(conda|tar\.bz2)")
_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


def stem(package: Mapping[str, Any]) -> str:
    """Return the folder's name that the library looks for when it links a package.

    Raises:
        RefusedError: it would be no name of a folder.
    """
    name = f"{package['name']}-{package['version']}-{package['build']}"
    if {"/", "\\", "\0"} & set(name):
        raise RefusedError(f"{name!r} is not the name of a package")
    return name


async def fetch(packages: Sequence[Mapping[str, Any]], order: Mapping[str, Any], client: Client) -> list[Path]:
    """Return the archives of packages, each just the file that is locked.

    Args:
        packages: the locked packages.
        order: ``cache``, ``mirrors`` and ``stall_seconds``.
        client: what reads channels.

    Raises:
        RefusedError: a channel has another file, or stalls.
    """
    turns = asyncio.Semaphore(_AT_ONCE)

    async def fetched(package: Mapping[str, Any]) -> Path:
        async with turns:
            return await _archive(package, order, client)

    return await asyncio.gather(*map(fetched, packages))


def unpack(archives: Sequence[Path], folders: Sequence[Path]) -> None:
    """Unpack each archive into its folder.

    Raises:
        RefusedError: one is no archive of a package.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        list(pool.map(_unpack, archives, folders))


def _unpack(archive: Path, folder: Path) -> None:
    try:
        extract(archive, folder)
    except Exception as error:
        raise RefusedError(f"{archive.name}: cannot be unpacked: {error}") from error


async def _archive(package: Mapping[str, Any], order: Mapping[str, Any], client: Client) -> Path:
    name, digest = str(package["url"]).rpartition("/")[2], str(package["sha256"] or package["md5"])
    if not (_NAME.fullmatch(name) and _DIGEST.fullmatch(digest)):
        raise RefusedError(f"{name!r} with the hash {digest!r} is not the file of a package")
    folder = Path(str(order["cache"])) / digest
    if await asyncio.to_thread(_is_locked, folder / name, package):
        return folder / name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        new = Path(scratch) / name
        await _download(list(_urls(package["url"], order["mirrors"])), new, order["stall_seconds"], client)
        if not await asyncio.to_thread(_is_locked, new, package):
            raise RefusedError(f"{name}: hash mismatch")
        new.replace(folder / name)
    return folder / name


def _is_locked(file: Path, package: Mapping[str, Any]) -> bool:
    """Return whether a file has each of the hashes that are locked."""
    wanted = {kind: package[kind] for kind in ("sha256", "md5") if package[kind]}
    digests = {kind: hashlib.new(kind, usedforsecurity=kind != "md5") for kind in wanted}
    with suppress(FileNotFoundError), file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            for digest in digests.values():
                digest.update(block)
        return {kind: digest.hexdigest() for kind, digest in digests.items()} == wanted
    return False


def _urls(url: str, mirrors: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield where a file may be read: from the mirrors of its channel, else where it is locked.

    A slash ends each: no mirror serves a channel whose name only begins like that of its own.
    """
    channels = [channel for channel in mirrors if url.startswith(f"{channel}/")]
    if not channels:
        yield url
        return
    channel = max(channels, key=len)
    yield from (f"{mirror}{url.removeprefix(channel)}" for mirror in mirrors[channel])


async def _download(urls: Sequence[str], place: Path, stall: float, client: Client) -> None:
    *others, last = [url for url in urls for _ in range(_ATTEMPTS)]
    for url in others:
        if await _arrives(url, place, stall, client):
            return
    await _watched(last, place, stall, client)


async def _arrives(url: str, place: Path, stall: float, client: Client) -> bool:
    try:
        await _watched(url, place, stall, client)
    except RefusedError:
        raise
    except Exception:  # noqa: BLE001 - whatever the library says, it is asked once more
        return False
    return True


async def _watched(url: str, place: Path, stall: float, client: Client) -> None:
    """Read a file, as long as enough of it comes: a server that drips is never silent."""
    transfer = asyncio.ensure_future(download_to_path(client, url, place))
    looks, before = 0, 0
    while not (await asyncio.wait([transfer], timeout=1 / _LOOKS_A_SECOND))[0]:
        looks += 1
        size = _size(place)
        if size > _MOST_BYTES:
            raise RefusedError(f"{place.name}: is larger than {_MOST_BYTES // 2**30} GiB")
        if looks >= stall * _LOOKS_A_SECOND:
            if size - before < _LEAST_BYTES_A_SECOND * stall:
                raise RefusedError(f"{place.name}: its server stalls: almost nothing came in {stall:g} seconds")
            looks, before = 0, size
    await transfer


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
