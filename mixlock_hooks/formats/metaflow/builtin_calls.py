"""What builtins, and the methods of texts, lists and mappings, give for constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import operations, text_template
from mixlock_hooks.formats.metaflow.things import View, described
from mixlock_hooks.model import static

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.formats.metaflow.things import Arguments, Method
    from mixlock_hooks.model.static import Static

    Call = Callable[["_Call"], "Static | None"]

_HUGE = 1_000_000
"""Characters that no method of a text is let make."""
_TEXT_METHODS = frozenset(
    {
        *("capitalize", "casefold", "endswith", "lower", "lstrip", "removeprefix", "removesuffix", "replace"),
        *("rstrip", "startswith", "strip", "title", "upper"),
    }
)
_SPLITS = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition"})


class _Call:
    """One call: where it stands, and what it is given."""

    def __init__(self, evaluator: ExpressionReader, node: ast.expr, given: Arguments) -> None:
        self.evaluator = evaluator
        self.node = node
        self.positional = [self._constant(found) for found in given.positional]
        self.named = {name: self._constant(found) for name, found in given.named.items()}
        self.place = evaluator.module.place(node)

    def _constant(self, found: Static) -> Static:
        if isinstance(found.value, View):
            return found.value.value
        if found.kind == "object":
            raise self.evaluator.error(self.node, described(found, self.evaluator.module))
        return found

    def only(self, kind: str = "") -> Static | None:
        """Return the one argument, if there is no other and it is of a kind."""
        fits = len(self.positional) == 1 and not self.named and kind in {"", self.positional[0].kind}
        return self.positional[0] if fits else None

    def gone_through(self) -> list[Static] | None:
        """Return the parts of the one argument, in order; none where there is none."""
        if not self.positional and not self.named:
            return []
        found = self.only()
        if found is None or found.kind == "scalar":
            return None
        return [key for key, _value in found.pairs()] if found.kind == "mapping" else list(found.items())

    def texts(self) -> list[str] | None:
        """Return the arguments, if all are texts."""
        found = [one.value for one in self.positional if isinstance(one.value, str)]
        return found if len(found) == len(self.positional) and not self.named else None

    def scalar(self, value: object) -> Static:
        return self.evaluator.scalar(self.node, value)

    def sequence(self, items: list[Static], form: str = "list") -> Static:
        return static.sequence(items, self.place, form)


def outside(evaluator: ExpressionReader, node: ast.expr, name: str, given: Arguments) -> Static:
    """Return what a function that is not the repository's gives.

    Raises:
        NotStaticError: it is not one that is known, or does not fit its arguments.
    """
    call = _Call(evaluator, node, given)
    known = _FUNCTIONS.get(name.removeprefix("builtins."))
    found = known(call) if known else None
    if found is None and not name.startswith("builtins."):
        raise evaluator.error(node, f"comes from `{name.rpartition('.')[0]}`, which is not in this repository")
    if found is None:
        raise evaluator.error(node, "is computed when the flow runs")
    return found


def _dict(call: _Call) -> Static | None:
    """Make a mapping: ``dict(mapping or pairs, **named)``."""
    pairs: list[tuple[Static, Static]] = []
    for given in call.positional[:1]:
        rows: list[tuple[Static, ...]] = [*given.pairs(), *(item.items() for item in given.items())]
        if given.kind == "scalar" or any(len(row) != 2 or row[0].kind != "scalar" for row in rows):  # noqa: PLR2004
            node = getattr(call.node, "args", [call.node])[0]
            raise call.evaluator.error(node, "is neither a mapping nor a list of pairs")
        pairs += [(row[0], row[1]) for row in rows]
    pairs += [(static.scalar(name, value.place), value) for name, value in call.named.items()]
    return static.mapping(pairs, call.place) if len(call.positional) <= 1 else None


def _fromkeys(call: _Call) -> Static | None:
    if call.named or not call.positional or len(call.positional) > 2:  # noqa: PLR2004
        return None
    if call.positional[0].kind == "scalar":
        return None
    keys = [key for key, _value in call.positional[0].pairs()] or list(call.positional[0].items())
    value = call.positional[1] if len(call.positional) > 1 else static.scalar(None, call.place)
    return static.mapping(((key, value) for key in keys), call.place) if _are_scalars(keys) else None


def _are_scalars(items: list[Static]) -> bool:
    return all(item.kind == "scalar" for item in items)


def _list(call: _Call) -> Static | None:
    items = call.gone_through()
    return None if items is None else call.sequence(items)


def _sorted(call: _Call) -> Static | None:
    items = call.gone_through()
    if items is None or not all(isinstance(item.value, str) for item in items):
        return None
    return call.sequence(sorted(items, key=lambda item: str(item.value)))


def _tuple(call: _Call) -> Static | None:
    items = call.gone_through()
    return None if items is None else call.sequence(items, "tuple")


def _set(call: _Call) -> Static | None:
    items = call.gone_through()
    return None if items is None or not _are_scalars(items) else call.sequence(operations.unique(items), "set")


def _reversed(call: _Call) -> Static | None:
    items = call.gone_through()
    return None if items is None else call.sequence(items[::-1], "iterator")


def _zip(call: _Call) -> Static | None:
    if call.named or any(one.kind != "sequence" for one in call.positional):
        return None
    rows = zip(*(one.items() for one in call.positional), strict=False)
    return call.sequence([call.sequence(list(row), "tuple") for row in rows], "iterator")


def _enumerate(call: _Call) -> Static | None:
    items = call.gone_through()
    if items is None:
        return None
    rows = [call.sequence([call.scalar(count), item], "tuple") for count, item in enumerate(items)]
    return call.sequence(rows, "iterator")


def _str(call: _Call) -> Static | None:
    found = call.only("scalar")
    return None if found is None or isinstance(found.value, bytes) else call.scalar(str(found.value))


def _len(call: _Call) -> Static | None:
    items = call.gone_through()
    return None if not call.positional or items is None else call.scalar(len(items))


def _same(call: _Call) -> Static | None:
    return call.only()


_FUNCTIONS: dict[str, Call] = {
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "dict.fromkeys": _fromkeys,
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "frozenset": _set,
    "sorted": _sorted,
    "reversed": _reversed,
    "zip": _zip,
    "enumerate": _enumerate,
    "str": _str,
    "len": _len,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "types.MappingProxyType": _same,
}


def method(evaluator: ExpressionReader, node: ast.expr, found: Method, given: Arguments) -> Static:
    """Return what a method of a constant gives.

    Raises:
        NotStaticError: it is not one that is known, or does not fit its arguments.
    """
    call = _Call(evaluator, node, given)
    receiver = found.receiver
    if isinstance(receiver.value, str):
        result = _of_text(call, receiver.value, found.name)
    elif receiver.kind == "mapping":
        result = _of_mapping(call, receiver, found.name)
    else:
        result = receiver if found.name == "copy" and not call.positional else None
    if result is None:
        raise evaluator.error(node, "is computed when the flow runs")
    return result


def _of_mapping(call: _Call, receiver: Static, name: str) -> Static | None:
    if name == "get" and call.positional and not call.named:
        default = call.positional[1] if len(call.positional) > 1 else static.scalar(None, call.place)
        wanted = call.positional[0].value
        return next((value for key, value in receiver.pairs() if key.value == wanted), default)
    if call.positional or call.named:
        return None
    if name in {"copy", "to_dict"}:
        return receiver
    parts: dict[str, Callable[[tuple[Static, Static]], Static]] = {
        "keys": lambda pair: pair[0],
        "values": lambda pair: pair[1],
        "items": lambda pair: call.sequence(list(pair), "tuple"),
    }
    return call.sequence([parts[name](pair) for pair in receiver.pairs()], "view") if name in parts else None


def _of_text(call: _Call, text: str, name: str) -> Static | None:
    if name == "format":
        return _formatted(call, text)
    if name == "join":
        return _join(call, text)
    words = call.texts()
    if words is None or len(text) * (1 + max(map(len, words), default=0)) > _HUGE:
        return None
    if name in _TEXT_METHODS:
        return call.evaluator.computed(call.node, lambda: getattr(text, name)(*words))
    if name in _SPLITS:
        form = "tuple" if name.endswith("partition") else "list"
        try:
            return call.sequence([call.scalar(part) for part in getattr(text, name)(*words)], form)
        except (TypeError, ValueError) as error:
            raise call.evaluator.error(call.node, f"fails: {error}") from error
    return None


def _formatted(call: _Call, text: str) -> Static:
    given = [*call.positional, *call.named.values()]
    if any(one.kind != "scalar" or isinstance(one.value, bytes) for one in given):
        raise call.evaluator.error(call.node, "is not a plain value")
    values = [one.value for one in call.positional]
    named = {name: one.value for name, one in call.named.items()}
    return call.evaluator.computed(call.node, lambda: text_template.formatted(text, values, named))


def _join(call: _Call, text: str) -> Static | None:
    items = call.gone_through() if call.positional else None
    texts = [item.value for item in items or () if isinstance(item.value, str)]
    if items is None or len(texts) != len(items) or sum(map(len, texts)) + len(text) * len(texts) > _HUGE:
        return None
    return call.scalar(text.join(texts))
