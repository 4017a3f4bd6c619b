"""Check specs against policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import has_errors, in_order
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.allowances import ineffective

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.load import Loaded
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.rules.policy import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """How many specs were checked, and every problem found in them."""

    checked: int
    problems: tuple[Problem, ...]

    @property
    def status(self) -> int:
        """Return the exit status: 1 where there is something to mend."""
        return 1 if has_errors(self.problems) else 0


def judge(project: Project, environment: EnvironmentSpec, *, strict: bool = False) -> Verdict:
    """Return what policy says of an environment; strictly, one that cannot be locked is an error."""
    verdict = policy.check(environment, project.settings, project.names)
    return verdict.strictly() if strict else verdict


def check(project: Project, loaded: Loaded, *, strict: bool = False) -> CheckResult:
    """Check everything that was read; every problem of every file in one run.

    Args:
        project: the repository.
        loaded: what was read.
        strict: an environment that cannot be locked is an error.
    """
    verdicts = [judge(project, environment, strict=strict) for environment in loaded.environments]
    found = [*loaded.problems, *(problem for verdict in verdicts for problem in verdict.problems)]
    return CheckResult(checked=loaded.files, problems=in_order([*found, *_ineffective(verdicts)]))


def _ineffective(verdicts: Sequence[Verdict]) -> Iterator[Problem]:
    """Yield a warning for each allowance without effect; the environments of one file share its allowances."""
    used = frozenset(allowance for verdict in verdicts for allowance in verdict.used)
    files = {verdict.environment.document.path: verdict.environment.document for verdict in verdicts}
    for path, document in files.items():
        yield from ineffective(path, document.allowances, used)
