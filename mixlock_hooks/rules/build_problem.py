"""From a build that failed to the problem a user can mend: what its last words mean, and the way out (MIX4xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules.addresses import MIRROR
from mixlock_hooks.rules.build_diagnosis import meaning
from mixlock_hooks.rules.wheel_plan import abi_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan

_OTHERWISE = "allow it more (--timeout, --memory), name what it needs (extra-build-requires), or lock another version"
_LAST_LINES = 12


def failed(plan: WheelPlan, said: str, words: str = "") -> Problem:
    """Return the problem of a build that failed.

    Args:
        plan: what was built.
        said: the end of what the build wrote.
        words: why it failed, where that is known better than from what it wrote.
    """
    claim, hint = (words, _OTHERWISE) if words else _meaning(plan, said)
    last = [line for line in said.splitlines() if line.strip()][-_LAST_LINES:]
    return _problem(plan, Code.BUILD_FAILED, f"cannot be built: {claim}", hint, "\n".join(last))


def _meaning(plan: WheelPlan, said: str) -> tuple[str, str]:
    found = meaning(said, plan.package.name, plan.python)
    return found or ("its build failed", "its last words stand above; take another version, or one with a wheel")


def unsafe(plan: WheelPlan, words: str) -> Problem:
    """Return the problem of an sdist that is not unpacked."""
    return _problem(
        plan, Code.BUILD_FAILED, f"is not unpacked: {words}", "lock another version of it, and tell its maintainers"
    )


def unboxed(plan: WheelPlan, walls: Iterable[tuple[str, str]]) -> Problem:
    """Return the problem of a machine that lacks a wall between builds and everything else.

    Args:
        plan: what is not built.
        walls: the names of those that are missing, and why they are.
    """
    told = "; ".join(f"{name} ({why})" for name, why in walls)
    hint = "run it on a machine that has them, take a version with a wheel, or give your word with --allow-unboxed"
    return _problem(plan, Code.BUILD_FAILED, f"is not built, for walls of the sandbox are missing: {told}", hint)


def unfetched(plan: WheelPlan, words: str) -> Problem:
    """Return the problem of an sdist that cannot be had."""
    hint = f"check the index and the network; {MIRROR}"
    return _problem(plan, Code.BUILD_FAILED, f"cannot be fetched: {words}", hint)


def no_python(plan: WheelPlan) -> Problem:
    """Return the problem of a machine without the python of the environment."""
    claim = f"needs python {plan.python} to be built, which is neither here nor can be fetched"
    hint = (
        f"install it (`uv python install {plan.python}`, or a system package), or run where the channel is reachable"
    )
    return _problem(plan, Code.BUILD_FAILED, claim, hint)


def not_allowed(plan: WheelPlan) -> Problem:
    """Return the problem of a wheel that is nowhere to be had, and may not be built."""
    hint = "run `mixlock wheelhouse` (or `nox -s wheelhouse`) where builds are allowed, or name a shared --cache"
    return _problem(plan, Code.BUILD_NEEDED, "has no wheel in the cache, and may not be built here", hint)


def differs(plan: WheelPlan, recorded: BuiltWheel, built: BuiltWheel) -> Problem:
    """Return the problem of a wheel that is not the recorded one."""
    claim = f"built here is {built.file} with sha256 {built.sha256[:16]}…, recorded is {recorded.sha256[:16]}…"
    hint = "fetch the recorded wheel from a shared --cache, or record this one with `mixlock wheelhouse --force`"
    return _problem(plan, Code.WHEEL, claim, hint)


def not_reproducible(plan: WheelPlan, members: Iterable[str]) -> Problem:
    """Return the problem of a build that gives another wheel each time."""
    claim = f"built twice gives two wheels; they differ in {', '.join(members) or 'their order or dates'}"
    return _problem(plan, Code.WHEEL, claim, "share the one wheel with --cache, so that nobody builds another")


def compiled_against_another(plan: WheelPlan, built: BuiltWheel) -> Problem:
    """Return the problem of a wheel whose compiled code does not go with what the environment holds."""
    claim = f"was compiled against {', '.join(abi_of(built))}, which does not go with what is locked"
    hint = "lock a version of it that builds with the locked one, or name it under extra-build-requires"
    return _problem(plan, Code.WHEEL_MISFIT, claim, hint)


def unfit(plan: WheelPlan, platforms: Iterable[str], built: BuiltWheel) -> Problem:
    """Return the problem of a wheel that does not suit a target."""
    claim = f"was built as {built.file}, which does not fit {', '.join(platforms)}"
    hint = "run `mixlock wheelhouse` on that platform; what is recorded for others stays"
    return _problem(plan, Code.WHEEL_MISFIT, claim, hint)


def _problem(plan: WheelPlan, code: Code, claim: str, hint: str, detail: str = "") -> Problem:
    package = plan.package
    return Problem(
        code=code,
        place=plan.place,
        claim=f"`{package.name}` {package.version} {claim}",
        hint=hint,
        detail=detail,
        environment=plan.environment,
        platform=plan.targets[0].platform,
    )
