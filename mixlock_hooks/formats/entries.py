"""One entry of a spec, wherever it stands: a reference, a match spec, a PEP 508 requirement, a pair.

The one place that decides which of them a text is, and what its problem and way out are.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import direct_reference, match_spec, pip_requirement
from mixlock_hooks.formats.virtual_packages import parse_pair
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.conda_constraint import canonical_version
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.names import Subdir, conda_name
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from mixlock_hooks.model.document import Reference
    from mixlock_hooks.model.names import VirtualName
    from mixlock_hooks.model.place import Place

_URL_CHANNEL = re.compile(r"https?://[^\s\[\]]+::\w", re.IGNORECASE)
_CONDA_EQUALS = re.compile(r"[\w.\-\[\],\s]+=(?!=)")
_OF_BUILDS = frozenset({"--config-settings", "--config-setting", "--global-option", "-C"})
_OF_FILES = frozenset(
    {
        *("-i", "--index-url", "--pypi-url", "--extra-index-url", "--no-index", "-c", "--constraint"),
        *("-r", "--requirement", "-e", "--editable", "-f", "--find-links", "--no-binary", "--only-binary"),
        *("--prefer-binary", "--require-hashes", "--pre", "--trusted-host", "--use-feature"),
    }
)
"""The options that pip knows in its files (``req_file.SUPPORTED_OPTIONS``)."""
_TWO_PARTS = re.compile(r"\d+\.\d+")
_LONGEST = 240
LONGEST_ENTRY = 20_000
"""Characters; a requirement with the hashes of a hundred wheels has half of them."""
MOST_OF_ONE = 30
"""Entries of one package in one file; joining them stays quick."""
R = TypeVar("R", CondaRequirement, PypiRequirement)


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """How a kind of file writes an entry, as its hints show it.

    ``has_lines`` is whether one of PyPI's is a line of pip's, which hashes, options and comments may follow.
    """

    conda: str = "write name, name=1.2 or name>=1,<2"
    pypi: str = "PEP 508: name[extra]>=1; marker"
    virtual: str = 'write for example `__glibc: "2.27"` under `sys:`'
    extra: str = "ask for the extra under `pip:`, such as `- {}`"
    has_lines: bool = True


@dataclass(kw_only=True)
class Entries:
    """What was read of one file or decorator so far, and the problems of reading it."""

    style: Style = field(default_factory=Style)
    conda: list[Entry[CondaRequirement]] = field(default_factory=list)
    pypi: list[Entry[PypiRequirement]] = field(default_factory=list)
    references: list[Entry[Reference]] = field(default_factory=list)
    virtual: list[Entry[tuple[VirtualName, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[type, str]] = field(default_factory=Counter)

    def problem(self, code: Code, place: Place, claim: str, hint: str = "") -> None:
        """Add an error."""
        self.problems.append(Problem(code=code, place=place, claim=claim, hint=hint))

    def warn(self, code: Code, place: Place, claim: str, hint: str) -> None:
        """Add a finding that does not fail a run."""
        found = Problem(code=code, place=place, claim=claim, hint=hint, severity=Severity.WARNING)
        self.problems.append(found)

    @property
    def asks_for_nothing(self) -> bool:
        """Whether nothing was read that could be installed."""
        return not (self.conda or self.pypi or self.references)

    def _is_too_long(self, text: str, place: Place) -> bool:
        """Refuse an entry that nobody would write, before any of its readers spends time on it."""
        if len(text) <= LONGEST_ENTRY:
            return False
        claim = f"the entry has {len(text)} characters; one has at most {LONGEST_ENTRY}"
        self.problem(Code.UNREADABLE, place, claim, "split it, or leave it out")
        return True

    def _is_one_too_many(self, requirement: CondaRequirement | PypiRequirement, place: Place) -> bool:
        """Refuse more entries of one package than anybody would write; the first that is too many is told."""
        name = _counted(requirement)
        self.counts[name] += 1
        if self.counts[name] == MOST_OF_ONE + 1:
            claim = f"`{requirement.name}` has more than {MOST_OF_ONE} entries"
            self.problem(Code.UNREADABLE, place, claim, "write one entry with all that it must be")
        return self.counts[name] > MOST_OF_ONE

    def read_conda(self, text: str, place: Place, selector: str = "") -> None:
        """Read an entry of conda's: a reference, or a match spec."""
        if self._is_too_long(text, place):
            return
        reference = None if _URL_CHANNEL.match(text) else direct_reference.parse(text)
        reference = reference or direct_reference.in_brackets(text)
        if reference:
            self._refer(replace(reference, from_conda=True), place, selector)
            return
        try:
            requirement = match_spec.parse(text, place)
        except ValueError as error:
            self.problem(
                Code.NOT_A_MATCH_SPEC, place, f"not a conda match spec: {redacted(_short(error))}", self.style.conda
            )
            return
        if requirement.name.startswith("__"):
            claim = f"`{requirement.name}` is a virtual package: the machine has it, and no channel"
            self.problem(Code.VIRTUAL_PACKAGE, place, claim, f"say what it has; {self.style.virtual}")
            return
        if self._is_one_too_many(requirement, place):
            return
        self.conda.append(Entry(value=requirement, place=place, selector=selector))
        words = match_spec.ignored(text)
        if words:
            claim = f"conda packages have no extras: conda ignores `[{words}]` of `{redacted(text.strip())}`"
            self.warn(Code.NOT_A_MATCH_SPEC, place, claim, self.style.extra.format(f"{requirement.name}[{words}]"))

    def read_pypi(self, text: str, place: Place, selector: str = "", *, offset: int | None = 0) -> None:
        """Read an entry of pip's: a reference, or a PEP 508 requirement.

        Args:
            text: the entry.
            place: where it stands.
            selector: where it holds.
            offset: how many characters stand before the text at its place; None where it does not stand there so.
        """
        if self._is_too_long(text, place):
            return
        reference = direct_reference.parse(text)
        if reference:
            self._refer(reference, place, selector)
            return
        text = self._without_options(text, place) if self.style.has_lines else text
        try:
            self._refuse_line(text)
            requirement = pip_requirement.parse(text, place)
        except pip_requirement.NotARequirementError as error:
            is_condas = _CONDA_EQUALS.match(text) and not pip_requirement.behind(text)
            hint = "write name==1.2.3; `=` is conda's operator" if is_condas else self.style.pypi
            where = place if offset is None else place.within(error.offset + offset)
            self.problem(Code.NOT_A_REQUIREMENT, where, f"not a PyPI requirement: {redacted(_short(error))}", hint)
        else:
            if not self._is_one_too_many(requirement, place):
                self.pypi.append(Entry(value=requirement, place=place, selector=selector))

    def _refuse_line(self, text: str) -> None:
        """Refuse what only a line of pip's may hold where an entry is none.

        Raises:
            NotARequirementError: the text holds such.
        """
        behind = "" if self.style.has_lines else pip_requirement.behind(text)
        if behind:
            raise pip_requirement.NotARequirementError(
                f"`{behind}` may follow a requirement in pip's files only", text.find(behind)
            )

    def _without_options(self, text: str, place: Place) -> str:
        """Return a requirement without options behind it: pip drops them, but for those of builds."""
        requirement, option = pip_requirement.option_behind(text)
        if option in _OF_BUILDS:
            claim = f"`{option}` changes what a build makes, which a lock cannot say"
            self.problem(Code.PIP_OPTION, place, claim, "publish a wheel that was built so, or leave the option out")
        elif option == "--hash":
            claim = "not a PyPI requirement: a hash is written `--hash=sha256:DIGEST`"
            self.problem(Code.NOT_A_REQUIREMENT, place, claim, self.style.pypi)
        elif option and option not in _OF_FILES:
            claim = f"pip knows no option `{option}` in its files, and stops there"
            self.problem(Code.PIP_OPTION, place, claim, "leave it out")
        elif option:
            claim = f"pip drops `{option}` behind a requirement, so it is dropped here too"
            self.warn(Code.PIP_OPTION, place, claim, "give the option a line of its own, or leave it out")
        return requirement

    def platform(self, entry: Entry[str]) -> Entry[Subdir] | None:
        """Return the platform that an entry names; None where conda knows none of that name."""
        if entry.value in KNOWN_PLATFORMS:
            return Entry(value=Subdir(entry.value), place=entry.place, selector=entry.selector)
        hint = meant(entry.value, KNOWN_PLATFORMS, f"known: {', '.join(KNOWN_PLATFORMS)} (conda's list)")
        self.problem(Code.WRONG_TYPE, entry.place, f"unknown platform `{entry.value}`", hint)
        return None

    def read_virtual(self, text: str, place: Place, selector: str = "") -> None:
        """Read a virtual package: ``__name=version``."""
        name, version, claim = parse_pair(text)
        if claim:
            self.problem(Code.VIRTUAL_PACKAGE, place, claim, self.style.virtual)
        else:
            self.virtual.append(Entry(value=(name, version), place=place, selector=selector))

    def read_conda_pair(self, name: str, version: str, place: Place) -> None:
        """Read a name and a version as Metaflow's dictionaries give them: a bare two-part python is a prefix."""
        constraint = _constraint(version)
        if name.lower() == "python" and _TWO_PARTS.fullmatch(version):
            constraint = f"={version}"
        self.read_conda(f"{name} {constraint}".strip(), place)
        self._drop_repeated(self.conda)

    def read_pypi_pair(self, name: str, version: str, place: Place) -> None:
        """Read a name and a version: a requirement, or ``"a @ git+…": ""``, ``"a": "@git+…"``, ``"a": "git+…"``."""
        reference = direct_reference.parse(name)
        if reference is None and ("://" in version or version.startswith("@")):
            reference = direct_reference.parse(f"{name} @ {version.lstrip('@ ')}")
        if reference:
            self._refer(replace(reference, name=canonicalize_name(reference.name)), place)
        else:
            self.read_pypi(f"{name} {_constraint(version)}".strip(), place, offset=None)
            self._drop_repeated(self.pypi)

    def _drop_repeated(self, entries: list[Entry[R]]) -> None:
        """Drop the last entry where an earlier one says the same."""
        last = entries[-1].value if entries else None
        if last and self.counts[_counted(last)] > 1 and any(found.value == last for found in entries[:-1]):
            entries.pop()

    def _refer(self, reference: Reference, place: Place, selector: str = "") -> None:
        self.references.append(Entry(value=reference, place=place, selector=selector))


def _counted(requirement: CondaRequirement | PypiRequirement) -> tuple[type, str]:
    return type(requirement), requirement.name


def _short(error: ValueError) -> str:
    words = str(error).partition("Caused by:")[0].strip()
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _constraint(version: str) -> str:
    """Return a constraint as it follows a name: nothing for any version, ``==`` before a bare one."""
    if version in {"", "*"}:
        return ""
    return f"=={version}" if version[0].isalnum() else version


def python_of(requirement: PypiRequirement) -> CondaRequirement | None:
    """Return ``python==3.10.*`` of a requirements file as the python to lock for; None where a marker limits it.

    ``python==3.10`` is 3.10.x, as both of Metaflow's parsers read it.
    """
    if requirement.marker or requirement.extras or requirement.hashes:
        return None
    asked = requirement.specifier
    if _TWO_PARTS.fullmatch(asked.removeprefix("==")):
        asked = f"={asked.removeprefix('==')}"
    try:
        version = canonical_version(asked)
    except ValueError:
        return None
    return CondaRequirement(name=conda_name("python"), asked=asked, version=version, place=requirement.place)
