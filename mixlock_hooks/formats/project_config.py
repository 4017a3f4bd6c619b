"""``[tool.mixlock]`` in ``pyproject.toml``, or ``mixlock.toml``: TOML in, settings and problems out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import config_values, toml_text
from mixlock_hooks.formats.config_keys import KEYS
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.settings import Settings

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place

_MOST_UNKNOWN = 20
"""Unknown keys that are told; who has more of them wrote another tool's file."""
_HEADER = re.compile(r"\s*\[+\s*(?P<name>[^\[\]]+?)\s*\]+\s*(?:#.*)?$")
_OWN_TABLE = re.compile(r"tool\s*\.\s*[\"']?mixlock\b")


def parse(text: str, path: str) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Parse a configuration file; None where the file configures nothing.

    In ``pyproject.toml`` the keys stand in ``[tool.mixlock]``, in any other file at the top level.
    """
    try:
        document: Any = table(text, path)
    except toml_text.TOMLDecodeError as error:
        return Settings(source=path), (toml_text.invalid(error, text, path),)
    if document is None:
        return None, ()
    reader = _Reader(text, path)
    return reader.settings(document), tuple(reader.problems)


def table(text: str, path: str) -> Any:
    """Return what a configuration file says to mixlock, as it is written; None where it says nothing.

    Raises:
        tomllib.TOMLDecodeError: the text is not TOML.
    """
    document = toml_text.loads(text)
    if not path.endswith("pyproject.toml"):
        return document
    tools = document.get("tool", {})
    return tools.get("mixlock") if isinstance(tools, dict) else None


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
        unknown = [key for key in table if key not in KEYS]
        for key in unknown[:_MOST_UNKNOWN]:
            self._unknown(key)
        for key, value in table.items():
            if key not in KEYS:
                continue
            known_key = KEYS[key]
            try:
                known[known_key.field] = self._placed(key, known_key.convert(value))
            except config_values.WrongTypeError as error:
                has_own_words = isinstance(error, config_values.WrongValueError)
                claim = f"`{key}`: {error}" if has_own_words else f"`{key}` must be {error}"
                self._problem(Code.WRONG_TYPE, key, claim, "see the reference of the configuration")
        return Settings(source=self._path, **known)

    def _placed(self, key: str, value: object) -> object:
        """Give requirements the place of their key."""
        if isinstance(value, CondaRequirement):
            return replace(value, place=self._place(key))
        if isinstance(value, tuple) and value and isinstance(value[0], CondaRequirement | PypiRequirement):
            return tuple(replace(requirement, place=self._item_place(key, requirement.name)) for requirement in value)
        return value

    def _unknown(self, key: str) -> None:
        self._problem(Code.UNKNOWN_KEY, key, f"unknown key `{key}`", meant(key, KEYS, f"known: {', '.join(KEYS)}"))

    def _problem(self, code: Code, key: str, claim: str, hint: str) -> None:
        self.problems.append(Problem(code=code, place=self._place(key), claim=claim, hint=hint))

    def _item_place(self, key: str, name: str) -> Place:
        """Find where an item of a key's list begins: below the key, or on its line."""
        begin = self._place(key)
        pattern = re.compile(rf"""["']\s*{re.escape(name).replace("-", "[-_.]+")}(?![\w.-])""", re.IGNORECASE)
        for number, line in enumerate(self._lines[begin.line - 1 :], begin.line):
            found = pattern.search(line)
            if found:
                return at(self._path, number, found.start() + 1)
            if number > begin.line and _HEADER.match(line):
                break
        return begin

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
