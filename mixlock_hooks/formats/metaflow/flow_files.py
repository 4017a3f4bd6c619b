"""Files that a flow names beside its code: which file of the repository is meant, and what it holds."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.config_parsers import ConfigurationError

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.repository import Program


def named(program: Program, name: str) -> tuple[str, str]:
    """Return path and text of a file that is named relative to where a flow is started.

    That is the folder of the flow, or the root of the repository.

    Raises:
        ConfigurationError: there is none that git tracks, or it may be one of two that differ.
    """
    paths = [posixpath.normpath(posixpath.join(folder, name)) for folder in (program.folder, "")]
    texts: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        text = None if path.startswith(("/", "..")) else looked_for(program, path)
        if text is not None:
            texts[path] = text
    if not texts:
        raise ConfigurationError(f"names `{name}`, which is not in this repository")
    if len(set(texts.values())) > 1:
        raise ConfigurationError(f"may mean {' or '.join(texts)}, by where the flow is started")
    path, text = next(iter(texts.items()))
    refuse_untracked(program, path)
    return path, text


def looked_for(program: Program, path: str) -> str | None:
    """Return the text of a file, None where there is none; either way the flow depends on it."""
    program.trace.read.add(path)
    return program.repository.read(path)


def refuse_untracked(program: Program, path: str) -> None:
    """Refuse a file that is only on this machine.

    Raises:
        ConfigurationError: git does not track it.
    """
    if not program.repository.tracked(path):
        raise ConfigurationError(f"names {path}, which git does not track")
