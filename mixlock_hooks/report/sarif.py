"""Problems as SARIF 2.1.0, which code scanning services such as GitHub's read.

Columns are characters from 1 and ends are exclusive, here as in a place. What GitHub calls required is always there;
it tracks a result by a hash of its line, which its upload action adds, and other services by ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mixlock_hooks import __version__
from mixlock_hooks.report import neutral
from mixlock_hooks.report.identity import identities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.codes import Code
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/mixlock/mixlock"
ROOT = "%SRCROOT%"
"""Stands for the repository's root, which only the reader knows."""


def render(problems: Sequence[Problem]) -> str:
    """Render one run, with a rule for each code that occurs."""
    codes = sorted({problem.code for problem in problems})
    found = zip(problems, identities(problems), strict=True)
    run = {
        "tool": {"driver": _driver(codes)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the repository"}}},
        "results": [_result(problem, identity, codes) for problem, identity in found],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return neutral.json_text(document)


def _driver(codes: Sequence[Code]) -> dict[str, Any]:
    rules = [_rule(code) for code in codes]
    return {"name": "mixlock", "version": __version__, "informationUri": HOME, "rules": rules}


def _rule(code: Code) -> dict[str, Any]:
    from mixlock_hooks.model.explanations import EXPLANATIONS  # noqa: PLC0415 - the other reports need no pages

    explanation = EXPLANATIONS[code]
    return {
        "id": code.value,
        "shortDescription": {"text": code.claim},
        "fullDescription": {"text": f"{code.claim}. {explanation.why}"},
        "help": {"text": explanation.way_out},
        "helpUri": f"{HOME}/blob/main/docs/reference.md#codes",
    }


def _result(problem: Problem, identity: str, codes: Sequence[Code]) -> dict[str, Any]:
    about = {"environment": problem.environment, "platform": problem.platform}
    properties = {key: value for key, value in about.items() if value is not None}
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity.value,
        "message": {"text": _message(problem)},
        "locations": [{"physicalLocation": _location(problem.place)}],
        "partialFingerprints": {"mixlock/v1": identity},
        **({"properties": properties} if properties else {}),
    }


def _message(problem: Problem) -> str:
    """Return claim and hint, without what SARIF would read as a placeholder or a link.

    "Within both plain text and formatted message strings, the characters "{" and "}" SHALL be represented by the
    character sequences "{{" and "}}" respectively" (3.11.5). A link is ``[text](destination)`` (3.11.6).
    """
    told = problem.claim + (f" ({problem.hint})" if problem.hint else "")
    return neutral.line(told).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _location(place: Place) -> dict[str, Any]:
    uri = quote(place.path, errors="surrogateescape")
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}, "region": region}
