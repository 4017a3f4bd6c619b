"""Programs like ``mixlock``, ``conda-lock`` and ``pixi`` whose solves are looked up: for lines that a shell runs."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import Lockfile
    from tests.fakes import FakeEngines


def _conda_lock(spec: str, tables: FakeEngines) -> None:
    """Lock a spec as conda-lock does: into ``conda-lock.yml``, without facts of mixlock's."""
    from mixlock_hooks.formats import conda_lock_yml

    text = conda_lock_yml.render(replace(_locked(spec, tables), facts={}), spec)
    content = conda_lock_yml.with_sources(text, (spec,)).replace(b"  custom_metadata: {}\n", b"")
    Path("conda-lock.yml").write_bytes(content)


def _pixi(spec: str, tables: FakeEngines) -> None:
    """Lock a spec as pixi does what its manifest asks for: into ``pixi.lock`` (version 6), without conda's pip."""
    from mixlock_hooks.model.locked import Manager

    listed: dict[str, list[dict[str, str]]] = {}
    entries: dict[str, dict[str, object]] = {}
    for each in _locked(spec, tables).packages:
        if each.name == "pip":
            continue
        kind = "conda" if each.manager is Manager.CONDA else "pypi"
        listed.setdefault(each.platform, []).append({kind: each.url})
        needs = each.dependencies.items()
        own: dict[str, object] = (
            {"md5": each.md5, "depends": [f"{name} {constraint}".strip() for name, constraint in needs]}
            if kind == "conda"
            else {"name": each.name, "version": each.version, "requires_dist": ["".join(need) for need in needs]}
        )
        entries[each.url] = {kind: each.url, "sha256": each.sha256, **own}
    channels = [{"url": "https://conda.anaconda.org/conda-forge/"}]
    environments = {"default": {"channels": channels, "packages": listed}}
    content = {"version": 6, "environments": environments, "packages": [*entries.values()]}
    Path("pixi.lock").write_text(yaml.safe_dump(content), encoding="utf-8")


def _locked(spec: str, tables: FakeEngines) -> Lockfile:
    """Lock a spec with mixlock, and leave nothing of that."""
    from mixlock_hooks.commands import main
    from mixlock_hooks.formats import conda_lock_yml

    assert main(["resolve", "-f", spec, "--quiet"], tables) == 0
    folder = Path("locks") / Path(spec).with_suffix("")
    lockfile = conda_lock_yml.parse((folder / "conda-lock.yml").read_bytes())
    shutil.rmtree(folder)
    return lockfile


_OTHERS = {"conda-lock": _conda_lock, "pixi": _pixi}

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    from mixlock_hooks.commands import main
    from tests.documents.packages import engines

    program, *words = sys.argv[1:]
    made = engines(installable="DOCUMENTS_INSTALL" in os.environ)
    sys.exit(_OTHERS[program](words[-1], made) if program in _OTHERS else main(words, made))
