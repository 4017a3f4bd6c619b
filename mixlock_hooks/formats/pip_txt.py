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
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.pypi_sources import PypiSources

_NO_WHEELS: Mapping[str, Sequence[str]] = MappingProxyType({})


def render(
    packages: Sequence[LockedPackage], sources: PypiSources | None, wheels: Mapping[str, Sequence[str]] = _NO_WHEELS
) -> bytes:
    """Render the pip packages of one platform.

    Args:
        packages: all packages of the platform.
        sources: the spec's own, without credentials; None where every file is at hand.
        wheels: sha256 of the wheels built from sdists, by that of the sdist: pip accepts either file.
    """
    pip = sorted((package for package in packages if package.manager is Manager.PIP), key=lambda found: found.name)
    head = [
        "# Made by mixlock; do not edit. Install with:",
        "#     pip install --no-deps --require-hashes -r THIS_FILE",
        *(_options(sources) if sources and pip else ()),
    ]
    entries = [
        " ".join(
            [f"{package.name}=={package.version}", *map(_hash, (package.sha256, *wheels.get(package.sha256, ())))]
        )
        for package in pip
    ]
    return "".join(f"{line}\n" for line in (*head, *entries)).encode()


def _options(sources: PypiSources) -> Iterator[str]:
    for source in sources.own():
        yield f"{'--find-links' if source.is_page else '--extra-index-url'} {source.url}"


def _hash(sha256: str) -> str:
    return f"--hash=sha256:{sha256}"
