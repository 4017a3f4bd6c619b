"""A lock as an ``environment.yml`` in which every package is pinned: conda's by build, PyPI's by version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.locked import LockedPackage, Lockfile


def render(lockfile: Lockfile, indices: Sequence[str] = ()) -> str:
    """Render the packages of a lock that holds one platform, and the spec's own indices, without credentials."""
    packages = sorted(lockfile.packages, key=lambda package: package.name)
    conda: list[Any] = [_conda(package) for package in packages if package.manager is Manager.CONDA]
    pip = [f"{package.name}=={package.version}" for package in packages if package.manager is Manager.PIP]
    document = {
        "channels": list(lockfile.channels),
        **({"pypi-indices": list(indices)} if indices else {}),
        "platforms": list(lockfile.platforms),
        "dependencies": [*conda, *([{"pip": pip}] if pip else [])],
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _conda(package: LockedPackage) -> str:
    return f"{package.name}={package.version}={package.build}"
