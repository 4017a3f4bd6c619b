"""From a failure of conda's side to the problem a user can mend (MIX301, 304, 305)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import FailureKind
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.rules.addresses import MIRROR
from mixlock_hooks.rules.solve_problem import (
    Verdict,
    beyond_cutoff,
    first_named,
    of_variable,
    offered,
    problem_of,
    source_place,
)
from mixlock_hooks.rules.virtual_limits import virtual_limit

if TYPE_CHECKING:
    from mixlock_hooks.model.failure import EngineFailure
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.requirement import CondaRequirement
    from mixlock_hooks.model.solving import SolveRequest

_FAMILIAR = ("conda-forge", "bioconda", "nvidia", "pytorch", "rapidsai", "defaults", "robostack")
"""Channels whose names are often misspelt."""
_ALIKE = 0.85


def problem_of_conda(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a conda side without an answer.

    Args:
        request: what was asked.
        failure: of a kind that is not ``UNKNOWN``, which nothing in a spec can mend.
    """
    if failure.kind is FailureKind.VARIABLE:
        return of_variable(request, failure)
    asked = next((found for found in request.spec.conda if found.name == failure.package), None)
    verdict = _verdict(request, failure, asked)
    beyond = beyond_cutoff(request, failure, "a channel needs timestamps")
    verdict = verdict._replace(hint=verdict.hint + beyond)
    if failure.kind is FailureKind.SOURCE:
        return problem_of(request, verdict, failure, _channel_place(request, failure))
    blamed = asked or first_named(request.spec.conda, failure.words)
    return problem_of(request, verdict, failure, blamed.place if blamed else None)


def _channel_place(request: SolveRequest, failure: EngineFailure) -> Place | None:
    """Return where the channel stands that cannot be read; where none is known, that which the words name."""
    entries, platform = request.environment.document.channels, request.spec.platform
    urls = {entry.place: map(without_credentials, urls_of(entry.value, platform)) for entry in entries}
    known = (place for place, named in urls.items() if failure.package in named)
    return next(known, None) or source_place(entries, failure.words)


def _verdict(request: SolveRequest, failure: EngineFailure, asked: CondaRequirement | None) -> Verdict:
    if failure.kind is FailureKind.SOURCE:
        return _unreadable_channel(failure)
    if failure.kind is FailureKind.BAD_SPEC:
        hint = "write it as a match spec: `name`, `name=1.2`, `name >=1,<2`"
        return Verdict(Code.NO_CONDA_ANSWER, "the conda solver cannot read a requirement", hint)
    if failure.kind is FailureKind.NO_VERSION and asked:
        return _nothing_of(asked, request, failure)
    limit = virtual_limit(request.spec, failure.virtual)
    if limit:
        return Verdict(Code.NO_CONDA_ANSWER, *limit)
    claim = "the conda requirements cannot be satisfied together"
    return Verdict(Code.NO_CONDA_ANSWER, claim, "relax one of the requirements that are named")


def _unreadable_channel(failure: EngineFailure) -> Verdict:
    named = f"the channel {failure.package}" if failure.package else "a channel"
    name = failure.package.rstrip("/").rpartition("/")[2]
    near = nearest(name, _FAMILIAR, _ALIKE)
    is_slip = near not in {"", name} and not (name.startswith(near) and len(name) > len(near) + 1)  # as pytorch3d
    meant = f"did you mean `{near}`? Otherwise " if is_slip else ""
    hint = f"{meant}check the channel's URL and the network; {MIRROR}"
    return Verdict(Code.NO_CONDA_ANSWER, f"{named} cannot be read", hint)


def _nothing_of(asked: CondaRequirement, request: SolveRequest, failure: EngineFailure) -> Verdict:
    """Return what to say of a conda requirement that nothing fits; the spec tells where versions are unknown."""
    is_there = bool(asked.version or asked.build) if failure.versions is None else bool(failure.versions)
    if is_there:
        claim = f"no package fits `{asked.key}{asked.asked}`"
        return Verdict(Code.NO_CONDA_ANSWER, claim, f"{offered(failure)}relax it, or name another channel")
    if failure.platforms:
        others, platform = ", ".join(failure.platforms), request.spec.platform
        hint = f"give it a selector that leaves {platform} out, or drop the platform"
        return Verdict(Code.NO_FILE, f"`{asked.name}` is there for {others}, and not for {platform}", hint)
    needs = ", and what is asked of PyPI needs it to be installed" if asked.implied else ""
    channels = ", ".join(request.spec.channels)
    claim = f"`{asked.name}` is in none of the channels ({channels}){needs}"
    otherwise = "correct the name, or name the channel that has it"
    hint = f"did you mean `{failure.near}`? Otherwise {otherwise}" if failure.near else otherwise
    return Verdict(Code.NO_SUCH_PACKAGE, claim, hint)
