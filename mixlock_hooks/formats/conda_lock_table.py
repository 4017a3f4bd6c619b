"""``[tool.conda-lock]`` of a ``pyproject.toml``: channels, platforms, repositories, conda's own packages.

https://conda.github.io/conda-lock/src_pyproject/
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from mixlock_hooks.formats.pip_options import PipOptions
from mixlock_hooks.formats.project_entries import ProjectEntries
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.settings import NO_INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mixlock_hooks.formats.toml_places import TomlPlaces
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.names import Subdir

_KEYS = ("tool", "conda-lock")
_NO_CHANNEL = "nodefaults"
_TYPES: dict[str, tuple[type, str]] = {
    "channels": (list, "a list of channels"),
    "platforms": (list, "a list of platforms"),
    "dependencies": (dict, "a table of conda's packages"),
    "pip-repositories": (list, "a list of URLs"),
    "allow-pypi-requests": (bool, "true or false"),
    "default-non-conda-source": (str, "`conda` or `pip`"),
    "skip-non-conda-lock": (bool, "true or false"),
}
"""Every key that conda-lock 4 reads."""


class CondaLockTable:
    """The table of one file. ``entries`` are what the whole file asks for."""

    def __init__(self, content: dict[str, Any], places: TomlPlaces, names: Callable[[], Counterparts]) -> None:
        self._places = places
        self._options = PipOptions()
        self.entries = ProjectEntries(names=names)
        tool = content.get("tool", {})
        self._table = self._checked(tool.get("conda-lock", {}) if isinstance(tool, dict) else {})
        self._channels = [entry for entry in self._texts("channels") if entry.value != _NO_CHANNEL]
        self._platforms = self._read_platforms()
        self._forced = {
            canonicalize_name(name): name
            for name, value in self._table.get("dependencies", {}).items()
            if isinstance(value, dict) and value.get("source") == "pypi"
        }
        self.entries.channels = tuple(entry.value for entry in self._channels)
        self.entries.default_is_pip = self._default_source() == "pip"
        self.entries.from_pypi = frozenset(self._forced)
        self._read_indices()

    def _default_source(self) -> str:
        """Return where what names no source comes from; what conda-lock would refuse is told."""
        source = self._table.get("default-non-conda-source", "conda")
        if source not in {"conda", "pip"}:
            place = self._places.value(*_KEYS, "default-non-conda-source")
            claim = f"`default-non-conda-source` must be `conda` or `pip`, not `{source}`"
            self.entries.entries.problem(Code.WRONG_TYPE, place, claim, "conda-lock refuses any other word")
        return str(source)

    @property
    def is_alone(self) -> bool:
        """Whether nothing else of the file counts (``skip-non-conda-lock``)."""
        return self._table.get("skip-non-conda-lock") is True

    def document(self, path: str) -> SpecDocument:
        """Return the document of a file that asks for nothing else."""
        return replace(self._options.document(path), channels=tuple(self._channels), platforms=tuple(self._platforms))

    def read_dependencies(self) -> None:
        """Read conda's own packages, among which stand the names of projects that PyPI is asked for."""
        for name, value in self._table.get("dependencies", {}).items():
            place = self._places.key(*_KEYS, "dependencies", name)
            if isinstance(value, str):
                self.entries.entries.read_conda(f"{name} {value}", place)
            elif not (isinstance(value, dict) and value == {"source": "pypi"}):
                claim = f'`{name}` must be a version, or `{{ source = "pypi" }}`'
                self.entries.entries.problem(Code.WRONG_TYPE, place, claim, f'write {name} = ">=1,<2"')

    def tell_unused(self, asked: Collection[str]) -> None:
        """Warn of a project that is to come from PyPI and that no part of the file asks for."""
        known = {*asked, *map(self.entries.conda_name, asked)} if self._forced else set()
        for normalized, name in self._forced.items():
            if normalized not in known:
                place = self._places.key(*_KEYS, "dependencies", name)
                claim = f"`{name}` is to come from PyPI, but nothing here asks for it"
                hint = "ask for it in `[project]` or `[tool.poetry]`; this table only says where it comes from"
                self.entries.entries.warn(Code.UNKNOWN_KEY, place, claim, hint)

    def _checked(self, table: object) -> dict[str, Any]:
        """Return the keys of the right type; tell the others."""
        problem = self.entries.entries.problem
        if not isinstance(table, dict):
            problem(Code.WRONG_TYPE, self._places.key(*_KEYS), "must be a table", "write [tool.conda-lock]")
            return {}
        good = {}
        for key, value in table.items():
            place = self._places.key(*_KEYS, key)
            if key not in _TYPES:
                hint = meant(key, _TYPES, f"conda-lock reads {', '.join(_TYPES)}")
                self.entries.entries.warn(Code.UNKNOWN_KEY, place, f"unknown key `{key}` is ignored", hint)
            elif not isinstance(value, _TYPES[key][0]):
                problem(Code.WRONG_TYPE, place, f"`{key}` must be {_TYPES[key][1]}", "correct its value")
            else:
                good[key] = value
        return good

    def _texts(self, key: str) -> Iterator[Entry[str]]:
        for index, value in enumerate(self._table.get(key, [])):
            place = self._places.value(*_KEYS, key, index)
            if isinstance(value, str) and value.strip():
                yield Entry(value=value.strip(), place=place)
            else:
                claim = f"`{key}` must be {_TYPES[key][1]}"
                self.entries.entries.problem(Code.WRONG_TYPE, place, claim, "quote it if it is meant as text")

    def _read_platforms(self) -> list[Entry[Subdir]]:
        read = (self.entries.entries.platform(entry) for entry in self._texts("platforms"))
        return [entry for entry in read if entry]

    def _read_indices(self) -> None:
        for entry in self._texts("pip-repositories"):
            claim = self._options.add_index(entry)
            if claim:
                hint = "write the URL of its simple API, with https://"
                self.entries.entries.problem(Code.WRONG_TYPE, entry.place, claim, hint)
        if self._table.get("allow-pypi-requests") is False:
            place = self._places.value(*_KEYS, "allow-pypi-requests")
            self._options.no_default = Entry(value=NO_INDEX, place=place)
