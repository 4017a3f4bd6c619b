"""Whether an import works on every machine: what stands in for it where it fails is then never used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, imported_by, scope

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.bindings import Binding, Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program


_NAMES = {
    "abc": frozenset({"ABC", "ABCMeta", "abstractmethod"}),
    "collections": frozenset({"ChainMap", "Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"}),
    "contextlib": frozenset({"ExitStack", "contextmanager", "nullcontext", "suppress"}),
    "copy": frozenset({"copy", "deepcopy"}),
    "dataclasses": frozenset({"asdict", "dataclass", "field", "fields", "replace"}),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "enum": frozenset({"Enum", "IntEnum", "auto"}),
    "functools": frozenset({"lru_cache", "partial", "reduce", "wraps"}),
    "itertools": frozenset({"chain", "count", "islice", "product"}),
    "os": frozenset({"environ", "getenv", "path"}),
    "os.path": frozenset({"abspath", "basename", "dirname", "exists", "join"}),
    "pathlib": frozenset({"Path", "PurePath", "PurePosixPath"}),
    "types": frozenset({"MappingProxyType", "ModuleType", "SimpleNamespace"}),
    "typing": frozenset({"TYPE_CHECKING", "Any", "Callable", "ClassVar", "Dict", "Final", "Generic", "Iterable"})
    | {*("Iterator", "List", "Literal", "Mapping", "NamedTuple", "Optional", "Protocol", "Sequence", "Set", "Tuple")}
    | {*("Type", "TypeVar", "TypedDict", "Union", "cast", "overload")},
    "__future__": frozenset({"annotations"}),
}
"""What every python from 3.8 on has, on every system: other names of the standard library may not be there."""
_MODULES = frozenset(_NAMES) | {
    *("argparse", "base64", "csv", "hashlib", "io", "json", "logging", "math", "pickle", "random", "re", "string"),
    *("subprocess", "sys", "tempfile", "textwrap", "threading", "time", "uuid", "warnings"),
}


def is_sure(program: Program, module: Module, found: list[Binding]) -> bool:
    """Return whether one of the bindings of a name that can be read runs whatever the conditions are."""
    readable = [one for one in found if one.imported or isinstance(one.node, (*FUNCTIONS, ast.ClassDef))]
    return len(readable) < len(found) or any(
        one.is_sure or (one.is_tried and works(program, module, one.imported)) for one in readable
    )


def works(program: Program, module: Module, imported: Imported | None) -> bool:
    """Return whether an import leads to Metaflow, or to a module of the repository that itself imports no more.

    A module that imports what is neither Metaflow's, nor the standard library's, nor the repository's may fail on a
    machine, and so may one that raises.
    """
    return imported is not None and _works(program, module, imported, set())


def _works(program: Program, importer: Module, imported: Imported, seen: set[str]) -> bool:
    if metaflow_names.is_metaflow(imported.module) and not imported.level:
        return True
    try:
        module, left = program.lead(importer, imported)
    except LookupError:
        return bool(seen) and not imported.level and _is_everywhere(imported)
    if module.path in seen:
        return True
    seen.add(module.path)
    if left and not module.bindings.names.keys() & {left[0]} and not module.bindings.stars:
        return False
    return all(
        _works(program, module, other, seen)
        for node in scope(module.tree.body)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for _name, other in imported_by(node)
    ) and not any(isinstance(node, ast.Raise) for node in scope(module.tree.body))


def _is_everywhere(imported: Imported) -> bool:
    """Return whether a module of the standard library, or a name in it, is there for every python."""
    return imported.name in _NAMES.get(imported.module, ()) if imported.name else imported.module in _MODULES
