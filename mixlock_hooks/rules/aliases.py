"""MIX010: references to named environments, and aliases that must not change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.alias import alias, is_lookup
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mixlock_hooks.model.alias import Alias, AliasTarget
    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.place import Place


def references(named: Iterable[Entry[str]], known: Mapping[Alias, AliasTarget]) -> Iterator[Problem]:
    """Yield a problem for every reference of a flow to a named environment that is not well-formed or not known."""
    for entry in named:
        if is_lookup(entry.value):
            claim = f"`{entry.value}` is looked up by the Metaflow extension, not checked here"
            yield Problem(code=Code.ALIAS, place=entry.place, claim=claim, severity=Severity.NOTE)
            continue
        try:
            wanted = alias(entry.value)
        except ValueError as error:
            yield Problem(code=Code.ALIAS, place=entry.place, claim=str(error), hint="correct the name")
            continue
        if wanted not in known:
            hint = f"make it with `mixlock resolve -f FILE --alias {wanted}`"
            yield Problem(code=Code.ALIAS, place=entry.place, claim=f"no alias `{wanted}` is known", hint=hint)


def moved(before: Mapping[Alias, AliasTarget], now: Mapping[Alias, AliasTarget], place: Place) -> Iterator[Problem]:
    """Yield a problem for every immutable alias that stands for something else than where the branch began.

    The lock of one may be set aside in another folder, for it is still the same lock.
    """
    for known, target in before.items():
        if known.movable:
            continue
        if known not in now:
            yield _changed(known, place, "was removed")
        elif replace(now[known], environment=target.environment) != target:
            yield _changed(known, place, f"stands for another lock of `{now[known].environment}` now")


def altered(now: Mapping[Alias, AliasTarget], lock_digest: Callable[[str], str], place: Place) -> Iterator[Problem]:
    """Yield a problem for every immutable alias whose lock is no longer the one it was given to.

    Args:
        now: the aliases.
        lock_digest: gives the digest of an environment's ``conda-lock.yml``, empty where there is none.
        place: where the aliases stand.
    """
    for known, target in now.items():
        if not known.movable and lock_digest(target.environment) != target.lock:
            yield _changed(known, place, f"is immutable, and the lock of `{target.environment}` changed")


def _changed(known: Alias, place: Place, what: str) -> Problem:
    hint = "restore it, and give the new lock a new tag"
    return Problem(code=Code.ALIAS, place=place, claim=f"alias `{known}` {what}", hint=hint)
