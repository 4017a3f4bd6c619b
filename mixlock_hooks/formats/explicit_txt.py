"""Explicit files: ``@EXPLICIT``, conda URLs with ``#md5``, then the pip part as ``# pip`` comments.

``conda create --file`` and ``micromamba create --file`` install the first part; the comments are conda-lock's
and micromamba's convention for the second (``# pip NAME @ URL#sha256=…``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats import lock_header
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.install_order import install_order
from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir

_PIP = re.compile(rb"^# pip (?P<name>\S+) @ (?P<url>\S+?)#sha256=(?P<sha256>[0-9a-f]{64})\r?$", re.MULTILINE)


def render(platform: Subdir, packages: tuple[LockedPackage, ...], facts: Mapping[str, str]) -> bytes:
    """Render one platform's explicit file.

    Args:
        platform: the platform, for the reader.
        packages: all packages of the platform.
        facts: mixlock's header facts but for the file's own digest, which is added here.
    """
    conda = install_order(package for package in packages if package.manager is Manager.CONDA)
    pip = sorted((package for package in packages if package.manager is Manager.PIP), key=lambda found: found.name)
    head = ["# Made by mixlock; do not edit. Install with:", "#     conda create --name NAME --file THIS_FILE"]
    body = [
        f"# platform: {platform}",
        "@EXPLICIT",
        *(f"{package.url}#{package.md5 or f'sha256:{package.sha256}'}" for package in conda),
        *(f"# pip {package.name} @ {package.url}#sha256={package.sha256}" for package in pip),
    ]
    without = _joined((*head, *lock_header.lines(facts), *body))
    own = lock_header.lines({"digest": digest(without)})
    return _joined((*head, *lock_header.lines(facts), *own, *body))


def sdists(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield sha256 and name of each sdist in an explicit file."""
    for found in _PIP.finditer(content):
        if not found["url"].endswith(b".whl"):
            yield found["sha256"].decode(), found["name"].decode("utf-8", "replace")


def _joined(lines: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
