"""What the commands that move or remove an environment share: its aliases, and the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, shown
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.pipeline.aliases import set_aside

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.pipeline.relocate import Relocation


def told_of(plan: Relocation, *, dry_run: bool) -> list[str]:
    """Say what happens to the aliases of an environment's lock."""
    told = []
    if plan.kept:
        names, copy = ", ".join(map(str, plan.kept)), f"{plan.environment.name}@{plan.kept[0].tag}"
        told.append(f"{names}: {'would keep' if dry_run else 'keeps'} this lock, as {copy}")
    if plan.movable:
        verb = ("would move" if dry_run else "moved") if plan.target else ("would remove" if dry_run else "removed")
        told.append(f"{verb} {', '.join(map(str, plan.movable))}")
    return told


def keep_tags(project: Project, plan: Relocation) -> None:
    """Copy the lock that immutable aliases stand for to where it stays."""
    set_aside(project, plan.environment, plan.kept)


def stage(args: argparse.Namespace, plan: Relocation) -> list[str]:
    """Let git's index follow the lock, and say how to stage what else was written; nothing where that is all.

    The configuration is the user's to stage: it may hold other changes.
    """
    from mixlock_hooks.shell.repository.moves import follow, unstaged  # noqa: PLC0415 - as below

    project, tree = open_project(args)
    copies = (EnvironmentName(f"{plan.environment.name}@{each.tag}") for each in plan.kept)
    locks = [project.locks.of(name) for name in (plan.name, *copies)]
    written = {lock.path(file) for lock in locks for file in lock.own_names()}
    written |= {aliases_path(project.settings.lock_dir)} if plan.kept or plan.movable else set()
    follow(tree.root, plan.lock, written)
    configuration = [project.settings.source] if plan.configuration is not None else []
    paths = [shown(tree, path) for path in unstaged(tree.root, sorted({*written, *configuration}))]
    return [f"`git add {' '.join(paths)}` stages the rest"] if paths else []


def write_configuration(project: Project, root: Path, plan: Relocation) -> None:
    """Write the configuration of a relocation where it changes."""
    if plan.configuration is not None:
        from mixlock_hooks.shell.repository.moves import write_texts  # noqa: PLC0415 - only a move needs it

        write_texts(root, {project.settings.source: plan.configuration})
