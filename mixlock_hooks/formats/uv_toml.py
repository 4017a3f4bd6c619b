"""``uv.toml`` for a proposal: the indices in order, how long their answers hold, and what conda holds.

What conda holds lies in a folder of stubs, wheels without requirements whose versions end in a label of mixlock's
own. A constraint keeps the solve to them; another keeps builds from them, which need the real files of an index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.names import PypiName

_NEVER = "9998-12-31T00:00:00Z"
_PAGES_SECONDS = 600
_FILES_SECONDS = 365_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Ages:
    """Moments (RFC 3339) of packages, and of indices by the URL they are read from; empty for none."""

    packages: Mapping[str, str] = field(default_factory=dict)
    indices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What limits an answer.

    ``held`` are names and versions of the stubs that must be kept to; what anything needs of the ``unbounded`` is
    ignored; ``excluded`` are more constraints (PEP 508). ``kept`` are versions that may stay although they are newer
    than the cutoff; nothing newer than them may come instead. ``ages`` are what holds instead of the cutoff.
    """

    held: Mapping[PypiName, str]
    unbounded: frozenset[PypiName] = frozenset()
    excluded: tuple[str, ...] = ()
    kept: Mapping[PypiName, str] = field(default_factory=dict)
    ages: Ages = field(default_factory=Ages)


def render(urls: Sequence[str], stand_ins: str, bounds: Bounds, *, refresh: bool) -> str:
    """Render a configuration.

    An index's files never change, and its pages are asked again after ten minutes, whatever it says of caching:
    one that says nothing would be asked for every page and file at every lock.

    Args:
        urls: the indices; a project comes from the first that has it, and the last is the default one.
        stand_ins: the folder of stubs.
        bounds: what the answer must keep to.
        refresh: ask for every page again.
    """
    document = tomlkit.document()
    document["index-strategy"] = "first-index"
    document["find-links"] = [stand_ins]
    kept = [f"{name}=={version}" for name, version in bounds.held.items()]
    stays = [f"{name}<={version}" for name, version in bounds.kept.items()]
    document["constraint-dependencies"] = [*kept, *stays, *bounds.excluded]
    document["exclude-newer-package"] = {**_ages(bounds.ages.packages), **dict.fromkeys(bounds.kept, _NEVER)}
    if bounds.unbounded:
        document["override-dependencies"] = sorted(bounds.unbounded)
    document["build-constraint-dependencies"] = [f"{name}!={version}" for name, version in bounds.held.items()]
    document["index"] = _tables(urls, bounds.ages, refresh=refresh)
    return tomlkit.dumps(document)


def render_indices(urls: Sequence[str], ages: Ages) -> str:
    """Render a configuration that names the indices, what may be newer or must be older, and nothing else."""
    document = tomlkit.document()
    document["index-strategy"] = "first-index"
    document["exclude-newer-package"] = _ages(ages.packages)
    if urls:
        document["index"] = _tables(urls, ages, refresh=False)
    else:
        document["no-index"] = True
    return tomlkit.dumps(document)


def _ages(moments: Mapping[str, str]) -> dict[str, str | bool]:
    """Return moments as uv reads them: false for none."""
    return {key: moment or False for key, moment in moments.items()}


def _tables(urls: Sequence[str], ages: Ages, *, refresh: bool) -> list[dict[str, object]]:
    control = {"api": f"max-age={0 if refresh else _PAGES_SECONDS}", "files": f"max-age={_FILES_SECONDS}, immutable"}
    excluding = _ages(ages.indices)
    tables: list[dict[str, object]] = [
        {"url": url, "cache-control": control, **({"exclude-newer": excluding[url]} if url in excluding else {})}
        for url in urls
    ]
    tables[-1]["default"] = True
    return tables
