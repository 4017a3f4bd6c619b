"""``environment.yml`` (conda's and conda-lock's, with the user's ``pypi-indices`` and ``sys``) into a document.

Nothing stops at the first problem: what can be read is read, what cannot is told with its place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments, direct_reference, match_spec, pip_requirement
from mixlock_hooks.formats.virtual_packages import parse_pair
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
from mixlock_hooks.model.document import Entry, Reference, SpecDocument
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.selector import both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

_IGNORED_KEYS = frozenset({"name", "prefix", "variables", "category"})
_NO_CHANNEL = "nodefaults"
_URL_CHANNEL = re.compile(r"https?://[^\s\[\]]+::\w", re.IGNORECASE)
_CONDA_EQUALS = re.compile(r"[\w.\-\[\],\s]+=(?!=)")
_TEMPLATE_HINT = "templates are not YAML: lock the rendered file"


def parse(text: str, path: str) -> SpecDocument:
    """Parse an environment file's text. ``path`` is the file's, for places only."""
    try:
        root = compose(text, path)
    except NotYamlError as error:
        claim, hint = f"not valid YAML: {error}", _yaml_hint(text)
        problem = Problem(code=Code.UNREADABLE, place=error.place, claim=claim, hint=hint)
        return SpecDocument(path=path, problems=(problem,))
    return _Reader(text, path).document(root)


def _yaml_hint(text: str) -> str:
    if "\t" in text:
        return "YAML is indented with spaces, never tabs"
    if "{%" in text or "{{" in text:
        return _TEMPLATE_HINT
    return "correct the syntax at this place"


class _Reader:
    """One reading of one file: collects entries and problems as it walks the nodes."""

    def __init__(self, text: str, path: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._problems: list[Problem] = []
        self._channels: list[Entry[str]] = []
        self._indices: list[Entry[str]] = []
        self._platforms: list[Entry[Subdir]] = []
        self._virtual: list[Entry[tuple[str, str]]] = []
        self._conda: list[Entry[CondaRequirement]] = []
        self._pypi: list[Entry[PypiRequirement]] = []
        self._references: list[Entry[Reference]] = []
        self._sections: dict[str, Callable[[Node], None]] = {
            "channels": self._read_channels,
            "dependencies": self._read_dependencies,
            "pypi-indices": self._read_indices,
            "pip-repositories": self._read_indices,
            "platforms": self._read_platforms,
            "sys": self._read_sys,
        }

    def document(self, root: Node | None) -> SpecDocument:
        """Read the top level and return everything found."""
        if root is None or is_null(root):
            hint = "an environment file lists `dependencies`"
            self._problem(Code.WRONG_TYPE, at(self._path), "the file is empty", hint)
        elif not isinstance(root, MappingNode):
            claim = f"an environment file is a mapping, this is {kind_of(root)}"
            self._problem(Code.WRONG_TYPE, place_of(root, self._path), claim, "begin with `dependencies:`")
        else:
            self._read_top(root)
        return SpecDocument(
            path=self._path,
            channels=tuple(self._channels),
            indices=tuple(self._indices),
            platforms=tuple(self._platforms),
            virtual_packages=tuple(self._virtual),  # type: ignore[arg-type]
            conda=tuple(self._conda),
            pypi=tuple(self._pypi),
            references=tuple(self._references),
            allowances=comments.allowances(self._lines),
            problems=tuple(self._problems),
        )

    def _problem(self, code: Code, place: Place, claim: str, hint: str = "") -> None:
        self._problems.append(Problem(code=code, place=place, claim=claim, hint=hint))

    def _read_top(self, root: MappingNode) -> None:
        seen = set()
        for pair in pairs(root):
            seen.add(pair.key)
            if pair.repeated:
                self._repeated(pair)
            if pair.key in self._sections:
                self._sections[pair.key](pair.value)
            elif pair.key not in _IGNORED_KEYS:
                self._unknown_key(pair, [*self._sections, *_IGNORED_KEYS])
        if "dependencies" not in seen:
            claim, hint = "the file asks for nothing: `dependencies` is missing", "list what the environment needs"
            self._problem(Code.WRONG_TYPE, place_of(root, self._path).within(0), claim, hint)

    def _repeated(self, pair: Pair) -> None:
        claim = f"the key `{pair.key}` stands twice; YAML keeps only one of them"
        self._problem(Code.CONTRADICTION, place_of(pair.key_node, self._path), claim, "join the two")

    def _unknown_key(self, pair: Pair, known: list[str]) -> None:
        near = nearest(pair.key, known)
        hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(sorted(known))}"
        self._problem(Code.UNKNOWN_KEY, place_of(pair.key_node, self._path), f"unknown key `{pair.key}`", hint)

    def _items(self, node: Node, section: str) -> Iterator[tuple[Node, str]]:
        """Yield the items of a list with the selector behind each; an absent list has none."""
        if is_null(node):
            return
        if not isinstance(node, SequenceNode):
            claim = f"`{section}` must be a list, this is {kind_of(node)}"
            self._problem(Code.WRONG_TYPE, place_of(node, self._path), claim, "write one `- entry` a line")
            return
        for item in node.value:
            yield item, self._selector(item)

    def _selector(self, item: Node) -> str:
        first = item.value[0][0] if isinstance(item, MappingNode) and item.value else item
        if isinstance(first, ScalarNode) and first.style in {"|", ">"}:
            return ""  # a block ends on the line of what comes next
        mark = first.end_mark
        line = self._lines[mark.line] if mark.line < len(self._lines) else ""
        selector = comments.selector_of(line[mark.column :])
        for word in comments.unknown_words(selector):
            claim = f"unknown selector `{word}`: conda-lock would drop this line on every platform"
            hint = "known are linux, osx, win, unix, linux64, arm64…; if it is a remark, write it without brackets"
            self._problem(Code.UNKNOWN_KEY, place_of(first, self._path), claim, hint)
            return ""
        return selector

    def _text(self, node: Node, what: str) -> str | None:
        """Return a string item, or tell that it is none."""
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
            if "://" in entry.value:
                self._indices.append(entry)
            else:
                claim = f"`{entry.value}` is not the URL of an index"
                self._problem(Code.WRONG_TYPE, entry.place, claim, "write the URL of its simple API, with https://")

    def _read_platforms(self, node: Node) -> None:
        for entry in self._texts(node, "platforms", "a platform"):
            if entry.value in KNOWN_PLATFORMS:
                platform = Subdir(entry.value)
                self._platforms.append(Entry(value=platform, place=entry.place, selector=entry.selector))
            else:
                near = nearest(entry.value, KNOWN_PLATFORMS)
                hint = f"did you mean `{near}`?" if near else f"known: {', '.join(KNOWN_PLATFORMS)}"
                self._problem(Code.WRONG_TYPE, entry.place, f"unknown platform `{entry.value}`", hint)

    def _read_dependencies(self, node: Node) -> None:
        before = len(self._problems)
        for item, selector in self._items(node, "dependencies"):
            if isinstance(item, MappingNode):
                self._read_subsection(item, selector)
            else:
                self._read_conda(item, selector)
        if len(self._problems) == before and not (self._conda or self._pypi or self._references):
            claim = "the file asks for nothing: `dependencies` is empty"
            self._problem(Code.WRONG_TYPE, place_of(node, self._path), claim, "list what the environment needs")

    def _read_subsection(self, node: MappingNode, selector: str) -> None:
        for pair in pairs(node):
            if pair.repeated:
                self._repeated(pair)
            if pair.key == "pip":
                for item, own in self._items(pair.value, "pip"):
                    self._read_pip(item, both(selector, own))
            elif pair.key == "sys":
                self._read_sys(pair.value, selector)
            elif isinstance(pair.value, ScalarNode):
                self._not_a_mapping(pair)
            else:
                self._unknown_key(pair, ["pip", "sys"])

    def _not_a_mapping(self, pair: Pair) -> None:
        place = place_of(pair.key_node, self._path)
        if not pair.key:
            self._problem(Code.WRONG_TYPE, place, "a requirement must be text, this is a mapping", _TEMPLATE_HINT)
            return
        constraint = "" if is_null(pair.value) else str(pair.value.value)
        equals = "=" if constraint[:1].isalnum() else ""
        claim = f"`{pair.key}:` is a mapping where a requirement is expected"
        self._problem(Code.UNKNOWN_KEY, place, claim, f"write `- {pair.key}{equals}{constraint}`")

    def _read_conda(self, node: Node, selector: str) -> None:
        text = self._text(node, "a requirement")
        if text is None:
            return
        place = place_of(node, self._path)
        is_channel = _URL_CHANNEL.match(text)
        if not is_channel and self._read_reference(text, place, selector, from_conda=True):
            return
        try:
            requirement = match_spec.parse(text, place)
        except ValueError as error:
            claim = f"not a conda match spec: {error}"
            self._problem(Code.NOT_A_MATCH_SPEC, place, claim, "write name, name=1.2 or name>=1,<2")
        else:
            self._conda.append(Entry(value=requirement, place=place, selector=selector))

    def _read_reference(self, text: str, place: Place, selector: str, *, from_conda: bool = False) -> bool:
        reference = direct_reference.parse(text)
        if reference:
            value = replace(reference, from_conda=from_conda)
            self._references.append(Entry(value=value, place=place, selector=selector))
        return reference is not None

    def _read_pip(self, node: Node, selector: str) -> None:
        text = self._text(node, "a pip requirement")
        if text is None:
            return
        place = place_of(node, self._path)
        if self._read_reference(text, place, selector):
            return
        try:
            requirement = pip_requirement.parse(text, place)
        except pip_requirement.NotARequirementError as error:
            quote = int(isinstance(node, ScalarNode) and node.style in {"'", '"'})
            where = place.within(error.offset + quote)
            equals = "write name==1.2.3; `=` is conda's operator"
            hint = equals if _CONDA_EQUALS.match(text) else "PEP 508: name[extra]>=1; marker"
            self._problem(Code.NOT_A_REQUIREMENT, where, f"not a PyPI requirement: {error}", hint)
        else:
            self._pypi.append(Entry(value=requirement, place=place, selector=selector))

    def _read_sys(self, node: Node, outer: str = "") -> None:
        for item, text, own in self._virtual_pairs(node):
            place = place_of(item, self._path)
            name, version, claim = parse_pair(text)
            if claim:
                self._problem(Code.VIRTUAL_PACKAGE, place, claim, 'write for example `__glibc: "2.27"`')
            else:
                self._virtual.append(Entry(value=(name, version), place=place, selector=both(outer, own)))

    def _virtual_pairs(self, node: Node) -> Iterator[tuple[Node, str, str]]:
        """Yield ``name=version`` with its node and selector, from a list or a mapping."""
        if not isinstance(node, MappingNode):
            yield from ((item, _scalar(item), own) for item, own in self._items(node, "sys"))
            return
        for pair in pairs(node):
            if pair.repeated:
                self._repeated(pair)
            yield pair.key_node, f"{pair.key}={_scalar(pair.value)}", self._selector(pair.key_node)


def _scalar(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) and not is_null(node) else ""
