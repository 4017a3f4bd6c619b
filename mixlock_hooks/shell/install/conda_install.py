"""Install locked conda packages into a prefix with the embedded library (py-rattler).

Run with ``python -m``: it reads one JSON document on stdin, ``prefix``, ``platform``, ``packages``, ``mirrors``,
``cache``, ``link_scripts``, ``keeps_others`` and ``kept``, in a process of its own, because py-rattler may abort
while an interpreter shuts down.

Files are copied out of the cache, by reference where the file system can do that, and never linked: what is written
into one prefix must not show up in another.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import rattler

from mixlock_hooks.shell.solver.rattler_client import client

if TYPE_CHECKING:
    from collections.abc import Mapping


def main() -> int:
    """Install what stdin asks for; on failure say why on stderr."""
    try:
        asyncio.run(_install(json.load(sys.stdin)))
    except Exception as error:  # noqa: BLE001 - the caller reads one line, whatever it was
        sys.stderr.write(f"{'; '.join((str(error) or repr(error)).replace('Caused by: ', '').split(chr(10)))}\n")
        return 1
    return 0


async def _install(order: Mapping[str, Any]) -> None:
    copied = rattler.config.Config()
    for kind in ("allow-hard-links", "allow-symbolic-links"):
        copied.set(kind, "false")
    names = {package["name"] for package in order["packages"]}
    await rattler.install(
        records=[_record(package) for package in order["packages"]],
        target_prefix=order["prefix"],
        cache_dir=Path(order["cache"]),
        reinstall_packages=names - set(order["kept"]),
        ignored_packages=_installed(Path(order["prefix"])) - names if order["keeps_others"] else None,
        client=client({name: tuple(found) for name, found in order["mirrors"].items()}),
        platform=rattler.Subdir(order["platform"]),
        show_progress=False,
        execute_link_scripts=order["link_scripts"],
        config=copied,
    )


def _installed(prefix: Path) -> set[str]:
    return {json.loads(record.read_bytes())["name"] for record in prefix.glob("conda-meta/*.json")}


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
