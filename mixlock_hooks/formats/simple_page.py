"""A project's page of the simple API (PEP 503), with core metadata announced beside each file (PEP 658, 714)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.proposal import IndexFile, ProposedFile


def render(name: str, files: Iterable[ProposedFile], with_metadata: frozenset[str]) -> str:
    """Render a page whose links lead to ``../../files/``.

    Args:
        name: the project.
        files: what to list.
        with_metadata: names of the files whose metadata stand at the file's URL and ``.metadata``.
    """
    links = "".join(_link(file, announced=file.name in with_metadata) for file in files)
    return f"<!DOCTYPE html><html><head><title>{escape(name)}</title></head><body>\n{links}</body></html>\n"


def render_offered(name: str, files: Iterable[tuple[str, IndexFile]]) -> str:
    """Render a page of judged files, each under the name it is offered by, at ``../../files/KEY/NAME``."""
    links = "".join(_offered_link(offered, found) for offered, found in files)
    return f"<!DOCTYPE html><html><head><title>{escape(name)}</title></head><body>\n{links}</body></html>\n"


def _offered_link(name: str, found: IndexFile) -> str:
    key, fragment = found.file.key, f"#sha256={found.file.sha256}" if found.file.sha256 else ""
    attributes = f' data-requires-python="{escape(found.requires_python)}"' if found.requires_python else ""
    attributes += ' data-yanked=""' if found.yanked else ""
    if found.file.is_wheel:
        attributes += ' data-core-metadata="true" data-dist-info-metadata="true"'
    return f'<a href="../../files/{key}/{quote(name)}{fragment}"{attributes}>{escape(name)}</a><br>\n'


def _link(file: ProposedFile, *, announced: bool) -> str:
    attributes = ' data-core-metadata="true" data-dist-info-metadata="true"' if announced else ""
    return f'<a href="../../files/{quote(file.name)}#sha256={file.sha256}"{attributes}>{escape(file.name)}</a><br>\n'
