"""What a page is made with, read from the package."""

from __future__ import annotations

from pathlib import Path

from mixlock_hooks.model.lock_page import Assets

_FOLDER = Path(__file__).parents[1] / "data" / "page"


def page_assets() -> Assets:
    """Read the frame, the style, the script, and cytoscape.js, which draws the graph."""
    files = ("page.html", "page.css", "page.js", "cytoscape.min.js")
    template, style, script, library = ((_FOLDER / name).read_text(encoding="utf-8") for name in files)
    return Assets(template=template, style=style, script=script, library=library)
