"""Build every locked sdist into a wheel, once, and record its digest; with --all fetch the locked wheels too.

The wheels lie in wheelhouse/ (configured as wheelhouse-dir), their digests in locks/<environment>/wheelhouse.json,
which belongs in git. A wheel that was built before, here or by whoever shares --cache, is reused. Then
"pip install --no-index --find-links wheelhouse --no-deps --require-hashes -r locks/<environment>/pip-<platform>.txt"
builds nothing, and with --all needs no network.

Examples:
  mixlock wheelhouse
  mixlock wheelhouse environment --all
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.build_limits import MEBIBYTE, add_build_limits
from mixlock_hooks.commands.lock_run import builds_of
from mixlock_hooks.commands.opening import open_project, refuse_own, relative_paths
from mixlock_hooks.commands.options import add_environments, add_jobs, add_platforms
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.wheelhouse import WheelOptions
from mixlock_hooks.pipeline.choose import choose_for_hook, specs_below
from mixlock_hooks.pipeline.find_lock import read_lock
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.wheels.run import Wheelhouse, locked_environments, unneeded_extra
from mixlock_hooks.report import wheelhouse as wheelhouse_report
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.workers import workers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.wheelhouse import WheelhouseResult
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    parser.add_argument(
        "--all", action="store_true", dest="everything", help="also fetch the locked wheels from the indices"
    )
    parser.add_argument(
        "--cache",
        metavar="URL",
        help="a cache that machines share: file:///…, s3://…, gs://… or any other URL of fsspec",
    )
    parser.add_argument(
        "--no-build", action="store_true", help="never run a package's build code: reuse a wheel, or fail"
    )
    parser.add_argument("--force", action="store_true", help="build again, and record the new wheels")
    parser.add_argument(
        "--verify-reproducible",
        action="store_true",
        help="build each sdist twice, and exit with 1 if the wheels differ",
    )
    parser.add_argument("--allow-network", action="store_true", help="let builds use the network")
    add_build_limits(parser)
    parser.add_argument(
        "--dir", metavar="DIR", help="the folder for the wheels (default: wheelhouse-dir, which is wheelhouse/)"
    )
    parser.add_argument(
        "--digests-only", action="store_true", help="only record digests, and put no wheels into the folder"
    )
    parser.add_argument(
        "--fail-on-change", action="store_true", help="exit with 1 if a file was written, as a hook does"
    )
    add_jobs(parser, "builds at a time")


def run(args: argparse.Namespace) -> int:
    """Make the wheelhouses; 1 where a digest differs, 3 where a wheel cannot be had."""
    project, tree = open_project(args)
    _refuse_nonsense(args)
    _refuse_folder(args, project, tree)
    results = _made(args, project, tree)
    sys.stderr.write(wheelhouse_report.closing(results) if not args.quiet else "")
    status = wheelhouse_report.status(results)
    return max(status, 1) if args.fail_on_change and any(result.written for result in results) else status


def _options(args: argparse.Namespace, project: Project, locks: Sequence[FoundLock]) -> WheelOptions:
    return WheelOptions(
        platforms=_platforms(args.platforms, locks),
        host=host_platform(),
        builds=builds_of(args, project),
        force=args.force,
        twice=args.verify_reproducible,
        everything=args.everything,
        folder=str(Path(args.dir).absolute()) if args.dir else "",
        digests_only=args.digests_only,
    )


def _refuse_nonsense(args: argparse.Namespace) -> None:
    if args.cache is not None and not args.cache:
        raise UsageError("--cache is empty: name a folder by its URL, or leave it out")
    if args.no_build and (args.force or args.verify_reproducible):
        raise UsageError("--no-build cannot be combined with --force or --verify-reproducible, which build")


def _refuse_folder(args: argparse.Namespace, project: Project, tree: WorkTree) -> None:
    """Refuse a folder for wheels, be it named here or configured, that holds what is no wheel's."""
    if args.dir:
        refuse_own(tree, project, Path(args.dir), f"--dir {args.dir}")
        return
    configured = project.settings.wheelhouse_dir
    refuse_own(tree, project, tree.root / configured, f"wheelhouse-dir = {configured!r}")


def _locks(project: Project, tree: WorkTree, wanted: Sequence[str], *, hook: bool) -> list[FoundLock]:
    """Read the locks; a hook runs in repositories without a lock too, and passes there."""
    if hook and not wanted and not project.locks.names():
        choose_for_hook(project, (), hook=True)
        return []
    every = project.locks.names() if wanted else locked_environments(project)
    names = [name for word in relative_paths(wanted, tree) for name in _named(word, every)] if wanted else every
    return list({found.name: found for found in (read_lock(project, tree.spelled(name)) for name in names)}.values())


def _named(word: str, every: Sequence[str]) -> list[str]:
    """Return what a word names: itself, or all that lie in the folder of that name."""
    return [word] if word in every else specs_below(word, every) or [word]


def _platforms(wanted: Sequence[Subdir], locks: Sequence[FoundLock]) -> tuple[Subdir, ...]:
    known = sorted({platform for found in locks for platform in found.lockfile.platforms})
    for platform in wanted:
        if platform not in known:
            raise UsageError(f"--platform {platform}: no lock holds it; locked: {', '.join(known)}")
    return tuple(dict.fromkeys(wanted))


def _made(args: argparse.Namespace, project: Project, tree: WorkTree) -> tuple[WheelhouseResult, ...]:
    """Read the locks and make their wheelhouses while no other mixlock writes here."""
    from mixlock_hooks.shell.build.launcher import Limits  # noqa: PLC0415
    from mixlock_hooks.shell.build.wheels import open_wheels  # noqa: PLC0415 - a wrong call needs none of it

    def tell(result: WheelhouseResult) -> None:
        sys.stderr.write(wheelhouse_report.problems(result))
        if not args.quiet:
            sys.stderr.write(wheelhouse_report.notes(result))
        sys.stdout.write(wheelhouse_report.text(result, verbose=bool(args.verbose)))
        sys.stdout.flush()

    environments = every_environment(project)  # whose indices may carry credentials; a lock can be of none of them
    limits = Limits(
        seconds=args.timeout,
        network=args.allow_network,
        memory_bytes=args.memory * MEBIBYTE,
        allow_unboxed=args.allow_unboxed,
    )
    with workers(args.jobs) as pool, open_wheels(tree.root, environments, limits, args.cache or "") as wheels:
        locks = _locks(project, tree, args.environments, hook=args.fail_on_change)
        options = _options(args, project, locks)
        if not args.environments and not args.quiet:
            sys.stderr.write(wheelhouse_report.unneeded(unneeded_extra(project, locks)))
        return Wheelhouse(project, environments, wheels).make(locks, options, pool, tell)
