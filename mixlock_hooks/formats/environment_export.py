"""A lock as an ``environment.yml`` in which every package is pinned: conda's by build, PyPI's by version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.pypi_sources import PypiSources


def render(lockfile: Lockfile, sources: PypiSources | None = None) -> str:
    """Render the packages of a lock that holds one platform, and the spec's own sources, without credentials."""
    own = sources.own() if sources else ()
    indices = [source.url for source in own if not source.is_page]
    pages = [f"--find-links {source.url}" for source in own if source.is_page]
    packages = sorted(lockfile.packages, key=lambda package: package.name)
    conda: list[Any] = [_conda(package) for package in packages if package.manager is Manager.CONDA]
    pip = [f"{package.name}=={package.version}" for package in packages if package.manager is Manager.PIP]
    document = {
        "channels": list(lockfile.channels),
        **({"pypi-indices": indices} if indices else {}),
        "platforms": list(lockfile.platforms),
        "dependencies": [*conda, *([{"pip": [*pages, *pip]}] if pip else [])],
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _conda(package: LockedPackage) -> str:
    return f"{package.name}={package.version}={package.build}"
