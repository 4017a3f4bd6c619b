"""What pip's options say of indices, in the order in which pip reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.selector import both, negated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.document import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOptions:
    """The default index (``-i``, at most one for a platform), those after it, and those that a later ``-i`` dropped.

    pip takes the last ``-i``, and forgets every index before it (its ``req_file.handle_option_line``).
    """

    default: tuple[Entry[str], ...] = ()
    extra: tuple[Entry[str], ...] = ()
    dropped: tuple[tuple[Entry[str], Entry[str]], ...] = ()

    def then(self, later: IndexOptions) -> IndexOptions:
        """Return these options followed by others."""
        default, extra, dropped = self.default, self.extra, [*self.dropped, *later.dropped]
        for entry in later.default:
            if not entry.selector:
                dropped += [(each, entry) for each in (*default, *extra)]
            default, extra = _without(default, entry.selector), _without(extra, entry.selector)
        return IndexOptions(default=(*default, *later.default), extra=(*extra, *later.extra), dropped=tuple(dropped))

    def under(self, selector: str) -> IndexOptions:
        """Return the options where a selector holds, too."""
        return replace(self, default=_under(self.default, selector), extra=_under(self.extra, selector))

    @property
    def entries(self) -> tuple[Entry[str], ...]:
        """Return every index that is looked at on some platform."""
        return (*self.default, *self.extra)


NO_OPTIONS = IndexOptions()


def _without(entries: Iterable[Entry[str]], selector: str) -> tuple[Entry[str], ...]:
    """Return entries where a selector does not hold; an empty one holds everywhere."""
    if not selector:
        return ()
    return tuple(replace(each, selector=both(each.selector, negated(selector))) for each in entries)


def _under(entries: Iterable[Entry[str]], selector: str) -> tuple[Entry[str], ...]:
    return tuple(replace(each, selector=both(selector, each.selector)) for each in entries)
