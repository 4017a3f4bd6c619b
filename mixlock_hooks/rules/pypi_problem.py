"""From a failure of PyPI's side, or of an engine, to the problem a user can mend (MIX302 to 305, 402, 403)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.rules.addresses import MIRROR
from mixlock_hooks.rules.build_diagnosis import meaning
from mixlock_hooks.rules.misfit import way_out, words_of
from mixlock_hooks.rules.solve_problem import (
    Verdict,
    beyond_cutoff,
    first_named,
    of_variable,
    offered,
    problem_of,
    source_place,
)

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.solving import SolveRequest

_FORBIDDEN = "`--only-binary` in the spec forbids it: take that out, or ask for a version with a wheel"
_FIRST_INDEX = "the first index that has a project decides; name its index in `index-of`, or relax the requirement"
_VERDICTS = {
    FailureKind.UNSATISFIABLE: Verdict(
        Code.NO_PYPI_ANSWER,
        "the PyPI requirements cannot be satisfied together",
        "relax one of the requirements that are named",
    ),
    FailureKind.HELD: Verdict(
        Code.SIDES_DISAGREE,
        "the PyPI requirements do not accept what conda has",
        "ask conda for other versions of what is named, or relax the PyPI requirements",
    ),
    FailureKind.HELD_EXTRA: Verdict(
        Code.SIDES_DISAGREE,
        "{constraint} is needed, that version of `{name}` is conda's, and no index tells what the extra needs",
        "ask conda for a version that is on PyPI too, or get it from PyPI alone",
    ),
    FailureKind.YANKED: Verdict(
        Code.NO_PYPI_ANSWER,
        "`{name}` {constraint} was yanked",
        "ask for another version; one that is pinned with `==` is taken",
    ),
    FailureKind.CUTOFF: Verdict(
        Code.NO_PYPI_ANSWER,
        "no file of `{name}` {constraint} was published before the cutoff",
        "relax the requirement",
    ),
    FailureKind.NO_VERSION: Verdict(
        Code.NO_PYPI_ANSWER, "no version of `{name}` fits `{constraint}`", "relax the requirement"
    ),
    FailureKind.PYTHON: Verdict(
        Code.SIDES_DISAGREE,
        "`{name}` needs python {constraint}, which conda's python is not",
        "ask conda for another python, or PyPI for another version",
    ),
    FailureKind.NO_FILE: Verdict(
        Code.NO_FILE,
        "no file of `{name}` {constraint} fits {platform}",
        "ask for another version, get it from conda, or drop the platform",
    ),
    FailureKind.SOURCE: Verdict(
        Code.NO_PYPI_ANSWER, "an index cannot be read", f"check its URL and the network; {MIRROR}"
    ),
    FailureKind.BUILD: Verdict(
        Code.BUILD_NEEDED,
        "`{name}` {constraint} must be built to learn what it needs, and building is not allowed here",
        "run `mixlock lock` or `nox -s lock` yourself, where building is allowed",
    ),
    FailureKind.CHANGED_FILE: Verdict(
        Code.NO_PYPI_ANSWER,
        "the index serves another file of `{name}` {constraint} than it did before",
        "ask its owner; if it was replaced on purpose, remove mixlock/poetry from your cache folder and lock again",
    ),
    FailureKind.WRONG_METADATA: Verdict(
        Code.NO_PYPI_ANSWER,
        "the index serves a file of `{name}` whose metadata are of something else",
        "ask the index's owner, or take another version",
    ),
    FailureKind.BAD_METADATA: Verdict(
        Code.NO_PYPI_ANSWER,
        "the metadata of `{name}` {constraint} cannot be read",
        "ask the index's owner, or take another version",
    ),
    FailureKind.NO_HASH: Verdict(
        Code.NO_PYPI_ANSWER,
        "`{name}` {constraint} comes without a sha256, so nobody could verify it",
        "ask the index's owner to serve hashes (PEP 503), or use another index",
    ),
    FailureKind.BUILD_FAILED: Verdict(
        Code.BUILD_FAILED,
        "`{name}` {constraint} must be built to learn what it needs, and its build failed",
        "ask for a version with wheels, get it from conda, or install what its build needs",
    ),
}


def problem_of_pypi(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a PyPI side without an answer, or of what kept an engine from one.

    Args:
        request: what was asked.
        failure: of a kind that is not ``UNKNOWN``, which nothing in a spec can mend.
    """
    if failure.kind is FailureKind.VARIABLE:
        return of_variable(request, failure)
    verdict = _verdict(failure)
    if failure.kind is FailureKind.BUILD and request.builds.denies(pypi_name(failure.package)):
        verdict = verdict._replace(hint=_FORBIDDEN)
    hint = verdict.hint + beyond_cutoff(request, failure, "an index needs upload times (PEP 700)")
    filled = verdict.claim.format(name=failure.package, constraint=failure.constraint, platform=request.spec.platform)
    verdict = Verdict(verdict.code, " ".join(filled.split()), hint)
    return problem_of(request, verdict, failure, _place(request, failure))


def _verdict(failure: EngineFailure) -> Verdict:
    if failure.kind is FailureKind.NO_VERSION and not failure.constraint:
        return Verdict(Code.NO_SUCH_PACKAGE, "no index has a file of `{name}`", "correct the name, or name its index")
    verdict = _VERDICTS[failure.kind]
    if failure.kind is FailureKind.NO_VERSION:
        hint = _FIRST_INDEX if failure.elsewhere else verdict.hint
        return verdict._replace(hint=f"{offered(failure)}{hint}")
    if failure.kind is FailureKind.BUILD_FAILED:
        known = meaning(failure.words, failure.package, "that of conda")
        return verdict._replace(hint=known[1]) if known else verdict
    if failure.kind is FailureKind.NO_FILE and failure.limits:
        return Verdict(verdict.code, f"{verdict.claim}: {words_of(failure.limits)}", way_out(failure))
    return verdict


def _place(request: SolveRequest, failure: EngineFailure) -> Place | None:
    """Return where the spec names what failed: an index, a project, or the one whose needs lead to it."""
    name = pypi_name(failure.package) if failure.package else PypiName("")
    asked = next((found.place for found in request.spec.pypi if found.name == name), None)
    if failure.kind is FailureKind.SOURCE:
        document = request.environment.document
        return source_place(document.pypi_sources, failure.words) or asked
    named = first_named(request.spec.pypi, failure.words)
    return asked or (named.place if named else None)


def without_python(request: SolveRequest) -> Problem:
    """Return the problem of PyPI requirements in an environment that got no python."""
    verdict = Verdict(
        Code.NO_PYTHON,
        "pip requirements, but nothing that conda was asked for brings python",
        "ask for it among the conda requirements: `- python=3.12`",
    )
    return problem_of(request, verdict, EngineFailure(kind=FailureKind.PYTHON), request.spec.pypi[0].place)
