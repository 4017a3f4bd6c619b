"""What another tool's manifest asks for as an ``environment.yml``, whose first line says where it is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from mixlock_hooks.model.platforms import SELECTORS, system_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.model.foreign import ForeignSpec
    from mixlock_hooks.model.names import Subdir

_FIRST_LINE = re.compile(r"# Made by `mixlock adopt` from (?P<origin>.+), environment (?P<name>[\w-]+)\.\n")
_NEXT_LINE = "# Its own tool reads that file, mixlock reads this one: what changes in one changes in both.\n"
_SYSTEMS = ("linux", "osx", "win", "unix")


def origin_of(text: str) -> tuple[str, str]:
    """Return the manifest that a spec was made from, and the environment; nothing where it was not made so."""
    found = _FIRST_LINE.match(text)
    return (found["origin"], found["name"]) if found else ("", "")


def render(spec: ForeignSpec) -> str:
    """Render a spec."""
    head: dict[str, Any] = {
        "channels": list(spec.channels),
        "pypi-indices": list(spec.indices),
        "platforms": [str(platform) for platform in spec.platforms],
        "sys": {
            str(platform): {str(name): version for name, version in sorted(packages.items())}
            for platform, packages in spec.virtual_packages.items()
            if packages
        },
    }
    first = f"# Made by `mixlock adopt` from {spec.origin}, environment {spec.name}.\n"
    filled = {key: value for key, value in head.items() if value}
    return first + _NEXT_LINE + (_dumped(filled) if filled else "") + _dependencies(spec)


def _dependencies(spec: ForeignSpec) -> str:
    among = spec.platforms or spec.known
    lines = list(_lines(spec.conda, among, "  "))
    pip = [
        *_lines(dict.fromkeys(spec.pip_options, frozenset(among)), among, "    "),
        *_lines(spec.pypi, among, "    "),
    ]
    nested = ["  - pip:\n", *pip] if pip else []
    return "".join(["dependencies:\n", *lines, *nested]) if lines or nested else "dependencies: []\n"


def _lines(
    requirements: Mapping[str, frozenset[Subdir]], platforms: tuple[Subdir, ...], indent: str
) -> Iterator[str]:
    for text, where in requirements.items():
        selector = selector_for(where, platforms)
        scalar = _dumped(text).removesuffix("...\n").strip()
        yield f"{indent}- {scalar}{f'  # [{selector}]' if selector else ''}\n"


def _dumped(value: object) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=4096))


def selector_for(where: frozenset[Subdir], platforms: tuple[Subdir, ...]) -> str:
    """Return the selector that holds on some of a spec's platforms, and on no other of them; empty for all."""
    if where == frozenset(platforms) or not where:
        return ""
    words = [*_SYSTEMS, *dict.fromkeys(word for each in sorted(where) for word in sorted(SELECTORS[each]))]
    for word in words:
        if where == {platform for platform in platforms if word in SELECTORS[platform]}:
            return word
    for word in _SYSTEMS:
        if where == {platform for platform in platforms if word not in SELECTORS[platform]}:
            return f"not {word}"
    return " or ".join(_own_selector(each, platforms) for each in sorted(where))


def _own_selector(platform: Subdir, platforms: tuple[Subdir, ...]) -> str:
    """Return the selector of one platform among others: a word of its own, or its system and another word."""
    words = sorted(SELECTORS[platform], key=lambda word: (word in _SYSTEMS, word))
    others = [each for each in platforms if each != platform]
    own = next((word for word in words if not any(word in SELECTORS[each] for each in others)), "")
    return own or f"{system_of(platform)} and {words[0]}"
