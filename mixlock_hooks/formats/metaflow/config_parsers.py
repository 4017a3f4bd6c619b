"""Parse the text of a configuration as Metaflow's own parsers do, each value at its line.

Each follows ``metaflow.plugins.pypi.parsers``, ``metaflow.plugins.parsers`` or, without a parser, ``json.loads``; a
test compares them with the installed package.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import yaml
from packaging.requirements import InvalidRequirement, Requirement

from mixlock_hooks.formats import plain_yaml
from mixlock_hooks.model import static
from mixlock_hooks.model.place import at

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.static import Static

_COMMENT = re.compile(r"\s+#.*$")
_CONDA_LINE = re.compile(r"^([A-Za-z0-9_\-\.]+)(\s*[=<>!~].+\s*)?$")
_LARGEST = 100_000
"""Parts of a configuration: more is no specification."""


class ConfigurationError(ValueError):
    """A text is not what its parser takes; the message says why."""


class _Lines:
    """Where the words of a text stand."""

    def __init__(self, text: str, path: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._places: dict[str, Place] = {}
        self.parts = 0

    def place(self, word: str) -> Place:
        """Return the first line that holds a word, which is near enough to be found."""
        if word not in self._places:
            self._places[word] = self._found(word)
        return self._places[word]

    def _found(self, word: str) -> Place:
        for number, line in enumerate(self._lines, 1):
            column = line.find(word) if word else -1
            if column >= 0:
                return at(self._path, number, column + 1)
        return at(self._path)

    def static(self, value: object, place: Place) -> Static:
        """Turn a parsed value into a constant.

        Raises:
            ConfigurationError: it is too large, or of a kind that no requirement has.
        """
        self.parts += 1
        if self.parts > _LARGEST:
            raise ConfigurationError("is too large")
        if isinstance(value, dict):
            return static.mapping(
                ((self._key(key), self.static(one, self._at(key))) for key, one in value.items()), place
            )
        if isinstance(value, list):
            return static.sequence([self.static(one, self._at(one)) for one in value], place)
        if value is None or isinstance(value, str | int | float):
            return static.scalar(value, place)
        raise ConfigurationError(f"holds a {type(value).__name__}, which is not text")

    def _at(self, word: object) -> Place:
        return self.place(word if isinstance(word, str) else "")

    def _key(self, key: object) -> Static:
        if not isinstance(key, str):
            raise ConfigurationError(f"has the key {key!r}, which is not text")
        return static.scalar(key, self.place(key))


def _requirements(lines: Iterable[str], python: str | None) -> dict[str, object]:
    """Read PEP 508 requirements as ``requirements_txt_parser`` and ``pyproject_toml_parser`` do."""
    packages: dict[str, object] = {}
    for line in lines:
        try:
            found = Requirement(line)
        except InvalidRequirement as error:
            raise ConfigurationError(f"holds `{line}`, which is not a requirement") from error
        if found.marker is not None:
            raise ConfigurationError(f"holds `{line}`: Metaflow's parser takes no markers")
        extras = f"[{','.join(found.extras)}]" if found.extras else ""
        name = f"{found.name}{extras}" + (f"@{found.url}" if found.url else "")
        specifier = str(found.specifier).lstrip(" =")
        if found.name.lower() != "python":
            packages[name] = specifier
        elif python is not None and specifier:
            raise ConfigurationError(f"holds `{line}`, a second version of python")
        else:
            python = specifier or None
    return {"packages": packages, "python": python}


def _requirements_txt(text: str) -> object:
    bare = (_COMMENT.sub("", line.strip()).strip() for line in text.splitlines())
    return _requirements((line for line in bare if line and not line.startswith("#") and line != "-e file:."), None)


def _pyproject_toml(text: str) -> object:
    project = tomllib.loads(text).get("project", {})
    python = project.get("requires-python")
    lines = [line.strip() for line in project.get("dependencies", [])]
    return _requirements(lines, None if python is None else python.lstrip("=").strip())


def _conda_environment_yml(text: str) -> object:
    packages: dict[str, object] = {}
    python: str | None = None
    inside = False
    for raw in text.splitlines():
        line = _COMMENT.sub("", raw.strip()).strip()
        if not line or line.startswith("#"):
            continue
        if line.lower().startswith("dependencies:"):
            inside = True
        elif not line.startswith("-"):
            inside = False
        elif inside:
            name, version = _conda_line(line.lstrip("-").strip())
            if name.lower() != "python":
                packages[name] = version
            elif python is not None and version:
                raise ConfigurationError(f"holds `{line}`, a second version of python")
            else:
                python = version
    return {"packages": packages, "python": python}


def _conda_line(line: str) -> tuple[str, str]:
    found = _CONDA_LINE.match(line)
    if found is None:
        raise ConfigurationError(f"holds `{line}`, which Metaflow's parser does not take")
    name, version = found.groups()
    return name, (version or "").strip().removeprefix("=").lstrip("=").strip() if version else ""


def _yaml(text: str) -> object:
    return plain_yaml.load(text.encode())


PARSERS: dict[str, Callable[[str], object]] = {
    "": json.loads,
    "conda_environment_yml_parser": _conda_environment_yml,
    "pyproject_toml_parser": _pyproject_toml,
    "requirements_txt_parser": _requirements_txt,
    "yaml_parser": _yaml,
    "json.loads": json.loads,
    "tomli.loads": tomllib.loads,
    "tomllib.loads": tomllib.loads,
    "yaml.full_load": _yaml,
    "yaml.safe_load": _yaml,
}
"""Metaflow's parsers by name, and those that its documentation uses; the first is taken where none is named."""


def parsed(text: str, path: str, parser: str) -> Static:
    """Parse a configuration's text.

    Args:
        text: the text.
        path: the file that holds it, where its values are told to stand.
        parser: the name of one of ``PARSERS``.

    Raises:
        ConfigurationError: the text is not what the parser takes.
    """
    lines = _Lines(text, path)
    try:
        return lines.static(PARSERS[parser](text), at(path))
    except ConfigurationError:
        raise
    except (ValueError, TypeError, AttributeError, RecursionError, yaml.YAMLError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigurationError(f"cannot be parsed: {first}") from error
