"""How Sphinx makes a site of these pages (`nox -s site`); `_toc.yml` says what stands where in it."""

from __future__ import annotations

project = "mixlock"
author = "The mixlock authors"
extensions = ["myst_parser", "sphinx_external_toc"]
exclude_patterns = ["_build"]
nitpicky = True
myst_heading_anchors = 4
html_theme = "furo"
html_title = "mixlock"
html_copy_source = False
