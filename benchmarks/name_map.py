"""Make the compact name map from the full ones, and measure what simpler rules would answer wrongly.

``python -m benchmarks.name_map MAPS CHANNELS`` writes ``mixlock_hooks/data/name_map.tsv``. MAPS is a folder with a
``<channel>.json`` for each channel, conda name to list of projects or null, as prefix-dev/parselmouth makes them from
the contents of the packages. CHANNELS is a folder with ``<channel>/<subdir>/repodata.json``, from which it learns
which packages do not depend on python although they are a project.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import name_map
from mixlock_hooks.model.counterparts import ChannelNames, Counterparts, Provision
from mixlock_hooks.model.names import PypiName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    FullMap = Mapping[str, Sequence[str] | None]
    """One channel's: conda name to projects; None for none."""

CHANNELS = ("conda-forge", "bioconda", "pytorch")
"""In the order in which they are asked about packages of other channels."""
TARGET = Path(__file__).parents[1] / "mixlock_hooks" / "data" / "name_map.tsv"
_COMMENT = """\
What conda packages provide on PyPI. Made by `python -m benchmarks.name_map`, not by hand; the form is described
in mixlock_hooks/formats/name_map.py. Source: https://github.com/prefix-dev/parselmouth (BSD-3-Clause,
name_map.LICENSE)."""
_MANY_ALIKE = 100
_WHOLE_ENVIRONMENT = 5
"""From so many projects on, a build is taken to have swallowed what it was built with."""
_RENAMED = {
    "cmake-format": "cmakelang",
    "filesystem-spec": "fsspec",
    "kernprof": "line-profiler",
    "mambular": "deeptab",
    "oq-engine": "openquake-engine",
    "pytorch-dp": "opacus",
    "scikit-base": "skbase",
    "skprogs-python": "sktools",
    "spec-kit": "specify-cli",
    "spherematch": "smatch",
}
"""Packages that are a project though nothing in the names shows it, and another package is named after it."""
_LANGUAGE = re.compile(r"(?:^|-)(?:python|py|lib|base|core)(?=-|$)")


def compact(full: Mapping[str, FullMap], without_python: Mapping[str, frozenset[str]]) -> str:
    """Render the compact map of full ones.

    A name is kept where its answer is not the project of the same normalized name. Such a one is kept too where it
    has builds that do not depend on python, where another channel answers otherwise, and where the project has other
    names in the channel, normalized or not, so that those listed are all there are.

    Args:
        full: the channels' maps.
        without_python: by channel, the names of packages with builds that do not depend on python.
    """
    named = _named_after(full)
    provisions = {
        channel: {name: provision(name, found or (), named) for name, found in names.items()}
        for channel, names in full.items()
    }
    tables = {}
    for channel, names in provisions.items():
        others = [other for key, other in provisions.items() if key != channel]
        renamed = _renamed(names)
        kept = {
            name: found
            for name, found in names.items()
            if found != _silent(name)
            or name in without_python.get(channel, ())
            or any(other.get(name, found) != found for other in others)
            or renamed.intersection(found.projects)
        }
        tables[channel] = _table(names, kept)
    return name_map.render(tables, _COMMENT)


def provision(name: str, found: Sequence[str], named: frozenset[str]) -> Provision:
    """Return what a package provides: as what it is, or as a copy of what another package is named after."""
    projects = [PypiName(canonicalize_name(project)) for project in found]
    carried = [project for project in projects if project in named and not _is_akin(name, project, len(projects))]
    own = [project for project in projects if project not in carried]
    same = PypiName(canonicalize_name(name))
    return Provision(projects=tuple(sorted(own, key=lambda project: project != same)), carried=tuple(carried))


def _named_after(full: Mapping[str, FullMap]) -> frozenset[str]:
    """Return the projects that some package is, and no other: those that have its name, or alone stand for it."""
    pairs = [(canonicalize_name(name), found) for names in full.values() for name, found in names.items() if found]
    return frozenset(name for name, found in pairs if name in found) | {
        found[0] for name, found in pairs if len(found) == 1 and _bare(name) == _bare(found[0])
    }


def _is_akin(name: str, project: str, count: int) -> bool:
    """Return whether a package's name shows that it is a project, of so many that it provides."""
    same = canonicalize_name(name)
    if project == same or _RENAMED.get(name) == project or _bare(same) == _bare(project):
        return True
    if project.startswith(f"{same}-"):
        return True
    if count >= _WHOLE_ENVIRONMENT:
        return False
    first, second = _bare(same), _bare(project)
    word = same.partition("-")[0]
    begins_alike = len(word) > len("ray") and word == project.partition("-")[0]
    return begins_alike or same in project or project in same or first in second or second in first


def _bare(name: str) -> str:
    """Return a normalized name without what only says of what language or part it is."""
    words = _LANGUAGE.sub("", name).strip("-").replace("-", "") or name
    short = words.removeprefix("py").removeprefix("lib")
    return short if len(short) > len("qt") else words


def _silent(name: str) -> Provision:
    return Provision(projects=(PypiName(canonicalize_name(name)),))


def _renamed(names: Mapping[str, Provision]) -> frozenset[PypiName]:
    """Return the projects that have a package of another name than their own."""
    return frozenset(project for name, found in names.items() for project in found.projects if project != name)


def _table(names: Mapping[str, Provision], kept: Mapping[str, Provision]) -> ChannelNames:
    none = {name for name, found in kept.items() if not (found.projects or found.carried)}
    beginnings = tuple(_beginnings(none, names.keys() - none))
    alike = {name for name in none if name.startswith(beginnings)}
    return ChannelNames(
        none=frozenset({*(none - alike), *(f"{beginning}*" for beginning in beginnings)}),
        provided={name: found for name, found in kept.items() if name not in none},
    )


def _beginnings(none: set[str], others: set[str]) -> Iterator[str]:
    """Yield the first words with which many names begin that provide nothing, and none that provides something."""
    counts = Counter(f"{name.split('-')[0]}-" for name in none if "-" in name)
    taken = {f"{name.split('-')[0]}-" for name in others}
    return (word for word, count in sorted(counts.items()) if count >= _MANY_ALIKE and word not in taken)


def read_maps(folder: Path) -> dict[str, FullMap]:
    """Read the full maps."""
    return {channel: json.loads((folder / f"{channel}.json").read_text(encoding="utf-8")) for channel in CHANNELS}


def read_dependencies(folder: Path) -> dict[str, dict[str, set[frozenset[str]]]]:
    """Read, by channel and package, the names that its builds depend on."""
    found: dict[str, dict[str, set[frozenset[str]]]] = {channel: {} for channel in CHANNELS}
    for channel, packages in found.items():
        for file in sorted((folder / channel).glob("*/repodata.json")):
            repodata = json.loads(file.read_text(encoding="utf-8"))
            for record in (*repodata.get("packages", {}).values(), *repodata.get("packages.conda", {}).values()):
                names = frozenset(text.split(" ")[0] for text in record["depends"])
                packages.setdefault(record["name"], set()).add(names)
    return found


def without_python(
    full: Mapping[str, FullMap], builds: Mapping[str, Mapping[str, set[frozenset[str]]]]
) -> dict[str, frozenset[str]]:
    """Return, by channel, the packages of which some builds do not depend on python."""
    bare = Counterparts(channels={}, digest="")
    return {
        channel: frozenset(
            name
            for name, found in names.items()
            if any(
                not bare.provision(name, dependencies=depends).projects
                for depends in builds.get(channel, {}).get(name, ())
            )
        )
        for channel, names in full.items()
    }


def wrong_answers(
    full: Mapping[str, FullMap], builds: Mapping[str, Mapping[str, set[frozenset[str]]]]
) -> Iterator[str]:
    """Yield, for each channel, how many names simpler rules answer otherwise than the full maps."""
    for channel, names in full.items():
        same = sum([canonicalize_name(name)] != list(found or ()) for name, found in names.items())
        known = {name: found for name, found in names.items() if name in builds[channel]}
        python = sum(
            ([canonicalize_name(name)] if any("python" in depends for depends in builds[channel][name]) else [])
            != list(found or ())
            for name, found in known.items()
        )
        yield f"{channel}: the same name is wrong for {same} of {len(names)};"
        yield f"  the same name of what depends on python for {python} of {len(known)} whose dependencies are known"


def main(maps: str, channels: str) -> None:
    """Write the compact map, and tell what was measured."""
    full, builds = read_maps(Path(maps)), read_dependencies(Path(channels))
    text = compact(full, without_python(full, builds))
    TARGET.write_text(text, encoding="utf-8")
    for line in wrong_answers(full, builds):
        print(line)
    print(f"{TARGET.name}: {len(text):,} bytes, {text.count(chr(10)):,} lines, {name_map.parse(text).digest}")


if __name__ == "__main__":
    main(*sys.argv[1:])
