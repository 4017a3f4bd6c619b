"""``pip-<platform>.txt``: the pip part as hash-checked requirements.

``pip install --no-deps --require-hashes -r`` accepts it. The spec's own indices come with it, because a project
may be there and nowhere else; the hashes decide, so their order cannot be abused. The default index is the
machine's and stays out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.locked import LockedPackage

_NO_WHEELS: Mapping[str, Sequence[str]] = MappingProxyType({})


def render(
    packages: Sequence[LockedPackage], indices: Sequence[str], wheels: Mapping[str, Sequence[str]] = _NO_WHEELS
) -> bytes:
    """Render the pip packages of one platform.

    Args:
        packages: all packages of the platform.
        indices: the spec's own indices, without credentials.
        wheels: sha256 of the wheels built from sdists, by that of the sdist: pip accepts either file.
    """
    pip = sorted((package for package in packages if package.manager is Manager.PIP), key=lambda found: found.name)
    head = [
        "# Made by mixlock; do not edit. Install with:",
        "#     pip install --no-deps --require-hashes -r THIS_FILE",
        *(f"--extra-index-url {index}" for index in (indices if pip else ())),
    ]
    entries = [
        " ".join(
            [f"{package.name}=={package.version}", *map(_hash, (package.sha256, *wheels.get(package.sha256, ())))]
        )
        for package in pip
    ]
    return "".join(f"{line}\n" for line in (*head, *entries)).encode()


def _hash(sha256: str) -> str:
    return f"--hash=sha256:{sha256}"
