"""Which file fits a target: the wheel tags that its platform and python accept, best first.

``packaging.tags`` has the rules for python, its ABI and macOS. What it derives for Linux is the host's, so manylinux
(PEP 600) and musllinux (PEP 656) are derived here from the target's own C library, in the order of ``packaging``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms, parse_tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from mixlock_hooks.model.platforms import system_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mixlock_hooks.model.target import Target, Version

_LEGACY = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}
_OLDEST_GLIBC = {"x86_64": 5, "i686": 5}
"""The oldest 2.x that manylinux knows on a machine; 17 elsewhere (PEP 599)."""
_LAST_MINOR = 50
"""What ``packaging`` takes for the last 2.x where glibc is 3.x."""
_WINDOWS = {"win-32": "win32", "win-64": "win_amd64", "win-arm64": "win_arm64"}


@lru_cache(maxsize=32)
def platforms_of(target: Target) -> tuple[str, ...]:
    """Return the platform tags that a target accepts, best first; ``any`` is not among them."""
    system = system_of(target.platform)
    if system == "linux":
        return (*_musllinux(target), *_manylinux(target), f"linux_{target.machine}")
    if system == "osx":
        return tuple(mac_platforms(target.macos, target.machine)) if target.macos else ()
    return (_WINDOWS[target.platform],) if target.platform in _WINDOWS else ()


def _manylinux(target: Target) -> Iterator[str]:
    """Yield ``manylinux_x_y`` for every glibc up to the target's, each before its old name (PEP 600)."""
    if target.glibc is None:
        return
    newest_major, newest_minor = target.glibc
    for major in range(newest_major, 1, -1):
        newest = newest_minor if major == newest_major else _LAST_MINOR
        oldest = _OLDEST_GLIBC.get(target.machine, 17) if major == 2 else 0  # noqa: PLR2004 - glibc 2
        for minor in range(newest, oldest - 1, -1):
            yield f"manylinux_{major}_{minor}_{target.machine}"
            if (major, minor) in _LEGACY:
                yield f"{_LEGACY[major, minor]}_{target.machine}"


def _musllinux(target: Target) -> Iterator[str]:
    if target.musl:
        major, newest = target.musl
        yield from (f"musllinux_{major}_{minor}_{target.machine}" for minor in range(newest, -1, -1))


@lru_cache(maxsize=32)
def ranks_of(target: Target) -> Mapping[Tag, int]:
    """Return every tag that a target accepts with its rank, 0 for the best."""
    ranked: dict[Tag, int] = {}
    for tag in _tags(target):
        ranked.setdefault(tag, len(ranked))
    return ranked


@lru_cache(maxsize=32)
def pythons_of(target: Target) -> frozenset[tuple[str, str]]:
    """Return every pair of a python tag and an ABI tag that a target accepts."""
    return frozenset((tag.interpreter, tag.abi) for tag in ranks_of(target))


def _tags(target: Target) -> Iterator[Tag]:
    version, platforms = target.python_version, platforms_of(target)
    digits = f"{version[0]}{version[1]}"
    if target.implementation == "cpython":
        interpreter = f"cp{digits}"
        own = cpython_tags(version, abis=[target.abi], platforms=platforms)
    else:
        interpreter = f"pp{digits}" if target.implementation == "pypy" else target.abi.partition("_")[0]
        own = generic_tags(interpreter, [target.abi], platforms)
    # A target without platform tags of its own still accepts what is for any platform.
    return chain(own if platforms else (), compatible_tags(version, interpreter, platforms or ["any"]))


def rank_of(file: str, target: Target) -> int | None:
    """Return how well a wheel fits a target, 0 is best; None where it does not fit, or is no wheel."""
    ranked = ranks_of(target)
    return min((ranked[tag] for tag in tags_of(file) if tag in ranked), default=None)


@lru_cache(maxsize=4096)
def tags_of(file: str) -> frozenset[Tag]:
    """Return the tags in the name of a wheel; none where it is the name of no wheel."""
    try:
        return frozenset(parse_wheel_filename(file)[3])
    except InvalidWheelFilename:
        return frozenset()


def fits(tags: Iterable[str], target: Target) -> bool:
    """Return whether one of a wheel's tags, compressed or not, fits a target."""
    ranked = ranks_of(target)
    return any(tag in ranked for text in tags for tag in parse_tag(text))


def best(files: Iterable[str], target: Target) -> str:
    """Return the wheel that fits a target best, of equals that with the highest build; empty where none fits."""
    ranked = [(rank, file) for file in files if (rank := rank_of(file, target)) is not None]
    newest_first = sorted(ranked, key=lambda pair: _build_of(pair[1]), reverse=True)
    return min(newest_first, key=lambda pair: pair[0], default=(0, ""))[1]


def _build_of(file: str) -> tuple[int, str]:
    build = parse_wheel_filename(file)[2]
    return (build[0], build[1]) if build else (-1, "")


def neutral_name(file: str) -> str:
    """Return the name under which a chosen wheel is offered to who has tags of its own: one for any platform.

    The file stays the same. So neither the macOS that conda-lock knows nor its list of glibc versions decides.
    """
    stem = file.removesuffix(".whl").rsplit("-", 3)[0]
    return f"{'-'.join(stem.split('-')[:2])}-py3-none-any.whl"


class UvPlatform(NamedTuple):
    """How uv is asked for a target: its ``--python-platform``, and the macOS that it is told.

    With ``through_gate`` the platform only serves to judge markers: uv knows no such target, and chooses among files
    that were judged before.
    """

    name: str
    macos: str = ""
    through_gate: bool = False


_UV_GLIBC_MINORS = (17, 28, *range(31, 41))
_UV_FIXED = {
    "osx-64": "x86_64-apple-darwin",
    "osx-arm64": "aarch64-apple-darwin",
    "win-64": "x86_64-pc-windows-msvc",
    "win-32": "i686-pc-windows-msvc",
    "win-arm64": "aarch64-pc-windows-msvc",
}


def uv_platform(target: Target) -> UvPlatform | None:
    """Return the narrowest platform of uv's that accepts every wheel that a target accepts; None where it has none.

    uv knows few versions of glibc, so it may accept more than the target does. Of a free-threaded CPython, of musl
    and of rare machines it knows the markers at most, and of any other python not even these.
    """
    if target.implementation != "cpython":
        return None
    if target.platform in _UV_FIXED:
        macos = f"{target.macos[0]}.{target.macos[1]}" if target.macos else ""
        return UvPlatform(_UV_FIXED[target.platform], macos, target.is_free_threaded)
    known = None if target.is_free_threaded else _uv_linux(target.machine, target.glibc)
    return known or _uv_markers(target)


def _uv_markers(target: Target) -> UvPlatform | None:
    names = {"x86_64": "x86_64-unknown-linux-gnu", "aarch64": "aarch64-unknown-linux-gnu"}
    names["riscv64"] = "riscv64-unknown-linux"
    name = names.get(target.machine) if system_of(target.platform) == "linux" else None
    return UvPlatform(name, through_gate=True) if name else None


def _uv_linux(machine: str, glibc: Version | None) -> UvPlatform | None:
    newer = [minor for minor in _UV_GLIBC_MINORS if glibc and glibc <= (2, minor)]
    if machine not in {"x86_64", "aarch64"} or not newer:
        return None
    return UvPlatform(f"{machine}-manylinux_2_{newer[0]}")


def unloadable(file: str, target: Target) -> bool:
    """Return whether a file is a wheel that the target refuses; what is no wheel is not judged."""
    return bool(tags_of(file)) and rank_of(file, target) is None
