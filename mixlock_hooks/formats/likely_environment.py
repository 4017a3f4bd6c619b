"""Whether a YAML file of any name is a conda environment, as far as a look at it tells."""

from __future__ import annotations

from typing import Any

import yaml

from mixlock_hooks.formats import plain_yaml
from mixlock_hooks.formats.text import LARGEST_SPEC


def asks_for_conda(content: bytes) -> bool:
    """Return whether a YAML file asks for conda packages: a list of texts, and of ``pip:`` with such a list."""
    if b"dependencies" not in content or len(content) > LARGEST_SPEC:
        return False
    try:
        document: Any = plain_yaml.load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    listed = document.get("dependencies") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        return False
    return all(isinstance(each, str) or (isinstance(each, dict) and list(each) == ["pip"]) for each in listed)
