"""Make a wheelhouse: provide each planned wheel, record digests, lay the wheels out."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import pip_txt
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.wheelhouse import WheelhouseResult
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.pipeline.wheels.plan import WheelPlanner
from mixlock_hooks.pipeline.wheels.provide import provide
from mixlock_hooks.rules import wheel_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir
    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelOptions, WheelResult
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import Wheels


class Wheelhouse:
    """Makes the wheelhouses of one repository."""

    def __init__(self, project: Project, environments: Sequence[EnvironmentSpec], wheels: Wheels) -> None:
        self._project = project
        self._planner = WheelPlanner(project, environments)
        self._wheels = wheels
        self._claimed: dict[str, tuple[str, EnvironmentName]] = {}

    def make(
        self,
        locks: Sequence[FoundLock],
        options: WheelOptions,
        pool: Executor,
        done: Callable[[WheelhouseResult], None],
    ) -> tuple[WheelhouseResult, ...]:
        """Make the wheelhouse of each lock: all builds at the same time, the locks written in their order.

        Args:
            locks: which.
            options: how.
            pool: where builds run.
            done: is told each result as it comes.
        """
        refused = {found.name: self._planner.refusal(found, options) for found in locks}
        plans = {found.name: () if refused[found.name] else self._planner.plan(found, options) for found in locks}
        running = {
            name: [pool.submit(provide, plan, self._wheels, options) for plan in planned]
            for name, planned in plans.items()
        }
        results = []
        for found in locks:
            futures = running[found.name]
            wait(futures)
            problem = refused[found.name]
            if problem:
                results.append(WheelhouseResult(environment=found.name, problems=(problem,)))
            else:
                results.append(self._finished(found, [future.result() for future in futures], options))
            done(results[-1])
        return tuple(results)

    def gather(self, found: FoundLock, options: WheelOptions, folder: str, pool: Executor) -> bytes:
        """Gather every wheel of one platform in a folder, and record nothing; return pip's requirements for them.

        Args:
            found: the lock.
            options: how; its only platform is the one that counts.
            folder: where to, absolute.
            pool: where builds run.

        Raises:
            CannotDoError: a wheel cannot be had; the problems say why.
        """
        (platform,) = options.platforms
        refused = self._planner.refusal(found, options)
        if refused:
            raise CannotDoError(refused.claim, (refused,))
        plans = [each for each in self._planner.plan(found, options) if each.package.name not in options.installed]
        results = list(pool.map(lambda plan: provide(plan, self._wheels, options), plans))
        problems = tuple(problem for result in results for problem in result.problems)
        failed = next((result.failed for result in results if result.failed), "")
        if problems or failed:
            raise CannotDoError(failed or "a wheel is missing", problems)
        wheels = [result.wheel for result in results if result.wheel]
        for wheel in wheels:
            self._wheels.put(folder, wheel.file, wheel.sha256)
        unloadable = self._planner.refused(found, platform)
        if unloadable:
            command = f"mixlock lock --force {quote(found.name)}"
            raise CannotDoError(f"{', '.join(unloadable)}: the locked python cannot load it; run `{command}`")
        wanted = [each for each in found.lockfile.for_platform(platform) if each.name not in options.installed]
        for package in filter(_is_index_wheel, wanted):
            self._wheels.fetch(folder, package, self._planner.sources(found, platform))
        return pip_txt.render(wanted, None, wheel_plan.hashes_for(wheels, platform))

    def _finished(self, found: FoundLock, results: Sequence[WheelResult], options: WheelOptions) -> WheelhouseResult:
        ended = WheelhouseResult(environment=found.name, results=tuple(results))
        if any(result.problems or result.failed for result in results):
            return ended
        try:
            fetched = 0 if options.digests_only else self._lay_out(found, results, options)
            return replace(ended, written=self._write(found, results), fetched=fetched)
        except CannotDoError as error:
            return replace(ended, failed=str(error))

    def _lay_out(self, found: FoundLock, results: Sequence[WheelResult], options: WheelOptions) -> int:
        """Lay the wheels into the repository's folder; with ``everything`` those of the indices too."""
        folder = options.folder or self._project.settings.wheelhouse_dir
        for result in results:
            if result.wheel:
                self._claim(result.wheel, found.name)
                self._wheels.put(folder, result.wheel.file, result.wheel.sha256)
        if not options.everything:
            return 0
        locked = found.lockfile.platforms
        wanted = options.platforms or ((options.host,) if options.host in locked else locked)
        packages = {
            package.sha256: package for platform in wanted for package in _index_wheels(found.lockfile, platform)
        }
        for package in packages.values():
            self._wheels.fetch(folder, package, self._planner.sources(found, package.platform))
        return len(packages)

    def _claim(self, wheel: BuiltWheel, name: EnvironmentName) -> None:
        """Note whose wheel a file of the folder is.

        Raises:
            CannotDoError: another environment has another wheel of that name, compiled against something else.
        """
        sha256, owner = self._claimed.setdefault(wheel.file, (wheel.sha256, name))
        if sha256 != wheel.sha256:
            raise CannotDoError(
                f"{wheel.file} of {owner} is another wheel: lay this environment's into a folder of its own, "
                f"`mixlock wheelhouse {quote(name)} --dir DIR`"
            )

    def _write(self, found: FoundLock, results: Iterable[WheelResult]) -> tuple[str, ...]:
        """Record the wheels, and let the pip files accept them; return the files that changed."""
        fresh = [result.wheel for result in results if result.wheel and result.wheel.platforms]
        lock = self._project.locks.of(found.name)
        wheels = tuple(_joined(lock.wheels_of(found.lockfile), fresh))
        hashed = self._project.settings.explicit_hash
        files = lock_set.render_beside(found.lockfile, lock.read() or b"", wheels, hashed)
        changed = lock.changed_by(files)
        if changed:
            lock.replace(files)
        return tuple(map(lock.path, changed))


def _joined(recorded: Iterable[BuiltWheel], fresh: Iterable[BuiltWheel]) -> Iterable[BuiltWheel]:
    """Yield fresh records, and of the others what no fresh one serves: another machine's platform."""
    new = list(fresh)
    served = {(wheel.sdist_sha256, platform) for wheel in new for platform in wheel.platforms}
    yield from new
    for wheel in recorded:
        left = tuple(platform for platform in wheel.platforms if (wheel.sdist_sha256, platform) not in served)
        if left:
            yield replace(wheel, platforms=left)


def _index_wheels(lockfile: Lockfile, platform: Subdir) -> tuple[LockedPackage, ...]:
    return tuple(filter(_is_index_wheel, lockfile.for_platform(platform)))


def _is_index_wheel(package: LockedPackage) -> bool:
    return package.manager is Manager.PIP and not package.is_sdist


def unneeded_extra(project: Project, locks: Iterable[FoundLock]) -> tuple[PypiName, ...]:
    """Return the projects whose builds the repository adds something to, and of which no lock holds an sdist."""
    names = (name for name, _requires in project.settings.extra_build_requires)
    return wheel_plan.without_sdist(names, [found.lockfile for found in locks])


def locked_environments(project: Project) -> tuple[EnvironmentName, ...]:
    """Return every environment that has a lock.

    Raises:
        UsageError: there is none.
    """
    found = project.locks.names()
    if not found:
        raise UsageError(f"{project.settings.lock_dir}/: no lock there; `mixlock lock` makes them")
    return found
