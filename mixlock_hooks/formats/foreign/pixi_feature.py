"""One feature of pixi's, the default one included: channels, platforms, requirements by target, options of pip."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats.foreign import pixi_platforms
from mixlock_hooks.formats.foreign.pixi_requirements import conda_requirements, pypi_requirements
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import PipLines, PixiFeature, PixiTarget
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS, SELECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.foreign.account import Account
    from mixlock_hooks.formats.foreign.tree import Keys

_CONDA_TABLES = ("dependencies", "host-dependencies", "build-dependencies")
_SYSTEMS = frozenset({"linux", "osx", "win", "unix"})
_PRERELEASES = {"allow": ("--pre",), "if-necessary-or-explicit": ()}
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_OPTIONS = {"no-binary": "--no-binary", "no-build": "--only-binary"}


def read(account: Account, keys: Keys, root: Keys, known: frozenset[str]) -> PixiFeature:
    """Read a feature.

    Args:
        account: the manifest.
        keys: the feature's table; that of the manifest itself for the default feature.
        root: where in its file the manifest begins.
        known: the names of the workspace's platforms.
    """
    indices: list[str] = []
    targets = [_target(account, keys, root, "", indices)]
    targets += [
        _target(account, (*keys, "target", selector), root, selector, indices)
        for selector in account.names(*keys, "target")
        if _is_known(account, (*keys, "target", selector), known)
    ]
    lines = pip_lines(account, (*keys, "pypi-options"))
    is_default = keys == root
    return PixiFeature(
        channels=None if is_default else channels(account, (*keys, "channels")),
        platforms=None if is_default else pixi_platforms.chosen(account, (*keys, "platforms"), known),
        targets=tuple(targets),
        pip_lines=PipLines(
            default_index=lines.default_index,
            indices=tuple(dict.fromkeys((*lines.indices, *indices))),
            options=lines.options,
        ),
        virtual_packages=pixi_platforms.system_requirements(account, (*keys, "system-requirements")),
    )


def _target(account: Account, keys: Keys, root: Keys, selector: str, indices: list[str]) -> PixiTarget:
    account.names(*keys)
    conda: dict[str, str] = {}
    for table in _CONDA_TABLES:
        for name, text in conda_requirements(account, (*keys, table), root).items():
            if conda.setdefault(name, text) != text:
                account.tell((*keys, table, name), f"`{conda[name]}` is taken, which another table says of `{name}`")
    pypi, named = pypi_requirements(account, (*keys, "pypi-dependencies"))
    indices += named
    return PixiTarget(
        selector=selector,
        conda={name: (text,) for name, text in conda.items()},
        pypi={name: (text,) for name, text in pypi.items()},
    )


def _is_known(account: Account, keys: Keys, known: frozenset[str]) -> bool:
    selector = str(keys[-1])
    words = {*known, *(word for each in known & set(KNOWN_PLATFORMS) for word in SELECTORS[Subdir(each)] & _SYSTEMS)}
    if selector in words or ("*" in selector and fnmatch.filter(known, selector)):
        return True
    account.tell(keys, f"`{selector}` is not a platform of this workspace: what stands below it is left out")
    return False


def channels(account: Account, keys: Keys) -> tuple[tuple[int, str], ...] | None:
    """Return channels with their priorities, in order; None where the table names none."""
    if account.at(*keys) is None:
        return None
    return tuple(_channels(account, keys))


def _channels(account: Account, keys: Keys) -> Iterator[tuple[int, str]]:
    for index in account.indices(*keys):
        value = account.at(*keys, index)
        if not isinstance(value, dict):
            channel, priority = account.source(*keys, index), 0
        else:
            channel = account.source(*keys, index, "channel")
            given = account.take(*keys, index, "priority")
            priority = given if isinstance(given, int) else 0
            if given is not None and type(given) is not int:
                account.wrong((*keys, index, "priority"), "a number")
        if channel.startswith(("/", "file:", "./", "../", "~")):
            claim = f"the channel `{channel}` is a folder of one machine: left out"
            account.refuse((*keys, index), Code.LOCAL, claim, "serve it, and name its URL")
        elif channel:
            yield priority, channel


def pip_lines(account: Account, keys: Keys) -> PipLines:
    """Return ``[pypi-options]`` as options of pip."""
    account.names(*keys)
    options: list[str] = []
    for key, option in _OPTIONS.items():
        if isinstance(account.at(*keys, key), list):
            projects = ",".join(_projects(account, (*keys, key)))
            options += [f"{option} {projects}"] if projects else []
        elif account.at(*keys, key) is False:
            account.take(*keys, key)
    mode = account.at(*keys, "prerelease-mode")
    if isinstance(mode, str) and mode in _PRERELEASES:
        account.take(*keys, "prerelease-mode")
        options += _PRERELEASES[mode]
    if account.at(*keys, "index-strategy") == "first-index":
        account.take(*keys, "index-strategy")
    return PipLines(
        default_index=account.url(*keys, "index-url"),
        indices=account.urls(*keys, "extra-index-urls"),
        options=(*(f"--find-links {url}" for url in _pages(account, (*keys, "find-links"))), *options),
    )


def _projects(account: Account, keys: Keys) -> Iterator[str]:
    for below, name in account.numbered(*keys):
        if _NAME.fullmatch(name):
            yield name
        else:
            claim = f"`{name}` is not the name of a project: left out"
            account.refuse(below, Code.NOT_A_REQUIREMENT, claim, "write the name alone")


def _pages(account: Account, keys: Keys) -> Iterator[str]:
    for index in account.indices(*keys):
        value = account.at(*keys, index)
        if not isinstance(value, dict):
            account.wrong((*keys, index), "a table with `url` or `path`")
        elif "path" in value:
            claim = "`find-links` of a folder, which a lock cannot name: left out"
            account.refuse((*keys, index), Code.LOCAL, claim, "serve the folder, and name its URL")
        elif url := account.url(*keys, index, "url"):
            yield url
