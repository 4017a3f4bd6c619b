"""What comments mean: ``# [linux]`` selectors (conda-build's) and ``# mixlock: allow CODE reason``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.document import Allowance
from mixlock_hooks.model.selector import is_selector, names_a_platform, unknown_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SELECTOR = re.compile(r"\s#\s*\[(?P<selector>[^\[\]]+)\]")
_COMMENT = re.compile(r"\s#.*$")
_BRACKET = re.compile(r"\[(?P<text>[^\[\]]+)\]")
_OF_CONDA_BUILD = re.compile(r"(?:py|np|pl|lua|vc)\w*\s*[<>=!]")
_MARK = re.compile(r"(?:^|(?<=\s))#\s*mixlock:")
_ALLOW = re.compile(r"\s*allow\s+(?P<code>\S+)(?:\s+(?P<reason>.*))?")


def selector_of(rest_of_line: str) -> tuple[str, str]:
    """Return the selector in the comment behind an entry, and what is wrong with what is meant as one.

    Both are empty where there is none, or only a remark in brackets.
    """
    found = _COMMENT.search(rest_of_line) if "[" in rest_of_line else None
    comment = _MARK.split(found[0], maxsplit=1)[0] if found else ""
    selectors = []
    for bracket in _BRACKET.finditer(comment):
        text, leads = " ".join(bracket["text"].split()), comment[: bracket.start()].rstrip().endswith("#")
        unknown = unknown_words(text)
        if is_selector(text) and not unknown:
            selectors.append(text)
        elif is_selector(text) and leads:
            return "", f"unknown selector `{unknown[0]}`: conda-lock would drop this line on every platform"
        elif names_a_platform(text) or (leads and _OF_CONDA_BUILD.match(text)):
            return "", f"`[{text}]` is not a selector that is read"
    if len(selectors) > 1:
        return "", f"this line has {len(selectors)} selectors, of which conda-lock reads the last"
    return (selectors[0] if selectors else ""), ""


def bracketed(rest_of_line: str) -> str:
    """Return what stands in brackets in the comment behind an entry, whatever it is; empty where nothing does."""
    if "#" not in rest_of_line:
        return ""
    found = _SELECTOR.match(rest_of_line) or _SELECTOR.search(rest_of_line)
    return " ".join(found["selector"].split()) if found else ""


def allowances(lines: Sequence[str]) -> tuple[Allowance, ...]:
    """Find every allowance: it covers its own line, or the next line where it stands alone on one."""
    return tuple(_allowances(lines))


def _allowances(lines: Sequence[str]) -> Iterator[Allowance]:
    if not any("mixlock:" in line for line in lines):
        return
    code_lines = _next_code_lines(lines)
    for number, line in enumerate(lines, 1):
        begins = list(_MARK.finditer(line)) if "mixlock:" in line else []
        if not begins:
            continue  # the words stand inside of a value, where YAML sees no comment
        ends = [*(following.start() for following in begins[1:]), len(line)]
        covered = code_lines[number - 1] if line.lstrip().startswith("#") else number
        for begin, end in zip(begins, ends, strict=True):
            code, reason = _code_and_reason(line[begin.end() : end])
            yield Allowance(code=code, line=covered, reason=reason, comment_line=number, column=begin.start() + 1)


def _code_and_reason(text: str) -> tuple[str, str]:
    """Return what follows ``# mixlock:``, as an allowance; no code where it is none."""
    found = _ALLOW.fullmatch(text.rstrip())
    return (found["code"].rstrip(":,"), (found["reason"] or "").strip()) if found else ("", "")


def _next_code_lines(lines: Sequence[str]) -> list[int]:
    """Return for each line the next one that is no comment; itself where there is none."""
    found = list(range(1, len(lines) + 1))
    below = 0
    for number in range(len(lines), 0, -1):
        found[number - 1] = below or number
        text = lines[number - 1].lstrip()
        if text and not text.startswith("#"):
            below = number
    return found
