"""From an engine's failure to the problem a user can mend: place, code, claim and way out (MIX301 to MIX305)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.rules.addresses import MIRROR
from mixlock_hooks.rules.build_diagnosis import meaning
from mixlock_hooks.rules.misfit import way_out, words_of
from mixlock_hooks.rules.virtual_limits import virtual_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest

_FAMILIAR = ("conda-forge", "bioconda", "nvidia", "pytorch", "rapidsai", "defaults", "robostack")
"""Channels whose names are often misspelt."""
_ALIKE = 0.85
_SHOWN_VERSIONS = 3
_Named = TypeVar("_Named", "CondaRequirement", "PypiRequirement")


class _Verdict(NamedTuple):
    code: Code
    claim: str
    hint: str


def of_conda_side(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a conda side without an answer.

    Args:
        request: what was asked.
        failure: of a kind that is not ``UNKNOWN``, which nothing in a spec can mend.
    """
    if failure.kind is FailureKind.VARIABLE:
        return _of_variable(request, failure)
    asked = next((found for found in request.spec.conda if found.name == failure.package), None)
    verdict = _conda_verdict(request, failure, asked)
    beyond = _beyond_cutoff(request, failure, "a channel needs timestamps")
    verdict = verdict._replace(hint=verdict.hint + beyond)
    if failure.kind is FailureKind.SOURCE:
        return _problem(request, verdict, failure, _channel_place(request, failure))
    blamed = asked or first_named(request.spec.conda, failure.words)
    return _problem(request, verdict, failure, blamed.place if blamed else None)


def _beyond_cutoff(request: SolveRequest, failure: EngineFailure, needed: str) -> str:
    """Return the way out that leads past a cutoff; nothing where there is none, or it is not to blame."""
    if not request.cutoff or not failure.is_answer:
        return ""
    moment = f", {request.cutoff.moment}," if request.cutoff.moment else ""
    return f"; or move the cutoff{moment} for which {needed}, or except a package from it (`exclude-newer-for`)"


def _channel_place(request: SolveRequest, failure: EngineFailure) -> Place | None:
    """Return where the channel stands that cannot be read; where none is known, that which the words name."""
    entries, platform = request.environment.document.channels, request.spec.platform
    urls = {entry.place: map(without_credentials, urls_of(entry.value, platform)) for entry in entries}
    known = (place for place, named in urls.items() if failure.package in named)
    return next(known, None) or _source_place(entries, failure.words)


def _source_place(entries: Sequence[Entry[str]], words: str) -> Place | None:
    """Return where the channel or index stands that an engine complains of: the one it names, or the only one."""
    named = [entry for entry in entries if without_credentials(entry.value).rpartition("://")[2] in words]
    chosen = named or (entries if len(entries) == 1 else ())
    return chosen[0].place if chosen else None


def _of_variable(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a channel or index whose credentials are not to be had here."""
    document, url = request.environment.document, failure.package
    sources = (*document.channels, *document.indices, *document.find_links)
    place = next((entry.place for entry in sources if entry.value == url), None)
    code = Code.NO_CONDA_ANSWER if any(url == entry.value for entry in document.channels) else Code.NO_PYPI_ANSWER
    claim, _colon, hint = failure.words.partition(": ")
    verdict = _Verdict(code, f"`{url}` {claim}", hint or "set it in the environment of this run")
    return _problem(request, verdict, EngineFailure(kind=FailureKind.VARIABLE), place)


def _conda_verdict(request: SolveRequest, failure: EngineFailure, asked: CondaRequirement | None) -> _Verdict:
    if failure.kind is FailureKind.SOURCE:
        return _unreadable_channel(failure)
    if failure.kind is FailureKind.BAD_SPEC:
        hint = "write it as a match spec: `name`, `name=1.2`, `name >=1,<2`"
        return _Verdict(Code.NO_CONDA_ANSWER, "the conda solver cannot read a requirement", hint)
    if failure.kind is FailureKind.NO_VERSION and asked:
        return _nothing_of(asked, request, failure)
    limit = virtual_limit(request.spec, failure.virtual)
    if limit:
        return _Verdict(Code.NO_CONDA_ANSWER, *limit)
    claim = "the conda requirements cannot be satisfied together"
    return _Verdict(Code.NO_CONDA_ANSWER, claim, "relax one of the requirements that are named")


def _unreadable_channel(failure: EngineFailure) -> _Verdict:
    named = f"the channel {failure.package}" if failure.package else "a channel"
    name = failure.package.rstrip("/").rpartition("/")[2]
    near = nearest(name, _FAMILIAR, _ALIKE)
    is_slip = near not in {"", name} and not (name.startswith(near) and len(name) > len(near) + 1)  # as pytorch3d
    meant = f"did you mean `{near}`? Otherwise " if is_slip else ""
    hint = f"{meant}check the channel's URL and the network; {MIRROR}"
    return _Verdict(Code.NO_CONDA_ANSWER, f"{named} cannot be read", hint)


def _nothing_of(asked: CondaRequirement, request: SolveRequest, failure: EngineFailure) -> _Verdict:
    """Return what to say of a conda requirement that nothing fits; the spec tells where versions are unknown."""
    is_there = bool(asked.version or asked.build) if failure.versions is None else bool(failure.versions)
    if is_there:
        claim = f"no package fits `{asked.key}{asked.asked}`"
        return _Verdict(Code.NO_CONDA_ANSWER, claim, f"{_offered(failure)}relax it, or name another channel")
    if failure.platforms:
        others, platform = ", ".join(failure.platforms), request.spec.platform
        hint = f"give it a selector that leaves {platform} out, or drop the platform"
        return _Verdict(Code.NO_FILE, f"`{asked.name}` is there for {others}, and not for {platform}", hint)
    needs = ", and what is asked of PyPI needs it to be installed" if asked.implied else ""
    channels = ", ".join(request.spec.channels)
    claim = f"`{asked.name}` is in none of the channels ({channels}){needs}"
    otherwise = "correct the name, or name the channel that has it"
    hint = f"did you mean `{failure.near}`? Otherwise {otherwise}" if failure.near else otherwise
    return _Verdict(Code.NO_SUCH_PACKAGE, claim, hint)


def _offered(failure: EngineFailure) -> str:
    """Say which versions of a package there are, as far as anybody knows."""
    if not failure.versions:
        return ""
    shown, verb = failure.versions[:_SHOWN_VERSIONS], "is" if len(failure.versions) == 1 else "are"
    return f"the newest {verb} {', '.join(shown)}; "


def first_named(requirements: Sequence[_Named], words: str) -> _Named | None:
    """Return the requirement that a solver's explanation names first."""
    places = {
        found.start(): requirement
        for requirement in requirements
        if (found := re.search(rf"(?<![\w.\-]){re.escape(requirement.name)}(?![\w\-])", words))
    }
    return places[min(places)] if places else None


def of_failure(request: SolveRequest, failure: EngineFailure) -> Problem:
    """Return the problem of a PyPI side without an answer, or of what kept an engine from one.

    Args:
        request: what was asked.
        failure: of a kind that is not ``UNKNOWN``, which nothing in a spec can mend.
    """
    if failure.kind is FailureKind.VARIABLE:
        return _of_variable(request, failure)
    verdict = _pypi_verdict(failure)
    hint = verdict.hint + _beyond_cutoff(request, failure, "an index needs upload times (PEP 700)")
    filled = verdict.claim.format(name=failure.package, constraint=failure.constraint, platform=request.spec.platform)
    verdict = _Verdict(verdict.code, " ".join(filled.split()), hint)
    return _problem(request, verdict, failure, _pypi_place(request, failure))


def _pypi_verdict(failure: EngineFailure) -> _Verdict:
    if failure.kind is FailureKind.NO_VERSION and not failure.constraint:
        return _Verdict(
            Code.NO_SUCH_PACKAGE, "no index has a file of `{name}`", "correct the name, or name its index"
        )
    verdict = _PYPI_VERDICTS[failure.kind]
    if failure.kind is FailureKind.NO_VERSION:
        hint = _FIRST_INDEX if failure.elsewhere else verdict.hint
        return verdict._replace(hint=f"{_offered(failure)}{hint}")
    if failure.kind is FailureKind.BUILD_FAILED:
        known = meaning(failure.words, failure.package, "that of conda")
        return verdict._replace(hint=known[1]) if known else verdict
    if failure.kind is FailureKind.NO_FILE and failure.limits:
        return _Verdict(verdict.code, f"{verdict.claim}: {words_of(failure.limits)}", way_out(failure))
    return verdict


def _pypi_place(request: SolveRequest, failure: EngineFailure) -> Place | None:
    """Return where the spec names what failed: an index, a project, or the one whose needs lead to it."""
    name = pypi_name(failure.package) if failure.package else PypiName("")
    asked = next((found.place for found in request.spec.pypi if found.name == name), None)
    if failure.kind is FailureKind.SOURCE:
        document = request.environment.document
        return _source_place((*document.indices, *document.find_links), failure.words) or asked
    named = first_named(request.spec.pypi, failure.words)
    return asked or (named.place if named else None)


_FIRST_INDEX = "the first index that has a project decides; name its index in `index-of`, or relax the requirement"
_PYPI_VERDICTS = {
    FailureKind.UNSATISFIABLE: _Verdict(
        Code.NO_PYPI_ANSWER,
        "the PyPI requirements cannot be satisfied together",
        "relax one of the requirements that are named",
    ),
    FailureKind.HELD: _Verdict(
        Code.SIDES_DISAGREE,
        "the PyPI requirements do not accept what conda has",
        "ask conda for other versions of what is named, or relax the PyPI requirements",
    ),
    FailureKind.HELD_EXTRA: _Verdict(
        Code.SIDES_DISAGREE,
        "{constraint} is needed, that version of `{name}` is conda's, and no index tells what the extra needs",
        "ask conda for a version that is on PyPI too, or get it from PyPI alone",
    ),
    FailureKind.YANKED: _Verdict(
        Code.NO_PYPI_ANSWER,
        "`{name}` {constraint} was yanked",
        "ask for another version; one that is pinned with `==` is taken",
    ),
    FailureKind.CUTOFF: _Verdict(
        Code.NO_PYPI_ANSWER,
        "no file of `{name}` {constraint} was published before the cutoff",
        "relax the requirement",
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
    FailureKind.SOURCE: _Verdict(
        Code.NO_PYPI_ANSWER, "an index cannot be read", f"check its URL and the network; {MIRROR}"
    ),
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
    FailureKind.BAD_METADATA: _Verdict(
        Code.NO_PYPI_ANSWER,
        "the metadata of `{name}` {constraint} cannot be read",
        "ask the index's owner, or take another version",
    ),
    FailureKind.NO_HASH: _Verdict(
        Code.NO_PYPI_ANSWER,
        "`{name}` {constraint} comes without a sha256, so nobody could verify it",
        "ask the index's owner to serve hashes (PEP 503), or use another index",
    ),
    FailureKind.BUILD_FAILED: _Verdict(
        Code.BUILD_FAILED,
        "`{name}` {constraint} must be built to learn what it needs, and its build failed",
        "ask for a version with wheels, get it from conda, or install what its build needs",
    ),
}


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
