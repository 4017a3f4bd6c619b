"""The problems of reading a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.modules import PYTHON
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.flow import DecoratorKind
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.model.flow import Decorator, Step
    from mixlock_hooks.model.place import Place

ALLOW = "if it adds no packages, allow it there: `# mixlock: allow MIX007 because …`"


def not_python(error: Exception, path: str) -> Problem:
    """Return the problem that a file is not Python, as far as this interpreter knows the language."""
    line, column, words = 1, 1, str(error)
    if isinstance(error, SyntaxError):
        line, column, words = error.lineno or 1, error.offset or 1, error.msg
    hint = f"correct it, or run mixlock on a newer Python than {PYTHON.removeprefix('Python ')}"
    claim = f"not valid {PYTHON}: {words}"
    return Problem(code=Code.UNREADABLE, place=at(path, line, column), claim=claim, hint=hint)


def not_static(error: NotStaticError) -> Problem:
    """Return the problem that an argument of an environment decorator cannot be read."""
    return Problem(
        code=Code.NOT_STATIC,
        place=error.place,
        claim=f"{error}; it cannot be read without running the flow",
        hint="write it as a literal, or as a name that is bound once to one",
        subject=error.expression,
    )


def unread(error: NotStaticError) -> Problem:
    """Return the problem that something may add packages to a flow, or change it, and cannot be read."""
    return Problem(
        code=Code.NOT_STATIC,
        place=error.place,
        claim=f"{error}; what it adds to the flow cannot be read without running it",
        hint=f"write Metaflow's own decorators on the flow and its steps; {ALLOW}",
        subject=error.expression,
    )


def beside_resolved(decorators: Sequence[Decorator], steps: Iterable[Step]) -> Iterator[Problem]:
    """Yield a problem at each decorator that the extension refuses beside ``@resolved_req``."""
    every = [*decorators, *(decorator for step in steps for decorator in step.decorators)]
    resolved = next((found for found in decorators if found.kind is DecoratorKind.RESOLVED), None)
    for other in every if resolved else ():
        if other is not resolved:
            yield Problem(
                code=Code.NOT_STATIC,
                place=other.place,
                claim=f"`@{other.name}` stands beside `@resolved_req`, and the extension refuses both together",
                hint="keep one of them",
            )


def stray(name: str, place: Place, why: str) -> Problem:
    """Return the problem that a decorator stands where it asks for nothing."""
    return Problem(
        code=Code.UNKNOWN_KEY,
        place=place,
        claim=f"`@{name}` asks for nothing here: {why}",
        hint="put it on a step, or with `_base` on the flow",
    )
