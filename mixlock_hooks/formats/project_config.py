"""``[tool.mixlock]`` in ``pyproject.toml``, or ``mixlock.toml``: TOML in, settings and problems out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mixlock_hooks.formats import match_spec, toml_text
from mixlock_hooks.formats.virtual_packages import parse_pair
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.build_permission import EVERYBODY, NOBODY, BuildPermission
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.cutoff import is_cutoff
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import CondaRequirement
from mixlock_hooks.model.settings import NO_INDEX, SOLVERS, ChannelPriority, MetaflowProfile, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mixlock_hooks.model.names import PypiName, VirtualName

_MOST_UNKNOWN = 20
"""Unknown keys that are told; who has more of them wrote another tool's file."""
_MOST_TEXTS = 1_000
_LONGEST_TEXT = 4_096
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADER = re.compile(r"\s*\[+\s*(?P<name>[^\[\]]+?)\s*\]+\s*(?:#.*)?$")
_OWN_TABLE = re.compile(r"tool\s*\.\s*[\"']?mixlock\b")


def parse(text: str, path: str) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Parse a configuration file; None where the file configures nothing.

    In ``pyproject.toml`` the keys stand in ``[tool.mixlock]``, in any other file at the top level.
    """
    try:
        document: Any = toml_text.loads(text)
    except toml_text.TOMLDecodeError as error:
        return Settings(source=path), (_invalid_toml(error, text, path),)
    if path.endswith("pyproject.toml"):
        tools = document.get("tool", {})
        document = tools.get("mixlock") if isinstance(tools, dict) else None
    if document is None:
        return None, ()
    reader = _Reader(text, path)
    return reader.settings(document), tuple(reader.problems)


def _invalid_toml(error: Exception, text: str, path: str) -> Problem:
    found = _TOML_PLACE.search(str(error))
    place = at(path, int(found[1]), int(found[2])) if found else at(path)
    if "at end of document" in str(error):
        place = at(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
    claim = f"not valid TOML: {_TOML_PLACE.sub('', str(error)).strip()}"
    return Problem(code=Code.UNREADABLE, place=place, claim=claim, hint="correct the syntax at this place")


class _WrongTypeError(ValueError):
    """A value is not of its key's type."""


class _Reader:
    """One reading of one configuration: a converter for each key, problems collected."""

    def __init__(self, text: str, path: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self.problems: list[Problem] = []

    def settings(self, table: object) -> Settings:
        """Convert every known key; tell unknown ones with the nearest known."""
        if not isinstance(table, dict):
            self._problem(Code.WRONG_TYPE, "mixlock", "the configuration must be a table", "write [tool.mixlock]")
            return Settings(source=self._path)
        known: dict[str, Any] = {}
        unknown = [key for key in table if key not in _KEYS]
        for key in unknown[:_MOST_UNKNOWN]:
            self._unknown(key)
        for key, value in table.items():
            if key not in _KEYS:
                continue
            field, convert = _KEYS[key]
            try:
                known[field] = self._placed(key, convert(value))
            except _WrongTypeError as error:
                self._problem(
                    Code.WRONG_TYPE, key, f"`{key}` must be {error}", "see the reference of the configuration"
                )
        return Settings(source=self._path, **known)

    def _placed(self, key: str, value: object) -> object:
        """Give requirements the place of their key."""
        if isinstance(value, CondaRequirement):
            return replace(value, place=self._place(key))
        if isinstance(value, tuple) and value and isinstance(value[0], CondaRequirement):
            return tuple(replace(requirement, place=self._place(key)) for requirement in value)
        return value

    def _unknown(self, key: str) -> None:
        near = nearest(key, _KEYS)
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(_KEYS)}"
        self._problem(Code.UNKNOWN_KEY, key, f"unknown key `{key}`", hint)

    def _problem(self, code: Code, key: str, claim: str, hint: str) -> None:
        self.problems.append(Problem(code=code, place=self._place(key), claim=claim, hint=hint))

    def _place(self, key: str) -> Place:
        """Find where a key of mixlock's table stands: TOML parsers keep no places."""
        pattern = re.compile(rf"\s*(?:\[.*\b)?(?P<key>['\"]?{re.escape(key)}['\"]?)\s*[=.\]]")
        is_shared = self._path.endswith("pyproject.toml")
        inside = not is_shared
        for number, line in enumerate(self._lines, 1):
            header = _HEADER.match(line)
            if header and is_shared:
                inside = _OWN_TABLE.match(header["name"]) is not None
            found = pattern.match(line) if inside and key in line else None
            if found:
                return at(self._path, number, found.start("key") + 1)
        return at(self._path)


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= _LONGEST_TEXT:
        return value.strip()
    raise _WrongTypeError(f"text of at most {_LONGEST_TEXT} characters")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        if len(value) > _MOST_TEXTS:
            raise _WrongTypeError(f"a list of at most {_MOST_TEXTS} texts, not {len(value)}")
        if any(len(item) > _LONGEST_TEXT for item in value):
            raise _WrongTypeError(f"a list of texts of at most {_LONGEST_TEXT} characters")
        return tuple(value)
    raise _WrongTypeError("a list of texts")


def _platform(value: str) -> Subdir:
    if value in KNOWN_PLATFORMS:
        return Subdir(value)
    raise _WrongTypeError(f"made of known platforms ({', '.join(KNOWN_PLATFORMS)}), not `{value}`")


def _platforms(value: object) -> tuple[Subdir, ...]:
    return tuple(_platform(item) for item in _texts(value))


def _default_index(value: object) -> str:
    if value is False:
        return NO_INDEX
    if isinstance(value, str) and "://" in value:
        return value
    raise _WrongTypeError("the URL of a simple API, or false")


def _priority(value: object) -> ChannelPriority:
    if isinstance(value, str) and value in {"strict", "flexible", "auto"}:
        return ChannelPriority(value)
    raise _WrongTypeError("strict, flexible or auto")


def _solver(value: object) -> str:
    """Convert a solver's name; a path would let a repository name a program of its own to run."""
    if isinstance(value, str) and value in SOLVERS:
        return value
    raise _WrongTypeError(f"one of {', '.join(SOLVERS)}; a path belongs into [solvers] of the machine's config.toml")


def _exact_equals(value: object) -> bool:
    if isinstance(value, str) and value in {"conda", "exact"}:
        return value == "exact"
    raise _WrongTypeError("conda or exact")


def _folder(value: object) -> str:
    """Convert a folder inside the repository; not the repository itself, and nothing of git's."""
    text = _text(value)
    parts = [part for part in text.split("/") if part not in {"", "."}]
    if "\\" in text or not parts or inner_path.complaint(text):
        raise _WrongTypeError(f"a folder in the repository, not `{text}`")
    return "/".join(parts)


def _cutoff(value: object) -> str:
    text = str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value
    if isinstance(text, str) and is_cutoff(text):
        return text
    raise _WrongTypeError('a date such as "2026-10-01", or a number of days such as "7 days"')


def _builds(value: object) -> BuildPermission:
    if isinstance(value, bool):
        return EVERYBODY if value else NOBODY
    try:
        return BuildPermission(names=frozenset(map(pypi_name, _texts(value))))
    except ValueError as error:
        raise _WrongTypeError("true, false or a list of PyPI names") from error


def _extra_requires(value: object) -> tuple[tuple[PypiName, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _WrongTypeError('a table of PyPI names, such as docopt = ["setuptools<58"]')
    try:
        return tuple((pypi_name(name), tuple(map(_pypi_requirement, _texts(value[name])))) for name in sorted(value))
    except ValueError as error:
        words = str(error).splitlines()[0]
        raise _WrongTypeError(f"a table of PyPI names and their requirements: {words}") from error


def _specifier(value: object) -> str:
    try:
        return str(SpecifierSet(_text(value)))
    except InvalidSpecifier as error:
        raise _WrongTypeError(f'a version specifier such as ">=0.3,<0.4", not `{value}`') from error


def _pypi_requirement(text: str) -> str:
    try:
        return str(Requirement(text))
    except InvalidRequirement as error:
        raise ValueError(f"{text!r}: {str(error).splitlines()[0]}") from error


def _profile(value: object) -> MetaflowProfile:
    if isinstance(value, str) and value in {"netflixext", "oss"}:
        return MetaflowProfile(value)
    raise _WrongTypeError("netflixext or oss")


def _python(value: object) -> CondaRequirement:
    """Convert a python version: ``3.12`` is 3.12.x, as in Metaflow's decorators and conda's ``python=3.12``."""
    if isinstance(value, int | float):
        raise _WrongTypeError(f'a version in quotes, such as "3.12"; unquoted it is the number {value!r}')
    text = _text(value)
    try:
        return match_spec.parse(f"python{'=' if text[0].isdigit() else ''}{text}", at(""))
    except match_spec.NotAMatchSpecError as error:
        raise _WrongTypeError(f"a version of python: {error}") from error


def _runtime(value: object) -> tuple[CondaRequirement, ...]:
    try:
        return tuple(match_spec.parse(text, at("")) for text in _texts(value))
    except match_spec.NotAMatchSpecError as error:
        raise _WrongTypeError(f"made of conda match specs: {error}") from error


def _virtual_packages(value: object) -> Mapping[Subdir, Mapping[VirtualName, str]]:
    if not isinstance(value, dict):
        raise _WrongTypeError("a table of platforms")
    return MappingProxyType({_platform(name): _virtual_table(table) for name, table in value.items()})


def _virtual_table(table: object) -> Mapping[VirtualName, str]:
    if not isinstance(table, dict) or not all(isinstance(version, str) for version in table.values()):
        raise _WrongTypeError('a table of names and versions in quotes, such as __glibc = "2.27"')
    parsed = [parse_pair(f"{name}={version}") for name, version in table.items()]
    for _name, _version, claim in parsed:
        if claim:
            raise _WrongTypeError(f"right: {claim}")
    return MappingProxyType({name: version for name, version, _claim in parsed})


_KEYS: Mapping[str, tuple[str, Callable[[Any], object]]] = MappingProxyType(
    {
        "specs": ("specs", _texts),
        "lock-dir": ("lock_dir", _folder),
        "platforms": ("platforms", _platforms),
        "channels": ("channels", _texts),
        "pypi-indices": ("pypi_indices", _texts),
        "default-index": ("default_index", _default_index),
        "channel-priority": ("channel_priority", _priority),
        "solver": ("solver", _solver),
        "python": ("python", _python),
        "equals": ("exact_equals", _exact_equals),
        "metaflow": ("metaflow", _profile),
        "metaflow-runtime": ("metaflow_runtime", _runtime),
        "build-sdists": ("build_sdists", _builds),
        "extra-build-requires": ("extra_build_requires", _extra_requires),
        "wheelhouse-dir": ("wheelhouse_dir", _folder),
        "exclude-newer": ("exclude_newer", _cutoff),
        "default-branch": ("default_branch", _text),
        "file-hosts": ("file_hosts", lambda value: frozenset(host.lower() for host in _texts(value))),
        "trusted-hosts": ("trusted_hosts", lambda value: frozenset(host.lower() for host in _texts(value))),
        "virtual-packages": ("virtual_packages", _virtual_packages),
        "required-mixlock": ("required_mixlock", _specifier),
        "required-uv": ("required_uv", _specifier),
    }
)

KEYS = tuple(_KEYS)
"""Every key of the configuration."""
