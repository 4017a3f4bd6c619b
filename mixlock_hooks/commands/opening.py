"""Open the repository a command is about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.inner_path import is_gits_own
from mixlock_hooks.pipeline.chosen_platforms import chosen_platforms
from mixlock_hooks.pipeline.load import spec_paths
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.report.standpoint import Standpoint
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.git import commit_of
from mixlock_hooks.shell.repository.worktree import WorkTree, find_root, git_top, read_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.drift.run import Changes
    from mixlock_hooks.pipeline.find_lock import FoundLock


def open_project(args: argparse.Namespace) -> tuple[Project, WorkTree]:
    """Find the root, read the configuration, and return the project with its work tree.

    Raises:
        UsageError: ``--root`` is no folder, or the configuration is not valid.
    """
    if args.root is not None and not Path(args.root).is_dir():
        raise UsageError(f"--root {args.root}: no such folder")
    root = _root(args)
    settings = read_settings(root)
    base = getattr(args, "base", "")
    if base:
        commit_of(root, base, f"--base {base}")
    tree = WorkTree(root, base=base, default_branch=settings.default_branch)
    shows_faults = bool(args.verbose)
    return Project(settings=settings, files=tree, repository=tree, names=shipped, shows_faults=shows_faults), tree


def _root(args: argparse.Namespace) -> Path:
    return Path(args.root).resolve() if args.root is not None else find_root(Path.cwd())


def standpoint(args: argparse.Namespace) -> Standpoint:
    """Return where somebody reads what a command tells: in the current folder, or where git ran its hook from."""
    root, here = _root(args), Path.cwd()
    top = git_top(here)
    stands = here / os.environ.get("GIT_PREFIX", "") if here == top else here
    checked_out = next((top for top in (top or here, git_top(root)) if top and root.is_relative_to(top)), root)
    prefix = root.relative_to(checked_out).as_posix()
    shown = args.root if args.root is not None and stands == here else os.path.relpath(root, stands)
    return Standpoint(
        root="" if stands == root else shown,
        unfound=args.root is not None and find_root(stands) != root,
        prefix="" if prefix == "." else f"{prefix}/",
    )


def lines_of(args: argparse.Namespace, path: str) -> tuple[str, ...]:
    """Return the lines of a file of the repository; none where it cannot be read, which is told elsewhere."""
    try:
        content = WorkTree(_root(args)).read(path)
    except (CannotDoError, UsageError):
        return ()
    return tuple((content or b"").decode("utf-8", "replace").splitlines())


def changes_since(revision: str, tree: WorkTree) -> Changes:
    """Return what changed since this branch left a revision.

    Raises:
        UsageError: git knows no such revision.
    """
    from mixlock_hooks.pipeline.drift.run import Changes  # noqa: PLC0415 - most runs look at all
    from mixlock_hooks.shell.repository.revisions import Revision  # noqa: PLC0415 - as above

    before = Revision(tree.root, revision, merge_base_with="HEAD")
    return Changes(before=before, paths=before.changed())


def relative_paths(words: Sequence[str], tree: WorkTree) -> list[str]:
    """Return names and paths given on the command line, the paths relative to the root."""
    here = Path.cwd()
    return [tree.relative(word, here) if (here / word).exists() else word for word in words]


def target_path(word: str, tree: WorkTree) -> str:
    """Return a path to be written, relative to the root: where the user is in the repository it is meant from there.

    Raises:
        UsageError: it is outside of the repository.
    """
    here = Path.cwd()
    return tree.relative(word, here if here.is_relative_to(tree.root) else tree.root)


def refuse_own(tree: WorkTree, project: Project, path: Path, shown: str = "") -> None:
    """Refuse to write a result over what git, a lock or a spec is made of, or beside it.

    Args:
        tree: the repository.
        project: the same.
        path: a file or a folder.
        shown: what an error calls it; the path where nothing is given.

    Raises:
        UsageError: the path is one of these.
    """
    shown = shown or str(path)
    place = Path(os.path.realpath(path))
    root = Path(os.path.realpath(tree.root))
    if is_gits_own(place.parts):
        raise UsageError(f"{shown}: is git's own")
    inside = place.relative_to(root).as_posix() if place.is_relative_to(root) else ""
    if f"{inside}/".startswith(f"{project.settings.lock_dir}/") or inside in project.settings.lock_places.roots:
        raise UsageError(f"{shown}: lies among the locks")
    if inside and inside in spec_paths(project):
        raise UsageError(f"{shown}: is a spec")


def spelled_environment(args: argparse.Namespace, tree: WorkTree) -> str | None:
    """Return the environment that a command is about, a path relative to the root; None where none is named."""
    return None if args.environment is None else tree.spelled(args.environment)


def wanted_lock(args: argparse.Namespace, project: Project, tree: WorkTree) -> FoundLock:
    """Return the lock that a command is about.

    Raises:
        UsageError: there is none of that name, or none is named and several are there.
    """
    from mixlock_hooks.pipeline.find_lock import read_lock  # noqa: PLC0415 - most commands look at more than one

    return read_lock(project, spelled_environment(args, tree))


def platforms_of(args: argparse.Namespace, environments: Sequence[EnvironmentSpec]) -> tuple[Subdir, ...]:
    """Return the platforms named on the command line.

    Raises:
        UsageError: one of them is asked for by none of the environments, so nothing would be done for it.
    """
    return chosen_platforms(args.platforms, environments)
