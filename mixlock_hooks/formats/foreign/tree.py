"""A document of another tool's as plain values that know where they stand, whether it is TOML or YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments, toml_text
from mixlock_hooks.formats.foreign import toml_1_1
from mixlock_hooks.formats.text import too_many_values
from mixlock_hooks.formats.toml_places import TomlPlaces
from mixlock_hooks.formats.yaml_nodes import (
    MappingNode,
    Node,
    NotYamlError,
    ScalarNode,
    SequenceNode,
    compose,
    is_null,
    is_text,
    pairs,
    place_of,
)
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Keys = tuple["str | int", ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """A document: its values, and where the key of each stands.

    YAML has ``selectors`` behind items and keys, and keys that are ``repeated``, of which it keeps the last.
    """

    path: str
    value: object
    place: Callable[..., Place]
    selectors: dict[Keys, str] = field(default_factory=dict)
    repeated: tuple[Keys, ...] = ()

    def at(self, keys: Keys) -> object:
        """Return the value below keys; None where there is none."""
        found = self.value
        for key in keys:
            if isinstance(found, dict) and isinstance(key, str):
                found = found.get(key)
            elif isinstance(found, list) and isinstance(key, int) and key < len(found):
                found = found[key]
            else:
                return None
        return found


def of_toml(text: str, path: str) -> Tree | Problem:
    """Parse TOML; what is wrong with it where it is none."""
    try:
        value = toml_1_1.loads(text)
    except toml_text.TOMLDecodeError as error:
        return toml_text.invalid(error, text, path)
    problem = too_many_values(value, path, "split the manifest")
    if problem:
        return problem
    places = TomlPlaces(text, path)

    def place(*keys: str | int) -> Place:
        return places.value(*keys) if keys and isinstance(keys[-1], int) else places.key(*keys)

    return Tree(path=path, value=value, place=place)


def of_yaml(text: str, path: str) -> Tree | Problem:
    """Parse YAML; what is wrong with it where it is none."""
    try:
        root = compose(text, path)
    except NotYamlError as error:
        claim = f"not valid YAML: {error}"
        hint = "correct the syntax at this place"
        return Problem(code=Code.UNREADABLE, place=error.place, claim=claim, hint=hint)
    reading = _YamlReading(path, text.splitlines())
    value = reading.value(root, ()) if root is not None else None
    repeated = tuple(reading.repeated)
    return Tree(path=path, value=value, place=reading.place, selectors=reading.selectors, repeated=repeated)


class _YamlReading:
    """One reading of a YAML document: values, and where they stand."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._path = path
        self._lines = lines
        self._places: dict[Keys, Place] = {}
        self.selectors: dict[Keys, str] = {}
        self.repeated: list[Keys] = []

    def place(self, *keys: str | int) -> Place:
        """Return where a key stands; the nearest that is above it where it is not found."""
        above = (keys[:length] for length in range(len(keys), 0, -1))
        return next((self._places[each] for each in above if each in self._places), at(self._path))

    def value(self, node: Node, keys: Keys) -> object:
        """Return the plain value of a node."""
        if isinstance(node, MappingNode):
            return self._table(node, keys)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*keys, index)) for index, item in enumerate(node.value)]
        self._select(node, keys)
        return None if is_null(node) else str(node.value) if is_text(node) else _typed(node)

    def _table(self, node: MappingNode, keys: Keys) -> dict[str, object]:
        found: dict[str, object] = {}
        for pair in pairs(node):
            inner = (*keys, pair.key)
            self._places[inner] = place_of(pair.key_node, self._path)
            self.repeated += [inner] if pair.repeated else []
            found[pair.key] = self.value(pair.value, inner)
        return found

    def _item(self, node: Node, keys: Keys) -> object:
        self._places[keys] = place_of(node, self._path)
        return self.value(node, keys)

    def _select(self, node: Node, keys: Keys) -> None:
        mark = node.end_mark
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        selector = comments.bracketed(line[mark.column :])
        if selector:
            self.selectors[keys] = selector


def _typed(node: Node) -> object:
    """Return true or false, or a number for whatever is no text: no key of these tools takes one."""
    if node.tag == "tag:yaml.org,2002:bool" and isinstance(node, ScalarNode):
        return str(node.value).lower() in {"true", "yes", "on"}
    return 0
