"""Import the flows that the configuration lists, before their environments are locked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.model.lock_paths import IMPORTED, imported_path
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def import_flows(args: argparse.Namespace, project: Project, tree: WorkTree, wanted: Sequence[str]) -> None:
    """Import what has no record that is true, and write it; say which flow, and with which python.

    It runs the flow's code, so a run that may run nobody's code (``--no-build``, as hooks and bots have it) imports
    none, nor does one that writes nothing. What is then missing is told as a problem of the flow.

    Raises:
        CannotDoError: a flow cannot be imported.
    """
    if not project.settings.metaflow_import or args.no_build or args.dry_run or args.verify:
        return
    from mixlock_hooks.pipeline.imported import record, to_import  # noqa: PLC0415 - few repositories import any
    from mixlock_hooks.shell.metaflow.importing import Importer  # noqa: PLC0415

    import_flow = Importer(tree.root)
    for path in to_import(project, wanted):
        sys.stderr.write(neutral.lines([f"{path}: importing it with {import_flow.python}, which runs its code"]))
        folder, _slash, _name = imported_path(project.settings.lock_dir, path).rpartition("/")
        project.files.replace_set(folder, {IMPORTED: record(project, path, import_flow)}, ())
