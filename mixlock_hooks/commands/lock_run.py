"""What the commands that lock share: the run itself, and how it is told."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from mixlock_hooks.commands.build_limits import MEBIBYTE, add_build_limits
from mixlock_hooks.commands.options import add_jobs
from mixlock_hooks.commands.telling import say, screen_of, tell_problems, typed
from mixlock_hooks.model.build_permission import NOBODY, BuildPermission
from mixlock_hooks.model.cutoff import cutoff_at, is_cutoff
from mixlock_hooks.model.problem import errors, has_errors, in_order
from mixlock_hooks.model.urls import redacted, without_credentials
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.lock.plan import nothing_to_do
from mixlock_hooks.pipeline.lock.run import Locker
from mixlock_hooks.pipeline.lock.upgrades import names_known
from mixlock_hooks.report import changes as change_report
from mixlock_hooks.report import neutral
from mixlock_hooks.report.count import counted
from mixlock_hooks.rules.named_in_settings import names_of, sources_of, unknown_names, unknown_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.lock_options import LockOptions, LockResult
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import OpenedEngines, OpenEngines, Progress
    from mixlock_hooks.shell.repository.worktree import WorkTree


def add_solving(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that solves."""
    parser.add_argument(
        "--exclude-newer",
        metavar="DATE|DAYS",
        type=_cutoff,
        help="ignore what was published after this date, such as 2026-10-01, or within this many days, such as 7",
    )
    parser.add_argument("--no-build", action="store_true", help="never run a package's build code")
    parser.add_argument(
        "--strict", action="store_true", help="treat an environment that cannot be locked as an error"
    )
    add_build_limits(parser)
    add_jobs(parser, "how many solves run at once (default: one for each CPU)")
    parser.set_defaults(engines=open_conda_lock)


def cutoff_of(args: argparse.Namespace, project: Project) -> Cutoff:
    """Return what nothing may be newer than: of the command line, else as configured; with the exceptions of both."""
    settings = project.settings
    asked = args.exclude_newer or settings.exclude_newer
    return cutoff_at(datetime.now(timezone.utc), asked, settings.exclude_newer_for)


def builds_of(args: argparse.Namespace, project: Project) -> BuildPermission:
    """Return whose build code may run: nobody's where the command line says so, else as configured."""
    settings = project.settings
    builds = replace(NOBODY, extra=settings.extra_build_requires) if args.no_build else settings.builds
    return replace(builds, unboxed=args.allow_unboxed, seconds=args.timeout, memory_bytes=args.memory * MEBIBYTE)


def _cutoff(text: str) -> str:
    if not is_cutoff(text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a date nor a number of days")
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Solving:
    """Where and with what a command solves: the repository's root, the solves at a time, and what opens engines."""

    root: Path
    jobs: int
    engines: OpenEngines


def solving_of(args: argparse.Namespace, tree: WorkTree) -> Solving:
    """Return where and with what a command solves."""
    return Solving(root=tree.root, jobs=args.jobs, engines=args.engines)


def open_conda_lock(settings: Settings, names: Counterparts, progress: Progress) -> OpenedEngines:
    """Open conda-lock, which is imported only where something is solved; its processes start while it is."""
    from mixlock_hooks.shell.solver.engine_processes import EngineProcesses  # noqa: PLC0415
    from mixlock_hooks.shell.solver.kept_answers import any_kept  # noqa: PLC0415

    processes = EngineProcesses(settings.solver)
    if not any_kept():  # a kept answer asks no process
        processes.begin_ahead()
    from mixlock_hooks.shell.solver.conda_lock import CondaLock  # noqa: PLC0415

    return CondaLock(processes, names, progress, required_uv=settings.required_uv)


def lock_environments(
    project: Project, solving: Solving, wanted: Sequence[EnvironmentSpec], options: LockOptions, reporter: Reporter
) -> tuple[LockResult, ...]:
    """Lock environments, and tell each result; where nothing drifted nothing is solved or waited for."""
    results = nothing_to_do(project, wanted, options)
    if results is None:
        return _lock(project, solving, wanted, options, reporter)
    for result in results:
        reporter.tell(result)
    return results


def _lock(
    project: Project,
    solving: Solving,
    wanted: Sequence[EnvironmentSpec],
    options: LockOptions,
    reporter: Reporter,
) -> tuple[LockResult, ...]:
    from mixlock_hooks.shell import tools  # noqa: PLC0415 - only a solve needs these

    tools.require_lock_extra()
    tools.refuse_program_of(solving.root, project.settings.solver)
    from mixlock_hooks.shell.free_memory import free_memory, jobs_within  # noqa: PLC0415
    from mixlock_hooks.shell.progress import progress  # noqa: PLC0415
    from mixlock_hooks.shell.workers import workers  # noqa: PLC0415

    jobs, bound = jobs_within(free_memory(), solving.jobs, sum(len(each.platforms) for each in wanted))
    with (
        progress(neutral.line, say, quiet=reporter.quiet, verbose=reporter.verbose, color=reporter.color) as shown,
        closing(solving.engines(project.settings, project.names(), shown)) as engines,
    ):
        from mixlock_hooks.shell.repository.repository_lock import repository_lock  # noqa: PLC0415 - while they start

        reporter.tell_unused(project, wanted)
        reporter.tell_bound(bound)
        with repository_lock(solving.root), workers(jobs) as pool:
            results = Locker(project, engines, shown).lock(wanted, options, pool, reporter.tell)
    reporter.tell_unknown(project, wanted)
    return results


class Reporter:
    """Tells each result as it comes: what changed on stdout, the rest on stderr."""

    def __init__(self, args: argparse.Namespace, *, silent: bool = False) -> None:
        """Take what the command line says of output; a silent one tells failures alone."""
        self._args = args
        self._silent = silent
        self.quiet = bool(args.quiet)
        self.verbose = bool(args.verbose)
        self.color = screen_of(args, sys.stderr).color
        self._dry_run = bool(args.dry_run)
        self._verify = bool(getattr(args, "verify", False))
        self._upgrades = bool(getattr(args, "upgrade", False) or getattr(args, "upgrade_package", ()))

    def tell(self, result: LockResult) -> None:
        """Tell one environment's result."""
        tell_problems(self._args, in_order(result.told))
        if self._silent and not (result.problems or result.failed):
            return
        if result.unlockable:
            self._say(f"{result.environment}: unlockable, and needs no lock")
        elif result.problems or result.failed:
            tell_problems(self._args, in_order(result.problems), brief=self.quiet)
            if result.failed and not result.problems:
                say(typed(self._args, f"{result.environment}: {result.failed}"))
            outcome = "no answer" if self._dry_run or self._verify else "not locked; no lock file was written"
            self._say(f"{result.environment}: {outcome}")
            self._tell_notes(result)
        elif not result.written:
            self._say(f"{result.environment}: {'nothing newer' if self._upgrades and result.solved else 'fresh'}")
            self._tell_notes(result)
        else:
            self._tell_written(result)

    def tell_unused(self, project: Project, wanted: Sequence[EnvironmentSpec]) -> None:
        """Tell where this machine's pip would look too, for a lock must not depend on the machine it is made on.

        What asks conda alone would not look there either way.
        """
        if not any(spec.pypi for each in wanted for spec in each.platforms):
            return
        from mixlock_hooks.shell.index.pip_settings import unused  # noqa: PLC0415 - only a solve asks an index

        named = {index for each in wanted for spec in each.platforms for index in spec.indices}
        named |= {page for each in wanted for spec in each.platforms for page in spec.find_links}
        named |= set(project.settings.pypi_indices)
        known = {index.rstrip("/") for index in named}
        others = [(where, url) for where, value in unused() for url in value.split() if url.rstrip("/") not in known]
        if others:
            places = list(dict.fromkeys(where for where, _url in others))
            urls = redacted(" ".join(dict.fromkeys(url for _where, url in others)))
            keys = f"`pypi-indices` or `find-links` in {project.configuration()[0]}"
            way_out = f"name what a lock may use in {keys}, so that everybody locks the same"
            self._say(f"note: {', '.join(places)} {'is' if len(places) == 1 else 'are'} not used ({urls}); {way_out}")

    def tell_bound(self, why: str) -> None:
        """Tell why fewer solves run at a time than could; nothing where nothing bounds them."""
        if why:
            self._say(f"note: {why}")

    def tell_unknown(self, project: Project, wanted: Sequence[EnvironmentSpec]) -> None:
        """Tell what the configuration names and nothing has, once all is locked."""
        settings = project.settings
        if not self._dry_run:
            for claim in unknown_names(settings, names_known(project, names_of(settings))):
                self._say(f"note: {claim}")
        if any("://" in key for key, _moment in settings.exclude_newer_for):
            from mixlock_hooks.shell.index.indices import machine_index  # noqa: PLC0415 - only a solve asks an index

            every = (*wanted, *every_environment(project))
            known = {url for each in every for spec in each.platforms for url in sources_of(spec)}
            for claim in unknown_sources(settings, known | {without_credentials(machine_index())}):
                self._say(f"note: {claim}")

    def tell_errors(self, problems: Sequence[Problem]) -> int:
        """Tell errors of files that no environment could be read from; 1 where there are any."""
        found = in_order(errors(problems))
        tell_problems(self._args, found, brief=self.quiet)
        return 1 if found else 0

    def _tell_written(self, result: LockResult) -> None:
        counted = "" if self.verbose else change_report.folded(result.changes)
        told = counted or change_report.summary(result.changes)
        written = f"{result.environment}: {self._outcome(len(result.written))}: {told}"
        say(written, sys.stdout)
        sys.stdout.write("" if counted else change_report.text(result.changes))
        sys.stdout.flush()
        self._tell_notes(result)
        for package in {package.name: package for package in result.sdists}.values():
            self._say(f"  note: {package.name} {package.version} has no wheel that fits; pip will build it")

    def _outcome(self, count: int) -> str:
        """Say what became of so many files; a verification asks and writes none."""
        if self._verify:
            return "is not what channels and indices offer now"
        files = counted(count, "file")
        return f"would write {files}" if self._dry_run else f"wrote {files}"

    def _tell_notes(self, result: LockResult) -> None:
        for note in result.notes:
            self._say(f"  note: {note}")

    def _say(self, text: str) -> None:
        if not self.quiet:
            say(typed(self._args, text))

    def status(self, results: Sequence[LockResult], *, fail_on_change: bool) -> int:
        """Return the exit status for all results: a failed solve weighs most."""
        if any(result.failed for result in results):
            return 3
        refused = any(result.problems or has_errors(result.told) for result in results)
        return 1 if refused or (fail_on_change and any(result.written for result in results)) else 0
