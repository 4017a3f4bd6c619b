"""From an engine's failure to a problem: what both sides' failures have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest

_SHOWN = 3
"""Versions that are told of many."""
_Named = TypeVar("_Named", "CondaRequirement", "PypiRequirement")


class Verdict(NamedTuple):
    """What a failure means to a user: a code, a claim and the way out."""

    code: Code
    claim: str
    hint: str


def beyond_cutoff(request: SolveRequest, failure: EngineFailure, needed: str) -> str:
    """Return the way out that leads past a cutoff; nothing where there is none, or it is not to blame."""
    if not request.cutoff or not failure.is_answer:
        return ""
    moment = f", {request.cutoff.moment}," if request.cutoff.moment else ""
    return f"; or move the cutoff{moment} for which {needed}, or except a package from it (`exclude-newer-for`)"


def source_place(entries: Sequence[Entry[str]], words: str) -> Place | None:
    """Return where the channel or index stands that an engine complains of: the one it names, or the only one."""
    named = [entry for entry in entries if without_credentials(entry.value).rpartition("://")[2] in words]
    chosen = named or (entries if len(entries) == 1 else ())
    return chosen[0].place if chosen else None


def of_variable(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a channel or index whose credentials are not to be had here."""
    document, url = request.environment.document, failure.package
    sources = (*document.channels, *document.pypi_sources)
    place = next((entry.place for entry in sources if entry.value == url), None)
    code = Code.NO_CONDA_ANSWER if any(url == entry.value for entry in document.channels) else Code.NO_PYPI_ANSWER
    claim, _colon, hint = failure.words.partition(": ")
    verdict = Verdict(code, f"`{url}` {claim}", hint or "set it in the environment of this run")
    return problem_of(request, verdict, EngineFailure(kind=FailureKind.VARIABLE), place)


def offered(failure: EngineFailure) -> str:
    """Say which versions of a package there are, as far as anybody knows."""
    if not failure.versions:
        return ""
    shown, verb = failure.versions[:_SHOWN], "is" if len(failure.versions) == 1 else "are"
    return f"the newest {verb} {', '.join(shown)}; "


def first_named(requirements: Sequence[_Named], words: str) -> _Named | None:
    """Return the requirement that a solver's explanation names first."""
    places = {
        found.start(): requirement
        for requirement in requirements
        if (found := re.search(rf"(?<![\w.\-]){re.escape(requirement.name)}(?![\w\-])", words))
    }
    return places[min(places)] if places else None


def problem_of(
    request: SolveRequest, verdict: Verdict, failure: EngineFailure, place: Place | None = None
) -> Problem:
    """Return the problem; it stands at the environment's place where no requirement's is known."""
    return Problem(
        code=verdict.code,
        place=place or request.environment.place,
        claim=verdict.claim,
        hint=verdict.hint,
        detail=failure.words,
        environment=request.environment.name,
        platform=request.spec.platform,
    )
