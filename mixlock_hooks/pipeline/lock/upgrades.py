"""Which packages a run may upgrade, and to what: names that something asks for or locks, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.locks import UnreadableLockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.project import Project

_ASKED = re.compile(r"\s*(?P<name>[\w.\-]+)\s*(?:\[[^\]]*\])?\s*(?P<bound>>=?\s*[\w.!+]+)?\s*")


def parse_upgrades(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return names to upgrade, each with the versions that it must reach, empty for any newer one.

    Args:
        words: as the user wrote them: ``name`` or ``name>=version``.

    Raises:
        UsageError: one is neither.
    """
    return tuple(map(_parsed, words))


def _parsed(word: str) -> tuple[str, str]:
    found = _ASKED.fullmatch(word)
    bound = "".join((found["bound"] or "").split()) if found else ""
    try:
        SpecifierSet(bound)
    except InvalidSpecifier:
        found = None
    if found is None:
        raise UsageError(
            f"--upgrade-package {word}: write a name, or NAME>=VERSION; what else fits is the spec's to say"
        )
    return found["name"], bound


def refuse_unknown(project: Project, environments: Sequence[EnvironmentSpec], names: Iterable[str]) -> None:
    """Refuse to upgrade what no environment asks for or locks, for nothing would come of it.

    Args:
        project: the repository.
        environments: those that are locked in this run.
        names: packages as the user wrote them.

    Raises:
        UsageError: no environment has one of them.
    """
    names = tuple(names)
    known = {name for found in environments for name in known_names(project, found)} if names else set()
    for name in names:
        if canonicalize_name(name) not in known:
            way_out = meant(canonicalize_name(name), known, "`mixlock show ENV` lists what is locked")
            raise UsageError(f"--upgrade-package {name}: no environment asks for it or locks it; {way_out}")


def known_names(project: Project, environment: EnvironmentSpec) -> frozenset[str]:
    """Return the normalized names that an environment asks for or locks."""
    return frozenset(_known(project, environment))


def names_known(project: Project, wanted: frozenset[str]) -> frozenset[str]:
    """Return the names that any environment asks for or locks, normalized; reads no more locks than it must."""
    found: set[str] = set()
    for environment in every_environment(project) if wanted else ():
        if wanted <= found:
            break
        found |= known_names(project, environment)
    return frozenset(found)


def _known(project: Project, environment: EnvironmentSpec) -> Iterator[str]:
    for spec in environment.platforms:
        yield from (canonicalize_name(found.name) for found in spec.conda)
        yield from (found.name for found in spec.pypi)
    try:
        lockfile = project.locks.of(environment.name).lockfile()
    except UnreadableLockError:
        return
    yield from (canonicalize_name(found.name) for found in (lockfile.packages if lockfile else ()))
