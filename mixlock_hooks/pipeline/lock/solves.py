"""The solves of a run: what several environments ask alike is solved once."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.solving import SolveRequest


def solve_all(
    requests: Iterable[SolveRequest], start: Callable[[SolveRequest], Future[SolvedPlatform]]
) -> Iterator[tuple[SolveRequest, SolvedPlatform | CannotDoError]]:
    """Yield each request with its answer or failure, as soon as it is known.

    A failure names places of one environment, so who asked alike is solved on its own then.

    Args:
        requests: what is asked, for each platform of each environment.
        start: starts one solve.
    """
    pending = {start(alike[0]): alike for alike in _grouped(requests)}
    while pending:
        ended, _waiting = wait(pending, return_when=FIRST_COMPLETED)
        for future in ended:
            first, *others = pending.pop(future)
            outcome = _outcome(future)
            yield first, outcome
            if isinstance(outcome, CannotDoError):
                pending |= {start(other): [other] for other in others}
            else:
                yield from ((other, outcome) for other in others)


def _grouped(requests: Iterable[SolveRequest]) -> list[list[SolveRequest]]:
    """Return requests in groups that differ in nothing but the environment, whose name decides no solve."""
    groups: list[list[SolveRequest]] = []
    for request in requests:
        found = (group for group in groups if replace(request, environment=group[0].environment) == group[0])
        alike = next(found, None)
        if alike is None:
            groups.append([request])
        else:
            alike.append(request)
    return groups


def _outcome(future: Future[SolvedPlatform]) -> SolvedPlatform | CannotDoError:
    try:
        return future.result()
    except CannotDoError as error:
        return error
