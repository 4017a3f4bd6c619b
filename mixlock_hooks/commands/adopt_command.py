"""Take over what other tools lock in this repository: their locks, their specs, every version.

Each lock of conda-lock and conda-project moves to where mixlock keeps its own, or stays (`--in-place`), and the
configuration records what discovery cannot know. Files of pixi (pixi.toml, tool.pixi, pixi.lock) and unidep
(requirements.yaml, tool.unidep) are read and stay as they are: each of their environments becomes a new
environment.yml or environment-NAME.yml beside them (with the tool's name in it where that is not free), and
pixi.lock's packages become its lock. What does not map is listed with its line. Nothing is solved, no
version changes, and the network is never used. A lock that exactly satisfies its specs becomes mixlock's own;
any other stays as it is, and mixlock says what is wrong with it.

Examples:
  mixlock adopt --dry-run
  mixlock adopt
  mixlock adopt --in-place
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.telling import say_lines, tell_problems
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.problem import has_errors, in_order
from mixlock_hooks.pipeline import adopt, foreign
from mixlock_hooks.pipeline.choose import choose
from mixlock_hooks.pipeline.drift.run import DriftOptions
from mixlock_hooks.pipeline.drift.run import run as run_drift
from mixlock_hooks.report import adoption as report
from mixlock_hooks.rules.adoption import in_place

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.model.adoption import AdoptionPlan
    from mixlock_hooks.model.foreign import ForeignPlan
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, change nothing")
    parser.add_argument(
        "--in-place", action="store_true", help="leave each lock where it is, and set `lock-at` to it"
    )


def run(args: argparse.Namespace) -> int:
    """Take locks over; 1 where one is no answer to its specs, or something could not be taken over."""
    from mixlock_hooks.shell.tools import require_lock_extra  # noqa: PLC0415 - a wrong call needs it not

    require_lock_extra()
    project, tree = open_project(args)
    manifests = foreign.plan(project)
    planned = foreign.with_configured(adopt.plan(project, manifests), manifests)
    planned = in_place(planned) if args.in_place else planned
    if not (planned.adoptions or planned.environments or manifests.specs or manifests.problems):
        say_lines(report.left_out(planned))
        raise UsageError(
            "nothing to take over: git tracks no lock of conda-lock together with its specs, "
            "and no manifest of pixi, unidep or conda-project"
        )
    path, text = _configuration(project, planned)
    say_lines(report.specs(manifests, is_done=not args.dry_run), sys.stdout)
    say_lines(report.planned(planned, path if text else "", is_done=not args.dry_run), sys.stdout)
    tell_problems(args, manifests.problems)
    say_lines(report.left_out(planned))
    left_out = int(has_errors(manifests.problems) or any(each.is_lock for each in planned.left_out))
    if args.dry_run:
        return 0
    _write_specs(tree, manifests)
    _move(project, tree, planned, (path, text))
    return max(_stamp(args, planned, manifests), left_out)


def _configuration(project: Project, planned: AdoptionPlan) -> tuple[str, str]:
    """Return the configuration's file and its new text; no text where it stays."""
    path, before = project.configuration()
    after = adopt.configuration(before, path, planned)
    return path, after if after != before else ""


def _write_specs(tree: WorkTree, manifests: ForeignPlan) -> None:
    """Write the specs of manifests that are not there yet, and add to git what it does not track of them."""
    from mixlock_hooks.shell.repository import moves  # noqa: PLC0415 - a dry run writes nothing

    texts = {each.path: each.text for each in manifests.specs if not each.before}
    moves.refuse_ignored(tree.root, texts)
    moves.write_texts(tree.root, texts)
    moves.add(tree.root, {each.path for each in manifests.specs} - set(tree.tracked()))


def _move(project: Project, tree: WorkTree, planned: AdoptionPlan, configuration: tuple[str, str]) -> None:
    from mixlock_hooks.shell.repository.moves import move, write_texts  # noqa: PLC0415 - a dry run moves nothing

    path, text = configuration
    texts = {path: text} if text else {}
    for adoption in planned.adoptions:
        texts[adoption.target] = adopt.moved(project.files.read(adoption.path) or b"", adoption).decode("utf-8")
        if adoption.path != adoption.target:
            move(tree.root, adoption.path, adoption.target)
    write_texts(tree.root, texts)


def _stamp(args: argparse.Namespace, planned: AdoptionPlan, manifests: ForeignPlan) -> int:
    """Make each lock mixlock's own where it is an answer, and tell what drift says of all of them."""
    project, _tree = open_project(args)
    locked = {each.environment: each for each in manifests.specs if each.packages}
    names = (*(adoption.environment for adoption in planned.adoptions), *locked)
    if not names:
        return 0
    for environment in choose(project, names).environments:
        made = locked.get(environment.name)
        if made is None or foreign.write_lock(project, environment, made):
            adopt.stamp(project, environment)
    done = run_drift(project, DriftOptions(environments=names))
    tell_problems(args, in_order(done.problems), sys.stdout)
    say_lines(report.states(done.states))
    return done.status
