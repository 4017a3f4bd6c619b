"""Which limit keeps a file of an index from being chosen for a target, and what would admit it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mixlock_hooks.model.constraint import NotAConstraintError, satisfies
from mixlock_hooks.model.cutoff import NO_CUTOFF, is_later
from mixlock_hooks.model.limit import Limit, LimitKind
from mixlock_hooks.model.target import version_of
from mixlock_hooks.rules.platform_tags import platforms_of, pythons_of, ranks_of, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.tags import Tag

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.target import Target, Version

_MANYLINUX = re.compile(r"manylinux_(?P<version>\d+_\d+)_(?P<machine>\w+)")
_LEGACY = re.compile(r"(?P<name>manylinux(?:1|2010|2014))_(?P<machine>\w+)")
_LEGACY_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MUSLLINUX = re.compile(r"musllinux_(?P<version>\d+_\d+)_(?P<machine>\w+)")
_MACOS = re.compile(r"macosx_(?P<version>\d+_\d+)_(?P<machine>\w+)")
_MAC_MACHINES = {
    "x86_64": {"x86_64", "universal2", "intel", "fat64", "fat3", "universal"},
    "arm64": {"arm64", "universal2"},
}
_PYTHON = re.compile(r"(?:cp|py|pp)(?P<major>\d)(?P<minor>\d+)")
_FAR = 9


def limits_of(found: IndexFile, target: Target, cutoff: Cutoff = NO_CUTOFF) -> tuple[Limit, ...]:
    """Return every limit that keeps one file from a target; none where it fits. An sdist fits every platform.

    Args:
        found: the file, as its index lists it.
        target: the target.
        cutoff: what holds for its project.
    """
    of_release = tuple(_of_release(found, target, cutoff))
    of_tags = _of_tags(found.file.name, target) if found.file.is_wheel else ()
    if runs_on(found.requires_python, target.python):
        return (*of_release, *of_tags)
    return (*of_release, *(limit for limit in of_tags if limit.kind is not LimitKind.PYTHON_TAG))


def limits_of_wheel(file: str, target: Target) -> tuple[Limit, ...]:
    """Return why a target refuses a wheel (``needs glibc 2.28, …``); none where it does not."""
    return _of_tags(file, target)


def _of_release(found: IndexFile, target: Target, cutoff: Cutoff) -> Iterator[Limit]:
    if is_newer(found, cutoff):
        when = f"was uploaded on {found.uploaded:%Y-%m-%d}" if found.uploaded else "has no known upload time"
        held = cutoff.at(found.source)
        yield Limit(claim=f"{when}, and `{held.setting}` is {held.moment}", setting=f"a later `{held.setting}`")
    if not runs_on(found.requires_python, target.python):
        yield Limit(
            claim=f"needs python {found.requires_python}, this environment has {target.python}",
            setting=f"`python {found.requires_python}` among the conda requirements",
            order=2,
        )


def runs_on(requires_python: str, python: str) -> bool:
    """Return whether a file's ``Requires-Python`` admits a version; what is no specifier excludes nothing."""
    try:
        return satisfies(python, requires_python)
    except NotAConstraintError:
        return True  # pip ignores a `Requires-Python` that is none, and so does uv


def is_newer(found: IndexFile, cutoff: Cutoff) -> bool:
    """Return whether a file is newer than its project's cutoff; with one, a file of unknown age counts as newer."""
    return is_later(found.uploaded, cutoff.at(found.source).moment)


def _of_tags(file: str, target: Target) -> tuple[Limit, ...]:
    """Return the limits of the tag that comes nearest to a target."""
    tags = tags_of(file)
    if not tags:
        return (Limit(claim=f"has a file whose name is that of no wheel, {file}", order=_FAR),)
    return _of_nearest(tags, target)


@lru_cache(maxsize=4096)
def _of_nearest(tags: frozenset[Tag], target: Target) -> tuple[Limit, ...]:
    """Judge tags once: release after release of a project has the same ones."""
    if not tags.isdisjoint(ranks_of(target)):
        return ()
    return min((tuple(_of_tag(tag, target)) for tag in sorted(tags, key=str)), key=_distance)


def _distance(limits: tuple[Limit, ...]) -> int:
    return sum(1 + limit.order for limit in limits)


def _of_tag(tag: Tag, target: Target) -> Iterator[Limit]:
    if tag.platform not in {"any", *platforms_of(target)}:
        yield _of_platform(tag.platform, target)
    if (tag.interpreter, tag.abi) not in pythons_of(target):
        yield _of_python(tag, target)


def _of_platform(platform: str, target: Target) -> Limit:
    """Return the limit of a platform tag: a newer system of the same machine, or another platform."""
    for word, virtual, has, needed in _systems(platform, target):
        if has and needed:
            newer = ".".join(map(str, needed))
            return Limit(
                claim=f"needs {word} {newer}, this environment has {'.'.join(map(str, has))}",
                kind=LimitKind.PLATFORM_TAG,
                setting=f'`sys: {{{virtual}: "{newer}"}}`',
            )
    return Limit(claim=f"has no wheel for {_shown(target)}", kind=LimitKind.PLATFORM_TAG, order=6)


def _systems(platform: str, target: Target) -> Iterator[tuple[str, str, Version | None, Version | None]]:
    """Yield word, virtual package, what the target has and what the tag needs, where the tag is of its machine."""
    legacy = _LEGACY.fullmatch(platform)
    if legacy and legacy["machine"] == target.machine:
        yield "glibc", "__glibc", target.glibc, _LEGACY_GLIBC[legacy["name"]]
    machines = _MAC_MACHINES.get(target.machine, set())
    for pattern, word, virtual, has, known in (
        (_MANYLINUX, "glibc", "__glibc", target.glibc, {target.machine}),
        (_MUSLLINUX, "musl", "__musl", target.musl, {target.machine}),
        (_MACOS, "macOS", "__osx", target.macos, machines),
    ):
        found = pattern.fullmatch(platform)
        if found and found["machine"] in known:
            yield word, virtual, has, version_of(found["version"].replace("_", "."))


def _shown(target: Target) -> str:
    return f"{target.platform} with musl" if target.musl else target.platform


def _of_python(tag: Tag, target: Target) -> Limit:
    found = _PYTHON.match(tag.interpreter)
    version = (int(found["major"]), int(found["minor"])) if found else None
    if target.is_free_threaded and (version == target.python_version or tag.abi == "abi3"):
        return Limit(
            claim=f"has no wheel for a {target.shown_python}",
            setting="a python with the global interpreter lock (`python-gil`)",
            order=2,
            kind=LimitKind.PYTHON_TAG,
        )
    if version is None or version == target.python_version:
        return Limit(claim=f"has no wheel for {target.shown_python}", order=4, kind=LimitKind.PYTHON_TAG)
    shown = f"{version[0]}.{version[1]}"
    distance = abs(version[1] - target.python_version[1]) if version[0] == target.python_version[0] else _FAR
    return Limit(
        claim=f"has no wheel for python {target.python_minor}, but for {shown}",
        setting=f"`python={shown}` among the conda requirements",
        order=2 + min(distance, 3),
        kind=LimitKind.PYTHON_TAG,
    )
