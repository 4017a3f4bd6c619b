"""Records of conda's ``repodata.json`` (CEP 36), as a solver answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.locked import LockedPackage, Manager

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import Subdir


def as_locked(record: Mapping[str, Any], platform: Subdir) -> LockedPackage:
    """Return a solver's record as a package, without the hashes, which conda-lock copies into the lock."""
    depends = (text.split(" ")[0].rpartition("::")[2] for text in record["depends"])
    return LockedPackage(
        name=record["name"],
        version=str(record["version"]),
        manager=Manager.CONDA,
        platform=platform,
        dependencies=dict.fromkeys(depends, ""),
        url=record["url"],
    )
