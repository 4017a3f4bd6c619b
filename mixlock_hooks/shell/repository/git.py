"""Run git where the repository is, whoever started us."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from pathlib import Path

_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE"})


def git(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever becomes of it.

    It gets the environment without what git tells its hooks of where they are, but for the index: in a hook of a
    linked work tree ``GIT_DIR`` is set, and git then takes the folder it runs in for the top.

    Raises:
        CannotDoError: git is not installed.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(["git", "-C", str(root), *words], env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CannotDoError("git is not installed, so what it keeps cannot be read") from error
