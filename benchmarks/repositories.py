"""The repositories that are measured: real specs, and locks that were solved once and rendered under many names."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import cycle, islice
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.lock import record as lock_set
from tests.real.shared_channels import ENVS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage, Lockfile

LOCKED_SPEC = "Netflix__metaflow-nflx-extensions__dev-env.yml"
"""One real spec of middling size, with an answer for both platforms: about 180 packages each."""

PLATFORMS = ("linux-64", "osx-arm64")
THREE_PLATFORMS = (*PLATFORMS, "osx-64")


def new_repository(root: Path) -> Path:
    """Make an empty git repository."""
    root.mkdir(parents=True)
    _git(root, "init", "-q")
    return root


def add_all(root: Path) -> None:
    """Add every file to git."""
    _git(root, "add", "-A")


def write_specimens(root: Path, count: int) -> None:
    """Write real specs, as many as asked; where the collection ends it begins anew."""
    found = sorted(path for path in ENVS.iterdir() if path.suffix in {".yml", ".yaml"})
    for number, specimen in enumerate(islice(cycle(found), count)):
        folder = root / f"project{number:03}"
        folder.mkdir()
        (folder / "environment.yml").write_bytes(specimen.read_bytes())
    add_all(root)


def lock_once(root: Path, environment: Mapping[str, str], platforms: Sequence[str] = PLATFORMS) -> None:
    """Lock the spec for real, in a repository of its own."""
    write_locked_spec(root / "envs" / "environment.yml", platforms)
    add_all(root)
    command = [sys.executable, "-m", "mixlock_hooks", "lock", "-q"]
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)


def write_locked_spec(file: Path, platforms: Sequence[str] = PLATFORMS) -> None:
    """Write the spec that is locked, with its platforms added."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes((ENVS / LOCKED_SPEC).read_bytes() + f"\nplatforms: [{', '.join(platforms)}]\n".encode())


def copy_lock(locked: Path, root: Path, count: int, first: int = 0) -> None:
    """Commit many specs with that one's answer to a repository, each rendered as if it had been locked there.

    Args:
        locked: where it was locked.
        root: the repository.
        count: how many.
        first: the number of the first.
    """
    answer = answer_of(locked)
    for number in range(first, first + count):
        path = f"envs/environment{number:02}.yml"
        name = environment_name(path)
        write_locked_spec(root / path, answer.platforms)
        folder = root / "locks" / name
        folder.mkdir(parents=True)
        for file, content in lock_set.render(name, path, Settings(), answer).items():
            (folder / file).write_bytes(content)
    add_all(root)
    commit(root, f"{count} locks")


def answer_of(locked: Path) -> Lockfile:
    """Return what was locked."""
    return conda_lock_yml.parse((locked / "locks" / "envs" / "environment" / "conda-lock.yml").read_bytes())


def change_locks(root: Path, count: int) -> None:
    """Write the first locks of a repository anew, each with other versions of a few packages."""
    answer = conda_lock_yml.parse(next(root.glob("locks/envs/*/conda-lock.yml")).read_bytes())
    for number in range(count):
        path = f"envs/environment{number:02}.yml"
        name = environment_name(path)
        packages = tuple(
            _newer(package) if place % 70 == number % 70 else package for place, package in enumerate(answer.packages)
        )
        changed = replace(answer, packages=packages)
        for file, content in lock_set.render(name, path, Settings(), changed).items():
            (root / "locks" / name / file).write_bytes(content)


def _newer(package: LockedPackage) -> LockedPackage:
    url = package.url.replace(package.version, "9.9")
    return replace(package, version="9.9", url=url, md5=package.md5[::-1], sha256=package.sha256[::-1])


def commit(root: Path, message: str) -> None:
    """Commit what was added."""
    _git(root, "-c", "user.name=b", "-c", "user.email=b@b.example", "commit", "-qm", message)


def _git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True)
