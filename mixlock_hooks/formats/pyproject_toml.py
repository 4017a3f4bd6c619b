"""``pyproject.toml`` as conda-lock 4 reads it (its ``src_parser/pyproject_toml.py``), into a document.

``[project]`` goes before ``[tool.poetry]``, that before flit's table; ``[tool.conda-lock]`` adds channels, platforms
and conda's own packages. What conda-lock calls the main category is the file itself; each extra or group is a part,
which the configuration names (``pyproject.toml#test``). Groups of PEP 735 are mixlock's addition.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import comments, poetry_table, toml_text
from mixlock_hooks.formats.conda_lock_table import CondaLockTable
from mixlock_hooks.formats.project_parts import Part, names_in, parts_of
from mixlock_hooks.formats.text import too_many_values
from mixlock_hooks.formats.toml_places import TomlPlaces
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import SpecDocument
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.place import Place

_NOTHING_HINT = "list `dependencies` in `[project]`, `[tool.poetry]` or `[tool.conda-lock]`"
_PYTHON_HINT = 'write `python = ">=3.12,<3.13"` in `[tool.conda-lock.dependencies]`'


def parse(text: str, path: str, names: Callable[[], Counterparts], part: str | None = None) -> SpecDocument:
    """Parse a ``pyproject.toml``.

    Args:
        text: the file's text.
        path: its path, for places.
        names: which conda package is which project.
        part: an extra or a group; empty for what the project itself needs, None where the file is all of a spec.
    """
    try:
        content = toml_text.loads(text)
    except toml_text.TOMLDecodeError as error:
        return SpecDocument(path=path, problems=(toml_text.invalid(error, text, path),))
    problem = too_many_values(content, path, "name the spec, not what was made from it")
    if problem:
        return SpecDocument(path=path, problems=(problem,))
    reading = _Reading(content, TomlPlaces(text, path), path, names)
    document = reading.document(part)
    return replace(document, allowances=comments.allowances(text.splitlines()))


class _Reading:
    """One reading of one file."""

    def __init__(
        self, content: dict[str, Any], places: TomlPlaces, path: str, names: Callable[[], Counterparts]
    ) -> None:
        self._path = path
        self._places = places
        self._tool = CondaLockTable(content, places, names)
        self._entries = self._tool.entries
        self._problem = self._entries.entries.problem
        self._warn = self._entries.entries.warn
        self._project = _table(content, "project")
        self._parts: dict[str, list[Part]] = {} if self._tool.is_alone else parts_of(content)
        self._reading: set[str] = set()

    def document(self, part: str | None) -> SpecDocument:
        """Return the document of the file, or of a part of it."""
        if part:
            self._read_part(part, at(self._path))
        else:
            self._read_main()
        read = self._entries.entries
        if part is None:
            self._tell_unread()
            if read.asks_for_nothing and not read.problems:
                self._problem(Code.WRONG_TYPE, at(self._path), "the file asks for nothing", _NOTHING_HINT)
        self._tool.tell_unused(names_in(part for parts in self._parts.values() for part in parts))
        return replace(
            self._tool.document(self._path),
            conda=tuple(read.conda),
            pypi=tuple(read.pypi),
            references=tuple(read.references),
            problems=(*read.problems, *(self._left_out() if part is None else ())),
        )

    def _read_main(self) -> None:
        for each in self._parts.get("", ()):
            self._read(each)
        self._tool.read_dependencies()

    def _read_part(self, name: str, place: Place) -> None:
        """Read an extra or a group; what includes itself is read once."""
        wanted = str(canonicalize_name(name))
        if wanted in self._reading:
            return
        self._reading.add(wanted)
        found = self._parts.get(wanted, ()) if wanted else ()
        if not found:
            known = sorted(each for each in self._parts if each)
            hint = meant(wanted, known, f"known: {', '.join(known)}" if known else "the file has none")
            self._problem(Code.UNKNOWN_KEY, place, f"{self._path} has no extra and no group `{name}`", hint)
        for each in found:
            self._read(each)

    def _read(self, part: Part) -> None:
        place = self._places.value(*part.keys)
        if isinstance(part.value, dict):
            for name in part.chosen(part.value):
                poetry_table.read(self._entries, name, part.value[name], self._places.key(*part.keys, name))
        elif isinstance(part.value, list):
            for index, item in enumerate(part.value):
                self._read_item(item, (*part.keys, index))
        else:
            self._problem(Code.WRONG_TYPE, place, f"`{part.shown}` must be a list of requirements", _NOTHING_HINT)

    def _read_item(self, item: object, keys: tuple[str | int, ...]) -> None:
        place = self._places.value(*keys)
        if isinstance(item, dict) and isinstance(item.get("include-group"), str):
            self._read_part(item["include-group"], place)
        elif not isinstance(item, str):
            self._problem(Code.WRONG_TYPE, place, "a requirement must be text", "write `name>=1` in quotes")
        else:
            own = list(self._own_extras(item))
            for extra in own:
                self._read_part(extra, place)
            if not own:
                self._entries.read_text(item, place)

    def _own_extras(self, text: str) -> Iterator[str]:
        """Yield the extras where a project asks for its own, as ``all = ["name[test,docs]"]`` does."""
        name, bracket, rest = text.partition("[")
        own = self._project.get("name")
        if bracket and isinstance(own, str) and canonicalize_name(name.strip()) == canonicalize_name(own):
            yield from (extra.strip() for extra in rest.partition("]")[0].split(",") if extra.strip())

    def _tell_unread(self) -> None:
        """Say what of a file has no say: dependencies that only a build knows, the pythons that it supports."""
        dynamic = self._project.get("dynamic", [])
        for key in ("dependencies", "optional-dependencies"):
            if isinstance(dynamic, list) and key in dynamic and not self._tool.is_alone:
                claim = f"`{key}` are dynamic: only a build of the project knows them, so they are not in the lock"
                place = self._places.value("project", "dynamic", dynamic.index(key))
                self._warn(Code.UNKNOWN_KEY, place, claim, "name the file that they come from as a spec beside this")
        has_python = any(entry.value.name == "python" for entry in self._entries.entries.conda)
        if "requires-python" in self._project and not has_python and not self._tool.is_alone:
            claim = "`requires-python` says what the project supports; the environment asks for no python"
            self._warn(Code.UNKNOWN_KEY, self._places.key("project", "requires-python"), claim, _PYTHON_HINT)

    def _left_out(self) -> Iterator[Problem]:
        """Yield a note on the extras and groups that this environment does not have."""
        others = sorted(name for name in self._parts if name)
        if others:
            claim = f"the extras and groups {', '.join(others)} are not part of this environment"
            both = f'["{self._path}", "{self._path}#{others[0]}"]'
            hint = f"`[tool.mixlock.environments.NAME]` `specs = {both}` makes an environment with one"
            place = self._places.key(*self._parts[others[0]][0].keys)
            yield Problem(code=Code.UNKNOWN_KEY, place=place, claim=claim, hint=hint, severity=Severity.NOTE)


def _table(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key, {})
    return found if isinstance(found, dict) else {}
