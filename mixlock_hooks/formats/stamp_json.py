"""``stamp.json``: how a lock was made, and what vouches for its files.

Everything that changes with every change of a lock stands here and nowhere else. Two branches that add different
packages conflict in this file, and ``mixlock lock`` writes it anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conflict_markers
from mixlock_hooks.model.cutoff import is_recorded
from mixlock_hooks.model.names import Fingerprint, Subdir
from mixlock_hooks.model.stamp import Making, Stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 1 << 20
"""Bytes of a stamp; one of a hundred files has a hundredth of that."""
_KEYS = frozenset({"schema", "engine", "name-map", "platforms", "files"})


class NotAStampError(ValueError):
    """The text is no stamp, or not in the form that mixlock writes."""


def render(stamp: Stamp) -> bytes:
    """Render a stamp; equal values give equal bytes."""
    making = stamp.making
    platforms = {
        platform: {
            "fingerprint": fingerprint,
            **({"cutoff": making.cutoffs[platform]} if making.cutoffs.get(platform) else {}),
        }
        for platform, fingerprint in sorted(stamp.fingerprints.items())
    }
    document = {
        "schema": stamp.schema,
        "engine": making.engine,
        "name-map": making.name_map,
        "platforms": platforms,
        "files": dict(sorted(stamp.digests.items())),
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def parse(content: bytes) -> Stamp:
    """Parse a stamp.

    Raises:
        NotAStampError: it is none.
    """
    if len(content) > _LARGEST:
        raise NotAStampError(f"it has more than {_LARGEST // 1024} KiB")
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAStampError("it is not JSON that can be read") from error
    if not isinstance(document, dict) or document.keys() != _KEYS or type(document["schema"]) is not int:
        raise NotAStampError("it is not what mixlock writes")
    platforms = {Subdir(_text(name)): _texts(facts) for name, facts in _table(document["platforms"]).items()}
    if any(facts.keys() - {"cutoff"} != {"fingerprint"} for facts in platforms.values()):
        raise NotAStampError("a platform has no fingerprint, or something else")
    if not all(is_recorded(facts["cutoff"]) for facts in platforms.values() if "cutoff" in facts):
        raise NotAStampError("a cutoff is none")
    return Stamp(
        schema=document["schema"],
        making=Making(
            engine=_text(document["engine"]),
            name_map=_text(document["name-map"]),
            cutoffs={name: facts["cutoff"] for name, facts in platforms.items() if "cutoff" in facts},
        ),
        fingerprints={name: Fingerprint(facts["fingerprint"]) for name, facts in platforms.items()},
        digests=_texts(document["files"]),
    )


def making_of(content: bytes) -> Making:
    """Return how a lock was made, also where its stamp is in conflict: as ours says, with the later cutoffs.

    Nothing hangs on it, so a stamp that cannot be read says nothing instead of failing.
    """
    sides = (readable(conflict_markers.side(content, "ours")), readable(conflict_markers.side(content, "theirs")))
    found = [side.making for side in sides if side]
    if not found:
        return Making()
    cutoffs = {
        platform: max(each.cutoffs.get(platform, "") for each in found)
        for platform in dict.fromkeys(name for each in found for name in each.cutoffs)
        if all(platform in each.cutoffs for each in found)
    }
    return Making(engine=found[0].engine, name_map=found[0].name_map, cutoffs=cutoffs)


def readable(content: bytes) -> Stamp | None:
    """Parse a stamp; None where it is none."""
    try:
        return parse(content)
    except NotAStampError:
        return None


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAStampError("a table is expected")
    return value


def _texts(value: Any) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in _table(value).items()}


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise NotAStampError("text is expected")
    return value
