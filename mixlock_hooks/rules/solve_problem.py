"""From an engine's failure to the problem a user can mend: place, code, claim and way out (MIX301 to MIX305)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.rules.build_diagnosis import meaning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.requirement import CondaRequirement
    from mixlock_hooks.model.solving import SolveRequest


class _Verdict(NamedTuple):
    code: Code
    claim: str
    hint: str


def of_conda_side(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a conda side without an answer."""
    asked = next((found for found in request.spec.conda if found.name == failure.package), None)
    verdict = _conda_verdict(request, failure, asked)
    if failure.kind is FailureKind.SOURCE:
        return _problem(
            request, verdict, failure, _source_place(request.environment.document.channels, failure.words)
        )
    blamed = asked or _first_named(request, failure.words)
    return _problem(request, verdict, failure, blamed.place if blamed else None)


def _source_place(entries: Sequence[Entry[str]], words: str) -> Place | None:
    """Return where the channel or index stands that an engine complains of: the one it names, or the only one."""
    named = [entry for entry in entries if without_credentials(entry.value).rpartition("://")[2] in words]
    chosen = named or (entries if len(entries) == 1 else ())
    return chosen[0].place if chosen else None


def unset_variable(request: SolveRequest, url: str) -> Problem:
    """Return the problem of a channel or index whose credentials are not to be had here."""
    document = request.environment.document
    place = next((entry.place for entry in (*document.channels, *document.indices) if entry.value == url), None)
    code = Code.NO_CONDA_ANSWER if any(url == entry.value for entry in document.channels) else Code.NO_PYPI_ANSWER
    verdict = _Verdict(code, f"`{url}` names a variable that is not set", "set it in the environment of this run")
    return _problem(request, verdict, EngineFailure(kind=FailureKind.SOURCE), place)


def _conda_verdict(request: SolveRequest, failure: EngineFailure, asked: CondaRequirement | None) -> _Verdict:
    if failure.kind is FailureKind.SOURCE:
        hint = "check the channel's URL and the network; a mirror can be named in the machine's config.toml"
        return _Verdict(Code.NO_CONDA_ANSWER, "a channel cannot be read", hint)
    if failure.kind is FailureKind.UNKNOWN:
        return _Verdict(Code.NO_CONDA_ANSWER, "the conda solver failed", "please report it, with these words")
    if failure.kind is FailureKind.NO_VERSION and asked:
        if asked.version or asked.build:
            return _Verdict(
                Code.NO_CONDA_ANSWER,
                f"no package fits `{asked.key}{asked.asked}`",
                "relax it, or name another channel",
            )
        needs = ", and what is asked of PyPI needs it to be installed" if asked.implied else ""
        channels = ", ".join(request.spec.channels)
        claim = f"`{asked.name}` is in none of the channels ({channels}){needs}"
        return _Verdict(Code.NO_SUCH_PACKAGE, claim, "correct the name, or name the channel that has it")
    claim = "the conda requirements cannot be satisfied together"
    return _Verdict(Code.NO_CONDA_ANSWER, claim, "relax one of the requirements that are named")


def _first_named(request: SolveRequest, words: str) -> CondaRequirement | None:
    """Return the requirement that the solver's explanation names first."""
    places = {
        found.start(): requirement
        for requirement in request.spec.conda
        if (found := re.search(rf"(?<![\w.\-]){re.escape(requirement.name)}(?![\w.\-])", words))
    }
    return places[min(places)] if places else None


def of_pypi_side(request: SolveRequest, failure: EngineFailure, conda: Mapping[str, tuple[str, str]]) -> Problem:
    """Return the problem of a PyPI side without an answer.

    Args:
        request: what was asked.
        failure: what conda-lock said.
        conda: by PyPI name, the conda name and version of what the conda side holds.
    """
    name = pypi_name(failure.package) if failure.package else PypiName("")
    if failure.kind is FailureKind.NO_VERSION and name in conda:
        return _blocked_by_conda(request, failure, name, conda[name])
    place = next((found.place for found in request.spec.pypi if found.name == name), None)
    if failure.kind is FailureKind.SOURCE:
        place = _source_place(request.environment.document.indices, failure.words)
    verdict = _PYPI_VERDICTS[failure.kind]
    if failure.kind is FailureKind.NO_VERSION and not failure.constraint:
        verdict = _Verdict(
            Code.NO_SUCH_PACKAGE, "no index has a file of `{name}`", "correct the name, or name its index"
        )
    if failure.kind is FailureKind.BUILD_FAILED:
        known = meaning(failure.words, failure.package, "that of conda")
        verdict = verdict._replace(hint=known[1]) if known else verdict
    filled = verdict.claim.format(name=failure.package, constraint=failure.constraint, platform=request.spec.platform)
    return _problem(request, verdict._replace(claim=filled), failure, place)


_PYPI_VERDICTS = {
    FailureKind.UNSATISFIABLE: _Verdict(
        Code.NO_PYPI_ANSWER,
        "the PyPI requirements cannot be satisfied together",
        "relax one of the requirements that are named",
    ),
    FailureKind.NO_VERSION: _Verdict(
        Code.NO_PYPI_ANSWER, "no version of `{name}` fits `{constraint}`", "relax the requirement"
    ),
    FailureKind.PYTHON: _Verdict(
        Code.SIDES_DISAGREE,
        "`{name}` needs python {constraint}, which conda's python is not",
        "ask conda for another python, or PyPI for another version",
    ),
    FailureKind.NO_FILE: _Verdict(
        Code.NO_FILE,
        "no file of `{name}` {constraint} fits {platform}",
        "ask for another version, get it from conda, or drop the platform",
    ),
    FailureKind.SOURCE: _Verdict(Code.NO_PYPI_ANSWER, "an index cannot be read", "check its URL and the network"),
    FailureKind.BUILD: _Verdict(
        Code.BUILD_NEEDED,
        "`{name}` {constraint} must be built to learn what it needs, and building is not allowed here",
        "run `mixlock lock` or `nox -s lock` yourself, where building is allowed",
    ),
    FailureKind.CHANGED_FILE: _Verdict(
        Code.NO_PYPI_ANSWER,
        "the index serves another file of `{name}` {constraint} than it did before",
        "ask its owner; if it was replaced on purpose, remove mixlock/poetry from your cache folder and lock again",
    ),
    FailureKind.WRONG_METADATA: _Verdict(
        Code.NO_PYPI_ANSWER,
        "the index serves a file of `{name}` whose metadata are of something else",
        "ask the index's owner, or take another version",
    ),
    FailureKind.BUILD_FAILED: _Verdict(
        Code.BUILD_FAILED,
        "`{name}` {constraint} must be built to learn what it needs, and its build failed",
        "ask for a version with wheels, get it from conda, or install what its build needs",
    ),
    FailureKind.UNKNOWN: _Verdict(Code.NO_PYPI_ANSWER, "conda-lock failed", "please report it, with these words"),
}


def _blocked_by_conda(
    request: SolveRequest, failure: EngineFailure, name: PypiName, twin: tuple[str, str]
) -> Problem:
    conda_name, version = twin
    pin = next((found for found in request.spec.conda if found.name == conda_name), None)
    asked = f", asked as `{pin.key}{pin.asked}` in line {pin.place.line}" if pin else ""
    held = f"conda holds {conda_name} {version}{asked}"
    claim = f"a PyPI requirement needs `{name} {failure.constraint}`, but {held}"
    place = next((found.place for found in request.spec.pypi if found.name == name), pin.place if pin else None)
    hint = f"ask conda for a `{conda_name}` that fits, or relax the PyPI requirement"
    return _problem(request, _Verdict(Code.SIDES_DISAGREE, claim, hint), failure, place)


def within_cutoff(request: SolveRequest, words: str) -> Problem:
    """Return the problem of a PyPI side that has no proposal within a cutoff, which only the proposal can keep."""
    verdict = _Verdict(
        Code.NO_PYPI_ANSWER,
        f"no answer from PyPI within the cutoff, {request.cutoff}",
        "move the cutoff, or relax the requirements; it takes uv, and an index with upload times (PEP 700)",
    )
    return _problem(request, verdict, EngineFailure(kind=FailureKind.UNSATISFIABLE, words=words))


def without_python(request: SolveRequest) -> Problem:
    """Return the problem of PyPI requirements in an environment that got no python."""
    verdict = _Verdict(
        Code.NO_PYTHON,
        "pip requirements, but nothing that conda was asked for brings python",
        "ask for it among the conda requirements: `- python=3.12`",
    )
    return _problem(request, verdict, EngineFailure(kind=FailureKind.PYTHON), request.spec.pypi[0].place)


def _problem(request: SolveRequest, verdict: _Verdict, failure: EngineFailure, place: Place | None = None) -> Problem:
    return Problem(
        code=verdict.code,
        place=place or request.environment.place,
        claim=verdict.claim,
        hint=verdict.hint,
        detail=failure.words,
        environment=request.environment.name,
        platform=request.spec.platform,
    )
