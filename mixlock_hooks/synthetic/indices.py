"""A package index as a folder of static pages (PEP 503, the simple repository API).

    files/<name>                     the wheels and sdists
    simple/index.html                every project
    simple/<project>/index.html      every file of a project, with its hash and interpreters

Any static file server makes it an index; its URL ends in `/simple/`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.utils import parse_sdist_filename, parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName

    from mixlock_hooks.synthetic.projects import RenderedFile

OLD_FORMAT = ".tar.bz2"
"""A format of sdists from before PEP 625: indices still hold some, Poetry builds them, uv does not look at them."""


def write_index(directory: Path, files: Iterable[RenderedFile]) -> None:
    """Write the files and their pages below a directory, which need not exist.

    Raises:
        packaging.utils.InvalidWheelFilename: a name ends in .whl but is no wheel's.
        packaging.utils.InvalidSdistFilename: any other name is no sdist's.
    """
    projects: dict[str, list[RenderedFile]] = {}
    for file in sorted(files, key=lambda file: file.name):
        projects.setdefault(_project_of(file.name), []).append(file)
        _write(directory / "files" / file.name, file.content)
    for project, rendered in projects.items():
        _write(directory / "simple" / project / "index.html", render_project_page(rendered))
    page = _render_page(_anchor(f"{project}/", project) for project in sorted(projects))
    _write(directory / "simple" / "index.html", page)


def render_project_page(files: Iterable[RenderedFile]) -> bytes:
    """Render the page of a project, which lies at ``simple/<project>/`` beside ``files/``."""
    return _render_page(_file_anchor(file) for file in files)


def _project_of(file_name: str) -> NormalizedName:
    if file_name.endswith(".whl"):
        return parse_wheel_filename(file_name)[0]
    if file_name.endswith(OLD_FORMAT):
        file_name = f"{file_name.removesuffix(OLD_FORMAT)}.tar.gz"
    return parse_sdist_filename(file_name)[0]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _render_page(anchors: Iterable[str]) -> bytes:
    lines = "".join(f"{anchor}<br>\n" for anchor in anchors)
    return f"<!DOCTYPE html>\n<html>\n<body>\n{lines}</body>\n</html>\n".encode()


def _file_anchor(file: RenderedFile) -> str:
    # "The URL SHOULD include a hash in the form of a URL fragment"
    return _anchor(f"../../files/{quote(file.name)}#sha256={file.sha256}", file.name, file.requires_python)


def _anchor(target: str, text: str, requires_python: str | None = None) -> str:
    # "In the attribute value, < and > have to be HTML encoded as &lt; and &gt;, respectively."
    condition = "" if requires_python is None else f' data-requires-python="{escape(requires_python)}"'
    return f'<a href="{escape(target)}"{condition}>{escape(text)}</a>'
