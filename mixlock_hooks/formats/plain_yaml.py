"""YAML into plain values, at twice the speed of PyYAML's C loader: built from its parser's events, without nodes.

A lock of thousands of packages is mostly text. What is not plain (anchors, tags, merge keys) is left to PyYAML.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVED = frozenset(str(first) for first in yaml.SafeLoader.yaml_implicit_resolvers if first)
"""With which letters a plain scalar begins that may be something else than text."""
_SCALARS = yaml.SafeLoader("")
_TEXT = "tag:yaml.org,2002:str"
_SPECIAL_KEYS = frozenset({"<<", "="})


class _NotPlainError(Exception):
    """The document uses what only PyYAML's own constructor knows."""


def load(content: bytes) -> Any:
    """Load one document, as ``yaml.safe_load`` does.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: a scalar looks like a date or a number and is none.
    """
    if not hasattr(yaml, "CSafeLoader"):
        return yaml.load(content, Loader=_LOADER)  # noqa: S506 - both are safe loaders
    try:
        return _document(yaml.parse(content, Loader=_LOADER))
    except _NotPlainError:
        return yaml.load(content, Loader=_LOADER)  # noqa: S506


def _document(events: Iterator[Any]) -> Any:
    """Build the first document; a second one is an error, as it is for ``yaml.safe_load``."""
    found: list[Any] = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if found:
                raise _NotPlainError
            found.append(_value(next(events), events))
    return found[0] if found else None


def _value(event: Any, events: Iterator[Any]) -> Any:
    kind = type(event)
    if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
        raise _NotPlainError
    if kind is yaml.ScalarEvent:
        return _scalar(event)
    if kind is yaml.MappingStartEvent:
        return _mapping(events)
    items = []
    while (inner := next(events)).__class__ is not yaml.SequenceEndEvent:
        items.append(_value(inner, events))
    return items


def _mapping(events: Iterator[Any]) -> dict[Any, Any]:
    table: dict[Any, Any] = {}
    while (key := next(events)).__class__ is not yaml.MappingEndEvent:
        if key.__class__ is not yaml.ScalarEvent or key.value in _SPECIAL_KEYS:
            raise _NotPlainError
        name = _value(key, events)
        table[name] = _value(next(events), events)
    return table


def _scalar(event: Any) -> Any:
    value: str = event.value
    if not event.implicit[0] or (value and value[0] not in _RESOLVED):
        return value
    return _resolved(value)


@lru_cache(maxsize=1 << 14)
def _resolved(value: str) -> Any:
    """Return what a plain scalar stands for (YAML 1.1, as PyYAML resolves it)."""
    tag = _SCALARS.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return value if tag == _TEXT else _SCALARS.construct_object(yaml.ScalarNode(tag, value))
