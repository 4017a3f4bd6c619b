"""Selectors: ``linux``, ``not win``, ``osx and (arm64 or win)``, or a platform itself, judged for one platform."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mixlock_hooks.model.platforms import SELECTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.names import Subdir

    _Holds = Callable[[Subdir], bool]

_TOKEN = re.compile(r"\s*(?:(?P<sign>[()])|(?P<word>[A-Za-z_]\w*(?:-\w+)?))")
_OPERATORS = frozenset({"and", "or", "not"})
_DEEPEST = 20
"""Parentheses within each other; nobody writes as many."""
_KNOWN = frozenset(SELECTORS).union(*SELECTORS.values())


class NotASelectorError(ValueError):
    """The text is no selector."""


def admits(selector: str, platform: Subdir) -> bool:
    """Return whether a selector admits a platform; an empty one admits all. ``and`` binds tighter than ``or``."""
    return not selector or _parsed(selector)(platform)


def both(first: str, second: str) -> str:
    """Return the selector that admits where two do."""
    if not first or not second:
        return first or second
    return " and ".join(f"({each})" if " or " in each else each for each in (first, second))


def negated(selector: str) -> str:
    """Return the selector that admits where one that is not empty does not."""
    return f"not ({selector})"


def is_selector(text: str) -> bool:
    """Return whether a text is an expression of words, ``and``, ``or``, ``not`` and parentheses."""
    try:
        _parsed(text)
    except NotASelectorError:
        return False
    return True


def unknown_words(selector: str) -> tuple[str, ...]:
    """Return the words of a selector that are true on no platform, such as ``py38``."""
    return tuple(word for word in _words(selector) if word not in _KNOWN)


def names_a_platform(text: str) -> bool:
    """Return whether any text has a word that selects."""
    return any(word in _KNOWN for word in re.findall(r"[A-Za-z_]\w*(?:-\w+)?", text))


def _words(text: str) -> list[str]:
    return [found["word"] for found in _TOKEN.finditer(text) if found["word"] and found["word"] not in _OPERATORS]


@lru_cache(maxsize=1024)
def _parsed(text: str) -> _Holds:
    tokens = _tokens(text)
    holds = _alternatives(tokens, 0)
    if tokens:
        raise NotASelectorError(text)
    return holds


def _tokens(text: str) -> list[str]:
    """Return the tokens, the first one last."""
    tokens, begin, bare = [], 0, text.rstrip()
    while begin < len(bare):
        found = _TOKEN.match(bare, begin)
        if not found:
            raise NotASelectorError(text)
        tokens.append(found["sign"] or found["word"])
        begin = found.end()
    return tokens[::-1]


def _alternatives(tokens: list[str], depth: int) -> _Holds:
    found = [_conditions(tokens, depth)]
    while tokens and tokens[-1] == "or":
        tokens.pop()
        found.append(_conditions(tokens, depth))
    return lambda platform: any(each(platform) for each in found)


def _conditions(tokens: list[str], depth: int) -> _Holds:
    found = [_condition(tokens, depth)]
    while tokens and tokens[-1] == "and":
        tokens.pop()
        found.append(_condition(tokens, depth))
    return lambda platform: all(each(platform) for each in found)


def _condition(tokens: list[str], depth: int) -> _Holds:
    wanted = True
    while tokens and tokens[-1] == "not":
        tokens.pop()
        wanted = not wanted
    if not tokens or depth > _DEEPEST:
        raise NotASelectorError("unfinished")
    found = tokens.pop()
    if found == "(":
        inner = _alternatives(tokens, depth + 1)
        if not tokens or tokens.pop() != ")":
            raise NotASelectorError("not closed")
        return lambda platform: inner(platform) == wanted
    if found == ")" or found in _OPERATORS:
        raise NotASelectorError(found)
    return lambda platform: (found == platform or found in SELECTORS[platform]) == wanted
