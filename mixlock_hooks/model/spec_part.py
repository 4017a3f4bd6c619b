"""A part of a spec file, as the configuration names it: ``pyproject.toml#test``."""

from __future__ import annotations

MANIFEST = "pyproject.toml"
"""The one kind of spec that has parts: extras and groups."""


def file_of(spec: str) -> str:
    """Return the file that a configured spec names, without its part."""
    return split(spec)[0]


def split(spec: str) -> tuple[str, str]:
    """Return the file and the part that a configured spec names; no part where it is all of the file.

    A file's name may hold ``#``, so only what stands behind a ``pyproject.toml`` is a part.
    """
    path, mark, part = spec.rpartition("#")
    return (path, part) if mark and is_manifest(path) else (spec, "")


def is_manifest(path: str) -> bool:
    """Return whether a file is a ``pyproject.toml``."""
    return path.rpartition("/")[2] == MANIFEST
