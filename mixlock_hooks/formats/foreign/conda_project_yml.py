"""``conda-project.yml``: environments of several spec files, each locked in a file of its own by conda-lock."""

from __future__ import annotations

import posixpath
import re

from mixlock_hooks.formats.foreign import tree
from mixlock_hooks.formats.foreign.account import Account
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import CondaProject
from mixlock_hooks.model.problem import Problem

FILES = ("conda-project.yml", "conda-project.yaml")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
REASONS = {
    "name": "it names the project, no environment",
    "variables": "mixlock sets no variables",
    "commands": "mixlock has no commands; `mixlock run ENV -- COMMAND` runs one in an environment",
}
"""Why keys do not map, and behind a semicolon the way out."""


def parse(text: str, path: str) -> tuple[CondaProject | None, tuple[Problem, ...]]:
    """Parse a file; None where nothing of it can be read.

    Returns:
        Its environments, and what of it does not map.
    """
    found = tree.of_yaml(text, path)
    if isinstance(found, Problem):
        return None, (found,)
    account = Account(found, REASONS)
    account.names()
    environments = {
        name: specs for name in account.names("environments") if (specs := _specs(account, name, path)) is not None
    }
    return CondaProject(path=path, environments=environments), account.finish()


def _specs(account: Account, name: str, path: str) -> tuple[str, ...] | None:
    keys = ("environments", name)
    if not _NAME.fullmatch(name):
        account.refuse(keys, Code.WRONG_TYPE, f"`{name}` is not the name of an environment: left out", "rename it")
        return None
    written = account.texts(*keys)
    specs = tuple(posixpath.normpath(posixpath.join(posixpath.dirname(path), each)) for each in written)
    outside = next((each for each in specs if inner_path.complaint(each)), "")
    if outside:
        account.refuse(keys, Code.INCLUDE, f"`{outside}` leads out of the repository: left out", "move it inside")
        return None
    return specs or None
