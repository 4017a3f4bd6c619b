"""What a decorator's arguments ask for: versions of Metaflow's dictionaries into requirements of both worlds.

``""`` and ``"*"`` are any version, ``"1.2.3"`` is exact, anything with an operator is a constraint; a bare
two-part python (``"3.9"``) means 3.9.x.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import direct_reference, match_spec, pip_requirement
from mixlock_hooks.formats.virtual_packages import parse_pair
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.flow import DecoratorArguments, DecoratorKind
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mixlock_hooks.model.document import Reference
    from mixlock_hooks.model.names import VirtualName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.static import Static

R = TypeVar("R", CondaRequirement, PypiRequirement)
_TWO_PARTS = re.compile(r"\d+\.\d+")
_SCALARS = ("disabled", "name", "pathspec", "fetch_at_exec")
_ARGUMENTS = {
    DecoratorKind.CONDA: ("libraries", "packages", "channels", "python", "pip_packages", "pip_sources", *_SCALARS),
    DecoratorKind.PYPI: ("packages", "extra_indices", "sources", "conda_only", "extras", "python", *_SCALARS),
    DecoratorKind.SYSTEM: ("packages", "disabled"),
    DecoratorKind.NAMED: _SCALARS,
}


def read_asks(
    kind: DecoratorKind, name: str, arguments: Mapping[str, Static], problems: list[Problem]
) -> DecoratorArguments:
    """Turn a decorator's arguments into what it asks for; problems of types and grammar are appended."""
    reader = _Reader(kind, name, problems)
    for argument, value in arguments.items():
        reader.read(argument, value, arguments)
    return reader.asks()


class _Reader:
    """One reading of one decorator."""

    def __init__(self, kind: DecoratorKind, name: str, problems: list[Problem]) -> None:
        self._kind = kind
        self._name = name
        self._problems = problems
        self._scalars: dict[str, Entry[object]] = {}
        self._conda: list[Entry[CondaRequirement]] = []
        self._pypi: list[Entry[PypiRequirement]] = []
        self._references: list[Entry[Reference]] = []
        self._channels: list[Entry[str]] = []
        self._indices: list[Entry[str]] = []
        self._virtual: list[Entry[tuple[VirtualName, str]]] = []

    def asks(self) -> DecoratorArguments:
        return DecoratorArguments(
            scalars=self._scalars,
            conda=tuple(self._conda),
            pypi=tuple(self._pypi),
            references=tuple(self._references),
            channels=tuple(self._channels),
            indices=tuple(self._indices),
            virtual_packages=tuple(self._virtual),
        )

    def read(self, argument: str, value: Static, arguments: Mapping[str, Static]) -> None:
        """Read one argument, None says nothing; ``packages`` goes before ``libraries`` where both name a package."""
        known = _ARGUMENTS[self._kind]
        if argument not in known:
            near = nearest(argument, known)
            hint = f"did you mean `{near}`?" if near else f"known: {', '.join(known)}"
            self._problem(Code.UNKNOWN_KEY, value.place, f"`@{self._name}` has no argument `{argument}`", hint)
        elif value.value is None and value.kind == "scalar":
            return
        elif argument in _SCALARS or argument == "python":
            self._scalar(argument, value)
        elif argument in {"channels", "pip_sources", "extra_indices", "sources", "extras"}:
            self._list(argument, value)
        else:
            self._packages(argument, value, arguments)

    def _problem(self, code: Code, place: Place, claim: str, hint: str) -> None:
        self._problems.append(Problem(code=code, place=place, claim=claim, hint=hint))

    def _scalar(self, argument: str, value: Static) -> None:
        wanted: type = bool if argument in {"disabled", "fetch_at_exec"} else str
        if argument == "python" and value.value == "":
            return
        if value.kind != "scalar" or not isinstance(value.value, wanted):
            shown = _shown(value)
            claim = f"`{argument}` must be {'true or false' if wanted is bool else 'text'}, this is {shown}"
            self._problem(Code.WRONG_TYPE, value.place, claim, _quoted_hint(value))
            return
        self._scalars[argument] = Entry(value=value.value, place=value.place)
        if argument == "python":
            self._add_conda("python", str(value.value), value.place)

    def _list(self, argument: str, value: Static) -> None:
        if value.kind != "sequence":
            self._problem(
                Code.WRONG_TYPE, value.place, f"`{argument}` must be a list, this is {_shown(value)}", "write [ … ]"
            )
            return
        target = self._channels if argument == "channels" else self._indices
        for item in value.items():
            if not isinstance(item.value, str):
                claim = f"`{argument}` holds text, this is {_shown(item)}"
                self._problem(Code.WRONG_TYPE, item.place, claim, _quoted_hint(item))
            elif argument == "extras":
                claim = f"`{item.value}` is an option for a resolver, and a lock has none"
                self._problem(Code.PIP_OPTION, item.place, claim, "ask for the versions it would give")
            else:
                target.append(Entry(value=item.value, place=item.place))

    def _packages(self, argument: str, value: Static, arguments: Mapping[str, Static]) -> None:
        if value.kind != "mapping":
            claim = f"`{argument}` must map names to versions, this is {_shown(value)}"
            self._problem(Code.WRONG_TYPE, value.place, claim, 'write {"numpy": "1.26.4"}')
            return
        add = self._adder(argument)
        hidden = arguments["packages"].plain() if argument == "libraries" and "packages" in arguments else {}
        for key, version in value.pairs():
            if not isinstance(key.value, str):
                claim = f"a package's name must be text, this is {_shown(key)}"
                self._problem(Code.WRONG_TYPE, key.place, claim, _quoted_hint(key))
            elif not isinstance(version.value, str):
                claim = f"the version of `{key.value}` must be text, this is {_shown(version)}"
                self._problem(Code.WRONG_TYPE, version.place, claim, _quoted_hint(version))
            elif not (isinstance(hidden, dict) and key.value in hidden) and self._is_plain(
                key.value, version.value, version.place
            ):
                add(key.value, version.value.strip(), key.place)

    def _is_plain(self, name: str, version: str, place: Place) -> bool:
        """Return whether name and version are text on one line that stands now; say what is wrong where not."""
        text = name + version
        if not text.isprintable():
            claim = f"{text!r} holds a line break or another control character"
            self._problem(Code.WRONG_TYPE, place, claim, "write name and version on one line")
        elif "@{" in text:
            claim = f"`{name}: {version}` is filled in when the flow runs, so it cannot be locked"
            self._problem(Code.NOT_STATIC, place, claim, "write the name and the version themselves")
        return text.isprintable() and "@{" not in text

    def _adder(self, argument: str) -> Callable[[str, str, Place], None]:
        if self._kind is DecoratorKind.SYSTEM:
            return self._add_virtual
        if argument == "pip_packages" or (self._kind is DecoratorKind.PYPI and argument == "packages"):
            return self._add_pypi
        return self._add_conda

    def _add_conda(self, name: str, version: str, place: Place) -> None:
        constraint = _constraint(version)
        if name.lower() == "python" and _TWO_PARTS.fullmatch(version):
            constraint = f"={version}"
        try:
            requirement = match_spec.parse(f"{name}{constraint}", place)
        except ValueError as error:
            hint = 'write "1.2.3", ">=1,<2" or "" for any version'
            self._problem(Code.NOT_A_MATCH_SPEC, place, f"not a conda match spec: {error}", hint)
        else:
            self._add(self._conda, Entry(value=requirement, place=place), version)

    def _add_pypi(self, name: str, version: str, place: Place) -> None:
        reference = _reference(name, version)
        if reference:
            self._references.append(Entry(value=reference, place=place))
            return
        try:
            requirement = pip_requirement.parse(f"{name}{_constraint(version)}", place)
        except pip_requirement.NotARequirementError as error:
            claim = f"`{name}: {version}` is not a PyPI requirement: {error}"
            self._problem(Code.NOT_A_REQUIREMENT, place, claim, 'write "1.2.3", ">=1,<2" or "" for any version')
        else:
            self._add(self._pypi, Entry(value=requirement, place=place), version)

    def _add(self, known: list[Entry[R]], entry: Entry[R], version: str) -> None:
        """Add a requirement; the same one twice in one decorator contradicts itself, or is only said twice."""
        same = next((found for found in known if _identity(found.value) == _identity(entry.value)), None)
        if same is None:
            known.append(entry)
        elif same.value != entry.value:
            claim = f"`{entry.value.name}` is asked for as `{version or '*'}` here, and otherwise in line "
            hint = "write one entry with both constraints, such as >=1,<2"
            self._problem(Code.CONTRADICTION, entry.place, f"{claim}{same.place.line}", hint)

    def _add_virtual(self, name: str, version: str, place: Place) -> None:
        virtual, number, claim = parse_pair(f"{name}={version}")
        if claim:
            self._problem(Code.VIRTUAL_PACKAGE, place, claim, 'write for example {"__glibc": "2.27"}')
        else:
            self._virtual.append(Entry(value=(virtual, number), place=place))


def _constraint(version: str) -> str:
    """Return a constraint as it follows a name: nothing for any version, ``==`` before a bare one."""
    if version in {"", "*"}:
        return ""
    if version[0].isalnum():
        return f"=={version}"
    return f" {version}" if version[0] == "*" else version


def _identity(requirement: CondaRequirement | PypiRequirement) -> tuple[str, str]:
    return requirement.name, getattr(requirement, "marker", "")


def _reference(name: str, version: str) -> Reference | None:
    """Return what a pair asks for that no index holds: ``"a @ git+…": ""``, ``"a": "@git+…"``, ``"a": "git+…"``."""
    found = direct_reference.parse(name)
    if found is None and ("://" in version or version.startswith("@")):
        found = direct_reference.parse(f"{name} @ {version.lstrip('@ ')}")
    return replace(found, name=canonicalize_name(found.name)) if found else None


def _shown(value: Static) -> str:
    if value.kind != "scalar":
        return {"mapping": "a mapping", "sequence": "a list"}[value.kind]
    raw: object = value.value
    if raw is None:
        return "nothing"
    return f"the number {raw!r}" if _is_number(raw) else f"{raw!r}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _quoted_hint(value: Static) -> str:
    if _is_number(value.value):
        return f'quote it as it was meant; unquoted it would have become "{value.value!r}"'
    return "write it in quotes"
