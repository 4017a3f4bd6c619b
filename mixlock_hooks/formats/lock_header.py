"""``# mixlock:`` header comments of explicit files: what a drift check reads first, and often only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE = re.compile(rb"^# mixlock: (?P<key>[a-z-]+) (?P<value>\S+)\r?$", re.MULTILINE)
_OWN_DIGEST = re.compile(rb"^# mixlock: digest \S+\r?\n", re.MULTILINE)
_HEAD = 2048


@dataclass(frozen=True, kw_only=True, slots=True)
class LockHeader:
    """The facts of one explicit file.

    ``schema`` is that of the inputs; ``lock``, ``pip`` and, where wheels are recorded, ``wheelhouse`` are the digests
    of its sister files, ``digest`` that of the file itself without the line that holds it.
    """

    schema: int
    fingerprint: Fingerprint
    lock: str
    pip: str
    digest: str
    wheelhouse: str = ""


def parse(content: bytes) -> LockHeader | None:
    """Parse the header of an explicit file; None where it has none, or only part of one."""
    found = {match["key"].decode(): match["value"].decode() for match in _LINE.finditer(content[:_HEAD])}
    try:
        return LockHeader(
            schema=int(found["schema"]),
            fingerprint=Fingerprint(found["fingerprint"]),
            lock=found["lock"],
            pip=found["pip"],
            digest=found["digest"],
            wheelhouse=found.get("wheelhouse", ""),
        )
    except (KeyError, ValueError):
        return None


def lines(facts: Mapping[str, str]) -> tuple[str, ...]:
    """Render facts as header lines."""
    return tuple(f"# mixlock: {key} {value}" for key, value in facts.items())


def without_digest(content: bytes) -> bytes:
    """Return an explicit file without the line that holds its own digest."""
    return _OWN_DIGEST.sub(b"", content, count=1)
