"""``uv.toml`` for a proposal: the indices in order, and how long their answers hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGES_SECONDS = 600
_FILES_SECONDS = 365_000_000


def render(stubs: str, urls: Sequence[str], *, refresh: bool) -> str:
    """Render a configuration: the index of stubs first, then the others; the last is the default one.

    An index's files never change, and its pages are asked again after ten minutes, whatever it says of caching:
    one that says nothing would be asked for every page and file at every lock. With ``refresh`` every page is asked.
    """
    document = tomlkit.document()
    document["index-strategy"] = "first-index"
    control = {"api": f"max-age={0 if refresh else _PAGES_SECONDS}", "files": f"max-age={_FILES_SECONDS}, immutable"}
    tables: list[dict[str, object]] = [{"url": stubs}]
    tables += [{"url": url, "cache-control": control} for url in urls]
    tables[-1]["default"] = True
    document["index"] = tables
    return tomlkit.dumps(document)
