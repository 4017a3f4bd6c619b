"""The JSON schema of the configuration (draft 2020-12), with which editors check and complete it."""

from __future__ import annotations

import json
from typing import Any

from mixlock_hooks.formats.config_keys import KEYS


def render() -> str:
    """Return the schema of ``mixlock.toml``, which is that of ``[tool.mixlock]`` in ``pyproject.toml`` too."""
    properties = {name: {**key.schema, "description": _plain(key.meaning)} for name, key in sorted(KEYS.items())}
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mixlock",
        "description": "How mixlock keeps mixed conda and PyPI environments locked in a repository.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2) + "\n"


def _plain(markdown: str) -> str:
    return markdown.replace("`", "")
