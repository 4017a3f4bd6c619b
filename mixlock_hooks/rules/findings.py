"""What a look into a lock finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.codes import Code
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.place import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One way in which a lock is no answer: ``place`` of the request, or the ``package`` that is to blame."""

    code: Code
    claim: str
    place: Place | None = None
    package: LockedPackage | None = None
