"""Which packages a run may upgrade: names that something asks for or locks, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.pipeline.locks import UnreadableLockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.project import Project


def refuse_unknown(project: Project, environments: Sequence[EnvironmentSpec], names: Iterable[str]) -> None:
    """Refuse to upgrade what no environment asks for or locks, for nothing would come of it.

    Args:
        project: the repository.
        environments: those that are locked in this run.
        names: packages as the user wrote them.

    Raises:
        UsageError: one of them is no name, or no environment has it.
    """
    names = tuple(names)
    known = set(_known(project, environments)) if names else set()
    for name in names:
        bare = name.partition("[")[0].strip()
        if any(letter in bare for letter in "<>=!~ "):
            raise UsageError(
                f"--upgrade-package {name}: name a package alone; which versions fit is the spec's to say"
            )
        if canonicalize_name(bare) not in known:
            near = nearest(canonicalize_name(bare), known)
            hint = f"; did you mean {near}?" if near else ""
            raise UsageError(f"--upgrade-package {name}: no environment asks for it or locks it{hint}")


def _known(project: Project, environments: Sequence[EnvironmentSpec]) -> Iterator[str]:
    for environment in environments:
        for spec in environment.platforms:
            yield from (canonicalize_name(found.name) for found in spec.conda)
            yield from (found.name for found in spec.pypi)
        try:
            lockfile = project.locks.of(environment.name).lockfile()
        except UnreadableLockError:
            continue
        yield from (canonicalize_name(found.name) for found in (lockfile.packages if lockfile else ()))
