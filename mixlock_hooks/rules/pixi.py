"""What an environment of pixi's asks for: its features joined as pixi joins them, platform by platform."""

from __future__ import annotations

import fnmatch
from itertools import chain
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import ForeignSpec
from mixlock_hooks.model.names import VirtualName
from mixlock_hooks.model.platforms import SELECTORS, can_have
from mixlock_hooks.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.foreign import PixiEnvironment, PixiFeature, PixiPlatform, PixiTarget, PixiWorkspace
    from mixlock_hooks.model.names import Subdir

_GLIBC = VirtualName("__glibc")
_DEFAULT_GLIBC = "2.28"
"""pixi's "default declared virtual packages": of them the one that is newer than mixlock's."""


def spec_of(workspace: PixiWorkspace, environment: PixiEnvironment, names: Counterparts) -> ForeignSpec:
    """Return what an environment asks for, as far as a spec says it.

    Args:
        workspace: of which it is.
        environment: the environment.
        names: which conda package is which project: "Pixi takes the conda dependencies over the pypi dependencies".
    """
    platforms = tuple(platforms_of(workspace, environment).values())
    channels = _channels(workspace, environment.features)
    lines = (workspace.pip_lines, *(feature.pip_lines for feature in environment.features))
    default_index = [f"--index-url {index}" for index in _default_indices(workspace, environment)[:1]]
    return ForeignSpec(
        origin=workspace.path,
        name=environment.name,
        channels=channels,
        platforms=tuple(platform.subdir for platform in platforms),
        indices=tuple(dict.fromkeys(index for each in lines for index in each.indices)),
        pip_options=tuple(dict.fromkeys((*default_index, *(option for each in lines for option in each.options)))),
        virtual_packages={each.subdir: _virtual_packages(each, environment.features) for each in platforms},
        conda=_folded(platforms, lambda platform: _conda(environment.features, platform)),
        pypi=_folded(platforms, lambda platform: _pypi(environment.features, platform, names, channels)),
    )


def problems_of(workspace: PixiWorkspace, environment: PixiEnvironment, names: Counterparts) -> Iterator[Problem]:
    """Yield what no spec can say of an environment, and what pixi itself does not take; arguments as for ``spec_of``.

    That is a second platform for one subdir, no platform, two indices, and what conda has of PyPI's requirements.
    """
    taken = platforms_of(workspace, environment)
    channels = _channels(workspace, environment.features)
    dropped = (_held(environment.features, platform, names, channels) for platform in taken.values())
    for text in sorted(frozenset().union(*dropped)):
        claim = f"`{text}` of PyPI is not taken for `{environment.name}`: conda's package is, as pixi takes it"
        yield _problem(environment, claim, "", Severity.NOTE)
    for platform in _common(workspace, environment.features):
        if platform != taken[platform.subdir]:
            claim = (
                f"`{environment.name}` has a second platform for {platform.subdir}: "
                f"`{taken[platform.subdir].name}` is taken, `{platform.name}` is not"
            )
            yield _problem(environment, claim, "make an environment of its own for it", Severity.WARNING)
    if not taken:
        claim = f"`{environment.name}` has no platform that the workspace and all of its features are for: left out"
        yield _problem(environment, claim, "name one", Severity.ERROR)
    for index in _default_indices(workspace, environment)[1:]:
        claim = f"`{environment.name}` has a second `index-url`, {index}, which is not taken"
        yield _problem(environment, claim, "name one, and the other as an extra index", Severity.ERROR)


def _problem(environment: PixiEnvironment, claim: str, hint: str, severity: Severity) -> Problem:
    return Problem(code=Code.UNKNOWN_KEY, place=environment.place, claim=claim, hint=hint, severity=severity)


def platforms_of(workspace: PixiWorkspace, environment: PixiEnvironment) -> dict[Subdir, PixiPlatform]:
    """Return an environment's platform for each subdir: the first that all of its features are for."""
    found: dict[Subdir, PixiPlatform] = {}
    for platform in _common(workspace, environment.features):
        found.setdefault(platform.subdir, platform)
    return found


def _common(workspace: PixiWorkspace, features: Iterable[PixiFeature]) -> Iterator[PixiPlatform]:
    """Yield the platforms that all features are for; "bare conda subdirs are accepted as aliases"."""
    chosen = [frozenset(feature.platforms) for feature in features if feature.platforms is not None]
    for platform in workspace.platforms:
        if all(platform.name in each or str(platform.subdir) in each for each in chosen):
            yield platform


def _channels(workspace: PixiWorkspace, features: Iterable[PixiFeature]) -> tuple[str, ...]:
    """Return the channels of all features, the highest priority first, else in order."""
    found = [pair for each in features for pair in (each.channels or workspace.channels)] or list(workspace.channels)
    return tuple(dict.fromkeys(channel for _priority, channel in sorted(found, key=lambda pair: -pair[0])))


def _default_indices(workspace: PixiWorkspace, environment: PixiEnvironment) -> tuple[str, ...]:
    """Return the default indices of the features, or else the workspace's; more than one is an error of pixi's."""
    found = dict.fromkeys(each.pip_lines.default_index for each in environment.features)
    return tuple(filter(None, found)) or tuple(filter(None, [workspace.pip_lines.default_index]))


def _folded(
    platforms: Iterable[PixiPlatform], requirements: Callable[[PixiPlatform], Iterable[tuple[str, str]]]
) -> dict[str, frozenset[Subdir]]:
    """Return requirements with the platforms that each is for."""
    found: dict[str, set[Subdir]] = {}
    for platform in platforms:
        for _name, text in requirements(platform):
            found.setdefault(text, set()).add(platform.subdir)
    return {text: frozenset(where) for text, where in found.items()}


def _conda(features: Iterable[PixiFeature], platform: PixiPlatform) -> Iterator[tuple[str, str]]:
    """Yield the names and match specs that features ask for on a platform."""
    for feature in features:
        found: dict[str, tuple[str, ...]] = {}
        for target in _holding(feature, platform):
            found |= target.conda
        yield from ((name, text) for name, texts in found.items() for text in texts)


def _pypi(
    features: Iterable[PixiFeature], platform: PixiPlatform, names: Counterparts, channels: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the names and requirements of PyPI that features ask for on a platform, but for what conda has of it."""
    held = _held(features, platform, names, channels)
    yield from ((name, text) for name, text in _all_pypi(features, platform) if text not in held)


def _held(
    features: Iterable[PixiFeature], platform: PixiPlatform, names: Counterparts, channels: tuple[str, ...]
) -> frozenset[str]:
    """Return the requirements of PyPI on a platform whose project conda's own requirements bring."""
    conda = {name for name, _text in _conda(features, platform)}
    found = _all_pypi(features, platform)
    return frozenset(text for name, text in found if not conda.isdisjoint(names.conda_names(name, channels)))


def _all_pypi(features: Iterable[PixiFeature], platform: PixiPlatform) -> Iterator[tuple[str, str]]:
    for feature in features:
        found: dict[str, tuple[str, ...]] = {}
        for target in _holding(feature, platform):
            found |= target.pypi
        yield from ((name, text) for name, texts in found.items() for text in texts)


def _holding(feature: PixiFeature, platform: PixiPlatform) -> Iterator[PixiTarget]:
    """Yield the targets that hold on a platform, the default one first; a later one goes over those before it."""
    words = {platform.name, str(platform.subdir), *SELECTORS[platform.subdir]}
    for target in feature.targets:
        if not target.selector or target.selector in words or fnmatch.fnmatchcase(platform.name, target.selector):
            yield target


def _virtual_packages(platform: PixiPlatform, features: Iterable[PixiFeature]) -> dict[VirtualName, str]:
    """Return a platform's virtual packages: "the highest declared version of each virtual package wins"."""
    found = dict(platform.virtual_packages)
    for name, version in chain.from_iterable(feature.virtual_packages.items() for feature in features):
        if can_have(platform.subdir, name) and (name not in found or _is_newer(version, found[name])):
            found[name] = version
    if can_have(platform.subdir, _GLIBC):
        found.setdefault(_GLIBC, _DEFAULT_GLIBC)
    return found


def _is_newer(version: str, other: str) -> bool:
    try:
        return Version(version) > Version(other)
    except InvalidVersion:
        return False
