"""``environment.yml`` (conda's and conda-lock's, with the user's ``pypi-indices`` and ``sys``) into a document.

Nothing stops at the first problem: what can be read is read, what cannot is reported with its place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments
from mixlock_hooks.formats.entries import Entries
from mixlock_hooks.formats.line_selectors import LineSelectors
from mixlock_hooks.formats.pip_options import PipOptions
from mixlock_hooks.formats.virtual_section import VirtualSection
from mixlock_hooks.formats.yaml_hints import TEMPLATE, yaml_hint
from mixlock_hooks.formats.yaml_nodes import (
    MappingNode,
    Node,
    NotYamlError,
    Pair,
    ScalarNode,
    SequenceNode,
    compose,
    is_null,
    is_text,
    kind_of,
    pairs,
    place_of,
)
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry, SpecDocument
from mixlock_hooks.model.nearest import meant, nearest
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.selector import both
from mixlock_hooks.model.settings import NO_INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place

_IGNORED_KEYS = frozenset({"name", "prefix", "variables"})
_NO_CHANNEL = "nodefaults"
_PIP_HINT = "write `- name` on a line of its own below `pip:`; conda hands pip one letter a line, mamba reads nothing"
_PIP_WITHOUT_COLON = re.compile(r"pip\s+-\s")
_SELECTING = re.compile(r"sel\((?P<selector>.*)\)$")
_SELECTORS = ("linux", "osx", "unix", "win")
"""What ``sel(…)`` may name (micromamba)."""


def parse(text: str, path: str) -> SpecDocument:
    """Parse an environment file's text. ``path`` is the file's, for places only."""
    try:
        root = compose(text, path)
    except NotYamlError as error:
        claim, hint = f"not valid YAML: {error}", yaml_hint(text)
        problem = Problem(code=Code.UNREADABLE, place=error.place, claim=claim, hint=hint)
        return SpecDocument(path=path, problems=(problem,))
    return _Reader(text, path).document(root)


class _Reader:
    """One reading of one file: collects entries and problems as it walks the nodes."""

    def __init__(self, text: str, path: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._entries = Entries()
        self._problem = self._entries.problem
        self._channels: list[Entry[str]] = []
        self._options = PipOptions()
        self._platforms: list[Entry[Subdir]] = []
        self._empty_pip: Place | None = None
        self._selectors = LineSelectors(self._lines, path, self._entries)
        virtual = VirtualSection(self._entries, path, self._items, self._selectors.of)
        self._sections: dict[str, Callable[[Node], None]] = {
            "channels": self._read_channels,
            "dependencies": self._read_dependencies,
            "pypi-indices": self._read_indices,
            "pip-repositories": self._read_indices,
            "allow-pypi-requests": self._read_permission,
            "platforms": self._read_platforms,
            "category": self._read_category,
            "sys": virtual.read,
            "subdirs": virtual.read_subdirs,
        }
        self._read_sys = virtual.read

    def document(self, root: Node | None) -> SpecDocument:
        """Read the top level and return everything found."""
        if root is None or is_null(root):
            self._problem(Code.WRONG_TYPE, at(self._path), "the file is empty", "list `dependencies`")
        elif not isinstance(root, MappingNode):
            claim = f"an environment file is a mapping, this is {kind_of(root)}"
            self._problem(Code.WRONG_TYPE, place_of(root, self._path), claim, "begin with `dependencies:`")
        else:
            self._read_top(root)
            self._selectors.refuse_stray()
        return replace(
            self._options.document(self._path),
            channels=tuple(self._channels),
            platforms=tuple(self._platforms),
            virtual_packages=tuple(self._entries.virtual),
            conda=tuple(self._entries.conda),
            pypi=tuple(self._entries.pypi),
            references=tuple(self._entries.references),
            allowances=comments.allowances(self._lines),
            problems=tuple(self._entries.problems),
        )

    def _read_top(self, root: MappingNode) -> None:
        seen = set()
        for pair in pairs(root):
            seen.add(pair.key)
            if pair.repeated:
                self._repeated(pair)
            if pair.key in self._sections:
                self._sections[pair.key](pair.value)
            elif pair.key not in _IGNORED_KEYS:
                self._unknown_top(pair)
        if "dependencies" not in seen:
            claim, hint = "the file has no requirements: `dependencies` is missing", "list what the environment needs"
            self._problem(Code.WRONG_TYPE, place_of(root, self._path).within(0), claim, hint)

    def _repeated(self, pair: Pair) -> None:
        claim = f"the key `{pair.key}` appears twice; YAML keeps only one of them"
        self._problem(Code.CONTRADICTION, place_of(pair.key_node, self._path), claim, "join the two")

    def _unknown_top(self, pair: Pair) -> None:
        """Warn of a key that nobody knows (CEP 24: it must be ignored); refuse one that is a slip."""
        place = place_of(pair.key_node, self._path)
        known = [*self._sections, *_IGNORED_KEYS]
        if pair.key == "pip" or pair.key.startswith("sel("):
            claim = f"`{pair.key}` stands at the top level, where nothing reads it"
            self._problem(Code.UNKNOWN_KEY, place, claim, f"write `- {pair.key}:` among `dependencies`")
        elif _misspelled(pair.key, known):
            self._unknown_key(pair, known)
        else:
            claim = f"unknown key `{pair.key}` is ignored"
            self._entries.warn(Code.UNKNOWN_KEY, place, claim, f"remove it; known here: {', '.join(sorted(known))}")

    def _unknown_key(self, pair: Pair, known: list[str]) -> None:
        hint = meant(pair.key, known, f"known here: {', '.join(sorted(known))}")
        self._problem(Code.UNKNOWN_KEY, place_of(pair.key_node, self._path), f"unknown key `{pair.key}`", hint)

    def _items(self, node: Node, section: str) -> Iterator[tuple[Node, str]]:
        """Yield the items of a list with the selector behind each; an absent list has none."""
        if is_null(node):
            return
        if not isinstance(node, SequenceNode):
            claim = f"`{section}` must be a list, this is {kind_of(node)}"
            hint = _PIP_HINT if section == "pip" else "write one `- entry` a line"
            self._problem(Code.WRONG_TYPE, place_of(node, self._path), claim, hint)
            return
        for item in node.value:
            yield item, self._selectors.of(item)

    def _text(self, node: Node, what: str) -> str | None:
        """Return a string item; report what is none."""
        if is_text(node) and isinstance(node, ScalarNode) and node.value.strip():
            return str(node.value)
        claim = f"{what} must be text, this is {'empty' if is_text(node) else kind_of(node)}"
        self._problem(Code.WRONG_TYPE, place_of(node, self._path), claim, "quote it if it is meant as text")
        return None

    def _texts(self, node: Node, section: str, what: str) -> Iterator[Entry[str]]:
        for item, selector in self._items(node, section):
            text = self._text(item, what)
            if text is not None:
                yield Entry(value=text.strip(), place=place_of(item, self._path), selector=selector)

    def _read_channels(self, node: Node) -> None:
        entries = self._texts(node, "channels", "a channel")
        self._channels += [entry for entry in entries if entry.value != _NO_CHANNEL]

    def _read_indices(self, node: Node) -> None:
        for entry in self._texts(node, "pypi-indices", "an index"):
            claim = self._options.add_index(entry)
            if claim:
                self._problem(Code.WRONG_TYPE, entry.place, claim, "write the URL of its simple API, with https://")

    def _read_permission(self, node: Node) -> None:
        """Read conda-lock's ``allow-pypi-requests``: false is no default index."""
        place = place_of(node, self._path)
        if kind_of(node) != "true or false":
            claim = f"`allow-pypi-requests` must be true or false, this is {kind_of(node)}"
            self._problem(Code.WRONG_TYPE, place, claim, "write `allow-pypi-requests: false`")
        elif str(node.value).lower() in {"false", "no", "off"}:
            self._options.no_default = Entry(value=NO_INDEX, place=place)

    def _read_category(self, node: Node) -> None:
        category = str(node.value) if isinstance(node, ScalarNode) else kind_of(node)
        if not is_null(node) and category != "main":
            claim = f"`category: {category}` means nothing: the lock of one file is one environment"
            hint = "remove it; an environment with other packages is a file of its own"
            self._entries.warn(Code.UNKNOWN_KEY, place_of(node, self._path), claim, hint)

    def _read_platforms(self, node: Node) -> None:
        found = (self._entries.platform(entry) for entry in self._texts(node, "platforms", "a platform"))
        self._platforms += [entry for entry in found if entry]

    def _read_dependencies(self, node: Node) -> None:
        before = len(self._entries.problems)
        for item, selector in self._items(node, "dependencies"):
            if isinstance(item, MappingNode):
                self._read_subsection(item, selector)
            else:
                self._read_conda(item, selector)
                self._warn_of_empty_pip()
        if len(self._entries.problems) == before and self._entries.asks_for_nothing:
            claim = "the file has no requirements: `dependencies` is empty"
            self._problem(Code.WRONG_TYPE, place_of(node, self._path), claim, "list what the environment needs")

    def _warn_of_empty_pip(self) -> None:
        """Warn, once, of a conda requirement behind a ``pip:`` without any: it may have been meant for pip."""
        place, self._empty_pip = self._empty_pip, None
        if place:
            claim = "`pip:` is empty, so conda is asked for what follows it"
            self._entries.warn(Code.WRONG_TYPE, place, claim, "indent what is for pip")

    def _read_subsection(self, node: MappingNode, selector: str) -> None:
        for pair in pairs(node):
            if pair.repeated:
                self._repeated(pair)
            if pair.key == "pip":
                self._empty_pip = place_of(pair.key_node, self._path) if is_null(pair.value) else None
                for item, own in self._items(pair.value, "pip"):
                    self._read_pip(item, both(selector, own))
            elif pair.key == "sys":
                self._read_sys(pair.value, selector)
            elif pair.key.startswith("sel("):
                self._read_selected(pair, selector)
            elif isinstance(pair.value, ScalarNode):
                self._not_a_mapping(pair)
            else:
                self._unknown_key(pair, ["pip", "sys"])

    def _read_selected(self, pair: Pair, outer: str) -> None:
        """Read ``sel(linux): x`` and ``sel(win): [x, y]`` (CEP 24, micromamba)."""
        found = _SELECTING.match(pair.key)
        if not found or found["selector"] not in _SELECTORS:
            known = ", ".join(f"sel({word})" for word in _SELECTORS)
            hint = f"known are {known}; others stand in a comment, such as `- name  # [arm64]`"
            place = place_of(pair.key_node, self._path)
            self._problem(Code.UNKNOWN_KEY, place, f"unknown selector `{pair.key}`", hint)
            return
        selector = both(outer, found["selector"])
        if isinstance(pair.value, SequenceNode):
            for item, own in self._items(pair.value, pair.key):
                self._read_conda(item, both(selector, own))
        else:
            self._read_conda(pair.value, selector)

    def _not_a_mapping(self, pair: Pair) -> None:
        place = place_of(pair.key_node, self._path)
        if not pair.key:
            self._problem(Code.WRONG_TYPE, place, "a requirement must be text, this is a mapping", TEMPLATE)
            return
        constraint = "" if is_null(pair.value) else str(pair.value.value)
        equals = "=" if constraint[:1].isalnum() else ""
        claim = f"`{pair.key}:` is a mapping where a requirement is expected"
        self._problem(Code.UNKNOWN_KEY, place, claim, f"write `- {pair.key}{equals}{constraint}`")

    def _read_conda(self, node: Node, selector: str) -> None:
        text = self._text(node, "a requirement")
        if text is None or self._is_of_lines(node, text):
            return
        if _PIP_WITHOUT_COLON.match(text):
            claim = "`- pip` lacks its colon, so what stands below it is part of its name"
            self._problem(Code.NOT_A_MATCH_SPEC, place_of(node, self._path), claim, "write `- pip:`")
        else:
            self._entries.read_conda(text, place_of(node, self._path), selector)

    def _is_of_lines(self, node: Node, text: str) -> bool:
        """Refuse an entry of several lines, such as two names of which one has no dash."""
        is_folded = isinstance(node, ScalarNode) and not node.style and node.start_mark.line != node.end_mark.line
        if _PIP_WITHOUT_COLON.match(text) or (not is_folded and "\n" not in text.strip()):
            return False
        claim = "an entry of conda's stands on one line, this one on several"
        self._problem(Code.NOT_A_MATCH_SPEC, place_of(node, self._path), claim, "write one `- entry` a line")
        return True

    def _read_pip(self, node: Node, selector: str) -> None:
        text = self._text(node, "a pip requirement")
        offset = int(isinstance(node, ScalarNode) and node.style in {"'", '"'})
        for option, place in self._options.unread(text or "", place_of(node, self._path), selector):
            self._entries.read_pypi(option, place, selector, offset=offset)


def _misspelled(key: str, known: Collection[str]) -> bool:
    """Return whether a key is near a known one; ``local_dependencies`` is another word, not a slip."""
    near = nearest(key, known)
    return bool(near) and near not in re.split(r"[-_. ]", key)
