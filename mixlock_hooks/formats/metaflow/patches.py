"""What a module does to flows after it made them: told, as each of these may put decorators on (monkey patches)."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.aliases import aliases
from mixlock_hooks.formats.metaflow.bindings import COMPREHENSIONS, FUNCTIONS, bound_by, dotted, scope
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.import_time import local_names
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.formats.metaflow.things import Asking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

    Use = tuple[ast.AST, str, tuple[str, ...]]

_ONLY_LOOKS = frozenset(
    {
        *("Deployer", "NBDeployer", "NBRunner", "NewType", "Runner", "TypeVar", "cast", "getattr", "hasattr", "help"),
        *("id", "isinstance", "issubclass", "len", "print", "property", "repr", "str", "type"),
    }
)
"""Functions that take a flow and leave it as it is."""


_TEXTS = frozenset({"__doc__", "__module__", "__name__", "__qualname__"})
"""Attributes of a flow that are texts: what gets one cannot change the flow."""


def of_module(program: Program, module: Module, lineage: Lineage) -> Iterator[NotStaticError]:
    """Yield what a module does to a flow, or to a base of it, beside making it."""
    own = {one.node.name for one in lineage.classes if module.classes.get(one.node.name) is one.node}
    for name in sorted(own):
        yield from _bound_again(module, name)
    names = _known_as(module, lineage)
    for node, why, mentioned in _uses(module):
        named = next((name for name in mentioned if name in names), "")
        if named or not mentioned:
            yield NotStaticError(module, node, why.format(f"`{named}`"))
    yield from _calls_of_patchers(module, names, own)
    yield from _put_on_unknown(program, module)


def _bound_again(module: Module, name: str) -> Iterator[NotStaticError]:
    """Yield what binds the name of a flow again."""
    bindings = module.bindings.of(name)
    own = {id(statement) for statement in module.tree.body}
    last = module.classes[name]
    for binding in bindings:
        is_other = binding.node is not last and (binding.line > last.lineno or id(binding.node) not in own)
        if is_other or (len(bindings) > 1 and id(last) not in own):
            yield NotStaticError(module, binding.node, f"is one of {len(bindings)} that bind `{name}`")


def _known_as(module: Module, lineage: Lineage) -> frozenset[str]:
    """Return the names by which a module knows a flow and its bases: aliases, and lists that hold them, included."""
    classes = {one.node.name for one in lineage.classes} | lineage.native
    here = [one.node for one in lineage.classes if one.module is module]
    names = {node.name for node in here} | {
        parts[-1] for node in here for base in node.bases if (parts := dotted(base))
    }
    for name, bindings in module.bindings.names.items():
        if any(binding.imported and binding.imported.name in classes for binding in bindings):
            names.add(name)
    edges = _alias_edges(module)
    before = 0
    while before != len(names):
        before = len(names)
        names |= {name for name, other in edges if other in names}
    return frozenset(names)


@lru_cache(maxsize=256)
def _alias_edges(module: Module) -> tuple[tuple[str, str], ...]:
    nodes = (node for node in scope(module.tree.body) if not _only_looks(getattr(node, "value", None)))
    return tuple((name, other) for node in nodes for name, other, _copied in aliases(node))


def _only_looks(value: object) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _ONLY_LOOKS


@lru_cache(maxsize=256)
def _uses(module: Module) -> tuple[Use, ...]:
    """Return what a module does outside of functions and classes that may change one of the names it mentions.

    Each with a sentence for it; where it mentions none, it concerns them all.
    """
    every = ((node, why, mentioned) for node in _runs(module.tree.body) for why, mentioned in changed_by(node))
    return tuple(every)


def _runs(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield what runs while a module is imported, comprehensions and what a lambda may do included."""
    for node in scope(body):
        yield node
        if isinstance(node, (*COMPREHENSIONS, ast.Lambda)):
            yield from _runs(ast.iter_child_nodes(node))


def changed_by(node: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield why a node may change what it mentions, and the names; none of them where it may change everything."""
    match node:
        case ast.Call(func=ast.Name(id="exec" | "eval")):
            yield "executes what is only known when the flow runs", ()
        case ast.Call(func=function, args=args, keywords=keywords):
            yield from _changed_by_call(function, [*args, *(keyword.value for keyword in keywords)])
        case (
            ast.Attribute(value=value, ctx=ast.Store() | ast.Del())
            | ast.Subscript(value=value, ctx=ast.Store() | ast.Del())
        ):
            if found := _mentioned([value]):
                yield "changes {}", found
        case ast.For(iter=value):
            if found := _mentioned([value]):
                yield "goes through {}, and may change it", found


def _changed_by_call(function: ast.expr, given: list[ast.expr]) -> Iterator[tuple[str, tuple[str, ...]]]:
    parts = dotted(function)
    if (parts and parts[-1] in _ONLY_LOOKS) or _is_super(function):
        return
    if found := _mentioned(given):
        yield "is given {}, and may change it", found
    if len(parts) > 1 and not _TEXTS & set(parts):
        yield "calls a method of {}, which may change it", parts[:-1]


def _is_super(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and _calls(function.value, "super")


def _calls(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _mentioned(nodes: Iterable[ast.expr]) -> tuple[str, ...]:
    """Return the names in expressions, and those behind dots, but for those that are called or only name a text."""
    found: dict[str, None] = {}
    for node in nodes:
        skipped = {id(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
        texts = [inner for inner in ast.walk(node) if isinstance(inner, ast.Attribute) and inner.attr in _TEXTS]
        skipped |= {id(inner) for text in texts for inner in ast.walk(text)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name | ast.Attribute) and id(inner) not in skipped:
                found[inner.id if isinstance(inner, ast.Name) else inner.attr] = None
    return tuple(found)


def _calls_of_patchers(module: Module, names: frozenset[str], flows: set[str]) -> Iterator[NotStaticError]:
    """Yield the calls, while the module is imported, of functions and classes of it that change a flow."""
    patchers: set[str] = set()
    before = -1
    while before != len(patchers):
        before = len(patchers)
        patchers |= {
            name
            for name, calls, mentioned in _definitions(module, frozenset(flows))
            if mentioned & names or calls & patchers
        }
    for node in _runs(module.tree.body) if patchers else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in patchers:
            yield NotStaticError(module, node, f"runs `{node.func.id}`, which may change the flow")


@lru_cache(maxsize=256)
def _definitions(module: Module, flows: frozenset[str]) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Return each function and class of a module that is no flow, the names it calls, and those it may change."""
    return tuple(
        (name, *_done_by(node))
        for node in scope(module.tree.body)
        for name in (bound_by(node) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else ())
        if name not in flows
    )


def _done_by(node: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    functions = [inner for inner in ast.walk(node) if isinstance(inner, FUNCTIONS)]
    local = frozenset().union(*(local_names(one.args, one.body) for one in functions))
    calls = {
        inner.func.id for inner in ast.walk(node) if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
    }
    mentioned = {name for inner in ast.walk(node) for _why, names in changed_by(inner) for name in names}
    return frozenset(calls), frozenset(mentioned - local)


@lru_cache(maxsize=256)
def _calls_of_one(module: Module) -> tuple[ast.Call, ...]:
    """Return the calls with one argument that run while a module is imported; many flows may import it."""
    calls = (node for node in _runs(module.tree.body) if isinstance(node, ast.Call))
    return tuple(node for node in calls if len(node.args) == 1 and not node.keywords)


def _put_on_unknown(program: Program, module: Module) -> Iterator[NotStaticError]:
    """Yield calls that put an environment decorator on something, which need not be named: ``globals()["F"]``."""
    evaluator = Evaluator(program, module)
    for node in _calls_of_one(module):
        try:
            with program.reading():
                found = evaluator.value(node.func).value
        except NotStaticError:
            continue
        except (RecursionError, TooLongError):
            yield NotStaticError(module, node, "takes too long to read")
            continue
        if isinstance(found, Asking):
            yield NotStaticError(
                module, node, "puts a decorator on something that is not a step or flow at this place"
            )
