"""Edit the configuration by hand's rules: keys, comments and order stay, only paths of specs change (tomlkit)."""

from __future__ import annotations

from typing import Any


def with_spec_moved(text: str, path: str, old: str, new: str) -> str:
    """Return a configuration in which a spec's path is another; globs are nobody's path, and stay.

    Args:
        text: the file's text.
        path: the file, of which ``pyproject.toml`` keeps mixlock's keys in a table.
        old: the spec's path as it was.
        new: as it is now; empty where the spec is gone, which is then no longer named.
    """
    import tomlkit  # noqa: PLC0415 - an extra's

    document = tomlkit.parse(text)
    table: Any = document.get("tool", {}).get("mixlock", {}) if path.endswith("pyproject.toml") else document
    for holder in (table, *table.get("environments", {}).values()):
        listed = holder.get("specs", [])
        for place in reversed([place for place, spec in enumerate(listed) if str(spec) == old]):
            if new:
                listed[place] = new
            else:
                del listed[place]
    return tomlkit.dumps(document)
