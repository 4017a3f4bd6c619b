"""What is taken over of other tools' locks, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.report.count import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.model.adoption import AdoptionPlan
    from mixlock_hooks.model.drift import State
    from mixlock_hooks.model.foreign import ForeignPlan


_LOCKED_BY = "pixi.lock"


def planned(plan: AdoptionPlan, configuration: str, *, is_done: bool) -> Iterator[str]:
    """Yield a line for each lock, and one for the configuration.

    Args:
        plan: the plan.
        configuration: the file that is written; empty where none is.
        is_done: whether it is done, or only would be.
    """
    for adoption in plan.adoptions:
        verb = ("kept" if is_done else "would keep") if adoption.path == adoption.target else _moves(is_done=is_done)
        where = "" if adoption.path == adoption.target else f" to {adoption.target}"
        yield f"{adoption.environment}: {verb} {adoption.path}{where} ({', '.join(adoption.specs)})"
    if configuration:
        verb = "wrote" if is_done else "would write"
        environments = [str(adoption.environment) for adoption in plan.adoptions if adoption.is_configured]
        environments += plan.environments
        parts = [
            f"environments {', '.join(environments)}" if environments else "",
            f"platforms {', '.join(plan.platforms)}" if plan.platforms else "",
        ]
        yield f"{verb} {configuration}: {'; '.join(filter(None, parts))}"


def _moves(*, is_done: bool) -> str:
    return "moved" if is_done else "would move"


def specs(plan: ForeignPlan, *, is_done: bool) -> Iterator[str]:
    """Yield a line for each spec that is written of another tool's manifest, and before it is done its text.

    Arguments as for ``planned``.
    """
    for each in plan.specs:
        verb = "wrote" if is_done else "would write"
        locked = f" and a lock of what {_LOCKED_BY} holds" if each.packages else ""
        what = f"{each.path} is there" if each.before else f"{verb} {each.path}"
        yield f"{each.environment}: {what}{locked} ({each.spec.origin}, environment {each.spec.name})"
        if not (each.before or is_done):
            yield from (f"    {line}" for line in each.text.splitlines())


def left_out(plan: AdoptionPlan) -> Iterator[str]:
    """Yield a line for each file that is not taken over."""
    yield from (f"{each.path}: not taken over: {each.why}" for each in plan.left_out)


def states(found: Mapping[str, State]) -> Iterator[str]:
    """Yield what became of the locks, in one line."""
    counts: dict[str, int] = {}
    for state in found.values():
        counts[state.value] = counts.get(state.value, 0) + 1
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    yield f"took over {counted(len(found), 'lock')}: {told}"
