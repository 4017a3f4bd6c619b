"""``sys:`` and conda-lock's ``subdirs:`` in an environment file: virtual packages, for all platforms or for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.yaml_nodes import MappingNode, Node, ScalarNode, is_null, kind_of, pairs, place_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.names import Subdir, VirtualName
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS, can_have
from mixlock_hooks.model.selector import both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.formats.entries import Entries
    from mixlock_hooks.formats.yaml_nodes import Pair


class VirtualSection:
    """A reader of virtual packages in one file.

    Args:
        entries: where to put what is read, and problems.
        path: the file's.
        items: yields the items of a list with their selectors.
        selector_of: returns the selector behind a node.
    """

    def __init__(
        self,
        entries: Entries,
        path: str,
        items: Callable[[Node, str], Iterator[tuple[Node, str]]],
        selector_of: Callable[[Node], str],
    ) -> None:
        self._entries = entries
        self._path = path
        self._items = items
        self._selector_of = selector_of

    def read(self, node: Node, selector: str = "", platform: str = "") -> None:
        """Read ``sys:``: a list of ``__name=version``, a mapping of names, or one of platforms."""
        if not isinstance(node, MappingNode):
            for item, own in self._items(node, "sys"):
                if isinstance(item, MappingNode):
                    self.read(item, both(selector, own), platform)
                else:
                    self._read_one(item, _scalar(item), both(selector, own), platform)
            return
        for pair in pairs(node):
            self._repeated(pair)
            if isinstance(pair.value, MappingNode) and not pair.key.startswith("__"):
                self._read_platform(pair, pair.value, selector)
            else:
                own = both(selector, self._selector_of(pair.key_node))
                self._read_one(pair.key_node, f"{pair.key}={_scalar(pair.value)}", own, platform)

    def read_subdirs(self, node: Node) -> None:
        """Read conda-lock's form: ``subdirs: {linux-64: {packages: {__glibc: "2.17"}}}``."""
        for pair in self._mapping(node, "subdirs"):
            for inner in self._mapping(pair.value, pair.key):
                if inner.key == "packages":
                    self._read_platform(pair, inner.value)
                else:
                    place = place_of(inner.key_node, self._path)
                    self._entries.problem(
                        Code.UNKNOWN_KEY, place, f"unknown key `{inner.key}`", "known here: packages"
                    )

    def _mapping(self, node: Node, name: str) -> Iterator[Pair]:
        if isinstance(node, MappingNode):
            for pair in pairs(node):
                self._repeated(pair)
                yield pair
        elif not is_null(node):
            claim = f"`{name}` must be a mapping, this is {kind_of(node)}"
            hint = 'write `sys:` with `__glibc: "2.27"` below it'
            self._entries.problem(Code.WRONG_TYPE, place_of(node, self._path), claim, hint)

    def _read_platform(self, pair: Pair, packages: Node, selector: str = "") -> None:
        if pair.key in KNOWN_PLATFORMS:
            self.read(packages, both(selector, pair.key), pair.key)
            return
        hint = meant(pair.key, KNOWN_PLATFORMS, f"known: {', '.join(KNOWN_PLATFORMS)}")
        self._entries.problem(
            Code.WRONG_TYPE, place_of(pair.key_node, self._path), f"unknown platform `{pair.key}`", hint
        )

    def _read_one(self, node: Node, text: str, selector: str, platform: str) -> None:
        place = place_of(node, self._path)
        name = text.partition("=")[0].strip()
        if platform and name.startswith("__") and not can_have(Subdir(platform), VirtualName(name)):
            self._entries.problem(Code.VIRTUAL_PACKAGE, place, f"{platform} cannot have `{name}`", "remove it")
        else:
            self._entries.read_virtual(text, place, selector)

    def _repeated(self, pair: Pair) -> None:
        if pair.repeated:
            claim = f"the key `{pair.key}` appears twice; YAML keeps only one of them"
            self._entries.problem(Code.CONTRADICTION, place_of(pair.key_node, self._path), claim, "join the two")


def _scalar(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) and not is_null(node) else ""
