"""What uv (``uv pip compile``) writes on stderr where it has no answer.

uv has no structured form of it. ``tests/shell/solver/test_uv.py`` makes the real uv say whatever is understood here,
so that another wording shows as a failing test. uv before 0.13 breaks its lines at the width of a terminal and draws
a frame before them: all is read as one line without ornaments.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mixlock_hooks.formats.engine_messages import uv_lines
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.names import PypiName, pypi_name

HELD_LABEL = "mixlock"
"""The local version label of the stubs that stand for what conda has."""

_NAME = r"(?P<name>[A-Za-z0-9](?:[\w.\-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?"
_RANGE = r"(?P<constraint>(?:[<>=!~]=?|===)[^\s,]\S*?)"
_EXACT = r"==(?P<constraint>[^\s,`]+)"
_HELD = re.compile(rf"(?P<name>[A-Za-z0-9][\w.\-]*)==(?P<version>[^\s,]+?)[+.]{HELD_LABEL}\b")
_NO_SOLUTION = "No solution found when resolving dependencies"

_COMPLAINTS = (
    (rf"Hash mismatch for `{_NAME}==(?P<constraint>[^`]+)`", FailureKind.CHANGED_FILE),
    (rf"metadata name `[^`]*` does not match given name `{_NAME}`", FailureKind.WRONG_METADATA),
    (r"metadata version `[^`]*` does not match given version `(?P<constraint>[^`]*)`", FailureKind.WRONG_METADATA),
    (rf"structure of `{_NAME}` \(v(?P<constraint>[^)]+)\) was invalid", FailureKind.BAD_METADATA),
    (rf"Metadata for `{_NAME}` \(v(?P<constraint>[^)]+)\) could not be parsed", FailureKind.BAD_METADATA),
    (rf"Failed to (?:download and )?build `{_NAME}==(?P<constraint>[^`]+)`", FailureKind.BUILD_FAILED),
    (r"could not be queried due to a lack of valid authentication credentials", FailureKind.SOURCE),
    (r"returned a 403 Forbidden error", FailureKind.SOURCE),
    (r"Failed to fetch: ", FailureKind.SOURCE),
    (r"Request failed after ", FailureKind.SOURCE),
    (r"(?:Unsupported|Missing) `Content-Type`", FailureKind.SOURCE),
    (r"Received some unexpected (?:JSON|HTML)", FailureKind.SOURCE),
)
"""What is no matter of versions: the first that matches is the cause."""

_REASONS = (
    (
        rf"does not satisfy Python(?P<constraint>[<>=!~]\S*?),? and (?:you require )?{_NAME}",
        FailureKind.PYTHON,
    ),
    (rf"`{_NAME}` was filtered by `exclude-newer`", FailureKind.CUTOFF),
    (rf"{_NAME}(?:{_EXACT})? (?:was|were) yanked", FailureKind.YANKED),
    (rf"{_NAME}(?:{_EXACT}|[<>=!~]\S+)? (?:has|have) no wheels with a matching", FailureKind.NO_FILE),
    (rf"{_NAME}(?:{_EXACT}|[<>=!~]\S+)? (?:has|have) no (?:usable )?wheels", FailureKind.NO_FILE),
    (rf"{_NAME} was not found in the", FailureKind.NO_VERSION),
    (rf"there (?:is|are) no versions? of {_NAME}{_RANGE}?(?= |,|$)", FailureKind.NO_VERSION),
)
"""What makes versions unusable; the first that matches is the cause, if nothing else rules out that project."""

_ONLY = re.compile(rf"[Oo]nly (?:the following versions of )?{_NAME}(?:[<>=!~]\S+)? (?:is|are) available")
_HEADING = re.compile(rf"^error: (?:{_NO_SOLUTION}:?)?|^{_NO_SOLUTION}:?|^cause: |^Caused by: ")
_OWN_ADVICE = re.compile(
    r"(?<=[.)]) (?:By default, uv will .*$|[^.]*`--[^.]*\.)| \((?:try|i\.e\.|e\.g\.)[^)]*`--[^)]*\)"
)
"""What uv advises about itself: its options are not mixlock's."""
_PYTHON_OPTION = "The `--python-version` value"
_ELSEWHERE = "may be available on a subsequent index"
_FILE_HINT = r"(?:available for|found wheels for) `{name}` \(v(?P<version>[^)]+)\)"


def of_uv(stderr: str) -> EngineFailure:
    """Read why uv has no answer.

    ``held`` names the projects of the explanation whose version is conda's. Words that nobody knows are
    ``UNKNOWN``: uv is too old, too new, or was called wrongly.
    """
    text = " ".join(" ".join(uv_lines(stderr)).split())
    words = _readable(uv_lines(stderr)) or "it ended without a word"
    for pattern, kind in _COMPLAINTS:
        found = re.search(pattern, text)
        if found:
            return _failure(kind, found, words)
    if _NO_SOLUTION in text:
        return replace(_of_explanation(text, words), elsewhere=_ELSEWHERE in text)
    return EngineFailure(kind=FailureKind.UNKNOWN, words=words)


def _of_explanation(text: str, words: str) -> EngineFailure:
    held = held_names(text)
    if held:
        return EngineFailure(kind=FailureKind.HELD, words=words, held=held)
    for pattern, kind in _REASONS:
        found = re.search(pattern, text)
        if found and not _has_other_needs(found["name"], text):
            return _with_version(_failure(kind, found, words), text)
    return _of_missing_version(text, words)


def held_names(text: str) -> tuple[PypiName, ...]:
    """Return the projects that an explanation names at conda's version, in its order."""
    return tuple(dict.fromkeys(pypi_name(found["name"]) for found in _HELD.finditer(text)))


def _of_missing_version(text: str, words: str) -> EngineFailure:
    """Read an explanation by the versions there are: something asks for others, or the requirements conflict."""
    only = _ONLY.search(text)
    if only:
        name = re.escape(only["name"])
        asked = re.search(rf"(?:require|depends? on) {name}(?P<constraint>[<>=!~][^\s]*?)(?=,? |$)", text)
        if asked and not _has_other_needs(only["name"], text):
            constraint = asked["constraint"].rstrip(",")
            return EngineFailure(
                kind=FailureKind.NO_VERSION, package=only["name"], constraint=constraint, words=words
            )
    return EngineFailure(kind=FailureKind.UNSATISFIABLE, words=words)


def _has_other_needs(name: str, text: str) -> bool:
    """Return whether some versions of a project are ruled out by what they need, so that it is not the only cause."""
    return re.search(rf"(?<![\w.\-]){re.escape(name)}[<>=!~]\S* depends? on (?!Python)", text) is not None


def _failure(kind: FailureKind, found: re.Match[str], words: str) -> EngineFailure:
    named = found.groupdict(default="")
    constraint = named.get("constraint", "").rstrip(",.")
    return EngineFailure(kind=kind, package=named.get("name", ""), constraint=constraint, words=words)


def _with_version(failure: EngineFailure, text: str) -> EngineFailure:
    """Add the version that uv names beside its explanation, where that speaks of all versions."""
    if failure.kind is not FailureKind.NO_FILE or failure.constraint:
        return failure
    found = re.search(_FILE_HINT.format(name=re.escape(failure.package)), text)
    return EngineFailure(
        kind=failure.kind,
        package=failure.package,
        constraint=found["version"] if found else "",
        words=failure.words,
    )


def _readable(lines: list[str]) -> str:
    """Return uv's words without headings, with conda's versions as conda's, not as their stubs."""
    own = (_OWN_ADVICE.sub("", _HEADING.sub("", line)) for line in lines)
    bare = (line.replace(_PYTHON_OPTION, "The python of the lock") for line in own)
    return _HELD.sub(r"conda's \g<name>==\g<version>", "\n".join(line for line in bare if line))
