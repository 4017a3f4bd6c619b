"""The platforms of a workspace of pixi's, and the virtual packages that it declares for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.virtual_packages import parse_pair
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import PixiPlatform
from mixlock_hooks.model.names import Subdir, VirtualName
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS

if TYPE_CHECKING:
    from mixlock_hooks.formats.foreign.account import Account
    from mixlock_hooks.formats.foreign.tree import Keys

_FRIENDLY = {
    "cuda": "__cuda",
    "archspec": "__archspec",
    "glibc": "__glibc",
    "linux": "__linux",
    "macos": "__osx",
    "osx": "__osx",
    "windows": "__win",
}
"""What an inline table calls virtual packages."""
_SYSTEM = {"cuda": "__cuda", "archspec": "__archspec", "linux": "__linux", "macos": "__osx"}
"""What ``[system-requirements]`` calls them, beside ``libc``."""


def declared(account: Account, keys: Keys) -> tuple[PixiPlatform, ...]:
    """Return the platforms that a workspace declares."""
    found = (_platform(account, (*keys, index)) for index in account.indices(*keys))
    return tuple(platform for platform in found if platform)


def _platform(account: Account, keys: Keys) -> PixiPlatform | None:
    if not isinstance(account.at(*keys), dict):
        name = account.text(*keys)
        return PixiPlatform(name=name, subdir=Subdir(name)) if name and _is_subdir(account, keys, name) else None
    given = account.text(*keys, "name")
    subdir = account.text(*keys, "platform") or given
    if not _is_subdir(account, keys, subdir):
        return None
    raw = {key: key for key in account.names(*keys) if key.startswith("__")}
    packages = raw | {key: name for key, name in _FRIENDLY.items() if account.at(*keys, key) is not None}
    return PixiPlatform(
        name=given or subdir, subdir=Subdir(subdir), virtual_packages=_virtual_packages(account, keys, packages)
    )


def _is_subdir(account: Account, keys: Keys, subdir: str) -> bool:
    if subdir in KNOWN_PLATFORMS:
        return True
    hint = meant(subdir, KNOWN_PLATFORMS, f"known: {', '.join(KNOWN_PLATFORMS)}")
    account.refuse(keys, Code.WRONG_TYPE, f"unknown platform `{subdir}`: left out", hint)
    return False


def chosen(account: Account, keys: Keys, known: frozenset[str]) -> tuple[str, ...] | None:
    """Return the names of the platforms that a feature is for; None where it leaves that to the workspace."""
    if account.at(*keys) is None:
        return None
    found = dict(account.numbered(*keys))
    for below, name in found.items():
        if name not in known:
            claim = f"`{name}` is not a platform of the workspace"
            account.tell(below, claim, meant(name, known, f"known: {', '.join(sorted(known))}"))
    return tuple(found.values())


def system_requirements(account: Account, keys: Keys) -> dict[VirtualName, str]:
    """Return what ``[system-requirements]`` declares."""
    names = {key: _SYSTEM[key] for key in account.names(*keys) if key in _SYSTEM}
    found = _virtual_packages(account, keys, names)
    libc = account.at(*keys, "libc")
    if isinstance(libc, dict) and libc.get("family", "glibc") == "glibc":
        account.take(*keys, "libc", "family")
        return found | _virtual_packages(account, (*keys, "libc"), {"version": "__glibc"})
    return found | _virtual_packages(account, keys, {"libc": "__glibc"} if isinstance(libc, str) else {})


def _virtual_packages(account: Account, keys: Keys, names: dict[str, str]) -> dict[VirtualName, str]:
    """Return the virtual packages of a table, by its keys; one that is none is left out, and told."""
    found: dict[VirtualName, str] = {}
    for key, package in names.items():
        value = account.at(*keys, key)
        if key == "cuda" and isinstance(value, dict):
            found |= _virtual_packages(account, (*keys, key), {"driver": "__cuda", "arch": "__cuda_arch"})
            continue
        version = str(account.take(*keys, key)) if isinstance(value, int | float) else account.text(*keys, key)
        if not version:
            continue
        written = f"1 {version}" if package == "__archspec" else version
        name, version, claim = parse_pair(f"{package}={written}")
        if claim:
            account.refuse((*keys, key), Code.VIRTUAL_PACKAGE, f"{claim}: left out", "name its version")
        else:
            found[name] = version
    return found
