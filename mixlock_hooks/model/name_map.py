"""The name map as a value: what a PyPI project is called as a conda package, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.names import PypiName

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class NameMap:
    """A map of names in both directions. Two maps are equal when their rows, and so their digests, are."""

    by_pypi_name: Mapping[str, str] = field(compare=False, repr=False)
    by_conda_name: Mapping[str, str] = field(compare=False, repr=False)
    all_by_conda_name: Mapping[str, tuple[str, ...]] = field(compare=False, repr=False)
    digest: str

    def conda_name(self, pypi: str) -> str:
        """Return the conda package's name for a PyPI project; its normalized name if the map is silent."""
        name = canonicalize_name(pypi)
        return self.by_pypi_name.get(name, name)

    def pypi_name(self, conda: str) -> PypiName:
        """Return the PyPI project's normalized name for a conda package; its own if the map is silent."""
        name = canonicalize_name(conda)
        return PypiName(self.by_conda_name.get(name, name))

    def pypi_names(self, conda: str) -> tuple[PypiName, ...]:
        """Return every PyPI project that a conda package is, its own first: ``opencv`` is three of them."""
        own = self.pypi_name(conda)
        return (own, *(PypiName(other) for other in self.all_by_conda_name.get(conda, ()) if other != own))
