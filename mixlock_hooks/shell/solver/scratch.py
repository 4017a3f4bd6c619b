"""The folder in which one platform is solved: what conda-lock and the shim read there, and what they may know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conda_lock_yml, virtual_packages
from mixlock_hooks.model.locked import Lockfile, Manager
from mixlock_hooks.shell.solver.clean_environment import isolated
from mixlock_hooks.shell.solver.conda_shim import BRIEF

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mixlock_hooks.model.solving import SolveRequest


class Scratch:
    """One solve's folder, which its maker removes."""

    def __init__(self, folder: Path, request: SolveRequest) -> None:
        """Write what stays the same for all that is asked."""
        self.folder = folder
        self._request = request
        self._spec = request.spec
        asked = {self._spec.platform: dict(self._spec.virtual_packages)}
        self.write("virtual-packages.yml", virtual_packages.render(asked))
        for name in ("tmp", "poetry", "pkgs"):
            (folder / name).mkdir()

    def write(self, name: str, text: str) -> Path:
        """Write a file and return its path."""
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def environment(self, brief: Mapping[str, Any], *, keep_pages: bool = False) -> dict[str, str]:
        """Return the environment of a program that may ask the shim, which reads the brief."""
        self.write("brief.json", json.dumps(brief))
        return isolated(self._spec, self.folder, keep_pages=keep_pages) | {BRIEF: str(self.folder / "brief.json")}

    def write_preference(self, target: Path, channels: tuple[str, ...], *, wanted: bool) -> None:
        """Write the old pip packages where conda-lock looks for a lock, so that it keeps what still fits."""
        preferred = tuple(package for package in self._request.preferred if package.manager is Manager.PIP)
        target.unlink(missing_ok=True)
        if wanted and preferred:
            platform = self._spec.platform
            old = Lockfile(
                packages=preferred,
                channels=channels,
                platforms=(platform,),
                content_hash={platform: "0" * 64},
                facts={},
            )
            target.write_bytes(conda_lock_yml.render(old, "pyproject.toml"))
