"""YAML as nodes that know where they stand (PyYAML's composer over libyaml).

Composing in C recurses without a guard, and whoever walks the nodes meets an alias's content again at every
alias; so the events are measured first, and a text that nests or unfolds beyond any spec is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mixlock_hooks.formats.text import MOST_ENTRIES
from mixlock_hooks.model.place import Place, at

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"

DEEPEST = 100
"""Levels of nesting; a spec has four."""
__all__ = ["MappingNode", "Node", "NotYamlError", "Pair", "ScalarNode", "SequenceNode"]


class NotYamlError(ValueError):
    """The text is not one YAML document; ``place`` says where reading failed."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A key and its value in a mapping; ``repeated`` where the key stood before."""

    key: str
    key_node: Node
    value: Node
    repeated: bool


def compose(text: str, path: str) -> Node | None:
    """Compose the single document of a YAML text; None where there is none.

    Raises:
        NotYamlError: the text is not YAML 1.1, holds several documents, nests too deeply or unfolds too far.
    """
    try:
        _measure(text, path)
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _inside(text, at(path, mark.line + 1, mark.column + 1)) if mark else at(path)
        parts = (error.context if isinstance(error, yaml.composer.ComposerError) else "", error.problem)
        raise NotYamlError(", ".join(filter(None, parts)) or "cannot be read", place) from error
    except yaml.reader.ReaderError as error:
        raise _unprintable(text, path) from error


def _inside(text: str, place: Place) -> Place:
    """Return the end of the text for a place behind it: libyaml ends a text without a newline on a new line."""
    lines = text.splitlines() or [""]
    return place if place.line <= len(lines) else at(place.path, len(lines), len(lines[-1]) + 1)


def _unprintable(text: str, path: str) -> NotYamlError:
    """Find the character that YAML forbids; libyaml's own offset counts bytes."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if not found:
        return NotYamlError("holds an unprintable character", at(path))
    *above, line = f"{text[: found.start()]}^".splitlines()
    place = at(path, len(above) + 1, len(line))
    return NotYamlError(f"holds the unprintable character #x{ord(found.group()):04x}", place)


def _measure(text: str, path: str) -> None:
    """Refuse a text by its events, before any node is made.

    Raises:
        NotYamlError: the text nests too deeply, unfolds too far, or holds itself.
    """
    meter = _Meter()
    for event in yaml.parse(text, Loader=_LOADER):
        meter.count(event)
        complaint = meter.complaint(event)
        if complaint:
            mark = event.start_mark
            raise NotYamlError(complaint, at(path, mark.line + 1, mark.column + 1) if mark else at(path))


class _Meter:
    """How deep a text nests, and how many values it holds with every alias unfolded."""

    def __init__(self) -> None:
        self._values = 0
        self._opened: list[tuple[str | None, int]] = []
        self._sizes: dict[str | None, int] = {}

    def count(self, event: yaml.Event) -> None:
        """Count one event of the parser."""
        if isinstance(event, yaml.AliasEvent):
            self._values += self._sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.NodeEvent):
            self._values += 1
        if isinstance(event, yaml.CollectionStartEvent):
            self._opened.append((event.anchor, self._values))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._opened.pop()
            self._sizes[anchor] = self._values - before + 1

    def complaint(self, event: yaml.Event) -> str:
        """Say what is too much after an event; empty where nothing is."""
        if isinstance(event, yaml.AliasEvent) and any(event.anchor == anchor for anchor, _ in self._opened):
            return f"`*{event.anchor}` stands inside itself"
        if len(self._opened) > DEEPEST:
            return f"nests deeper than {DEEPEST} levels"
        return f"holds more than {MOST_ENTRIES} values" if self._values > MOST_ENTRIES else ""


def place_of(node: Node, path: str) -> Place:
    """Return the stretch a node stands on."""
    start, end = node.start_mark, node.end_mark
    return Place(
        path=path,
        line=start.line + 1,
        column=start.column + 1,
        end_line=end.line + 1,
        end_column=end.column + 1,
    )


def pairs(node: MappingNode) -> Iterator[Pair]:
    """Yield the pairs of a mapping in order, those of a merge key (``<<``) in its place.

    "Keys in mapping nodes earlier in the sequence override keys specified in later mapping nodes", and the
    mapping's own keys override them all (YAML's merge key type).
    """
    own = {_key_of(key_node) for key_node, value in node.value if not _is_merge(key_node, value)}
    seen: set[str] = set()
    for key_node, value in node.value:
        if not _is_merge(key_node, value):
            key = _key_of(key_node)
            yield Pair(key=key, key_node=key_node, value=value, repeated=key in seen)
            seen.add(key)
            continue
        for merged in [value] if isinstance(value, MappingNode) else value.value:
            fresh = [pair for pair in pairs(merged) if pair.key not in own | seen]
            yield from fresh
            seen.update(pair.key for pair in fresh)


def _key_of(key_node: Node) -> str:
    return str(key_node.value) if isinstance(key_node, ScalarNode) else ""


def _is_merge(key_node: Node, value: Node) -> bool:
    if key_node.tag != _MERGE:
        return False
    listed = value.value if isinstance(value, SequenceNode) else [value]
    return all(isinstance(item, MappingNode) for item in listed)


def is_text(node: Node) -> bool:
    """Return whether a node is a string, not a number, a boolean, null or a collection."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:str"


def is_null(node: Node) -> bool:
    """Return whether a node is null: ``key:`` with nothing behind it."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def kind_of(node: Node) -> str:
    """Name a node's type for a person."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    tag = node.tag.rpartition(":")[2]
    names = {
        "null": "nothing",
        "bool": "true or false",
        "int": "a number",
        "float": "a number",
        "str": "text",
    }
    return names.get(tag, tag)
