"""Edit the configuration by hand's rules: comments and order stay, only what was asked for changes (tomlkit)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def with_spec_moved(text: str, path: str, old: str, new: str) -> str:
    """Return a configuration in which a spec's path is another; globs are nobody's path, and stay.

    Args:
        text: the file's text.
        path: the file, of which ``pyproject.toml`` keeps mixlock's keys in a table.
        old: the spec's path as it was.
        new: as it is now; empty where the spec is gone, which is then no longer named.
    """
    document, table = _opened(text, path)
    for holder in (table, *table.get("environments", {}).values()):
        listed = holder.get("specs", [])
        for place in reversed([place for place, spec in enumerate(listed) if str(spec) == old]):
            if new:
                listed[place] = new
            else:
                del listed[place]
    return str(document.as_string())


def with_environment_renamed(text: str, path: str, old: str, new: str) -> str:
    """Return a configuration in which an environment of several files has another name.

    Args:
        text: the file's text.
        path: the file; see ``with_spec_moved``.
        old: the environment's name as it was.
        new: as it is now; empty where the environment goes.
    """
    document, table = _opened(text, path)
    environments = table["environments"]
    removed = environments.pop(old)
    if new:
        environments[new] = removed
    elif not environments:
        del table["environments"]
    return str(document.as_string())


def with_like_renamed(text: str, path: str, old: str, new: str) -> str:
    """Return a configuration in which what was to be like an environment is to be like it under its new name.

    Args:
        text: the file's text.
        path: the file; see ``with_spec_moved``.
        old: the environment's name as it was.
        new: as it is now.
    """
    document, table = _opened(text, path)
    for holder in table.get("environments", {}).values():
        if holder.get("like") == old:
            holder["like"] = new
    return str(document.as_string())


def with_environments(
    text: str, path: str, environments: Mapping[str, Mapping[str, list[str] | str]], platforms: Sequence[str]
) -> str:
    """Return a configuration with more environments, and with platforms where it names none.

    Args:
        text: the file's text; empty for a new file.
        path: the file; see ``with_spec_moved``.
        environments: the keys of their tables by name; of a table that is there the others stay.
        platforms: what to write under ``platforms``; nothing where it is empty.
    """
    if not (environments or platforms):
        return text
    document, table = _for_writing(text, path)
    if platforms:
        table["platforms"] = list(platforms)
    if environments:
        import tomlkit  # noqa: PLC0415 - an extra's

        tables = table.setdefault("environments", tomlkit.table(is_super_table=True))
        for name, keys in environments.items():
            tables.setdefault(name, tomlkit.table()).update(keys)
    return str(document.as_string())


def with_key(text: str, path: str, key: str, value: Sequence[str]) -> str:
    """Return a configuration in which a key has a list of texts; arguments as for ``with_environments``."""
    document, table = _for_writing(text, path)
    table[key] = list(value)
    return str(document.as_string())


def _for_writing(text: str, path: str) -> tuple[Any, Any]:
    """Return the document, and the table in it that holds mixlock's keys, made where there is none."""
    import tomlkit  # noqa: PLC0415 - an extra's

    document = tomlkit.parse(text)
    table: Any = document
    for name in ("tool", "mixlock") if path.endswith("pyproject.toml") else ():
        table = table.setdefault(name, tomlkit.table(is_super_table=name == "tool"))
    return document, table


def _opened(text: str, path: str) -> tuple[Any, Any]:
    """Return the document, and the table in it that holds mixlock's keys."""
    import tomlkit  # noqa: PLC0415 - an extra's

    document = tomlkit.parse(text)
    return document, document.get("tool", {}).get("mixlock", {}) if path.endswith("pyproject.toml") else document
