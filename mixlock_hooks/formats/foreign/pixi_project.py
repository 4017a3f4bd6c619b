"""What ``[project]`` of a ``pyproject.toml`` means to pixi: requirements of the default feature, and features.

"Pixi understands that field and automatically adds the dependencies to the workspace as ``[pypi-dependencies]``";
extras and groups are features of their names, and ``requires-python`` is the python of the default feature.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import pip_requirement
from mixlock_hooks.formats.foreign import requirement_texts
from mixlock_hooks.formats.project_parts import parts_of
from mixlock_hooks.model.foreign import DEFAULT, PixiFeature, PixiTarget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.formats.foreign.account import Account
    from mixlock_hooks.formats.foreign.tree import Keys
    from mixlock_hooks.formats.project_parts import Part

_PYTHON = ("project", "requires-python")


def with_project(account: Account, features: dict[str, PixiFeature]) -> dict[str, PixiFeature]:
    """Return features with what the project's own tables add to them."""
    document = account.at()
    reading = _Project(account, parts_of(document) if isinstance(document, dict) else {})
    found = dict(features)
    for part in reading.parts:
        name = _feature_of(part, features) if part else DEFAULT
        found[name] = _with_pypi(found.get(name, PixiFeature()), reading.requirements(part))
    return _with_python(account, found)


def _feature_of(part: str, features: dict[str, PixiFeature]) -> str:
    return next((name for name in features if canonicalize_name(name) == part), part)


def _with_pypi(feature: PixiFeature, requirements: Iterable[tuple[str, str]]) -> PixiFeature:
    """Return a feature that asks for more; what its own table says of a project goes before."""
    own, *others = feature.targets or (PixiTarget(),)
    known = {canonicalize_name(name) for name in own.pypi}
    more: dict[str, tuple[str, ...]] = {}
    for name, text in requirements:
        if name not in known:
            more[name] = (*more.get(name, ()), text)
    return replace(feature, targets=(replace(own, pypi={**more, **own.pypi}), *others))


def _with_python(account: Account, features: dict[str, PixiFeature]) -> dict[str, PixiFeature]:
    own, *others = features[DEFAULT].targets
    if "python" in own.conda or account.at(*_PYTHON) is None:
        return features
    version = account.text(*_PYTHON)
    try:
        python = requirement_texts.conda("python", {"version": version.replace(" ", "")})
    except requirement_texts.RefusedRequirementError as error:
        account.refuse(_PYTHON, error.code, f"{error}: left out", requirement_texts.HINTS[error.code])
        return features
    target = replace(own, conda={"python": (python,), **own.conda})
    return {**features, DEFAULT: replace(features[DEFAULT], targets=(target, *others))}


class _Project:
    """The project's own requirements, its extras, its groups."""

    def __init__(self, account: Account, parts: dict[str, list[Part]]) -> None:
        self._account = account
        self.parts = parts
        name = account.at("project", "name")
        self._own = canonicalize_name(name) if isinstance(name, str) else ""

    def requirements(self, part: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """Yield the requirements of a part by name and text; what a part includes is read in its place."""
        if part in seen:
            return
        for each in self.parts.get(part, ()):
            if each.keys[0] == "tool":
                continue  # Poetry's and others' are not pixi's
            for index in self._account.indices(*each.keys):
                yield from self._item((*each.keys, index), seen | {part})

    def _item(self, keys: Keys, seen: frozenset[str]) -> Iterator[tuple[str, str]]:
        value = self._account.at(*keys)
        if isinstance(value, dict):
            included = self._account.text(*keys, "include-group")
            yield from self.requirements(str(canonicalize_name(included)), seen)
            return
        text = self._account.text(*keys)
        try:
            requirement = pip_requirement.parse(requirement_texts.checked_pypi(text), self._account.place(*keys))
        except requirement_texts.RefusedRequirementError as error:
            self._account.refuse(keys, error.code, f"{error}: left out", requirement_texts.HINTS[error.code])
            return
        if requirement.name == self._own:
            for extra in requirement.extras:
                yield from self.requirements(str(extra), seen)
        else:
            yield requirement.name, text
