"""Specs that the configuration names and that the hook ``mixlock-check`` never gets: its patterns know names only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats import pre_commit_yaml
from mixlock_hooks.pipeline.documents import readable
from mixlock_hooks.pipeline.load import spec_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.pipeline.project import Project

CONFIGURATION = pre_commit_yaml.FILE
HOOK = "mixlock-check"
FILES = r"(^|/)(environment[^/]*|env[^/]*|conda)\.ya?ml$|\.py$"
EXCLUDE = r"(^|/)[^/]*(conda-lock|[._-]lock)[^/]*\.ya?ml$|(^|/)locks/"
"""What the hook gets if a repository says nothing else: the manifest's own patterns."""
_LARGEST = 256 * 1024
_LONGEST, _MOST_REPEATS = 5000, 3
_ESCAPED = re.compile(r"\\[^\w]")
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]|\\[0-9]|\(\?[^:]")
_SHOWN = 3


def unseen_specs(project: Project) -> tuple[str, ...]:
    """Return what is to be said of specs that the hook does not see; nothing where no hook is configured."""
    content = readable(project, CONFIGURATION) or b""
    if len(content) > _LARGEST:
        return (f"{CONFIGURATION} has more than {_LARGEST // 1024} KiB, so nobody knows what its hooks see",)
    try:
        found = pre_commit_yaml.patterns_of(content.decode("utf-8", "replace"), HOOK)
    except pre_commit_yaml.NotEditableError as error:
        return (f"{CONFIGURATION}: {error}, so nobody knows what its hooks see",)
    return tuple(_told(project, found)) if found else ()


def pattern_for(specs: Iterable[str]) -> str:
    """Return what the hook must have as ``files`` to see some specs, each by its path; empty for nothing."""
    unseen = [path for path in specs if not re.search(FILES, path)]
    return "|".join((FILES, *(f"^{re.escape(path)}$" for path in unseen))) if unseen else ""


def _told(project: Project, found: tuple[str, str]) -> Iterator[str]:
    slow = next((pattern for pattern in found if not _is_quick(pattern)), None)
    if slow is not None:
        yield f"{CONFIGURATION}: what `{HOOK}` sees was not looked at, because `{slow}` may never finish"
        return
    try:
        sees, skips = re.compile(found[0] or FILES), re.compile(found[1] or EXCLUDE)
    except re.error as error:
        yield f"{CONFIGURATION}: a pattern of `{HOOK}` is not a regular expression: {error}"
        return
    unseen = [path for path in _specs(project) if not sees.search(path) or skips.search(path)]
    if unseen:
        more = f" and {len(unseen) - _SHOWN} more" if len(unseen) > _SHOWN else ""
        named = ", ".join(unseen[:_SHOWN]) + more
        pattern = pattern_for(_specs(project)) if found == ("", "") else ""
        way_out = (
            f"give the hook `files: '{pattern}'`" if pattern else "its `files:` must match them, its `exclude:` not"
        )
        yield f"{CONFIGURATION}: `{HOOK}` does not see {named}: {way_out}"


def _specs(project: Project) -> list[str]:
    composed = (path for each in project.settings.environments.values() for path in each.files)
    return sorted({*spec_paths(project), *composed})


def _is_quick(pattern: str) -> bool:
    """Return whether a pattern of a stranger is matched in time: python's `re` tries all ways to repeat a group."""
    bare = _ESCAPED.sub("", pattern)
    repeats = bare.count("*") + bare.count("+") + bare.count("{")
    return len(pattern) <= _LONGEST and repeats <= _MOST_REPEATS and not _REPEATED_GROUP.search(bare)
