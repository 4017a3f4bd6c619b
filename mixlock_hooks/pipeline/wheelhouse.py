"""Make a wheelhouse: plan from the locks, build or reuse each sdist's wheel, record digests, lay the wheels out."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, pip_txt, wheelhouse_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import LOCKFILE, WHEELHOUSE, environment_of, folder_of, lockfile_path
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.platforms import DEFAULT_VIRTUAL_PACKAGES
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.wheelhouse import WheelhouseResult, WheelPlan
from mixlock_hooks.pipeline import lock_set
from mixlock_hooks.pipeline.provide_wheel import provide
from mixlock_hooks.pipeline.recorded_wheels import damage_of, read_wheelhouse
from mixlock_hooks.rules import wheel_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.wheelhouse import BuildTarget, BuiltWheel, WheelOptions, WheelResult
    from mixlock_hooks.pipeline.load import Project
    from mixlock_hooks.pipeline.read_lock import FoundLock
    from mixlock_hooks.ports import Wheels


class Wheelhouse:
    """Makes the wheelhouses of one repository."""

    def __init__(
        self, project: Project, environments: Sequence[EnvironmentSpec], wheels: Wheels, names: Callable[[], NameMap]
    ) -> None:
        self._project = project
        self._specs = {environment.name: environment for environment in environments}
        self._wheels = wheels
        self._names = names
        self._claimed: dict[str, tuple[str, EnvironmentName]] = {}

    def make(
        self,
        locks: Sequence[FoundLock],
        options: WheelOptions,
        pool: Executor,
        done: Callable[[WheelhouseResult], None],
    ) -> tuple[WheelhouseResult, ...]:
        """Make the wheelhouse of each lock: all builds at the same time, each lock written when its last one ended.

        Args:
            locks: which.
            options: how.
            pool: where builds run.
            done: is told each result as it comes.
        """
        refused = {found.name: self._refusal(found, options) for found in locks}
        plans = {found.name: () if refused[found.name] else self.plan(found, options) for found in locks}
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

    def gather(self, found: FoundLock, options: WheelOptions, folder: str) -> bytes:
        """Gather every wheel of one platform in a folder, and record nothing; return pip's requirements for them.

        Args:
            found: the lock.
            options: how; its only platform is the one that counts.
            folder: where to, absolute.

        Raises:
            CannotDoError: a wheel cannot be had; the problems say why.
        """
        (platform,) = options.platforms
        results = [provide(plan, self._wheels, options) for plan in self.plan(found, options)]
        problems = tuple(problem for result in results for problem in result.problems)
        failed = next((result.failed for result in results if result.failed), "")
        if problems or failed:
            raise CannotDoError(failed or "a wheel is missing", problems)
        wheels = [result.wheel for result in results if result.wheel]
        for wheel in wheels:
            self._wheels.put(folder, wheel.file, wheel.sha256)
        for package in _index_wheels(found.lockfile, platform):
            self._wheels.fetch(folder, package, *self._indices(found, platform))
        return pip_txt.render(found.lockfile.for_platform(platform), (), wheel_plan.hashes_for(wheels, platform))

    def plan(self, found: FoundLock, options: WheelOptions) -> tuple[WheelPlan, ...]:
        """Plan every sdist of a lock that one of the wanted platforms needs, this machine's platform first."""
        targets = self._targets(found, options)
        recorded = read_wheelhouse(self._project, found.name, found.lockfile)
        path = lockfile_path(self._project.settings.lock_dir, found.name)
        lines = conda_lock_yml.package_lines(self._project.files.read(path) or b"")
        plans = []
        for package, served in wheel_plan.sdists(found.lockfile, targets):
            first = found.lockfile.for_platform(served[0].platform)
            held = wheel_plan.held_versions(first, self._names())
            indices, default_index = self._indices(found, served[0].platform)
            plans.append(
                WheelPlan(
                    environment=found.name,
                    package=package,
                    targets=served,
                    held=held,
                    indices=indices,
                    default_index=default_index,
                    cutoff=lock_set.recorded_cutoff(found.lockfile, served[0].platform),
                    extra_requires=options.builds.extra_for(pypi_name(package.name)),
                    conda=wheel_plan.python_closure(first),
                    recorded=wheel_plan.recorded_for(recorded, package, served, held),
                    place=at(path, lines.get((package.name, Manager.PIP.value), 1)),
                )
            )
        return tuple(plans)

    def _refusal(self, found: FoundLock, options: WheelOptions) -> Problem | None:
        """Return why nothing is built from a lock: a hand changed it, or the record of its wheels."""
        folder = folder_of(self._project.settings.lock_dir, found.name)
        if not lock_set.body_holds(found.lockfile):
            return Problem(
                code="MIX206",
                place=at(f"{folder}/{LOCKFILE}"),
                claim=f"{LOCKFILE} is not what mixlock wrote: nothing is built from it",
                hint=f"run `mixlock lock {quote(found.name)}`",
                environment=found.name,
            )
        damage = damage_of(self._project, found.name)
        if not damage or options.force:
            return None
        return Problem(
            code="MIX401",
            place=at(f"{folder}/{WHEELHOUSE}"),
            claim=f"{WHEELHOUSE} does not hold: {damage}",
            hint="take it back from git, or record anew with --force",
            environment=found.name,
        )

    def _targets(self, found: FoundLock, options: WheelOptions) -> tuple[BuildTarget, ...]:
        wanted = list(options.platforms or found.lockfile.platforms)
        wanted.sort(key=lambda platform: (platform != options.host, platform))
        targets = (
            self._target(found.lockfile, platform) for platform in wanted if platform in found.lockfile.platforms
        )
        return tuple(target for target in targets if target)

    def _target(self, lockfile: Lockfile, platform: Subdir) -> BuildTarget | None:
        inputs = lock_set.recorded_inputs(lockfile, platform)
        virtual = inputs.virtual_packages if inputs else DEFAULT_VIRTUAL_PACKAGES.get(platform, {})
        return wheel_plan.target_of(lockfile, platform, {str(name): version for name, version in virtual.items()})

    def _indices(self, found: FoundLock, platform: Subdir) -> tuple[tuple[str, ...], str]:
        """Return the spec's indices, whose URLs may carry credentials, else those that the lock records."""
        environment = self._specs.get(found.name)
        specs = environment.platforms if environment else ()
        spec = next((spec for spec in specs if spec.platform == platform), None)
        if spec:
            return spec.indices, spec.default_index
        inputs = lock_set.recorded_inputs(found.lockfile, platform)
        return (inputs.indices, inputs.default_index) if inputs else ((), self._project.settings.default_index)

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
            self._wheels.fetch(folder, package, *self._indices(found, package.platform))
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
        wheels = tuple(_joined(read_wheelhouse(self._project, found.name, found.lockfile), fresh))
        folder = folder_of(self._project.settings.lock_dir, found.name)
        lock = self._project.files.read(f"{folder}/{LOCKFILE}") or b""
        files = lock_set.render_exports(found.lockfile, digest(lock), wheels)
        if wheels:
            files[WHEELHOUSE] = wheelhouse_json.render(wheels)
        obsolete = () if wheels or WHEELHOUSE not in self._project.files.names(folder) else (WHEELHOUSE,)
        changed = {name for name, content in files.items() if self._project.files.read(f"{folder}/{name}") != content}
        if changed or obsolete:
            self._project.files.replace_set(folder, files, obsolete)
        return tuple(f"{folder}/{name}" for name in sorted({*changed, *obsolete}))


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
    return tuple(
        package
        for package in lockfile.for_platform(platform)
        if package.manager is Manager.PIP and not package.is_sdist
    )


def locked_environments(project: Project) -> tuple[EnvironmentName, ...]:
    """Return every environment that has a lock.

    Raises:
        UsageError: there is none.
    """
    lock_dir = project.settings.lock_dir
    found = tuple(name for path in project.files.below(lock_dir) if (name := environment_of(path, lock_dir)))
    if not found:
        raise UsageError(f"{lock_dir}/: no lock there; `mixlock lock` makes them")
    return found
