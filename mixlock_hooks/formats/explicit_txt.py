"""Explicit files (CEP 23): ``@EXPLICIT``, conda URLs with ``#md5`` or ``#sha256:…``, then the pip part as comments.

``conda create --file`` and ``micromamba create --file`` install the first part; the comments are conda-lock's
and micromamba's convention for the second (``# pip NAME @ URL#sha256=…``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.install_order import install_order
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.settings import ExplicitHash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir

_HASHES = {
    ExplicitHash.MD5: re.compile(rb"^[^#\s]+#[0-9a-f]{32}\r?$", re.MULTILINE),
    ExplicitHash.SHA256: re.compile(rb"^[^#\s]+#sha256:", re.MULTILINE),
}
_PIP = re.compile(rb"^# pip (?P<name>\S+) @ (?P<url>\S+?)#sha256=(?P<sha256>[0-9a-f]{64})\r?$", re.MULTILINE)


def render(platform: Subdir, packages: tuple[LockedPackage, ...], hashed: ExplicitHash = ExplicitHash.MD5) -> bytes:
    """Render one platform's explicit file.

    Args:
        platform: the platform, for the reader.
        packages: all packages of the platform.
        hashed: which hash of conda packages to write; the other one where a package has no such hash.
    """
    conda = install_order(package for package in packages if package.manager is Manager.CONDA)
    pip = sorted((package for package in packages if package.manager is Manager.PIP), key=lambda found: found.name)
    lines = (
        "# Made by mixlock; do not edit. Install with:",
        "#     conda create --name NAME --file THIS_FILE",
        f"# platform: {platform}",
        "@EXPLICIT",
        *(f"{package.url}#{_hash(package, hashed)}" for package in conda),
        *(f"# pip {package.name} @ {package.url}#sha256={package.sha256}" for package in pip),
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _hash(package: LockedPackage, wanted: ExplicitHash) -> str:
    """Return a hash as CEP 23 has it: ``sha256:…``, or a bare MD5."""
    is_sha256 = package.sha256 and (wanted is ExplicitHash.SHA256 or not package.md5)
    return f"sha256:{package.sha256}" if is_sha256 else package.md5


def is_hashed_by(content: bytes, wanted: ExplicitHash) -> bool:
    """Return whether all conda packages of an explicit file have a certain hash."""
    return not any(pattern.search(content) for kind, pattern in _HASHES.items() if kind is not wanted)


def sdists(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield sha256 and name of each sdist in an explicit file."""
    for found in _PIP.finditer(content):
        if not found["url"].endswith(b".whl"):
            yield found["sha256"].decode(), found["name"].decode("utf-8", "replace")
