"""Where a ``pyproject.toml`` keeps what its project needs: the project itself, its extras, its groups.

The order in which tables are looked for is conda-lock's (``src_parser/pyproject_toml.py``, ``parse_pyproject_toml``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = re.compile(r"[\w.-]+")
_POETRY = ("tool", "poetry")
_FLIT = ("tool", "flit", "metadata")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A list of requirements, or a table of Poetry's of which only ``only`` counts, or all but ``without``."""

    keys: tuple[str, ...]
    value: Any
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """Its keys as a user writes them."""
        return ".".join(self.keys)

    def chosen(self, names: Iterable[str]) -> Iterator[str]:
        """Yield those of its names that count."""
        return (name for name in names if name not in self.without and (self.only is None or name in self.only))


def parts_of(content: dict[str, Any]) -> dict[str, list[Part]]:
    """Return what a project needs by part, the project itself under the empty name.

    Args:
        content: the document.
    """
    found: dict[str, list[Part]] = {}
    for name, part in (*_of_the_project(content), *_listed(content, "dependency-groups")):
        found.setdefault(canonicalize_name(name) if name else "", []).append(part)
    return found


def names_in(parts: Iterable[Part]) -> frozenset[str]:
    """Return the normalized names of the projects that parts ask for, as far as they begin with one."""
    texts = (text for part in parts if isinstance(part.value, list | dict) for text in part.value)
    named = (_NAME.match(text) for text in texts if isinstance(text, str))
    return frozenset(canonicalize_name(found[0]) for found in named if found)


def _of_the_project(content: dict[str, Any]) -> Iterator[tuple[str, Part]]:
    project = _table(content, "project")
    dynamic = project.get("dynamic", [])
    is_dynamic = isinstance(dynamic, list) and "dependencies" in dynamic
    if "dependencies" in project and not is_dynamic:
        yield "", Part(keys=("project", "dependencies"), value=project["dependencies"])
    elif _table(content, *_POETRY):
        yield from _of_poetry(_table(content, *_POETRY))
        return
    elif _table(content, *_FLIT):
        yield from _of_flit(content)
        return
    yield from _listed(content, "project", "optional-dependencies")
    yield from _listed(content, "tool", "pdm", "dev-dependencies")


def _of_flit(content: dict[str, Any]) -> Iterator[tuple[str, Part]]:
    yield "", Part(keys=(*_FLIT, "requires"), value=_table(content, *_FLIT).get("requires", []))
    yield from _listed(content, *_FLIT, "requires-extra")


def _of_poetry(poetry: dict[str, Any]) -> Iterator[tuple[str, Part]]:
    """Yield the tables of Poetry's; what an extra lists is that extra's, not the project's own."""
    main = poetry.get("dependencies", {})
    extras = {name: frozenset(map(str, listed)) for name, listed in _lists(poetry.get("extras", {}))}
    keys = (*_POETRY, "dependencies")
    yield "", Part(keys=keys, value=main, without=frozenset().union(*extras.values()))
    for name, listed in extras.items():
        yield name, Part(keys=keys, value=main, only=listed)
    if "dev-dependencies" in poetry:
        yield "dev", Part(keys=(*_POETRY, "dev-dependencies"), value=poetry["dev-dependencies"])
    for name, group in _table(poetry, "group").items():
        if isinstance(group, dict):
            yield name, Part(keys=(*_POETRY, "group", name, "dependencies"), value=group.get("dependencies", {}))


def _listed(content: dict[str, Any], *keys: str) -> Iterator[tuple[str, Part]]:
    for name, listed in _table(content, *keys).items():
        yield name, Part(keys=(*keys, name), value=listed)


def _lists(table: object) -> Iterator[tuple[str, list[Any]]]:
    for name, listed in table.items() if isinstance(table, dict) else ():
        if isinstance(listed, list):
            yield name, listed


def _table(content: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return a table below others; an empty one where there is none."""
    found: object = content
    for key in keys:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
