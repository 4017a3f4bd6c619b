"""Policy: every problem of an environment, and what each is worth.

How much a finding weighs is one function of its code, the environment's mode and the allowance in its place:
``outcome``. Every verb asks it through ``check``: what is refused, what is left out of a lock, what keeps an
environment from being locked, and what is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.environment import CheckedSpec, Mode
from mixlock_hooks.model.problem import Problem, Severity, has_errors, in_order
from mixlock_hooks.model.selector import admits
from mixlock_hooks.rules.addresses import (
    channels_of_a_platform,
    dropped_indices,
    local_channels,
    plain_http,
    secrets,
    unclear,
)
from mixlock_hooks.rules.both_managers import python_is_there, same_package_twice
from mixlock_hooks.rules.duplicates import duplicates
from mixlock_hooks.rules.references import code_of, problem_of, world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.document import Allowance, SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import Settings


class Outcome(Enum):
    """What becomes of a finding."""

    STANDS = "it stands as it was found"
    UNLOCKABLE = "the environment is legal, and is not locked"
    LEFT_OUT = "what it is about is left out of the lock"
    SILENT = "nobody is told"


_LEGAL_IN_PYPI = frozenset({Code.VERSION_CONTROL, Code.LOCAL, Code.EDITABLE, Code.DIRECT_URL})
"""What pip installs and conda-lock cannot lock: legal where pip installs everything."""
_NEVER_IN_MIXED = frozenset({Code.VERSION_CONTROL, Code.LOCAL, Code.EDITABLE})
_ALLOWED = {
    Code.NOT_STATIC: Outcome.LEFT_OUT,
    **dict.fromkeys(_LEGAL_IN_PYPI, Outcome.LEFT_OUT),
    Code.INCLUDE: Outcome.LEFT_OUT,
    Code.PIP_OPTION: Outcome.LEFT_OUT,
    Code.BOTH_MANAGERS: Outcome.SILENT,
    Code.SECRET: Outcome.SILENT,
    Code.PLAIN_HTTP: Outcome.SILENT,
    Code.MIXED_STEP: Outcome.SILENT,
}
"""What an allowance makes of a finding. The others cannot be silenced.

What cannot be read (MIX001 to MIX005, MIX008, MIX009) has no meaning that a lock could have; named environments
(MIX010) are other locks'; what no version can satisfy (MIX006) and an environment without python (MIX110) cannot be
locked, so only warnings of them can be silenced. What a lock, a solve or a build says (MIX2xx to MIX4xx) is not the
spec's to allow.
"""
_WARNINGS = frozenset({Code.NO_PYTHON, Code.UNKNOWN_KEY, Code.CONTRADICTION, Code.NOT_A_MATCH_SPEC})


def outcome(
    code: Code, mode: Mode, allowance: Allowance | None = None, severity: Severity = Severity.ERROR
) -> Outcome:
    """Return what becomes of a finding.

    Args:
        code: the finding's.
        mode: what the environment asks for.
        allowance: the one in the finding's place, if there is one; without a reason it has no effect.
        severity: what the finding weighs by itself.
    """
    if allowance and allowance.reason and may_be_allowed(code, mode, severity):
        return _ALLOWED.get(code, Outcome.SILENT)
    return Outcome.UNLOCKABLE if mode is Mode.PYPI and code in _LEGAL_IN_PYPI else Outcome.STANDS


def may_be_allowed(code: Code, mode: Mode, severity: Severity = Severity.ERROR) -> bool:
    """Return whether an allowance has any effect on such a finding."""
    if mode is Mode.MIXED and code in _NEVER_IN_MIXED:
        return False
    return code in _ALLOWED or (code in _WARNINGS and severity is Severity.WARNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What policy says of one environment.

    ``problems`` are all that are told, in order. Among them ``unlockable`` are the notes on what keeps it from being
    locked, ``left_out`` those on what its lock does not hold. ``used`` are the allowances that stand at a finding.
    ``unreadable`` says that not everything that is asked for is known.
    """

    environment: EnvironmentSpec
    problems: tuple[Problem, ...]
    unlockable: tuple[Problem, ...]
    left_out: tuple[Problem, ...]
    used: frozenset[Allowance]
    unreadable: bool = False

    @property
    def refused(self) -> bool:
        """Return whether there is something to mend before anything can be locked."""
        return has_errors(found for found in self.problems if found not in self.unlockable)

    @property
    def checked(self) -> CheckedSpec | None:
        """Return the environment as one that can be locked; None where it cannot."""
        return None if self.refused or self.unlockable else CheckedSpec(self.environment)

    def strictly(self) -> Verdict:
        """Return the verdict for those who want every environment locked: what keeps it from that is an error."""
        strict = {found: found.softened(Severity.ERROR) for found in self.unlockable}
        problems = tuple(strict.get(found, found) for found in self.problems)
        return replace(self, problems=problems, unlockable=tuple(strict.values()))

    @property
    def told(self) -> tuple[Problem, ...]:
        """Return what every verb tells: errors, what keeps it from being locked, and what is left out."""
        notes = {*self.unlockable, *self.left_out}
        return tuple(found for found in self.problems if found.severity is Severity.ERROR or found in notes)


def check(spec: EnvironmentSpec, settings: Settings, names: Callable[[], Counterparts]) -> Verdict:
    """Check one environment.

    Args:
        spec: the environment as merged.
        settings: the repository's; ``trusted_hosts`` matters here.
        names: gives the map between conda and PyPI names; called only where both worlds are asked.
    """
    document = spec.document
    found = [*duplicates(spec), *secrets(spec)]
    found += plain_http(spec, settings.trusted_hosts)
    found += dropped_indices(spec)
    found += local_channels(spec)
    found += channels_of_a_platform(spec)
    found += unclear(spec)
    found += python_is_there(spec)
    if document.pypi and document.conda:
        found += same_package_twice(spec, names())
    read = [_judge(raw, document, spec.mode) for raw in document.problems]
    judged = [*read, *_judged_references(document, spec.mode), *(_judge(raw, document, spec.mode) for raw in found)]
    told = [(problem, what) for problem, what, _allowance in judged if problem]
    return Verdict(
        environment=spec,
        problems=in_order(problem for problem, _what in told),
        unlockable=in_order(problem for problem, what in told if what is Outcome.UNLOCKABLE),
        left_out=in_order(problem for problem, what in told if what is Outcome.LEFT_OUT),
        used=frozenset(allowance for _problem, _what, allowance in judged if allowance),
        unreadable=has_errors(problem for problem, _what, _allowance in read if problem),
    )


def left_out(document: SpecDocument, mode: Mode, platform: Subdir) -> dict[str, Place]:
    """Return what allowances leave out of one platform's lock, each as ``CODE text`` with its place."""
    if not document.allowances:
        return {}
    entries = replace(document, references=tuple(e for e in document.references if admits(e.selector, platform)))
    judged = [*_judged_references(entries, mode), *(_judge(raw, document, mode) for raw in document.problems)]
    found = (problem for problem, what, _allowance in judged if problem and what is Outcome.LEFT_OUT)
    return {f"{problem.code} {_subject(problem)}": problem.place for problem in found}


def _subject(problem: Problem) -> str:
    return " ".join((problem.subject or problem.claim).replace("***@", "").split())


def of_no_environment(document: SpecDocument) -> tuple[tuple[Problem, ...], frozenset[Allowance]]:
    """Return the problems of a file that belong to none of its environments, judged; and the allowances they used."""
    judged = [_judge(raw, document, Mode.CONDA) for raw in document.problems]
    problems = in_order(problem for problem, _what, _allowance in judged if problem)
    return problems, frozenset(allowance for _problem, _what, allowance in judged if allowance)


_Judged = tuple["Problem | None", Outcome, "Allowance | None"]


def _judged_references(document: SpecDocument, mode: Mode) -> Iterator[_Judged]:
    for entry in document.references:
        world = world_of(entry.value, mode)
        code = code_of(entry.value)
        legal, allowable = outcome(code, world) is Outcome.UNLOCKABLE, may_be_allowed(code, world)
        yield _judge(problem_of(entry, world, legal=legal, allowable=allowable), document, world)


def _judge(problem: Problem, document: SpecDocument, mode: Mode) -> _Judged:
    """Return a problem as it is told, None where it is silent; what became of it; and the allowance in its place."""
    allowance = _allowance_for(problem, document)
    what = outcome(problem.code, mode, allowance, problem.severity)
    if what is Outcome.SILENT:
        return None, what, allowance
    if what is Outcome.LEFT_OUT:
        return _note_of(problem, allowance), what, allowance
    told = problem.softened(Severity.NOTE) if what is Outcome.UNLOCKABLE else problem
    return (replace(told, hint=_why_not(problem, mode)) if allowance else told), what, allowance


def _allowance_for(problem: Problem, document: SpecDocument) -> Allowance | None:
    """Return the allowance in a problem's place; of several that with a reason."""
    place = problem.code, problem.place.path, problem.place.line
    there = (one for one in document.allowances if (one.code, one.path or document.path, one.line) == place)
    return max(there, key=lambda found: bool(found.reason), default=None)


def _note_of(problem: Problem, allowance: Allowance | None) -> Problem:
    reason = allowance.reason if allowance else ""
    claim = f"{problem.claim.partition('; ')[0]}; it is left out of the lock, as allowed: {reason}"
    hint = "what installs the lock must bring it; remove the entry if nothing needs it"
    return replace(problem, claim=claim, hint=hint, severity=Severity.NOTE)


def _why_not(problem: Problem, mode: Mode) -> str:
    """Return the way out where an allowance has no effect."""
    if may_be_allowed(problem.code, mode, problem.severity):
        return f"give a reason: `# mixlock: allow {problem.code} because …`"
    return f"{problem.code} cannot be silenced here; {problem.hint}"
