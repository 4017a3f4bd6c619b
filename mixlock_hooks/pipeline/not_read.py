"""Files that may be meant as specs and are not read: git does not track them, or nothing names them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mixlock_hooks.formats import pre_commit_yaml
from mixlock_hooks.formats.likely_environment import asks_for_conda
from mixlock_hooks.model.nearest import FEW, few
from mixlock_hooks.model.way_out import as_word
from mixlock_hooks.pipeline.documents import readable
from mixlock_hooks.rules.adoption import may_be_lock
from mixlock_hooks.rules.discovery import discover, glob

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mixlock_hooks.pipeline.load import Loaded
    from mixlock_hooks.pipeline.project import Project


def not_read(project: Project, read: Collection[str], untracked: Collection[str]) -> Iterator[str]:
    """Say which files are not read though they may be meant as specs; where ``specs`` names some, it means just them.

    Args:
        project: the repository.
        read: the files that were.
        untracked: the files that git neither tracks nor ignores.
    """
    yield from _not_tracked(project, untracked)
    if project.settings.specs is not None:
        return
    named = discover(project.repository.tracked(), project.settings)
    others = tuple(other_specs(project, (*named, *read)))
    if others:
        verbs = "asks for conda packages and is" if len(others) == 1 else "ask for conda packages and are"
        yield f"{few(others)} {verbs} not read; `mixlock init` adds what it finds to `specs`"


def idle_patterns(project: Project) -> Iterator[str]:
    """Say which patterns name no file that git tracks: nothing checks what a misspelt one means."""
    tracked, settings = project.repository.tracked(), project.settings
    for key, patterns in (("specs", settings.specs or ()), ("metaflow-import", settings.metaflow_import)):
        for pattern in patterns:
            if not any(glob(pattern).fullmatch(path) for path in tracked):
                yield f"{settings.source}: `{key}` has `{pattern}`, which is none of the files that git tracks"


def asking_for_nothing(loaded: Loaded, named: Iterable[str]) -> Iterator[str]:
    """Say which of the named files are Python that asks for no environment, so that nothing of them was checked."""
    read = {each.document.path for each in loaded.environments} | {each.place.path for each in loaded.problems}
    for path in named:
        if path.endswith(".py") and path not in read:
            yield f"{path}: asks for no environment; of Python, flows are checked that use Metaflow's decorators"


def untracked_configuration(project: Project) -> Iterator[str]:
    """Say that git does not track the configuration, so that nobody else has it."""
    source = project.settings.source
    if source and source not in project.repository.tracked():
        yield f"{source} holds here alone, because git does not track it; `git add {as_word(source)}`"


def _not_tracked(project: Project, untracked: Collection[str]) -> Iterator[str]:
    """Say which specs git does not track, so that nobody reads them; flows are not told from other modules here."""
    paths = [path for path in discover(untracked, project.settings) if not path.endswith(".py")]
    if paths:
        is_read, what = ("is", "it") if len(paths) == 1 else ("are", "them")
        named = all(path.isprintable() for path in paths[:FEW])
        adding = f"`git add {few(list(map(as_word, paths)), ' ')}`"
        way_out = adding if named else "rename what is not printable, and `git add` it"
        yield f"{few(paths)} {is_read} not read, because git does not track {what}; {way_out}"


def other_specs(project: Project, specs: Collection[str]) -> Iterator[str]:
    """Yield the files that hold a conda environment though their names do not say so, and no glob names them."""
    named = {*specs} | {path for each in project.settings.environments.values() for path in each.files}
    for path in project.repository.tracked():
        if not path.endswith((".yml", ".yaml")) or path in named or posixpath.basename(path) == pre_commit_yaml.FILE:
            continue
        if not may_be_lock(path, project.settings.lock_places) and asks_for_conda(readable(project, path) or b""):
            yield path
