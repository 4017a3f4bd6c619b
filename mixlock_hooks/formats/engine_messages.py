"""What the engines say when they fail: py-rattler's explanation, conda-lock's last exception (Poetry's solver)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

from packaging.utils import canonicalize_name

from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.names import PypiName, Subdir, pypi_name

if TYPE_CHECKING:
    from collections.abc import Collection

NO_BUILD = "mixlock-no-build"
"""A virtualenv discovery that does not exist: naming it keeps Poetry from building, and marks the failure."""

_TAG = re.compile(r"</?(?:fg|bg|options)[^>]*>|</>")
_CANDIDATES = re.compile(
    r"No candidates were found for (?P<name>[\w.\-]+)(?: (?P<constraint>[^.\s]\S*?(?: \S+?)?))?\.?$", re.MULTILINE
)
_EXCEPTION = re.compile(r"^(?P<type>[\w.]*(?:Error|Exception|Timeout)): ", re.MULTILINE)
_NO_VERSION = re.compile(
    r"(?P<name>[\w.\-]+)(?:\[[^\]]*\])? \((?P<constraint>[^)]*)\) which doesn't match any versions"
)
_NO_MATCH = re.compile(
    r"no versions of (?P<name>[\w.\-]+) match (?P<constraint>\S+?(?: \|\| \S+?)*)(?=,?(?:\s(?!\|\|)|$))",
    re.IGNORECASE,
)
_NO_FILE = re.compile(r"Unable to find installation candidates for (?P<name>[\w.\-]+) \((?P<version>[^)]+)\)")
_CHANGED_FILE = re.compile(r"Retrieved digests for links (?P<name>[\w.]+)-(?P<version>[^-\s(]+)\S*?\(.*not in")
_PYTHON = re.compile(r"^\s*- (?P<name>[\w.\-]+) requires Python (?P<constraint>.+?), so it will not be", re.MULTILINE)
_SDIST = re.compile(
    r"Downloading(?: sdist)?: (?:\S*/)?(?P<name>[\w.]+(?:-[\w.]+)*)-(?P<version>\d[^-/\s]*?)"
    r"\.(?:tar\.gz|zip|tar\.bz2)"
)
_ADVICE = re.compile(r"\n\s*\n\s*[*•]? ?Check your dependencies Python requirement.*", re.DOTALL)
_SHIM_KINDS = {"channel": FailureKind.SOURCE, "spec": FailureKind.BAD_SPEC}
_SOURCE_ERRORS = frozenset({"ConnectionError", "HTTPError", "RepositoryError"})
_UV_NO_BUILD = re.compile(r"Wheels are required for `(?P<name>[\w.\-]+)` because building from source is disabled")
_CLAUSE = r"(?:===?|!=|<=|>=|~=|[<>])[\w.*+!]+"
_VIRTUAL = re.compile(
    r"(?P<name>__\w+) (?P<constraint>[^\n]+?), (?:for which no candidates were found|which conflicts with any)"
)
_ORNAMENT = re.compile(r"^[^\w`'\"]+")
_ROOT = "-dummy-package-"


class Known(TypedDict, total=False):
    """What a solver found out about what its message names.

    ``channel`` cannot be read; ``versions`` of the package are there, newest first; where there are none, it is there
    for other ``platforms``, or ``near`` is a package with a similar name.
    """

    channel: str
    versions: list[str]
    platforms: list[str]
    near: str


def package_without_candidates(message: str) -> str:
    """Return the package that py-rattler has no candidates for; empty where its message names none."""
    found = _CANDIDATES.search(message)
    return found["name"] if found else ""


def of_conda(kind: str, message: str, known: Known) -> EngineFailure:
    """Read a failure of the shim.

    Args:
        kind: its kind.
        message: its message.
        known: what the solver found out about what the message names.
    """
    words = message.removeprefix("Cannot solve the request because of: ").strip()
    if kind != "unsatisfiable":
        failed = _SHIM_KINDS.get(kind, FailureKind.UNKNOWN)
        return EngineFailure(kind=failed, package=known.get("channel", ""), words=words)
    found = _CANDIDATES.search(message)
    if found:
        versions = known.get("versions")
        return EngineFailure(
            kind=FailureKind.NO_VERSION,
            package=found["name"],
            constraint=(found["constraint"] or "").strip("*"),
            words=words,
            versions=None if versions is None else tuple(versions),
            near=known.get("near", ""),
            platforms=tuple(map(Subdir, known.get("platforms", ()))),
        )
    needs = tuple((need["name"], need["constraint"]) for need in _VIRTUAL.finditer(message))
    return EngineFailure(kind=FailureKind.UNSATISFIABLE, words=words, virtual=needs)


def uv_lines(stderr: str) -> list[str]:
    """Return the lines of uv that say something, without what it draws before them."""
    return [_ORNAMENT.sub("", line) for line in stderr.splitlines() if line.strip()]


def sdists_uv_may_not_build(stderr: str) -> tuple[PypiName, ...]:
    """Return the projects of which uv found no wheel that fits, and was not allowed to build the sdist."""
    text = " ".join(stderr.split())
    return tuple(dict.fromkeys(pypi_name(found["name"]) for found in _UV_NO_BUILD.finditer(text)))


def specifiers_uv_names(stderr: str, project: PypiName) -> tuple[str, ...]:
    """Return the specifiers (PEP 440) with which uv names a project: the versions that it could not use."""
    pattern = re.escape(project).replace("\\-", "[-_.]")
    found = re.finditer(rf"(?<![\w.\-]){pattern}(?P<specifier>{_CLAUSE}(?:,{_CLAUSE})*)", stderr, re.IGNORECASE)
    return tuple(dict.fromkeys(each["specifier"].rstrip(".") for each in found))


def names(stderr: str, project: PypiName) -> bool:
    """Return whether uv names a project."""
    pattern = re.escape(project).replace("\\-", "[-_.]")
    return bool(re.search(rf"(?<![\w.\-]){pattern}(?![\w\-])", stderr, re.IGNORECASE))


def of_conda_lock(stderr: str, held: Collection[str] = ()) -> EngineFailure:
    """Read a failure of conda-lock from what it wrote on stderr.

    Args:
        stderr: what it wrote.
        held: the PyPI names of what conda holds; where the explanation names one of several, it is what blocks.
    """
    text = _TAG.sub("", stderr)
    if NO_BUILD in text:
        sdists = _SDIST.findall(text)
        name, version = sdists[-1] if sdists else ("", "")
        return EngineFailure(
            kind=FailureKind.BUILD,
            package=canonicalize_name(name),
            constraint=version,
            words="it has no static metadata",
        )
    *_earlier, last = [(found["type"], found.end()) for found in _EXCEPTION.finditer(text)] or [("", 0)]
    message = _ADVICE.sub("", text[last[1] :]).strip()
    return _of_exception(last[0].rpartition(".")[2], message.replace(_ROOT, "the spec"), held)


def _of_exception(type_name: str, message: str, held: Collection[str]) -> EngineFailure:
    no_file = _NO_FILE.search(message)
    if no_file:
        return EngineFailure(
            kind=FailureKind.NO_FILE, package=no_file["name"], constraint=no_file["version"], words=message
        )
    changed = _CHANGED_FILE.search(message)
    if changed:
        name, version = changed["name"], changed["version"]
        return EngineFailure(
            kind=FailureKind.CHANGED_FILE, package=canonicalize_name(name), constraint=version, words=message
        )
    if type_name == "SolverProblemError":
        return _of_solver(message, held)
    source = type_name in _SOURCE_ERRORS or type_name.endswith("Timeout")
    kind = FailureKind.SOURCE if source else FailureKind.UNKNOWN
    words = message.splitlines()[0] if message else "it ended without a word"
    return EngineFailure(kind=kind, words=f"{type_name}: {words}" if type_name else words)


def _of_solver(message: str, held: Collection[str]) -> EngineFailure:
    for pattern, kind in (
        (_PYTHON, FailureKind.PYTHON),
        (_NO_VERSION, FailureKind.NO_VERSION),
        (_NO_MATCH, FailureKind.NO_VERSION),
    ):
        matches = list(pattern.finditer(message))
        found = next((each for each in matches if canonicalize_name(each["name"]) in held), None)
        found = found or next(iter(matches), None)
        if found:
            constraint = found["constraint"].strip()
            return EngineFailure(
                kind=kind, package=found["name"], constraint="" if constraint == "*" else constraint, words=message
            )
    return EngineFailure(kind=FailureKind.UNSATISFIABLE, words=message)
