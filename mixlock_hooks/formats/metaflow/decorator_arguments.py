"""What a decorator's arguments ask for: versions of Metaflow's dictionaries into requirements of both worlds.

``""`` and ``"*"`` are any version, ``"1.2.3"`` is exact, anything with an operator is a constraint; a bare
two-part python (``"3.9"``) means 3.9.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.entries import Entries, Style
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.flow import DecoratorArguments, DecoratorKind
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.static import Static

_HINT = 'write "1.2.3", ">=1,<2" or "" for any version'
_STYLE = Style(
    has_lines=False,
    conda=_HINT,
    pypi=_HINT,
    virtual='write for example {"__glibc": "2.27"}',
    extra='ask for the extra with `@pypi`: "{}"',
)
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
        self._entries = Entries(style=_STYLE, problems=problems)
        self._channels: list[Entry[str]] = []
        self._indices: list[Entry[str]] = []

    def asks(self) -> DecoratorArguments:
        return DecoratorArguments(
            scalars=self._scalars,
            conda=tuple(self._entries.conda),
            pypi=tuple(self._entries.pypi),
            references=tuple(self._entries.references),
            channels=tuple(self._channels),
            indices=tuple(self._indices),
            virtual_packages=tuple(self._entries.virtual),
        )

    def read(self, argument: str, value: Static, arguments: Mapping[str, Static]) -> None:
        """Read one argument, None says nothing; ``packages`` goes before ``libraries`` where both name a package."""
        known = _ARGUMENTS[self._kind]
        if argument not in known:
            hint = meant(argument, known, f"known: {', '.join(known)}")
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
            hint = "write `True` or `False`" if wanted is bool else _quoted_hint(value)
            self._problem(Code.WRONG_TYPE, value.place, claim, hint)
            return
        self._scalars[argument] = Entry(value=value.value, place=value.place)
        if argument == "python":
            self._entries.read_conda_pair("python", str(value.value), value.place)

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
            return lambda name, version, place: self._entries.read_virtual(f"{name}={version}", place)
        if argument == "pip_packages" or (self._kind is DecoratorKind.PYPI and argument == "packages"):
            return self._entries.read_pypi_pair
        return self._entries.read_conda_pair


def _shown(value: Static) -> str:
    if value.kind != "scalar":
        return f"a {value.form if value.kind == 'sequence' else value.kind}"
    raw: object = value.value
    if raw is None:
        return "nothing"
    return f"the number {raw!r}" if _is_number(raw) else f"{raw!r}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _quoted_hint(value: Static) -> str:
    if _is_number(value.value):
        return f'quote it as it was meant; unquoted it would have become "{value.value!r}"'
    return 'write `""` for any' if value.value is None else "write it in quotes"
