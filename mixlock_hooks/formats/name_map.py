"""The name map: what a PyPI project is called as a conda package, and the other way round.

Both lookups answer as ``conda_lock.lookup`` does, oddities included:

- a name is normalized (PEP 503) before it is looked up, in both directions. A conda name that is not itself
  normalized (``alpha_vantage``) is therefore never found by conda -> PyPI and answers as its normalized form;
- of several PyPI names with one conda name, the last row answers conda -> PyPI;
- a name that is not in the map keeps its normalized form.
"""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.name_map import NameMap

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = (
    "# Names that differ between PyPI and conda: PyPI name, tab, conda name; sorted by conda name.\n"
    "# Of rows with the same conda name, the last answers conda -> PyPI. Made by mixlock, not by hand.\n"
)


def parse(text: str) -> NameMap:
    """Parse the compact map: a PyPI name, a tab and a conda name a line; comment lines start with ``#``.

    The digest is taken over the rows, so that comments and line endings do not change it.

    Raises:
        ValueError: a line is not such a row, or its PyPI name is not normalized or comes a second time.
    """
    rows: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        pypi, _tab, conda = line.partition("\t")
        if line.split() != [pypi, conda] or canonicalize_name(pypi) != pypi or pypi in rows:
            raise ValueError(f"name map, line {number}: {line!r} is not a new PyPI name, a tab, a conda name")
        rows[pypi] = conda
    all_by_conda_name: dict[str, tuple[str, ...]] = {}
    for pypi, conda in rows.items():
        all_by_conda_name[conda] = (*all_by_conda_name.get(conda, ()), pypi)
    return NameMap(
        by_pypi_name=MappingProxyType(rows),
        by_conda_name=MappingProxyType({conda: pypi for pypi, conda in rows.items()}),
        all_by_conda_name=MappingProxyType(all_by_conda_name),
        digest=_digest(rows),
    )


def compact(full: Mapping[str, Mapping[str, str]]) -> str:
    """Render the compact map of a full one (PyPI name to a record with ``pypi_name`` and ``conda_name``).

    A row is kept when its names differ, or when it is the last of those that share its conda name: without
    it, another of them would answer conda -> PyPI. Every other row says what a silent map says anyway.

    Raises:
        ValueError: a record lacks a usable name, or stands under another PyPI name than its own.
    """
    rows = _rows(full)
    last = {conda: pypi for pypi, conda in rows.items()}
    renamed = {conda for pypi, conda in rows.items() if pypi != conda}
    kept = [
        (conda, last[conda] == pypi, pypi)
        for pypi, conda in rows.items()
        if pypi != conda or (conda in renamed and last[conda] == pypi)
    ]
    return _HEADER + "".join(f"{pypi}\t{conda}\n" for conda, _is_last, pypi in sorted(kept))


def render_lookup_json(name_map: NameMap) -> str:
    """Render the map as the JSON file that conda-lock's ``--pypi_to_conda_lookup_file`` takes.

    The records stand in the rows' order, since conda-lock too lets the last one answer conda -> PyPI. The
    file's name must end in ``.json``: conda-lock reads any other as YAML.
    """
    records = {pypi: {"pypi_name": pypi, "conda_name": conda} for pypi, conda in name_map.by_pypi_name.items()}
    return json.dumps(records, indent=1) + "\n"


def _rows(full: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return PyPI name to conda name in conda-lock's order: a name met again keeps its first place."""
    rows: dict[str, str] = {}
    for key, record in full.items():
        pypi, conda = canonicalize_name(key, validate=True), record.get("conda_name", "")
        if not _is_name(conda):
            raise ValueError(f"name map, {key!r}: {conda!r} is not a conda name")
        if canonicalize_name(record.get("pypi_name", "")) != pypi:
            raise ValueError(f"name map, {key!r}: its record has the PyPI name {record.get('pypi_name')!r}")
        rows[pypi] = conda
    return rows


def _is_name(text: str) -> bool:
    return text.split() == [text]


def _digest(rows: Mapping[str, str]) -> str:
    content = "".join(f"{pypi}\t{conda}\n" for pypi, conda in rows.items())
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
