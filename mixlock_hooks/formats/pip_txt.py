"""``pip-<platform>.txt``: the pip part as hash-checked requirements.

``pip install --no-deps --require-hashes -r`` accepts it. The spec's own indices come with it, because a project
may be there and nowhere else; the hashes decide, so their order cannot be abused. The default index is the
machine's and stays out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.locked import LockedPackage


def render(packages: Sequence[LockedPackage], indices: Sequence[str]) -> bytes:
    """Render the pip packages of one platform.

    Args:
        packages: all packages of the platform.
        indices: the spec's own indices, without credentials.
    """
    pip = sorted((package for package in packages if package.manager is Manager.PIP), key=lambda found: found.name)
    head = [
        "# Made by mixlock; do not edit. Install with:",
        "#     pip install --no-deps --require-hashes -r THIS_FILE",
        *(f"--extra-index-url {index}" for index in (indices if pip else ())),
    ]
    entries = [f"{package.name}=={package.version} --hash=sha256:{package.sha256}" for package in pip]
    return "".join(f"{line}\n" for line in (*head, *entries)).encode()
