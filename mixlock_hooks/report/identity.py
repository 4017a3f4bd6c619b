"""When two runs tell the same problem.

Services that keep problems over time compare hashes. Lines that were inserted above a problem do not change its
hash; of problems that differ in nothing but their lines, the second is another than the first.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.problem import Problem

_POSITION = re.compile(r"\b(line|column) [0-9]+")
"""A claim may name another place: `and as `=1.26` in line 4`."""


def identities(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Return a sha256 for each problem, no two of them equal."""
    seen: Counter[str] = Counter()
    found = []
    from hashlib import sha256  # noqa: PLC0415 - most reports need no identities, and it loads OpenSSL

    for problem in problems:
        told = _told(problem)
        seen[told] += 1
        found.append(sha256(f"{told}{seen[told]}".encode()).hexdigest())
    return tuple(found)


def _told(problem: Problem) -> str:
    """Return what stays as long as a problem does."""
    claim = _POSITION.sub(r"\1", problem.claim)
    return json.dumps([problem.code, problem.place.path, problem.environment, problem.platform, claim])
