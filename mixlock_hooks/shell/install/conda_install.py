"""Install locked conda packages into a prefix with the embedded library (py-rattler).

Run with ``python -m``: it reads one JSON document on stdin, ``prefix``, ``platform``, ``packages``, ``mirrors``,
``cache``, ``stall_seconds``, ``link_scripts``, ``keeps_others`` and ``kept``, in a process of its own, because
py-rattler may abort while an interpreter shuts down.

Packages are unpacked below the prefix and moved into place by links, which then are the only ones: what is written
into one prefix must not show up in another, and no unpacked package is ever believed a second time.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import rattler
from rattler.networking.middleware import AddHeadersMiddleware
from rattler.package_cache import PackageCache, ValidationMode

from mixlock_hooks.model.urls import redacted
from mixlock_hooks.shell.install import conda_archives, package_paths
from mixlock_hooks.shell.install import prefix_contents as contents
from mixlock_hooks.shell.install.conda_part import UNPACKED
from mixlock_hooks.shell.solver.rattler_client import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def main() -> int:
    """Install what stdin asks for; on failure say why on stderr."""
    try:
        asyncio.run(_install(json.load(sys.stdin)))
    except Exception as error:  # noqa: BLE001 - the caller reads one line, whatever it was
        sys.stderr.write(
            f"{redacted('; '.join((str(error) or repr(error)).replace('Caused by: ', '').split(chr(10))))}\n"
        )
        return 1
    return 0


async def _install(order: Mapping[str, Any]) -> None:
    prefix = Path(order["prefix"])
    packages = [package for package in order["packages"] if package["name"] not in order["kept"]]
    archives = await conda_archives.fetch(packages, order, client())
    with _unpacked(prefix, packages, archives) as folder:
        await _link(order, prefix, folder)


@contextmanager
def _unpacked(prefix: Path, packages: Sequence[Mapping[str, Any]], archives: Sequence[Path]) -> Iterator[Path]:
    """Unpack packages below their prefix, on one disk with it, and judge what they would write there."""
    folder = prefix / UNPACKED
    shutil.rmtree(folder, ignore_errors=True)  # a run that was broken off left it
    there = package_paths.links_in(prefix)
    folder.mkdir()
    try:
        folders = [folder / conda_archives.stem(package) for package in packages]
        conda_archives.unpack(archives, folders)
        judged = {archive.name: place for archive, place in zip(archives, folders, strict=True)}
        python = next((package["version"] for package in packages if package["name"] == "python"), "")
        package_paths.refuse_escapes(judged, there, ".".join(python.split(".")[:2]))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _link(order: Mapping[str, Any], prefix: Path, folder: Path) -> None:
    names = {package["name"] for package in order["packages"]}
    await rattler.install(
        records=[_record(package) for package in order["packages"]],
        target_prefix=prefix,
        package_cache=PackageCache.new_layered([folder], validation_mode=ValidationMode.skip()),
        reinstall_packages=names - set(order["kept"]),
        ignored_packages=_installed(prefix) - names if order["keeps_others"] else None,
        client=rattler.Client([AddHeadersMiddleware(_refuse_reading)]),
        platform=rattler.Subdir(order["platform"]),
        show_progress=False,
        execute_link_scripts=order["link_scripts"],
    )


def _refuse_reading(_host: str, path: str) -> NoReturn:
    """Keep the library from reading a package once more: it would not be judged."""
    raise package_paths.RefusedError(f"{path} is not where it was unpacked")


def _installed(prefix: Path) -> set[str]:
    return {record["name"] for record in contents.records(prefix)}


def _record(package: Mapping[str, Any]) -> rattler.RepoDataRecord:
    """Make the record of a locked package; what the lock does not say is read from the package when it is linked."""
    subdir, file = package["url"].split("/")[-2:]
    number = package["build"].rpartition("_")[2]
    record = rattler.PackageRecord(
        name=package["name"],
        version=package["version"],
        build=rattler.BuildString(package["build"]),
        build_number=int(number) if number.isdecimal() else 0,
        subdir=subdir,
        noarch=_noarch(subdir, package["depends"]),
        depends=package["depends"],
        sha256=bytes.fromhex(package["sha256"]) if package["sha256"] else None,
        md5=bytes.fromhex(package["md5"]) if package["md5"] else None,
        python_site_packages_path=None,
    )
    channel = package["url"].rpartition("/")[0].rpartition("/")[0]
    return rattler.RepoDataRecord(record, file, package["url"], channel)


def _noarch(subdir: str, depends: list[str]) -> Any:
    if subdir != "noarch":
        return None
    return "python" if any(found.split(" ")[0] == "python" for found in depends) else "generic"


def run() -> NoReturn:
    """Run; leave without the interpreter's shutdown."""
    status = main()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
