"""``direct_url.json`` of an installed distribution: where it was installed from (PEP 610)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mixlock_hooks.model.urls import without_secrets


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a distribution was installed from, other than an index.

    ``revision`` is that of a repository: a tag where one was asked for.
    """

    url: str
    version_control: str = ""
    revision: str = ""
    is_folder: bool = False
    is_editable: bool = False


def parse(text: str | None) -> Source | None:
    """Return what a distribution was installed from; None where that is an index, or nothing tells.

    Args:
        text: the file's text; None where there is no such file.
    """
    try:
        document: Any = json.loads(text or "null")
        url = without_secrets(str(document["url"]))
        if "vcs_info" in document:
            of = document["vcs_info"]
            revision = str(of.get("requested_revision") or of["commit_id"])
            return Source(url=url, version_control=str(of["vcs"]), revision=revision)
        if "dir_info" in document:
            is_editable = bool(document["dir_info"].get("editable"))
            return Source(url=url, is_folder=True, is_editable=is_editable)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Source(url=url)
