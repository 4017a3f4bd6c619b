"""``direct_url.json`` of an installed distribution: where it was installed from (PEP 610)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mixlock_hooks.model.urls import without_credentials


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFrom:
    """A repository that anybody can reach, and the revision that is installed: a tag where one was asked for."""

    url: str
    revision: str


def parse(text: str | None) -> InstalledFrom | None:
    """Return what a distribution was installed from; None where that is no git repository, or nothing tells.

    Args:
        text: the file's text; None where there is no such file.
    """
    try:
        document: Any = json.loads(text or "null")
        version_control, url = document["vcs_info"], str(document["url"])
        revision = str(version_control.get("requested_revision") or version_control["commit_id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    is_reachable = "://" in url and not url.startswith("file:")
    return InstalledFrom(url=without_credentials(url), revision=revision) if is_reachable else None
