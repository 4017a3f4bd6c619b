"""What of another tool's document was read: every value is taken once, or listed in the end, so nothing is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.urls import has_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mixlock_hooks.formats.foreign.tree import Keys, Tree
    from mixlock_hooks.model.place import Place

_KINDS = {
    dict: "a table",
    list: "a list",
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


class Account:
    """One reading of one document: what was taken, and the problems.

    Args:
        tree: the document.
        reasons: why keys do not map, by the first key of theirs that has a reason.
        of_names: tables whose keys are names that a user chose, which have no reasons.
    """

    def __init__(self, tree: Tree, reasons: Mapping[str, str], of_names: Collection[str] = ()) -> None:
        self._tree = tree
        self._reasons = reasons
        self._of_names = of_names
        self._taken: set[Keys] = set()
        self._opened: set[Keys] = {()}
        self.problems: list[Problem] = []

    def at(self, *keys: str | int) -> object:
        """Return a value without taking it."""
        return self._tree.at(keys)

    def place(self, *keys: str | int) -> Place:
        """Return where a key stands."""
        return self._tree.place(*keys)

    def selector(self, *keys: str | int) -> str:
        """Return the selector in the comment behind a value."""
        return self._tree.selectors.get(keys, "")

    def take(self, *keys: str | int) -> object:
        """Return a value, which counts as read with all that is below it."""
        self._taken.add(keys)
        self._opened.update(keys[:length] for length in range(len(keys)))
        return self._tree.at(keys)

    def is_read(self, *keys: str | int) -> bool:
        """Return whether a value was read, or something below it."""
        return keys in self._taken or keys in self._opened

    def take_if_empty(self, *keys: str | int) -> None:
        """Count an empty table as read."""
        if not self.at(*keys):
            self.take(*keys)

    def names(self, *keys: str | int) -> tuple[str, ...]:
        """Return the keys of a table; none where there is no such table."""
        value = self.at(*keys)
        if isinstance(value, dict):
            self._opened.add(keys)
            return tuple(value)
        if value is not None:
            self.wrong(keys, "a table")
        return ()

    def indices(self, *keys: str | int) -> range:
        """Return the indices of a list; none where there is no such list."""
        value = self.at(*keys)
        if isinstance(value, list):
            self._opened.add(keys)
            return range(len(value))
        if value is not None:
            self.wrong(keys, "a list")
        return range(0)

    def text(self, *keys: str | int) -> str:
        """Return a text, which counts as read; empty where there is none."""
        value = self.take(*keys)
        if isinstance(value, str) and value.isprintable():
            return value.strip()
        if value is not None:
            self.wrong(keys, "text on one line" if isinstance(value, str) else "text")
        return ""

    def texts(self, *keys: str | int) -> tuple[str, ...]:
        """Return the texts of a list, which count as read."""
        return tuple(text for _keys, text in self.numbered(*keys))

    def numbered(self, *keys: str | int) -> Iterator[tuple[Keys, str]]:
        """Yield the texts of a list, which count as read, each with its keys."""
        for index in self.indices(*keys):
            below = (*keys, index)
            if self.at(*below) is None:
                self.wrong(below, "text")
            elif text := self.text(*below):
                yield below, text

    def url(self, *keys: str | int) -> str:
        """Return a URL, which counts as read."""
        url = self.source(*keys)
        if url and ("://" not in url or " " in url):
            self.wrong(keys, "a URL")
            return ""
        return url

    def source(self, *keys: str | int) -> str:
        """Return a URL or a channel, which counts as read; one with a secret is not copied into another file."""
        source = self.text(*keys)
        if not has_secret(source):
            return source
        claim, hint = f"the URL {source} holds a secret: left out", "name a variable, `${NAME}`, or use a keyring"
        self.refuse(keys, Code.SECRET, claim, hint)
        return ""

    def urls(self, *keys: str | int) -> tuple[str, ...]:
        """Return the URLs of a list, which count as read."""
        return tuple(filter(None, (self.url(*keys, index) for index in self.indices(*keys))))

    def wrong(self, keys: Keys, expected: str) -> None:
        """Refuse a value of another type than the tool takes."""
        kind = _KINDS.get(type(self.take(*keys)), "another value")
        claim = f"`{shown(keys)}` must be {expected}, this is {kind}"
        self.refuse(keys, Code.WRONG_TYPE, claim, "correct it; until then it is left out")

    def refuse(self, keys: Keys, code: Code, claim: str, hint: str) -> None:
        """Leave out what was to be part of an environment, which is an error."""
        self._add(keys, code, claim, hint, Severity.ERROR)

    def tell(self, keys: Keys, claim: str, hint: str = "") -> None:
        """List what is read and means something else, or nothing, here."""
        self._add(keys, Code.UNKNOWN_KEY, claim, hint, Severity.WARNING)

    def _add(self, keys: Keys, code: Code, claim: str, hint: str, severity: Severity) -> None:
        self.take(*keys)
        place = self.place(*keys)
        self.problems.append(Problem(code=code, place=place, claim=claim, hint=hint, severity=severity))

    def finish(self, *root: str | int) -> tuple[Problem, ...]:
        """Return the problems, and one for every key below a root that nobody read: the topmost of each."""
        repeated = (self._repeated(keys) for keys in self._tree.repeated)
        unread = (self._unread(keys, keys[len(root) :]) for keys in self._left(root))
        return (*self.problems, *repeated, *unread)

    def _left(self, keys: Keys) -> Iterator[Keys]:
        if keys in self._taken:
            return
        value = self.at(*keys)
        if keys not in self._opened:
            yield keys
        elif isinstance(value, dict | list):
            for key in value if isinstance(value, dict) else range(len(value)):
                yield from self._left((*keys, key))

    def _repeated(self, keys: Keys) -> Problem:
        claim = f"`{shown(keys)}` appears twice; YAML keeps only one of them"
        return Problem(code=Code.CONTRADICTION, place=self.place(*keys), claim=claim, hint="join the two")

    def _unread(self, keys: Keys, below: Keys) -> Problem:
        own = (key for above, key in zip(("", *below), below, strict=False) if above not in self._of_names)
        reason = next((self._reasons[key] for key in own if isinstance(key, str) and key in self._reasons), "")
        claim, _semicolon, hint = reason.partition("; ")
        return Problem(
            code=Code.UNKNOWN_KEY,
            place=self.place(*keys),
            claim=f"`{shown(keys)}` does not map: {claim or 'mixlock does not know it'}",
            hint=hint,
            severity=Severity.NOTE if reason else Severity.WARNING,
        )


def shown(keys: Keys) -> str:
    """Write keys as a reader looks for them."""
    return ".".join(str(key) for key in keys)
