"""What modules that a script imports do to constants and classes of each other: told, as their order matters."""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import from_afar, patches
from mixlock_hooks.formats.metaflow.bindings import Imported, dotted
from mixlock_hooks.formats.metaflow.evaluator import NAMES, Evaluator
from mixlock_hooks.formats.metaflow.modules import BROKEN, UNREADABLE
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import ClassOf, Namespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program


def changes(program: Program, script: Module, lineages: Iterable[Lineage]) -> Iterator[NotStaticError]:
    """Yield what modules do to the constants and classes that a script uses, and that stand in another module.

    Args:
        program: how the script sees the repository; its trace knows the names that were used.
        script: the file with the flows.
        lineages: its flows.
    """
    yield from _from_afar(program, script)
    names = {(path, name) for path, name in program.trace.names if path != script.path}
    objects = {(path, name) for path, name in program.trace.objects if path != script.path}
    classes = {one.node.name: one for lineage in lineages for one in lineage.classes if one.module is not script}
    if not names and not classes and not objects:
        return
    wanted = {name for _path, name in names | objects} | classes.keys()
    wanted |= {one.removesuffix("()") for one in _givers(program, names)}
    for module in _mentioning(program, script, wanted):
        program.trace.read.add(module.path)
        for path, name in sorted(names):
            yield from _changes_elsewhere(program, module, path, name)
        for path, name in sorted(objects):
            yield from _set_behind_dot(program, module, path, name)
        for lineage in lineages:
            if all(one.module is not module for one in lineage.classes):
                yield from patches.of_module(program, module, lineage)


def _from_afar(program: Program, script: Module) -> Iterator[NotStaticError]:
    """Yield what the script, and each module that it may import, does to flows that it does not name."""
    for path in (script.path, *program.repository.texts.suspects(script.path)):
        program.trace.read.add(path)
        try:
            module = program.repository.module(path)
        except UNREADABLE:
            module = None
        if module is None:
            yield _unreadable(script, path)
        else:
            yield from from_afar.changes(program, module)
            yield from _found_elsewhere(program, script, module)


def _unreadable(script: Module, path: str) -> NotStaticError:
    """Return the error that a module may do anything to flows, as this interpreter cannot read it."""
    imports = [node for node in ast.walk(script.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    word = posixpath.basename(path).removesuffix(".py")
    own = next((node for node in imports if word in script.text(node)), imports[0] if imports else script.tree)
    return NotStaticError(script, own, f"brings in {path}, which {BROKEN} or too large")


def _found_elsewhere(program: Program, script: Module, module: Module) -> Iterator[NotStaticError]:
    """Yield what another module's change of ``sys.path`` makes of modules that the script uses by name."""
    if module is script or not module.changes_path:
        return
    for path in sorted(program.trace.read):
        known = program.repository.module(path) if path.endswith(".py") and path != module.path else None
        words = tuple(posixpath.splitext(posixpath.basename(path))[0].split("."))
        others = program.repository.modules_named(words) if known is not None else set()
        if len(others) > 1 and path in others and known is not script:
            yield NotStaticError(
                module,
                module.tree,
                f"changes `sys.path`, and `{'.'.join(words)}` may be {' or '.join(sorted(others)[:2])}",
            )


def _mentioning(program: Program, script: Module, names: set[str]) -> Iterator[Module]:
    """Yield the script, and each module that it may import and that mentions one of some names."""
    yield script
    for path in program.repository.texts.mentioning(script.path, names):
        try:
            module = program.repository.module(path)
        except UNREADABLE:
            continue
        if module is not None:
            yield module


def _givers(program: Program, names: Iterable[tuple[str, str]]) -> set[str]:
    """Return the functions, ``f()`` each, that return what some names of modules stand for."""
    found: set[str] = set()
    for path, name in names:
        module = program.repository.module(path)
        found |= module.changes.givers(name) if module else set()
    return found


def _changes_elsewhere(program: Program, module: Module, path: str, name: str) -> Iterator[NotStaticError]:
    """Yield how a module changes a name of another one, or what a function there gave of it."""
    if path != module.path:
        yield from _changes(program, module, path, name)
        yield from _changes_given(program, module, path, name)


def _changes(program: Program, module: Module, path: str, name: str) -> Iterator[NotStaticError]:
    """Yield how a module changes a name of another one, by each way in which it knows it."""
    yield from _changes_behind_dot(program, module, path, name)
    for local, bindings in module.bindings.names.items():
        for binding in bindings:
            if binding.imported and binding.imported.name == name and _leads(program, module, binding.imported, path):
                yield from _changed(program, module, binding.node, name, local)
    for line, star in module.bindings.stars if name not in module.bindings.names else ():
        if _leads(program, module, Imported(module=star.module, name=name, level=star.level), path):
            nodes = (node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom))
            yield from _changed(program, module, next(node for node in nodes if node.lineno == line), name, name)


def _changed(program: Program, module: Module, node: ast.AST, name: str, local: str) -> Iterator[NotStaticError]:
    """Yield how a module changes what an import in it brings."""
    try:
        NAMES.refuse_changed(program, module, local)
    except UnboundError as error:
        yield NotStaticError(module, node, f"brings `{name}`, which the flow uses and which {error}")


def _changes_behind_dot(program: Program, module: Module, path: str, name: str) -> Iterator[NotStaticError]:
    """Yield how a module changes ``module.NAME``."""
    if not any(f".{name}" in line for line in module.lines):  # most modules do not name it, and are not searched
        return
    why = "is set or changed in this module, and the flow uses it" if name in module.changes.attributes else ""
    try:
        NAMES.refuse_changed(program, module, name)
    except UnboundError as error:
        why = why or f"{error}, and the flow uses it"
    for node in ast.walk(module.tree) if why else ():
        if isinstance(node, ast.Attribute) and node.attr == name and _names_module(program, module, node, path):
            yield NotStaticError(module, node, why)
            break


def _set_behind_dot(program: Program, module: Module, path: str, name: str) -> Iterator[NotStaticError]:
    """Yield how a module binds a function, a class or a decorator of another one again."""
    is_likely = path != module.path and name in module.changes.attributes
    for node in ast.walk(module.tree) if is_likely else ():
        match node:
            case ast.Attribute(value=value, attr=attr, ctx=ast.Store() | ast.Del()) if attr == name:
                pass
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, ast.Constant(value=attr), *_]) if (
                attr == name
            ):
                pass
            case _:
                continue
        if _names(program, module, value, path):
            yield NotStaticError(module, node, "is set in this module, and the flow uses it")


def _changes_given(program: Program, module: Module, path: str, name: str) -> Iterator[NotStaticError]:
    """Yield where a module changes what a function of another one returned, which is what a name there stands for."""
    givers = _givers(program, [(path, name)])
    changed = givers & module.changes.names if givers else set()
    for node in ast.walk(module.tree) if changed else ():
        if isinstance(node, ast.Call) and f"{(dotted(node.func) or ('',))[-1]}()" in changed:
            yield NotStaticError(module, node, f"is `{name}` of {path}, which the flow uses, and is changed")


def _names_module(program: Program, module: Module, node: ast.Attribute, path: str) -> bool:
    """Return whether an attribute is one of the module of a file, or of a class in it."""
    return _names(program, module, node.value, path)


def _names(program: Program, module: Module, node: ast.expr, path: str) -> bool:
    """Return whether an expression names the module of a file, or a class in it."""
    try:
        with program.reading():
            found = Evaluator(program, module).value(node).value
        if isinstance(found, ClassOf):
            return found.module.path == path
        return isinstance(found, Namespace) and program.lead(found.importer, found.imported)[0].path == path
    except (NotStaticError, UnboundError):
        return not isinstance(node, ast.Name)
    except LookupError:
        return False


def _leads(program: Program, module: Module, imported: Imported, path: str, above: tuple[str, ...] = ()) -> bool:
    """Return whether an import leads to a file, through however many others."""
    try:
        found, left = program.lead(module, imported)
    except (LookupError, UnboundError):
        return False
    if found.path == path or found.path in above or not left:
        return found.path == path
    others = [one.imported for one in found.bindings.of(left[0]) if one.imported]
    others += [
        type(imported)(module=star.module, name=left[0], level=star.level) for _line, star in found.bindings.stars
    ]
    return any(_leads(program, found, other, path, (*above, found.path)) for other in others)
