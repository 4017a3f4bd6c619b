"""Names that must not be swapped: one type and one maker each."""

from __future__ import annotations

import re
from typing import NewType

from packaging.utils import canonicalize_name

CondaName = NewType("CondaName", str)
PypiName = NewType("PypiName", str)
Subdir = NewType("Subdir", str)
EnvironmentName = NewType("EnvironmentName", str)
Fingerprint = NewType("Fingerprint", str)
VirtualName = NewType("VirtualName", str)

_CONDA_NAME = re.compile(r"[a-z0-9_][a-z0-9_.\-]*")


def conda_name(text: str) -> CondaName:
    """Make the lower-cased name of a conda package.

    Raises:
        ValueError: the text is not a package name (CEP 26: letters, digits, ``_``, ``.``, ``-``).
    """
    name = text.strip().lower()
    if not _CONDA_NAME.fullmatch(name):
        raise ValueError(f"{text.strip()!r} is not a conda package name")
    return CondaName(name)


def pypi_name(text: str) -> PypiName:
    """Make the normalized name of a PyPI project (PEP 503).

    Raises:
        packaging.utils.InvalidName: the text is not a project name (PEP 508); a ``ValueError``.
    """
    return PypiName(canonicalize_name(text, validate=True))


def environment_name(text: str) -> EnvironmentName:
    """Make an environment's name from a posix path relative to the repository's root: the path without suffix."""
    stem, dot, _suffix = text.rpartition(".")
    return EnvironmentName(stem if dot and "/" not in _suffix else text)
