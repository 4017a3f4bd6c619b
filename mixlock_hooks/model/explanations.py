"""A page for each code: why it matters, the way out, and an example, which a test runs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.explained_locks import OF_LOCKS
from mixlock_hooks.model.explained_solves import OF_SOLVES
from mixlock_hooks.model.explained_specs import OF_SPECS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.codes import Code
    from mixlock_hooks.model.explanation import Explanation

EXPLANATIONS: Mapping[Code, Explanation] = MappingProxyType({**OF_SPECS, **OF_LOCKS, **OF_SOLVES})
