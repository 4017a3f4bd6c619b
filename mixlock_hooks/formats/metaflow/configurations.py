"""The configurations of one flow: which file each is read from, and what expressions over them give."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import flow_files
from mixlock_hooks.formats.metaflow.config_parsers import PARSERS, ConfigurationError, parsed
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import Configuration, Delayed, Frame, Native, Outside, View, described
from mixlock_hooks.model import static
from mixlock_hooks.model.place import at
from mixlock_hooks.model.static import thing

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program
    from mixlock_hooks.model.static import Static


class Configurations:
    """The ``Config`` parameters of a flow and its bases."""

    def __init__(self, program: Program, lineage: Lineage) -> None:
        self._program = program
        self._lineage = lineage

    def settled(self, found: Static, module: Module, node: ast.expr) -> Static:
        """Return a constant, with the values of configurations in place of the expressions that name them.

        Raises:
            NotStaticError: a part of it is no constant.
        """
        self._program.trace.spend()
        if isinstance(found.value, Configuration):
            whole = found.value
            return self._evaluated(Delayed(expression=whole.name, module=whole.module, node=whole.node))
        if isinstance(found.value, Delayed):
            return self._evaluated(found.value)
        if isinstance(found.value, View):
            return found.value.value
        if found.kind == "object":
            raise _no_constant(found, module, node)
        if found.kind == "sequence":
            items = [self.settled(item, module, node) for item in found.items()]
            same = all(one is item for one, item in zip(items, found.items(), strict=True))
            return found if same else static.sequence(items, found.place, found.form)
        if found.kind == "mapping":
            values = [self.settled(value, module, node) for _key, value in found.pairs()]
            same = all(one is value for one, (_key, value) in zip(values, found.pairs(), strict=True))
            pairs = ((key, one) for one, (key, _value) in zip(values, found.pairs(), strict=True))
            return found if same else static.mapping(pairs, found.place)
        return found

    def _evaluated(self, delayed: Delayed) -> Static:
        """Evaluate an expression over configurations, as Metaflow does once it knows them."""
        try:
            expression = ast.parse(delayed.expression, mode="eval").body
            names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
            values = {name: known for name in names if (known := self._value(name)) is not None}
            found = Evaluator(self._program, delayed.module, frame=Frame(values=dict(values))).value(expression)
            return self.settled(found, delayed.module, delayed.node)
        except SyntaxError as error:
            raise NotStaticError(delayed.module, delayed.node, f"is not an expression: {error.msg}") from error
        except NotStaticError as error:
            if error.place == delayed.module.place(delayed.node):
                raise
            why = f"means `{delayed.expression}`, which cannot be read: {error.why}"
            raise NotStaticError(delayed.module, delayed.node, why) from error

    def _value(self, name: str) -> Static | None:
        """Return the value of a configuration of the flow; None where it has none of that name."""
        found = self._configuration(name)
        if found is None:
            return None
        try:
            value = self._read(found)
        except ConfigurationError as error:
            raise NotStaticError(found.module, found.node, str(error)) from error
        is_view = value.kind == "mapping" and not _is_plain(found)
        return thing(View(value=value), value.place) if is_view else value

    def _configuration(self, name: str) -> Configuration | None:
        hidden: set[str] = set()
        for one in self._lineage.classes:
            bound = one.module.bindings_of(one.node).names
            for attribute in bound.keys() - hidden:
                found = self._attribute(one.module, one.node, attribute)
                if found is not None and found.name == name:
                    return found
            hidden |= bound.keys()
        return None

    def _attribute(self, module: Module, node: ast.ClassDef, name: str) -> Configuration | None:
        bindings = module.bindings_of(node).of(name)
        if not isinstance(bindings[0].value, ast.Call):
            return None
        try:
            found = Evaluator(self._program, module).value(bindings[0].value).value
        except (NotStaticError, UnboundError):
            return None
        if isinstance(found, Configuration) and len(bindings) > 1:
            raise NotStaticError(module, bindings[1].node, f"binds the configuration `{name}` again")
        return found if isinstance(found, Configuration) else None

    def _read(self, found: Configuration) -> Static:
        """Return what a configuration holds where nothing else is said on the command line.

        Raises:
            ConfigurationError: it cannot be read.
        """
        default, value = found.arguments.get("default"), found.arguments.get("default_value")
        parser = _parser(found.arguments.get("parser"))
        plain = _is_plain(found)
        if default is not None and default.value is not None:
            if not isinstance(default.value, str):
                raise ConfigurationError("computes the name of its file")
            path, text = flow_files.named(self._program, default.value)
            return static.scalar(text, at(path)) if plain and not parser else parsed(text, path, parser)
        if value is None or value.value is None:
            raise ConfigurationError("has no default: what it holds is said when the flow runs")
        if isinstance(value.value, str):
            return value if plain and not parser else parsed(value.value, value.place.path, parser)
        if value.kind != "mapping" or parser or plain:
            raise ConfigurationError("computes its default")
        return self.settled(value, found.module, found.node)


def _is_plain(found: Configuration) -> bool:
    """Return whether a configuration is handed over as it is: as text where no parser is named."""
    plain = found.arguments.get("plain")
    return plain is not None and bool(plain.value)


def _no_constant(found: Static, module: Module, node: ast.expr) -> NotStaticError:
    """Return the error that an argument, or a part of it, is no constant: where it stands, if that is known."""
    whole = module.place(node)
    inside = whole.path == found.place.path and whole.line <= found.place.line <= whole.end_line
    return NotStaticError(module, node, described(found, module), found.place if inside else whole)


def _parser(given: Static | None) -> str:
    """Return the name of a configuration's parser.

    Raises:
        ConfigurationError: it is none of Metaflow's own, nor one that its documentation uses.
    """
    if given is None or given.value is None:
        return ""
    value = given.value
    name = value.name if isinstance(value, Native | Outside) else ""
    if isinstance(value, str):
        name = value.rpartition(".")[2] if value.startswith(("metaflow.", ".")) else value
    if not name or name not in PARSERS:
        raise ConfigurationError("is parsed by a function that only runs with the flow")
    return name
