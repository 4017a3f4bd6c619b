"""A project's page of the simple API (PEP 503), with core metadata announced beside each file (PEP 658, 714)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.proposal import ProposedFile


def render(name: str, files: Iterable[ProposedFile], with_metadata: frozenset[str]) -> str:
    """Render a page whose links lead to ``../../files/``.

    Args:
        name: the project.
        files: what to list.
        with_metadata: names of the files whose metadata stand at the file's URL and ``.metadata``.
    """
    links = "".join(_link(file, announced=file.name in with_metadata) for file in files)
    return f"<!DOCTYPE html><html><head><title>{escape(name)}</title></head><body>\n{links}</body></html>\n"


def _link(file: ProposedFile, *, announced: bool) -> str:
    attributes = ' data-core-metadata="true" data-dist-info-metadata="true"' if announced else ""
    return f'<a href="../../files/{quote(file.name)}#sha256={file.sha256}"{attributes}>{escape(file.name)}</a><br>\n'
