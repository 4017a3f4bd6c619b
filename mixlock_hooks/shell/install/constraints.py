"""Hold installers to what a prefix holds: its Python projects as constraints, for pip and for uv.

Whoever installs beside a lock would else be given newer versions, which go before the locked ones.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from mixlock_hooks.shell.install.conda_prefix import unwritable
from mixlock_hooks.shell.install.prefix_contents import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import Distribution
    from pathlib import Path

FILE = "constraints.txt"


def write(prefix: Path) -> None:
    """Write the constraints of a prefix into it.

    Raises:
        CannotDoError: they cannot be written.
    """
    lines = sorted(
        f"{name}=={each.version}\n" for name, each in projects(prefix).items() if _is_version(each.version)
    )
    try:
        (prefix / FILE).write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise unwritable(prefix, error) from error


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def projects(folder: Path) -> dict[str, Distribution]:
    """Return what tools would list as installed in a prefix or a virtualenv, by name."""
    found = ((_name(each), each) for each in distributions(path=[str(each) for each in libraries(folder)]))
    return {canonicalize_name(name): each for name, each in found if name}


def _name(found: Distribution) -> str:
    with suppress(TypeError, KeyError, OSError):  # what a broken removal leaves has no metadata
        return found.metadata["Name"] or ""
    return ""


def variables(prefix: Path) -> Mapping[str, str]:
    """Return the variables that bind pip and uv, beside what the machine binds already.

    A URL stands in them, since both take several files with spaces between. What a build needs is not bound.
    """
    return dict(_variables((prefix / FILE).as_uri()))


def _variables(ours: str) -> Iterator[tuple[str, str]]:
    for name in ("PIP_CONSTRAINT", "UV_CONSTRAINT"):
        yield name, " ".join(filter(None, (os.environ.get(name), ours)))
    yield "PIP_BUILD_CONSTRAINT", os.environ.get("PIP_BUILD_CONSTRAINT") or os.devnull
