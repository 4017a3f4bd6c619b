"""``pixi.toml``, or ``[tool.pixi]`` of a ``pyproject.toml``: the workspace and its environments.

What is read is pixi's reference of its manifest ("The ``feature`` and ``environments`` tables"): "Unless
``no-default-feature`` is set to ``true``, the default feature is implicitly included in the environment."
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats.foreign import pixi_feature, pixi_platforms, pixi_project, tree
from mixlock_hooks.formats.foreign.account import Account
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import DEFAULT, PixiEnvironment, PixiFeature, PixiWorkspace
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.spec_part import is_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.foreign.tree import Keys

_NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
_INLINE = "features"
_OF_THE_PROJECT = "what it says of the project is not part of an environment"
REASONS = {
    "tasks": "mixlock has no tasks; `mixlock run ENV -- COMMAND` runs a command in an environment",
    "activation": "mixlock runs no scripts and sets no variables at activation",
    "constraints": "a spec has none; `constraints` of `[tool.mixlock]` bind packages that are present",
    "dev": "it installs what a package of this workspace needs; name that in a spec",
    "package": "mixlock builds no conda packages",
    "build-variants": "mixlock builds no conda packages",
    "build-variants-files": "mixlock builds no conda packages",
    "preview": "it switches pixi's own features",
    "requires-pixi": "it is about pixi; `required-mixlock` of `[tool.mixlock]` is the like of it",
    "solve-group": "each environment is solved for itself; `like` in `[tool.mixlock.environments.NAME]` binds two",
    "solve-strategy": "mixlock locks the highest versions that fit",
    "channel-priority": "a spec has none; `channel-priority` of `[tool.mixlock]` is for the repository",
    "exclude-newer": "a spec has none; `exclude-newer` of `[tool.mixlock]` is for the repository",
    "pypi-exclude-newer": "a spec has none; `exclude-newer-for` of `[tool.mixlock]` is for the repository",
    "conda-pypi-map": "mixlock has a map of its own; `mixlock doctor` says which",
    "s3-options": "mixlock reads no channels from S3",
    "no-build": "a spec names projects; `build-sdists = false` of `[tool.mixlock]` is for the repository",
    "no-binary": "a spec names projects; name those that are to be built",
    "no-build-isolation": "mixlock builds in isolation",
    "index-strategy": "mixlock takes every project from the first index that has it",
    "prerelease-mode": "mixlock admits pre-releases where one is asked for, or all of them",
    "dependency-overrides": "mixlock takes what packages say of themselves",
    "skip-wheel-filename-check": "mixlock takes no wheels that are named for another version",
    "system-requirements": "mixlock knows no such virtual package",
    "dependencies": "no field of a match spec that a lock records",
    **dict.fromkeys(("name", "version", "description", "authors", "license", "license-file"), _OF_THE_PROJECT),
    **dict.fromkeys(("readme", "homepage", "repository", "documentation", "$schema"), _OF_THE_PROJECT),
    "tool": "it is about another tool",
}
"""Why keys do not map, and behind a semicolon the way out."""
_OF_NAMES = frozenset(
    {
        *("feature", "environments", "target", "platforms"),
        *("dependencies", "host-dependencies", "build-dependencies", "pypi-dependencies"),
    }
)
"""Tables whose keys are names that a user chose."""


def parse(text: str, path: str) -> tuple[PixiWorkspace | None, tuple[Problem, ...]]:
    """Parse a manifest; None where the file is none of a workspace.

    Returns:
        The workspace, and what of the manifest does not map.
    """
    found = tree.of_toml(text, path)
    if isinstance(found, Problem):
        return None, (found,)
    root: Keys = ("tool", "pixi") if is_manifest(path) else ()
    if root and found.at(root) is None:
        return None, ()
    account = Account(found, REASONS, _OF_NAMES)
    account.names(*root)
    workspace = _workspace(account, root, path)
    return workspace, account.finish(*root)


def _workspace(account: Account, root: Keys, path: str) -> PixiWorkspace | None:
    """Read a manifest; ``[project]`` is what ``[workspace]`` was called."""
    table = next(((*root, key) for key in ("workspace", "project") if account.at(*root, key) is not None), None)
    if table is None or not isinstance(account.at(*table), dict):
        return None
    platforms = pixi_platforms.declared(account, (*table, "platforms"))
    known = frozenset(name for each in platforms for name in (each.name, str(each.subdir)))
    features = _features(account, root, known)
    environments = tuple(_environments(account, root, features, known))
    _tell_unused(account, root, features, environments)
    return PixiWorkspace(
        path=path,
        channels=pixi_feature.channels(account, (*table, "channels")) or (),
        platforms=platforms,
        pip_lines=pixi_feature.pip_lines(account, (*table, "pypi-options")),
        environments=environments,
    )


def _features(account: Account, root: Keys, known: frozenset[str]) -> dict[str, PixiFeature]:
    """Return every feature by its name; extras and groups of the project are features too."""
    found = {
        name: pixi_feature.read(account, (*root, "feature", name), root, known)
        for name in account.names(*root, "feature")
    }
    found[DEFAULT] = pixi_feature.read(account, root, root, known)
    return pixi_project.with_project(account, found) if root else found


def _environments(
    account: Account, root: Keys, features: dict[str, PixiFeature], known: frozenset[str]
) -> Iterator[PixiEnvironment]:
    keys = (*root, "environments")
    names = account.names(*keys)
    if DEFAULT not in names:
        place = account.place(*root, "dependencies")
        yield PixiEnvironment(name=DEFAULT, place=place, features=(features[DEFAULT],))
    for name in names:
        if not _NAME.fullmatch(name):
            account.refuse((*keys, name), Code.WRONG_TYPE, f"`{name}` is not the name of an environment", "rename it")
            continue
        chosen = _chosen(account, (*keys, name), root, features, known)
        if chosen is not None:
            yield PixiEnvironment(name=name, place=account.place(*keys, name), features=chosen)


def _tell_unused(
    account: Account, root: Keys, features: dict[str, PixiFeature], environments: tuple[PixiEnvironment, ...]
) -> None:
    used = {id(feature) for environment in environments for feature in environment.features}
    for name in account.names(*root, "feature"):
        if id(features[name]) not in used:
            claim = f"the feature `{name}` is in no environment, so no spec has it"
            account.tell((*root, "feature", name), claim, "name it in `environments`")
    for name in account.names(*root, "workspace", "dependencies"):
        pool = (*root, "workspace", "dependencies", name)
        if not account.is_read(*pool):
            account.tell(pool, f"no requirement of an environment is `{name}` of `workspace.dependencies`")


def _chosen(
    account: Account, keys: Keys, root: Keys, features: dict[str, PixiFeature], known: frozenset[str]
) -> tuple[PixiFeature, ...] | None:
    """Return the features of an environment: its own content, those it names, the default one."""
    value = account.at(*keys)
    if isinstance(value, list):
        return (*_named(account, keys, features), features[DEFAULT])
    if not isinstance(value, dict):
        account.wrong(keys, "a list of features or a table")
        return None
    named = _named(account, (*keys, _INLINE), features)
    own = (pixi_feature.read(account, keys, root, known),) if value.keys() - {_INLINE} else ()
    without = account.take(*keys, "no-default-feature")
    if without not in (None, True, False):
        account.wrong((*keys, "no-default-feature"), "true or false")
    account.take_if_empty(*keys)
    return (*own, *named, *(() if without is True else (features[DEFAULT],)))


def _named(account: Account, keys: Keys, features: dict[str, PixiFeature]) -> Iterator[PixiFeature]:
    for below, name in account.numbered(*keys):
        if name in features:
            yield features[name]
        else:
            claim = f"the manifest has no feature `{name}`"
            account.refuse(below, Code.UNKNOWN_KEY, claim, meant(name, features, "define it"))
