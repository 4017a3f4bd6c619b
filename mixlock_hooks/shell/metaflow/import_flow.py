"""A script for an interpreter with Metaflow: import one flow, and write what its decorators ask for.

``python import_flow.py ROOT PATH ANSWER`` imports the flow at PATH below ROOT as ``python PATH`` would, and writes
``{"flows": […], "files": […], "versions": {…}}`` as JSON into the file ANSWER, or ``{"failed": why}``. ``files`` are
those below ROOT that the import opened. It needs nothing of mixlock's, and runs on Python 3.8 and newer.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import os
import re
import sys
from contextlib import redirect_stdout
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKING = ("conda", "pypi", "pip", "sys_packages", "named_env")
"""Decorators of steps that ask for an environment; with ``_base`` they are for flows."""
DISTRIBUTIONS = ("metaflow", "metaflow-netflixext")
_OF_FILES = frozenset({"ResolvedReqFlowDecorator", "ResolvedUVEnvFlowDecorator"})
"""Mutators of the Netflix extension that make an environment of locked files; no decorator says what is in it."""
_OLDEST, _WITH_MUTATORS = (2, 13), (2, 16)
"""The oldest release of Metaflow that is known here, and the first with mutators of two phases."""
_SEEN = object()


class _Opened:
    """The files that are opened, by an audit hook, which nothing in this process can take away (PEP 578)."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root) + os.sep
        self.paths: set[str] = set()
        sys.addaudithook(self._saw)

    def _saw(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(self._root) and not _writes(arguments):
            self.paths.add(path)

    def below_root(self) -> list[str]:
        """Return the regular files that are there still, relative to the root, with ``/``."""
        found = (path for path in self.paths if Path(path).is_file())
        return sorted(os.path.relpath(path, self._root).replace(os.sep, "/") for path in found)


def _writes(arguments: tuple[Any, ...]) -> bool:
    """Return whether a file was opened to write it: what an import makes is no source of its answer."""
    _path, _mode, flags = (*arguments, 0, 0)[:3]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _import(root: str, path: str) -> Any:
    """Import a flow as a script's folder would find it; the root comes last, for tools that add it."""
    file = Path(root, path)
    sys.path[:1] = [str(file.parent)]
    sys.path.append(root)
    spec = importlib.util.spec_from_file_location(file.stem, str(file))
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file that ends in .py has both
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _prepared(flow_type: Any) -> Any:
    """Make a flow as its command line does: with the defaults of its configurations, changed by its mutators."""
    options = importlib.import_module("metaflow.user_configs.config_options")
    parameters = importlib.import_module("metaflow.parameters")
    click = importlib.import_module("metaflow._vendor.click")
    flow_type._configs_processed = False
    with parameters.flow_context(flow_type):
        _command, found = options.config_options_with_config_input(click.Command("x"))
        values: Any = {}
        for option in ("config", "config_value") if found else ():
            values = found.process_configs(flow_type.__name__, option, {}, quiet=True, datastore="local")
        flow_type._process_config_decorators(values)
        _mutate(flow_type)
    return flow_type


def _mutate(flow_type: Any) -> None:
    """Let mutators change the steps, as Metaflow does before it initialises decorators (``_init_step_decorators``).

    Raises:
        NotImplementedError: one takes packages from files that it locks itself.
    """
    if _release() < _WITH_MUTATORS:
        return
    mutable = importlib.import_module("metaflow.user_decorators.mutable_flow").MutableFlow
    mutable_step = importlib.import_module("metaflow.user_decorators.mutable_step").MutableStep
    for mutator in _mutators(flow_type):
        if type(mutator).__name__ in _OF_FILES:
            raise NotImplementedError(f"{type(mutator).__name__} takes its packages from files, not from decorators")
        mutator.mutate(mutable(flow_type, **_mutating(mutator)))
    for step in flow_type._steps:
        for mutator in list(step.config_decorators):
            mutator.mutate(mutable_step(flow_type, step, **_mutating(mutator)))


def _mutators(flow_type: Any) -> list[Any]:
    """Return the mutators of a flow, whatever the release keeps them in.

    Raises:
        NotImplementedError: it keeps them in what is not known.
    """
    flowspec = importlib.import_module("metaflow.flowspec")
    states = getattr(flowspec, "FlowStateItems", None) or getattr(flowspec, "_FlowState", None)
    for name in ("FLOW_MUTATORS", "CONFIG_DECORATORS"):  # the latter up to 2.16
        if hasattr(states, name):
            try:
                return list(flow_type._flow_state[getattr(states, name)] or ())
            except KeyError:
                return []
    raise NotImplementedError(f"Metaflow {_version()} keeps mutators where nobody looks for them")


def _version() -> str:
    """Return the release of Metaflow, as it says itself: one that lies on the path has no other record."""
    return str(importlib.import_module("metaflow").__version__)


def _release() -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", _version())
    return tuple(map(int, found.groups())) if found else ()


def _mutating(mutator: Any) -> dict[str, Any]:
    inserted_by = [mutator.decorator_name, *(mutator.inserted_by or [])]
    return {"pre_mutate": False, "statically_defined": mutator.statically_defined, "inserted_by": inserted_by}


def _of_flow(flow_type: Any) -> list[Any]:
    """Return the decorators of a flow, whatever the release keeps them in."""
    try:
        state = importlib.import_module("metaflow.flowspec").FlowStateItems
        kept = flow_type._flow_state[state.FLOW_DECORATORS]
    except AttributeError:  # before 2.19
        kept = flow_type._flow_decorators
    return [one for several in kept.values() for one in (several if isinstance(several, list) else [several])]


def _decorators(found: list[Any], suffix: str) -> Iterator[dict[str, Any]]:
    names = {f"{name}{suffix}" for name in ASKING}
    for decorator in found:
        if decorator.name not in names:
            continue
        (decorator.external_init if hasattr(decorator, "external_init") else decorator.init)()
        said: Any = getattr(decorator, "_user_defined_attributes", ())
        arguments = {
            name: _plain(value)
            for name, value in decorator.attributes.items()
            if value != decorator.defaults.get(name, _SEEN) or (name in said and value is not None)
        }
        yield {"name": decorator.name, "arguments": arguments}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what JSON does not have becomes text, which the reader then refuses or not."""
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return value if isinstance(value, (str, bool, int, float)) or value is None else str(value)


def _flow(flow_type: Any, lines: dict[str, int], root: str) -> dict[str, Any]:
    prepared = _prepared(flow_type)
    steps = [
        {
            "name": step.__name__,
            **_place(step, root),
            "decorators": list(_decorators(step.decorators, "")),
        }
        for step in _in_order(prepared)
    ]
    return {
        "name": prepared.__name__,
        "line": lines.get(prepared.__name__, 1),
        "decorators": list(_decorators(_of_flow(prepared), "_base")),
        "steps": steps,
    }


def _in_order(flow_type: Any) -> list[Any]:
    """Return the steps in the order of the source, those of bases first; one that is overridden keeps its place."""
    steps = {step.__name__: step for step in flow_type._steps}
    names = dict.fromkeys(name for one in reversed(flow_type.__mro__) for name in vars(one) if name in steps)
    return [steps[name] for name in names]


def _has_start(graph: Any) -> bool:
    """Return whether a flow has steps; since 2.19, the first may have any name."""
    return bool(graph.start_step) if hasattr(graph, "start_step") else "start" in graph.nodes


def _place(step: Any, root: str) -> dict[str, Any]:
    """Return where a step stands; nothing where it stands elsewhere than below the root."""
    code = getattr(getattr(step, "__func__", step), "__code__", None)
    if code is None:
        return {}
    path = os.path.relpath(os.path.realpath(code.co_filename), os.path.realpath(root)).replace(os.sep, "/")
    return {} if path.startswith("..") else {"path": path, "line": code.co_firstlineno}


def answer_of(root: str, path: str) -> dict[str, Any]:
    """Import one flow, and return what its decorators ask for; whatever it raises is raised.

    Raises:
        NotImplementedError: Metaflow is older than what is known here, or keeps things elsewhere.
    """
    opened = _Opened(root)
    metaflow = importlib.import_module("metaflow")
    if _release() < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise NotImplementedError(
            f"Metaflow {_version()} is too old: {oldest} is the oldest whose flows are imported"
        )
    module = _import(root, path)
    tree = ast.parse(Path(root, path).read_bytes())
    lines = {node.name: node.lineno for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    mutator = getattr(metaflow, "FlowMutator", None)  # what wraps a flow, since 2.16
    mutators: tuple[Any, ...] = (mutator,) if isinstance(mutator, type) else ()
    values: list[Any] = [value._flow_cls if isinstance(value, mutators) else value for value in vars(module).values()]
    found: list[Any] = [value for value in values if isinstance(value, type) and issubclass(value, metaflow.FlowSpec)]
    own = [flow for flow in dict.fromkeys(found) if flow.__module__ == module.__name__ and _has_start(flow._graph)]
    flows = [_flow(flow, lines, root) for flow in own]
    return {"flows": flows, "files": opened.below_root(), "versions": dict(_versions())}


def _versions() -> Iterator[tuple[str, str]]:
    installed = {found.metadata["Name"]: found.version for found in metadata.distributions()}
    yield from ((name, installed[name]) for name in DISTRIBUTIONS if name in installed)


def main(words: list[str]) -> int:
    """Import one flow; whatever it does on import is its own affair, and told."""
    root, path, answer = words
    try:
        with redirect_stdout(sys.stderr):
            found = answer_of(root, path)
    except BaseException as error:  # noqa: BLE001 - a flow may raise anything, SystemExit included
        found = {"failed": f"{type(error).__name__}: {error}"}
    with open(answer, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(found, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
