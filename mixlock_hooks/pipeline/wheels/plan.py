"""Plan wheels from locks: which sdists, for which targets, from which indices; or why nothing may be built."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.lock_paths import LOCKFILE, WHEELHOUSE
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.platforms import DEFAULT_VIRTUAL_PACKAGES
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.wheelhouse import WheelPlan
from mixlock_hooks.pipeline.cutoffs import recorded_cutoff
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import wheel_plan
from mixlock_hooks.rules.platform_tags import unloadable
from mixlock_hooks.rules.wheel_plan import runs_with, was_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.target import Target
    from mixlock_hooks.model.wheelhouse import WheelOptions
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project


class WheelPlanner:
    """Plans the wheels of one repository's locks."""

    def __init__(self, project: Project, environments: Sequence[EnvironmentSpec]) -> None:
        self._project = project
        self._specs = {environment.name: environment for environment in environments}

    def plan(self, found: FoundLock, options: WheelOptions) -> tuple[WheelPlan, ...]:
        """Plan every sdist of a lock that one of the wanted platforms needs, this machine's platform first."""
        targets = self._targets(found, options)
        lock = self._project.locks.of(found.name)
        recorded = lock.wheels_of(found.lockfile)
        lines = conda_lock_yml.package_lines(lock.read() or b"")
        plans = []
        for package, served in wheel_plan.sdists(found.lockfile, targets):
            first = found.lockfile.for_platform(served[0].platform)
            held = wheel_plan.held_versions(first, self._project.names())
            extra = options.builds.extra_for(pypi_name(package.name))
            plans.append(
                WheelPlan(
                    environment=found.name,
                    package=package,
                    targets=served,
                    held=held,
                    sources=self.sources(found, served[0].platform),
                    cutoff=recorded_cutoff(found.lockfile, served[0].platform, lock.path()),
                    extra_requires=extra,
                    conda=wheel_plan.python_closure(first),
                    recorded=next(
                        (
                            wheel
                            for wheel in wheel_plan.recorded_for(recorded, package, served)
                            if runs_with(wheel, held) and was_given(wheel, extra)
                        ),
                        None,
                    ),
                    place=lock.place(line=lines.get((package.name, Manager.PIP.value), 1)),
                )
            )
        return tuple(plans)

    def refusal(self, found: FoundLock, options: WheelOptions) -> Problem | None:
        """Return why nothing is built from a lock: a hand changed it, or the record of its wheels."""
        lock = self._project.locks.of(found.name)
        if not lock_set.is_whole(found.lockfile):
            return Problem(
                code=Code.BODY,
                place=lock.place(),
                claim=f"{LOCKFILE} is not what mixlock wrote: nothing is built from it",
                hint=f"run `mixlock lock {quote(found.name)}`",
                environment=found.name,
            )
        if any(self._has_no_python(found.lockfile, platform) for platform in found.lockfile.platforms):
            return Problem(
                code=Code.BUILD_FAILED,
                place=lock.place(),
                claim="sdists are locked without a python to build them with",
                hint="ask conda for python in the spec",
                environment=found.name,
            )
        damage = lock.wheels_damage()
        if not damage or options.force:
            return None
        return Problem(
            code=Code.WHEEL,
            place=lock.place(WHEELHOUSE),
            claim=f"{WHEELHOUSE} does not hold: {damage}",
            hint="take it back from git, or record anew with --force",
            environment=found.name,
        )

    def refused(self, found: FoundLock, platform: Subdir) -> tuple[str, ...]:
        """Return the locked wheels that the target of one platform refuses: nothing is installed from them."""
        target = self._target(found.lockfile, platform)
        wheels = (package.file for package in found.lockfile.for_platform(platform) if package.manager is Manager.PIP)
        return tuple(file for file in wheels if target and unloadable(file, target))

    def _has_no_python(self, lockfile: Lockfile, platform: Subdir) -> bool:
        packages = lockfile.for_platform(platform)
        return any(package.is_sdist for package in packages) and self._target(lockfile, platform) is None

    def _targets(self, found: FoundLock, options: WheelOptions) -> tuple[Target, ...]:
        wanted = list(options.platforms or found.lockfile.platforms)
        wanted.sort(key=lambda platform: (platform != options.host, platform))
        targets = (
            self._target(found.lockfile, platform) for platform in wanted if platform in found.lockfile.platforms
        )
        return tuple(target for target in targets if target)

    def _target(self, lockfile: Lockfile, platform: Subdir) -> Target | None:
        inputs = lock_set.recorded_inputs(lockfile, platform)
        virtual = inputs.virtual_packages if inputs else DEFAULT_VIRTUAL_PACKAGES.get(platform, {})
        return wheel_plan.target_of(lockfile, platform, {str(name): version for name, version in virtual.items()})

    def sources(self, found: FoundLock, platform: Subdir) -> PypiSources:
        """Return the spec's sources, whose URLs may carry credentials, else those that the lock records."""
        environment = self._specs.get(found.name)
        specs = environment.platforms if environment else ()
        spec = next((spec for spec in specs if spec.platform == platform), None)
        if spec:
            return spec.pypi_sources
        inputs = lock_set.recorded_inputs(found.lockfile, platform)
        own = PypiSources(default_index=self._project.settings.default_index)
        return inputs.pypi_sources if inputs else own
