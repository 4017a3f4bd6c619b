"""Run git where the repository is, whoever started us."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, RefusedFileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read; the locks of five platforms with 500 packages each have 3 MiB."""
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE"})


def git(
    root: Path, *words: str, said: bytes = b"", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever becomes of it; ``said`` stands on its stdin, ``variables`` in its environment.

    It gets the environment without what git tells its hooks of where they are, but for the index: in a hook of a
    linked work tree ``GIT_DIR`` is set, and git then takes the folder it runs in for the top.

    Raises:
        CannotDoError: git is not installed.
    """
    try:
        command, environment = ["git", "-C", str(root), *words], {**_environment(), **(variables or {})}
        return subprocess.run(command, env=environment, input=said, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CannotDoError("git is not installed, so what it keeps cannot be read") from error


def blob(root: Path, revision: str, path: str) -> bytes | None:
    """Return a file as git keeps it; None where it keeps none.

    Args:
        root: the folder that the path is relative to.
        revision: a commit, or a stage of the index (``:2``).
        path: the file.

    Raises:
        RefusedFileError: it has more than ``LARGEST`` bytes.
        CannotDoError: git is not installed.
    """
    command = ["git", "-C", str(root), "cat-file", "blob", f"{revision}:./{path}"]
    try:
        running = subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise CannotDoError("git is not installed, so what it keeps cannot be read") from error
    with running:
        content = running.stdout.read(LARGEST + 1) if running.stdout else b""
        if len(content) > LARGEST:
            running.kill()
            raise RefusedFileError(path, f"has more than {LARGEST // 1024**2} MiB")
    return content if running.returncode == 0 else None


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
