"""Where the conda side fails for what a machine has: the virtual package, and the setting that says otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.names import VirtualName
from mixlock_hooks.model.platforms import can_have

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.environment import PlatformSpec

_AT_LEAST = re.compile(r"(?:>=|==?)(?P<version>\d+(?:\.\d+)*)")


def virtual_limit(spec: PlatformSpec, needs: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return claim and hint for the virtual packages that a failed solve needs in other versions; None for none.

    Args:
        spec: what was asked; it has the virtual packages.
        needs: names and constraints that the engine names. Of several for one package, the lowest is the way out.
    """
    wanted: dict[str, list[str]] = {}
    for name, constraint in needs:
        wanted.setdefault(name, []).append(constraint)
    if not wanted:
        return None
    lowest = {name: min(found, key=_lowest) for name, found in sorted(wanted.items())}
    has = dict(spec.virtual_packages)
    claims = [_claim(name, constraint, has.get(VirtualName(name), "")) for name, constraint in lowest.items()]
    settings = list(_settings(spec, lowest))
    way = f"where the machines have it, say so: `sys: {{{', '.join(settings)}}}`; else " if settings else ""
    return " and ".join(claims), f"{way}relax one of the requirements that are named"


def _claim(name: str, constraint: str, has: str) -> str:
    shown = f"has `{name}` {has.partition(' ')[0]}" if has else f"has no `{name}`"
    return f"the conda requirements need `{name} {constraint}`, and this environment {shown}"


def _settings(spec: PlatformSpec, needs: dict[str, str]) -> Iterator[str]:
    for name, constraint in needs.items():
        found = _AT_LEAST.search(constraint)
        if found and can_have(spec.platform, VirtualName(name)):
            yield f'{name}: "{found["version"]}"'


def _lowest(constraint: str) -> Version:
    found = _AT_LEAST.search(constraint)
    try:
        return Version(found["version"] if found else "9999")
    except InvalidVersion:
        return Version("9999")
