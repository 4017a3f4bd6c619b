"""Provide the wheel of one sdist: the recorded one, else one that was built before, else a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.tags import parse_tag

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.wheelhouse import Built, WheelResult
from mixlock_hooks.rules import build_problem
from mixlock_hooks.rules.wheel_fit import fits, glibc_of

if TYPE_CHECKING:
    from mixlock_hooks.model.wheelhouse import BuildTarget, BuiltWheel, WheelOptions, WheelPlan
    from mixlock_hooks.ports import Wheels


def provide(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    """Provide one wheel; a failure is the result's, so that others go on."""
    try:
        if options.twice:
            return _built_twice(plan, wheels, options)
        return _reused(plan, wheels, options) or _built(plan, wheels, options)
    except CannotDoError as error:
        return WheelResult(plan=plan, problems=error.problems, failed=str(error))


def _reused(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult | None:
    """Return the recorded wheel where it is to be had, else one that was built with what is held now."""
    if options.force:
        return None
    if plan.recorded:
        origin = wheels.holds(plan.recorded.sha256)
        return _result(plan, Built(wheel=plan.recorded), origin, options) if origin else None
    for wheel in wheels.known(plan):
        origin = wheels.holds(wheel.sha256) if _agrees(wheel, plan) else ""
        if origin:
            return _result(plan, Built(wheel=wheel), origin, options)
    return None


def _agrees(wheel: BuiltWheel, plan: WheelPlan) -> bool:
    """Tell whether a wheel was built with the versions that the environment holds, of all that it was built with."""
    built = {pypi_name(name): version for name, _, version in (text.partition("==") for text in wheel.requires)}
    return all(plan.held.get(name, version) == version for name, version in built.items())


def _built(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    if not options.builds.allows(pypi_name(plan.package.name)):
        return WheelResult(plan=plan, problems=(build_problem.not_allowed(plan),))
    with wheels.building(plan):
        meanwhile = _reused(plan, wheels, options)
        if meanwhile:
            return meanwhile
        recorded = None if options.force else plan.recorded
        built = wheels.build(plan, recorded.requires if recorded else ())
    if recorded and built.wheel.sha256 != recorded.sha256:
        return WheelResult(plan=plan, problems=(build_problem.differs(plan, recorded, built.wheel),))
    return _result(plan, built, "built", options)


def _built_twice(plan: WheelPlan, wheels: Wheels, options: WheelOptions) -> WheelResult:
    first = wheels.build(plan)
    second = wheels.build(plan, first.wheel.requires)
    if first.wheel.sha256 != second.wheel.sha256:
        members = wheels.differing(first.wheel.sha256, second.wheel.sha256)
        return WheelResult(plan=plan, problems=(build_problem.not_reproducible(plan, members),))
    if plan.recorded and not options.force and plan.recorded.sha256 != first.wheel.sha256:
        return WheelResult(plan=plan, problems=(build_problem.differs(plan, plan.recorded, first.wheel),))
    return _result(plan, second, "built twice, equal", options)


def _result(plan: WheelPlan, built: Built, origin: str, options: WheelOptions) -> WheelResult:
    """Return a wheel as recorded for the targets that it suits; one that must be served and is not is a problem."""
    tags = {tag for text in built.wheel.tags for tag in parse_tag(text)}
    left = tuple(target.platform for target in plan.targets if not fits(tags, target))
    must = {platform for platform in left if platform in options.platforms or platform == options.host}
    if must:
        return WheelResult(plan=plan, problems=(build_problem.unfit(plan, sorted(must), built.wheel),))
    served = tuple(sorted(target.platform for target in plan.targets if target.platform not in left))
    wheel = replace(built.wheel, platforms=served)
    notes = [built.note, *(_glibc_note(built, target) for target in plan.targets if target.platform in served)]
    if left:
        notes.append(f"{wheel.file} does not fit {', '.join(left)}: run `mixlock wheelhouse` there")
    return WheelResult(plan=plan, wheel=wheel, origin=origin, notes=tuple(note for note in notes if note))


def _glibc_note(built: Built, target: BuildTarget) -> str:
    promised = glibc_of(target)
    if not target.platform.startswith("linux-") or built.glibc <= promised:
        return ""
    needed = ".".join(map(str, built.glibc))
    return (
        f"{built.wheel.file} needs glibc {needed}, and `__glibc` of {target.platform} is "
        f"{'.'.join(map(str, promised))}: it will not load on such a machine"
    )
