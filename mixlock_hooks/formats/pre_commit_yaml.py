"""``.pre-commit-config.yaml``: whether it names hooks of mixlock's, and how it gains them, all else byte for byte."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = ".pre-commit-config.yaml"
PREFIX = "mixlock-"
"""With which the ids of all hooks of mixlock's begin."""


class NotEditableError(ValueError):
    """The file cannot be changed without changing what somebody wrote."""


class BrokenError(NotEditableError):
    """Nor would pre-commit read the file; ``line`` and ``column`` count from 1."""

    def __init__(self, why: str, line: int = 1, column: int = 1) -> None:
        super().__init__(why)
        self.line, self.column = line, column


@dataclass(frozen=True, kw_only=True, slots=True)
class Hooks:
    """One entry of ``repos``; ``files`` are patterns that hooks have in place of their own."""

    repo: str
    rev: str
    ids: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self, indent: int) -> list[str]:
        """Return the entry as lines."""
        lines = [f"- repo: {_scalar(self.repo)}", f"  rev: {_scalar(self.rev)}", "  hooks:"]
        for each in self.ids:
            lines.append(f"    - id: {each}")
            if each in self.files:
                lines.append(f"      files: {_scalar(self.files[each])}")
        return [f"{' ' * indent}{line}" for line in lines]

    def entry(self) -> dict[str, Any]:
        """Return the entry as pre-commit reads it."""
        hooks = [{"id": each, **({"files": self.files[each]} if each in self.files else {})} for each in self.ids]
        return {"repo": self.repo, "rev": self.rev, "hooks": hooks}


def ids_of(text: str) -> frozenset[str]:
    """Return the ids of mixlock's hooks that a configuration names.

    Raises:
        BrokenError: it is no YAML that pre-commit would read.
    """
    return frozenset(
        name
        for repository in _repositories(_loaded(text))
        for hook in repository.get("hooks") or ()
        if isinstance(hook, dict) and (name := str(hook.get("id", ""))).startswith(PREFIX)
    )


def patterns_of(text: str, hook: str) -> tuple[str, str] | None:
    """Return `files` and `exclude` of a hook as a configuration sets them, empty where it sets none; None without it.

    What the whole configuration leaves out (its own `files` and `exclude`) is joined to neither.

    Raises:
        BrokenError: it is no YAML that pre-commit would read.
    """
    for repository in _repositories(_loaded(text)):
        for found in repository.get("hooks") or ():
            if isinstance(found, dict) and found.get("id") == hook:
                return str(found.get("files") or ""), str(found.get("exclude") or "")
    return None


def with_hooks(text: str, hooks: Hooks) -> str:
    """Return a configuration with one more entry at the end of ``repos``.

    Args:
        text: the file's text; empty for a new file.
        hooks: what it gains.

    Raises:
        NotEditableError: the list is written in a way that leaves no line to add one.
    """
    if not text.strip():
        return "\n".join(["repos:", *hooks.lines(2), ""])
    before = _loaded(text)
    end, indent = _end_of_list(text)
    lines = "\n".join(hooks.lines(indent))
    head = text[:end] if text[:end].endswith("\n") or not end else text[:end] + "\n"
    made = f"{head}{lines}\n{text[end:].removeprefix(chr(10))}"
    if _loaded(made) != {**before, "repos": [*_repositories(before), hooks.entry()]}:
        raise NotEditableError("its list `repos` cannot be added to line by line")
    return made


def _loaded(text: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BrokenError("it is not YAML", *((mark.line + 1, mark.column + 1) if mark else ())) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise BrokenError("it is not a mapping")
    return document


def _repositories(document: dict[str, Any]) -> list[Any]:
    listed = document.get("repos") or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BrokenError("`repos` is not a list of mappings")
    return listed


def _end_of_list(text: str) -> tuple[int, int]:
    """Return where the list of repositories ends, in characters, and how far its items are indented."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    values = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((value for key, value in values if key.value == "repos"), None)
    if not isinstance(found, yaml.SequenceNode) or not found.value or found.flow_style:
        raise NotEditableError("its list `repos` is empty, or written in brackets")
    last: yaml.Node = found
    while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    line_end = text.find("\n", last.end_mark.index)
    return (line_end + 1 if line_end >= 0 else len(text)), found.start_mark.column


def _scalar(text: str) -> str:
    """Return a text as YAML: plain where that reads as the same text."""
    try:
        is_plain = yaml.safe_load(f"- {text}") == [text]
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain else json.dumps(text)
