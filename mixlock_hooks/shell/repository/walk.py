"""The files below a folder: all of them, or those that count where no git repository says which ones do."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_NEVER_WALKED = frozenset({".git", ".hg", ".nox", ".tox", ".venv", "venv", "node_modules", "__pycache__"})
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
"""What a virtual environment (PEP 405) or a conda prefix has; what is installed there is nobody's spec."""
MOST_WALKED = 20_000
"""Files that are looked through where git does not say which ones count."""


def files_without_git(top: Path) -> tuple[str, ...]:
    """Return the files below a folder, relative to it, with ``/``, sorted; environments are left out.

    Raises:
        CannotDoError: there are too many: somebody is in the wrong folder.
    """
    found = tuple(sorted(islice(_walk(top, _is_no_source), MOST_WALKED + 1)))
    if len(found) > MOST_WALKED:
        raise CannotDoError(
            f"{top} is not in a git repository and holds more than {MOST_WALKED} files; "
            "change to your repository, name it with `--root`, or run `git init` here"
        )
    return found


def every_file(top: Path) -> Iterator[str]:
    """Yield the files below a folder, relative to it, with ``/``; no link to a folder is followed."""
    return _walk(top, lambda _folder, _names: False)


def _walk(top: Path, is_left_out: Callable[[str, Collection[str]], bool]) -> Iterator[str]:
    """Yield the files of each folder below one that is not left out, by its path and what is in it."""
    for parent, folders, names in os.walk(top):
        if parent != str(top) and is_left_out(parent, (*folders, *names)):
            folders.clear()
            continue
        folders.sort()
        for name in names:
            yield (Path(parent) / name).relative_to(top).as_posix()


def _is_no_source(folder: str, names: Collection[str]) -> bool:
    return Path(folder).name in _NEVER_WALKED or not _ENVIRONMENT.isdisjoint(names)
