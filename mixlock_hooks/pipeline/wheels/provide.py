"""Provide the wheel of one sdist: the recorded one, else one that was built before, else a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.target import version_of
from mixlock_hooks.model.wheelhouse import Built, WheelResult
from mixlock_hooks.rules import build_problem
from mixlock_hooks.rules.platform_tags import fits
from mixlock_hooks.rules.wheel_plan import is_of, runs_with

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.target import Target
    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelOptions, WheelPlan
    from mixlock_hooks.ports import Wheels


def provide(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    """Provide one wheel; a failure is the result's, so that others go on."""
    try:
        reused = None if options.force or options.twice else _reused(plan, wheels, options)
        return reused or _built(plan, wheels, options)
    except CannotDoError as error:
        return WheelResult(plan=plan, problems=error.problems, failed=str(error))
    except OSError as error:
        problem = build_problem.failed(plan, "", error.strerror or str(error))
        return WheelResult(plan=plan, problems=(problem,), failed=problem.claim)


def _reused(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult | None:
    """Return the recorded wheel where it is to be had, else one that was built with what is held now."""
    candidates = [plan.recorded] if plan.recorded else (wheel for wheel in wheels.known(plan) if is_of(wheel, plan))
    for wheel in candidates:
        if _unserved(_left(wheel, plan), plan, options):
            continue
        origin = wheels.holds(wheel.sha256)
        if origin:
            return _result(plan, Built(wheel=wheel), origin, wheels, options)
    return None


def _built(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    if not options.builds.allows(pypi_name(plan.package.name)):
        return _refused(plan, build_problem.not_allowed(plan))
    with wheels.building(plan):
        if options.twice:
            return _built_twice(plan, wheels, options)
        meanwhile = None if options.force else _reused(plan, wheels, options)
        return meanwhile or _built_once(plan, wheels, options)


def _built_once(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    recorded = None if options.force else plan.recorded
    built = wheels.build(plan, recorded.requires if recorded else ())
    if recorded and built.wheel.sha256 != recorded.sha256:
        return _refused(plan, build_problem.differs(plan, recorded, built.wheel))
    return _result(plan, built, "built", wheels, options)


def _built_twice(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    recorded = None if options.force else plan.recorded
    first = wheels.build(plan, recorded.requires if recorded else ())
    second = wheels.build(plan, first.wheel.requires)
    if first.wheel.sha256 != second.wheel.sha256:
        members = wheels.differing(first.wheel.sha256, second.wheel.sha256)
        return _refused(plan, build_problem.not_reproducible(plan, members))
    if recorded and recorded.sha256 != first.wheel.sha256:
        return _refused(plan, build_problem.differs(plan, recorded, first.wheel))
    return _result(plan, second, "built twice, equal", wheels, options)


def _refused(plan: WheelPlan, problem: Problem) -> WheelResult:
    return WheelResult(plan=plan, problems=(problem,))


def _result(plan: WheelPlan, built: Built, origin: str, wheels: Wheels, options: WheelOptions) -> WheelResult:
    """Keep a wheel, and return it as recorded for the targets that it suits; one that must be served is a problem."""
    left = _left(built.wheel, plan)
    unserved = _unserved(left, plan, options)
    if unserved:
        return _refused(plan, build_problem.unfit(plan, unserved, built.wheel))
    if not runs_with(built.wheel, plan.held):
        return _refused(plan, build_problem.compiled_against_another(plan, built.wheel))
    wheels.keep(plan, built.wheel)
    served = tuple(sorted(target.platform for target in plan.targets if target.platform not in left))
    wheel = replace(built.wheel, platforms=served)
    notes = [built.note, *(_glibc_note(wheel, target) for target in plan.targets if target.platform in served)]
    if left:
        notes.append(f"{wheel.file} does not fit {', '.join(left)}: run `mixlock wheelhouse` there, if not done yet")
    return WheelResult(plan=plan, wheel=wheel, origin=origin, notes=tuple(note for note in notes if note))


def _left(wheel: BuiltWheel, plan: WheelPlan) -> list[Subdir]:
    """Return the targets' platforms that a wheel does not fit."""
    return [target.platform for target in plan.targets if not fits(wheel.tags, target)]


def _unserved(left: list[Subdir], plan: WheelPlan, options: WheelOptions) -> list[Subdir]:
    """Return those of the platforms left out that a wheel must serve; all where it serves none."""
    if len(left) == len(plan.targets):
        return left
    return [platform for platform in left if platform in options.platforms or platform == options.host]


def _glibc_note(wheel: BuiltWheel, target: Target) -> str:
    promised, needed = target.glibc, version_of(wheel.glibc)
    if promised is None or needed is None or needed <= promised:
        return ""
    return (
        f"{wheel.file} needs glibc {wheel.glibc}, and `__glibc` of {target.platform} is "
        f"{'.'.join(map(str, promised))}: it will not load on such a machine"
    )
