"""Edit the configuration by hand's rules: keys, comments and order stay, only paths of specs change (tomlkit)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def with_spec_moved(text: str, path: str, old: str, new: str) -> str:
    """Return a configuration in which a spec's path is another; globs are nobody's path, and stay.

    Args:
        text: the file's text.
        path: the file, of which ``pyproject.toml`` keeps mixlock's keys in a table.
        old: the spec's path as it was.
        new: as it is now.
    """
    return _edited(text, path, lambda specs: [new if spec == old else spec for spec in specs])


def without_spec(text: str, path: str, old: str) -> str:
    """Return a configuration that no longer names a spec; see ``with_spec_moved``."""
    return _edited(text, path, lambda specs: [spec for spec in specs if spec != old])


def _edited(text: str, path: str, change: Callable[[list[str]], list[str]]) -> str:
    import tomlkit  # noqa: PLC0415 - an extra's

    document = tomlkit.parse(text)
    table: Any = document.get("tool", {}).get("mixlock", {}) if path.endswith("pyproject.toml") else document
    for holder in (table, *table.get("environments", {}).values()):
        listed = holder.get("specs")
        changed = change([str(spec) for spec in listed]) if listed is not None else None
        if changed is not None and changed != [str(spec) for spec in listed]:
            _replace(listed, changed)
    return tomlkit.dumps(document)


def _replace(listed: Any, changed: list[str]) -> None:
    """Change an array in place: its comments and line breaks are kept where items are only replaced."""
    if len(listed) == len(changed):
        for place, spec in enumerate(changed):
            if str(listed[place]) != spec:
                listed[place] = spec
        return
    for place in reversed([place for place, spec in enumerate(listed) if str(spec) not in changed]):
        del listed[place]
