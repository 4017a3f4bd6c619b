"""The list of environments as text and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.settings import MACHINE_INDEX, NO_INDEX
from mixlock_hooks.model.urls import redacted
from mixlock_hooks.report import neutral
from mixlock_hooks.report.screen import PLAIN
from mixlock_hooks.report.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mixlock_hooks.model.drift import State
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
    from mixlock_hooks.report.screen import Screen

VERSION = 1
"""The version of the JSON output."""
_HEADER = ("ENVIRONMENT", "STATE", "MODE", "PLATFORMS", "SPEC")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One environment in the list."""

    environment: EnvironmentSpec
    lock_dir: str
    lockfile: str
    state: State


def render(
    form: str, rows: Sequence[Row], aliases: Mapping[str, str] = MappingProxyType({}), screen: Screen = PLAIN
) -> str:
    """Render the list in one of the forms of ``--format``; ``aliases`` map to the environments they stand for."""
    if form == "json":
        named = {"aliases": dict(aliases)} if aliases else {}
        document = {"version": VERSION, "environments": [_as_mapping(row) for row in rows], **named}
        return neutral.json_text(document)
    told = [_cells(row) for row in rows]
    told += [(name, "alias", "", "", f"of {environment}") for name, environment in aliases.items()]
    return table(_HEADER, told, screen) if told else ""


def _cells(row: Row) -> tuple[str, ...]:
    environment = row.environment
    platforms = ", ".join(spec.platform for spec in environment.platforms)
    return (environment.name, row.state.value, _mode(environment) or "-", platforms, environment.place.path)


def _mode(environment: EnvironmentSpec) -> str | None:
    """Return an environment's mode; None where nobody knows it, because a file cannot be read."""
    return None if environment.document.is_unreadable else environment.mode.value


def _as_mapping(row: Row) -> dict[str, Any]:
    environment = row.environment
    first = environment.platforms[0]
    return {
        "name": environment.name,
        "source": environment.place.path,
        "line": environment.place.line,
        "steps": list(environment.steps),
        "mode": _mode(environment),
        "lock_dir": row.lock_dir,
        "lockfile": row.lockfile,
        "platforms": [spec.platform for spec in environment.platforms],
        "state": row.state.value,
        "python": _asked(first.python) if first.python else None,
        "conda": _conda(environment.platforms),
        "pypi": _pypi(environment.platforms),
        "channels": list(dict.fromkeys(redacted(url) for spec in environment.platforms for url in spec.channels)),
        "indices": list(dict.fromkeys(redacted(url) for spec in environment.platforms for url in _indices(spec))),
        "virtual_packages": {spec.platform: dict(spec.virtual_packages) for spec in environment.platforms},
    }


def _asked(requirement: CondaRequirement) -> str:
    return f"{requirement.asked}{'=' + requirement.build if requirement.build else ''}"


def _conda(specs: Iterable[PlatformSpec]) -> dict[str, str]:
    conda = (requirement for spec in specs for requirement in spec.conda)
    found = [requirement for requirement in conda if requirement.name != "python" and not requirement.implied]
    return dict(sorted((requirement.key, _asked(requirement)) for requirement in found))


def _pypi(specs: Iterable[PlatformSpec]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for requirement in dict.fromkeys(requirement for spec in specs for requirement in spec.pypi):
        found.setdefault(requirement.key, []).append(_pypi_constraint(requirement))
    return {key: " | ".join(constraints) for key, constraints in sorted(found.items())}


def _pypi_constraint(requirement: PypiRequirement) -> str:
    return f"{requirement.specifier}; {requirement.marker}" if requirement.marker else requirement.specifier


def _indices(spec: PlatformSpec) -> tuple[str, ...]:
    own = () if spec.default_index in {MACHINE_INDEX, NO_INDEX} else (spec.default_index,)
    return (*spec.indices, *own)
