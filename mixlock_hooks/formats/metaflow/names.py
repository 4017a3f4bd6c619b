"""What a name stands for: in a call, in a class, in its module, in another module of the repository."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS
from mixlock_hooks.formats.metaflow.builtin_names import unbound
from mixlock_hooks.formats.metaflow.keeping import keeps
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.stars import exports, refuse_brought, refuse_hidden, star_module
from mixlock_hooks.formats.metaflow.sure_imports import is_sure, works
from mixlock_hooks.formats.metaflow.things import ClassOf, Function, Namespace, Native, Outside
from mixlock_hooks.model.place import at
from mixlock_hooks.model.static import Static, thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.bindings import Binding, Bindings, Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

    Trail = tuple[str, ...]
    Evaluate = Callable[[Program, Module, ast.ClassDef | None, Trail, ast.expr], Static]
    Decorate = Callable[[Program, Module, ast.FunctionDef | ast.AsyncFunctionDef, Trail], Static]


class Names:
    """Looks names up for one program; ``evaluate`` reads what a name is bound to, ``decorate`` a function."""

    def __init__(self, evaluate: Evaluate, decorate: Decorate) -> None:
        self._evaluate = evaluate
        self._decorate = decorate

    def value(self, program: Program, module: Module, name: str, trail: Trail = ()) -> Static:
        """Return what a name of a module stands for.

        Args:
            program: the script that is read.
            module: where the name is used.
            name: the name.
            trail: the names that led here, so that a circle ends.

        Raises:
            UnboundError: the name stands for nothing that can be read.
            NotStaticError: it stands for an expression that is not constant.
        """
        found = module.bindings.of(name)
        if found:
            line = max(binding.line for binding in found)
            if not self._is_the_same(program, module, name, trail):
                refuse_hidden(program, module, name, line)
            if not is_sure(program, module, found):
                refuse_brought(program, module, name, line)
            return self._of_body(program, module, None, name, trail)
        return self._starred(program, module, name, trail)

    def before(self, program: Program, module: Module, name: str, line: int, trail: Trail) -> Static | None:
        """Return what the one binding of a name before a line brings, where others follow; None where none do.

        Where none stands before the line, that is what ``*`` brought, or a builtin.

        Raises:
            UnboundError: it leads to nothing that can be read.
            NotStaticError: it leads to an expression that is not constant.
        """
        found = module.bindings.of(name)
        earlier = [binding for binding in found if binding.line < line]
        if found and not earlier:
            return self._starred(program, module, name, trail, before=line)
        if len(found) == len(earlier) or len(earlier) != 1:
            return None
        return self._read(program, module, None, earlier[0], trail)

    def of_class(self, program: Program, owner: ClassOf, name: str, trail: Trail = ()) -> Static | None:
        """Return what a name stands for in a class's own body; None where it is not bound there.

        Raises:
            UnboundError: the name stands for nothing that can be read.
            NotStaticError: it stands for an expression that is not constant.
        """
        found = owner.module.bindings_of(owner.node).of(name)
        if not found:
            return None
        if not is_sure(program, owner.module, found) and owner.module.bindings.of(name):
            raise UnboundError("is bound under a condition in its class, and outside of it too")
        return self._of_body(program, owner.module, owner.node, name, trail)

    def imported(self, program: Program, importer: Module, imported: Imported, trail: Trail = ()) -> Static:
        """Return what an import brings.

        Raises:
            UnboundError: it leads to nothing that can be read.
            NotStaticError: it leads to an expression that is not constant.
        """
        place = at(importer.path)
        if metaflow_names.is_metaflow(imported.module) and not imported.level:
            known = Native(name=imported.name) if imported.name else Namespace(importer=importer, imported=imported)
            return thing(known, place)
        try:
            module, left = program.lead(importer, imported)
        except LookupError as error:
            if imported.level:
                raise UnboundError(f"comes from `{error.args[0]}`, which is not in this repository") from error
            name = ".".join(filter(None, (imported.module, imported.name)))
            return thing(
                Outside(name=name) if imported.name else Namespace(importer=importer, imported=imported), place
            )
        if not left:
            return thing(Namespace(importer=importer, imported=imported), place)
        return self.member(program, module, left[0], trail)

    def attribute(
        self, program: Program, space: Namespace, words: tuple[str, ...], trail: Trail
    ) -> tuple[Static, int]:
        """Return what attributes of a module lead to, and how many of them were needed.

        Raises:
            UnboundError: they lead to nothing that can be read.
            NotStaticError: they lead to an expression that is not constant.
        """
        imported, place = space.imported, at(space.importer.path)
        if metaflow_names.is_metaflow(imported.module):
            return thing(Native(name=words[-1]), place), len(words)
        try:
            module, left = program.lead(space.importer, imported, words)
        except LookupError as error:
            shown = ".".join((imported.module, *words))
            if imported.level:
                raise UnboundError(f"comes from `{error.args[0]}`, which is not in this repository") from error
            return thing(Outside(name=shown), place), len(words)
        if not left:
            raise UnboundError(f"is the module {module.path}, not a value")
        return self.member(program, module, left[0], trail), len(words) - len(left) + 1

    def member(self, program: Program, module: Module, name: str, trail: Trail) -> Static:
        """Return what a name stands for in another module.

        Raises:
            UnboundError: it stands for nothing that can be read.
            NotStaticError: it stands for an expression that is not constant.
        """
        try:
            return self.value(program, module, name, trail)
        except UnboundError as error:
            claim = str(error)
            passed = claim.startswith(("leads to", "comes from"))
            leads = f"leads to `{name}` of {module.path}, which "
            raise UnboundError(claim if passed else leads + claim) from error

    def _is_the_same(self, program: Program, module: Module, name: str, trail: Trail) -> bool:
        """Return whether a name is of Metaflow by an import of its own, and by each ``*`` that brings it again."""
        if name not in metaflow_names.KNOWN or not module.bindings.stars:
            return False
        try:
            own = [
                self.imported(program, module, one.imported, trail)
                for one in module.bindings.of(name)
                if one.imported
            ]
            starred = self._starred(program, module, name, trail)
        except (NotStaticError, UnboundError):
            return False
        return all(one.value == Native(name=name) for one in (*own, starred)) and len(own) == len(
            module.bindings.of(name)
        )

    def _of_body(
        self, program: Program, module: Module, owner: ast.ClassDef | None, name: str, trail: Trail
    ) -> Static:
        """Read what a name is bound to in a class or the module: once, and never changed."""
        key = f"{module.path}:{owner.lineno if owner else ''}:{name}"
        if key in program.known:
            found, trace = program.known[key]
            program.trace.add(trace)
            return found
        if key in trail:
            raise UnboundError("depends on itself")
        with program.traced() as trace:
            scope = module.bindings_of(owner) if owner else module.bindings
            binding = self._only(program, module, scope, name)
            found = self._read(program, module, owner, binding, (*trail, key))
            if found.form == "iterator":
                raise UnboundError("is an iterator, which ends after it was gone through once")
            if found.kind != "object":
                self.refuse_changed(program, module, name, (*trail, key), found)
                program.trace.names |= {(module.path, name)} if owner is None else set()
            elif owner is None and not isinstance(found.value, Namespace | Native | Outside):
                _refuse_rebound(module, name)
                program.trace.objects |= {(module.path, name)}
        program.known[key] = found, trace
        return found

    def _only(self, program: Program, module: Module, scope: Bindings, name: str) -> Binding:
        """Return the one binding of a name: an import that leads somewhere makes what stands in for it idle."""
        found = scope.of(name)
        tried = [binding for binding in found if not binding.fallback]
        if len(tried) == 1 < len(found) and works(program, module, tried[0].imported):
            found = tried
        if len(found) > 1:
            raise UnboundError(f"is bound {len(scope.names[name])} times")
        return found[0]

    def _read(
        self, program: Program, module: Module, owner: ast.ClassDef | None, binding: Binding, trail: Trail
    ) -> Static:
        node = binding.node
        if binding.imported is not None:
            return self.imported(program, module, binding.imported, trail)
        if isinstance(node, ast.ClassDef):
            return thing(ClassOf(module=module, node=node), module.place(node))
        if isinstance(node, FUNCTIONS):
            if owner is not None and not node.decorator_list:
                of = ClassOf(module=module, node=owner)
                return thing(Function(module=module, node=node, owner=of), module.place(node))
            return self._decorate(program, module, node, trail)
        if binding.value is None:
            raise UnboundError("is not bound to a constant by a statement of its own")
        return self._evaluate(program, module, owner, trail, binding.value)

    def refuse_changed(
        self, program: Program, module: Module, name: str, trail: Trail = (), value: Static | None = None
    ) -> None:
        """Refuse a name whose value something in a module may change in place.

        Args:
            program: the script that is read.
            module: where something may be done to it.
            name: what the module calls it.
            trail: the names that led here.
            value: what it stands for, if that is known: what only gets its parts changes none that are scalars.

        Raises:
            UnboundError: something does.
        """
        if name in module.changes.names:
            raise UnboundError("is changed after it was bound")
        opaque = module.changes.opaque
        if opaque is not None:
            raise UnboundError(f"may be changed by `{module.text(opaque)}` in line {opaque.lineno}")
        evaluate = lambda at, owner, node: self._evaluate(program, at, owner, trail, node)  # noqa: E731
        for one in module.changes.handed.get(name, ()):
            if not (one.is_part and _has_plain_parts(value)) and not keeps(evaluate, module, one):
                raise UnboundError(f"is handed to `{module.text(one.call.func)}`, which may change it")

    def _starred(
        self, program: Program, module: Module, name: str, trail: Trail, *, before: int | None = None
    ) -> Static:
        """Read a name that no statement binds before a line: one that ``*`` brings, the last first, or a builtin."""
        place, elsewhere = at(module.path), ""
        for line, star in reversed(module.bindings.stars):
            if before is not None and line > before:
                continue
            if metaflow_names.is_native(star) and name in metaflow_names.KNOWN:
                return thing(Native(name=name), place)
            other = None if metaflow_names.is_native(star) else star_module(program, module, star)
            if other is not None and exports(program, other, name):
                key = f"{module.path}:*:{name}"
                if key in trail:
                    raise UnboundError("depends on itself")
                found = self.member(program, other, name, (*trail, key))
                if found.kind != "object":
                    self.refuse_changed(program, module, name, (*trail, key), found)
                return found
            elsewhere = elsewhere or ("" if other else star.module)
        return thing(unbound(name, elsewhere), place)


def _refuse_rebound(module: Module, name: str) -> None:
    """Refuse a function, class or decorator whose name stands for another one later.

    Raises:
        UnboundError: something may bind it again.
    """
    opaque = module.changes.opaque
    if name in module.changes.rebound:
        raise UnboundError("is changed after it was bound")
    if opaque is not None and any(isinstance(one, ast.Name) and one.id == "globals" for one in ast.walk(opaque)):
        raise UnboundError(f"may be changed by `{module.text(opaque)}` in line {opaque.lineno}")


def _has_plain_parts(value: Static | None) -> bool:
    """Return whether a value is known to have no parts that may change."""
    parts = (*value.items(), *(part for pair in value.pairs() for part in pair)) if value else ()
    return value is None or all(part.kind == "scalar" for part in parts)
