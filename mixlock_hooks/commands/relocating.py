"""What the commands that move or remove an environment share: its aliases, and the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.telling import typed
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.way_out import as_word
from mixlock_hooks.pipeline.aliases import set_aside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.pipeline.relocate import Relocation


def told_of(project: Project, plan: Relocation, *, dry_run: bool) -> list[str]:
    """Say what happens to the configuration, and to the aliases of an environment's lock."""
    told = list(_told_of_configuration(project.settings, plan, dry_run=dry_run))
    if plan.kept:
        names, copy = ", ".join(map(str, plan.kept)), f"{plan.environment.name}@{plan.kept[0].tag}"
        told.append(f"{names}: {'would keep' if dry_run else 'keeps'} this lock, as {copy}")
    if plan.movable:
        verb = ("would move" if dry_run else "moved") if plan.target else ("would remove" if dry_run else "removed")
        told.append(f"{verb} {', '.join(map(str, plan.movable))}")
    return told


def _told_of_configuration(settings: Settings, plan: Relocation, *, dry_run: bool) -> Iterator[str]:
    """Yield what changes in tables that are not the environment's own, and that nothing is left."""
    wrote, took = ("would write", "would take") if dry_run else ("wrote", "took")
    listed = [settings.source] if plan.spec and plan.spec in (settings.specs or ()) else []
    for table in (*listed, *map(settings.table_of, plan.parts)):
        edit = f"{wrote} {plan.target} into" if plan.target else f"{took} {plan.spec} out of"
        yield f"{edit} `specs` of {table}"
    if plan.parts and not plan.target:
        yield f"`mixlock lock {' '.join(plan.parts)}` locks what is left"
    for table in map(settings.table_of, plan.followers):
        yield f"{wrote} {plan.name} as `like` of {table}"
    if plan.nothing_left:
        yield plan.nothing_left


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
    locks = [project.locks.of(name) for name in (plan.name, *plan.carried, *copies)]
    written = {lock.path(file) for lock in locks for file in lock.own_names()}
    written |= {aliases_path(project.settings.lock_dir)} if plan.kept or plan.movable else set()
    follow(tree.root, plan.lock, written)
    configuration = [project.settings.source] if plan.configuration is not None else []
    paths = [as_word(path) for path in unstaged(tree.root, sorted({*written, *configuration}))]
    return [typed(args, f"`git add {' '.join(paths)}` stages the rest")] if paths else []


def write_configuration(project: Project, root: Path, plan: Relocation) -> None:
    """Write the configuration of a relocation where it changes."""
    if plan.configuration is not None:
        from mixlock_hooks.shell.repository.moves import write_texts  # noqa: PLC0415 - only a move needs it

        write_texts(root, {project.settings.source: plan.configuration})
