"""Tables of the configuration that make one environment of several files."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.formats.config_values import (
    WrongTypeError,
    WrongValueError,
    platforms,
    python,
    some_texts,
    text,
    virtual_packages,
)
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.settings import ComposedEnvironment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)


def environments(value: object) -> Mapping[EnvironmentName, ComposedEnvironment]:
    """Convert tables of environments that are joined from several files."""
    if not isinstance(value, dict):
        raise WrongTypeError('a table of environments, such as [tool.mixlock.environments.dev] specs = ["a.yml"]')
    found = {_environment(name): _composed(name, table) for name, table in value.items()}
    for name in found:
        _refuse_circle(name, found)
    _refuse_shared_places(found.values())
    return MappingProxyType(found)


def _refuse_shared_places(found: Collection[ComposedEnvironment]) -> None:
    places = [each.lock_at for each in found if each.lock_at]
    taken = {*(spec for each in found for spec in each.files)}
    for place in places:
        if places.count(place) > 1 or place in taken:
            raise WrongValueError(f'`lock-at = "{place}"` names a file that is something else, too')


def _refuse_circle(name: EnvironmentName, found: Mapping[EnvironmentName, ComposedEnvironment]) -> None:
    chain = [name]
    while chain[-1] in found and (like := found[chain[-1]].like):
        chain.append(like)
        if like in chain[:-1]:
            raise WrongTypeError(f"free of circles: `{'` is like `'.join(chain)}`")


def _environment(name: str) -> EnvironmentName:
    if not _NAME.fullmatch(name) or inner_path.complaint(name):
        raise WrongTypeError(f"made of names of letters, digits, `.`, `_`, `-` and `/`, not `{name}`")
    return EnvironmentName(name)


def _composed(name: str, table: object) -> ComposedEnvironment:
    known = {"specs", "like", "python", "platforms", "virtual-packages", "lock-at"}
    if not isinstance(table, dict) or not table.keys() <= known or not table.get("specs"):
        others = ", ".join(f"`{key}`" for key in sorted(known - {"specs"}))
        raise WrongValueError(f"`{name}` needs `specs`, and may have {others}")
    specs = some_texts(table["specs"])
    outside = next((path for path in specs if inner_path.complaint(path)), "")
    if outside:
        raise WrongTypeError(f"made of files of the repository, not `{outside}`")
    return ComposedEnvironment(
        specs=specs,
        like=_environment(text(table["like"])) if "like" in table else None,
        python=python(table["python"]) if "python" in table else None,
        platforms=platforms(table["platforms"]) if "platforms" in table else (),
        virtual_packages=virtual_packages(table.get("virtual-packages", {})),
        lock_at=_lock_at(text(table["lock-at"])) if "lock-at" in table else "",
    )


def _lock_at(path: str) -> str:
    """Convert the place of one ``conda-lock.yml``."""
    if inner_path.complaint(path) or not path.endswith((".yml", ".yaml")):
        raise WrongValueError(f"`lock-at` is the path of a YAML file of the repository, not `{path}`")
    return path
