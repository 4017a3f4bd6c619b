"""The name map: what conda packages are called on PyPI, as text, and as the file that conda-lock takes.

A line in brackets begins a channel. Below it stand conda names, sorted, of which the normalized name does not tell:

- ``name``: provides no Python project; ``name-*``: none of those that begin so does;
- ``name``, tab, projects: the projects that it is; ``=`` for the one of the same normalized name;
- after another tab, projects of others that some of its builds held a copy of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.counterparts import ChannelNames, Counterparts, Provision
from mixlock_hooks.model.names import PypiName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SAME = "="
_ANY = "*"
_COMMENT = "#"
_NOT_A_PROJECT = "mixlock-no-project-"
_PYTHON = "python"
"""No project, but conda-lock looks for it under this name among what a project needs."""


def parse(text: str) -> Counterparts:
    """Parse a name map. The digest is that of its lines, so that comments and line endings do not change it.

    Raises:
        ValueError: a line stands before any channel, is of another form, or comes a second time.
    """
    lines = "\n".join(line for line in text.splitlines() if line and line[0] != _COMMENT)
    before, *sections = f"\n{lines}".split("\n[")
    if before:
        raise ValueError(f"name map: {before.strip()!r} stands before any channel")
    channels = dict(map(_channel, sections))
    if len(channels) != len(sections):
        raise ValueError("name map: a channel stands there twice")
    return Counterparts(channels=channels, digest=f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}")


def _channel(section: str) -> tuple[str, ChannelNames]:
    channel, *rows = section.split("\n")
    provided = {name: rest for name, tab, rest in (row.partition("\t") for row in rows) if tab}
    none = frozenset(row for row in rows if "\t" not in row)
    if len({*none, *provided}) != len(rows) or not all(map(str.strip, provided.values())):
        raise ValueError(f"name map: in {channel} a name stands there twice, or is followed by a tab and no project")
    beginnings = tuple(sorted(row.removesuffix(_ANY) for row in none if row.endswith(_ANY)))
    return channel.removesuffix("]"), ChannelNames(
        none=none, none_beginning_with=beginnings, provided=_Rows(provided)
    )


class _Rows(Mapping[str, Provision]):
    """Rows by conda name, parsed when they are asked for: few of thousands ever are."""

    def __init__(self, rows: dict[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> Provision:
        projects, _tab, carried = self._rows[name].partition("\t")
        return Provision(projects=_names(name, projects), carried=_names(name, carried))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _names(conda: str, text: str) -> tuple[PypiName, ...]:
    return tuple(PypiName(canonicalize_name(conda if word == _SAME else word)) for word in text.split())


def render(channels: Mapping[str, ChannelNames], comment: str) -> str:
    """Render the tables of channels; the names that begin alike are written as ``name-*`` already.

    Args:
        channels: the tables, in the order in which they are asked.
        comment: what the file's first lines tell, each without its ``#``.
    """
    lines = [f"{_COMMENT} {line}" for line in comment.splitlines()]
    for channel, names in channels.items():
        lines += [f"[{channel}]", *sorted((*names.none, *map(_row, names.provided.items())))]
    return "".join(f"{line}\n" for line in lines)


def _row(pair: tuple[str, Provision]) -> str:
    name, provision = pair
    own = PypiName(canonicalize_name(name))
    projects, carried = (
        " ".join(_SAME if project == own else project for project in found)
        for found in (provision.projects, provision.carried)
    )
    return f"{name}\t{projects}\t{carried}".rstrip("\t")


def render_lookup_json(holders: Mapping[PypiName, str], conda: Iterable[str] = ()) -> str:
    """Render names as the JSON file that conda-lock's ``--pypi_to_conda_lookup_file`` takes.

    conda-lock knows one project for a conda package and one package for a project, normalizes a conda name before it
    looks it up, and takes what is missing for the project of the same name. So packages that hold no project get one
    that no index has. The file's name must end in ``.json``: conda-lock reads any other as YAML.

    Args:
        holders: the conda package that stands for each project.
        conda: all conda packages that are locked together.
    """
    first = {canonicalize_name(holders[project]): project for project in reversed(list(holders))}
    names = {canonicalize_name(package) for package in conda} - {*first, _PYTHON}
    first |= {name: PypiName(f"{_NOT_A_PROJECT}{name}") for name in names}
    records = {project: {"pypi_name": project, "conda_name": name} for name, project in sorted(first.items())}
    return json.dumps(records, indent=1) + "\n"
