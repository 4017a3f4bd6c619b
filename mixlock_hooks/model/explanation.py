"""What a page on a code holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a code matters, the way out, and an example, which a test runs.

    ``before`` and ``after`` are whole files at ``path``, under a ``configuration``, where a file alone shows the
    finding. Where it does not, ``session`` is what somebody types in a locked repository, and what that prints.
    """

    why: str
    way_out: str
    before: str = ""
    after: str = ""
    path: str = "environment.yml"
    configuration: str = ""
    session: str = ""
