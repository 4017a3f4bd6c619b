"""A script for an interpreter with Metaflow: import flows, and print what their decorators hold after merging.

``python metaflow_dump.py PROFILE`` reads ``{name: [root, path]}`` as JSON from stdin and prints, for each name,
``{"flows": {flow: {step: requirement}}}`` or ``{"failed": why}``. Modules that are missing are stubbed.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import types
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Stub:
    """Stands for anything of a missing module: a decorator, a base class, a value."""

    def __call__(self, *arguments: Any, **_named: Any) -> Any:
        if len(arguments) == 1 and (callable(arguments[0]) or isinstance(arguments[0], type)):
            return arguments[0]
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()

    def __getitem__(self, _key: Any) -> Any:
        return self

    def __mro_entries__(self, _bases: Any) -> tuple[type, ...]:
        return ()


class StubModule(types.ModuleType):
    """A missing module, which may be used as anything in it."""

    __path__ = []  # noqa: RUF012 - a package without files
    __call__ = Stub.__call__
    __getitem__ = Stub.__getitem__
    __mro_entries__ = Stub.__mro_entries__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what nothing else finds."""

    def find_spec(self, fullname: str, *_where: object) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for every module; Metaflow looks for its extensions, and these are as they are."""
        if fullname.partition(".")[0] == "metaflow_extensions":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make a stub."""
        return StubModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing."""


def _import(root: str, path: str) -> types.ModuleType:
    """Import a flow as a script's folder and its repository's root would find it."""
    sys.path[:0] = [str(Path(path).parent), root]
    spec = importlib.util.spec_from_file_location("flow_specimen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _netflixext(flow: Any) -> dict[str, Any]:
    """Return what the extension merges for each step (``CondaEnvironment.extract_merged_reqs_for_step``)."""
    environment = importlib.import_module(
        "metaflow_extensions.netflixext.plugins.conda.conda_environment"
    ).CondaEnvironment
    environment._flow_req = None
    merged = {}
    for step in flow:
        requirement = environment.extract_reqs_for_flow(flow)
        requirement.override_update(environment.extract_reqs_for_step(step))
        packages = requirement.packages
        merged[step.name] = {
            "disabled": bool(requirement.is_disabled),
            "named": requirement.from_env_name,
            "python": requirement.python,
            "conda": {**packages.get("conda", {}), **packages.get("npconda", {})},
            "pypi": packages.get("pypi", {}),
            "channels": sorted(requirement.sources.get("conda", [])),
            "indices": sorted(requirement.sources.get("pypi", [])),
        }
    return merged


def _oss(flow: Any) -> dict[str, Any]:
    """Return what open-source Metaflow's decorators hold once they are initialised."""
    decorators = importlib.import_module("metaflow.decorators")
    environment_type = importlib.import_module("metaflow.plugins.pypi.conda_environment").CondaEnvironment
    environment = environment_type(flow)
    decorators._attach_decorators(flow, environment.decospecs())
    decorators._attach_decorators(flow, ["pypi"] if "pypi_base" in flow._flow_decorators else [])
    merged = {}
    for step in flow:
        own = {found.name: found for found in step.decorators if found.name in {"conda", "pypi"}}
        for found in (*flow._flow_decorators.get("conda_base", ()), *own.values()):
            found.external_init()
    for step in flow:
        own = {found.name: found for found in step.decorators if found.name in {"conda", "pypi"}}
        for found in own.values():
            found.step_init(flow, None, step.name, step.decorators, environment, None, lambda *_words, **_named: None)
        pythons = [own[name] for name in ("pypi", "conda") if name in own]
        chosen = [found.attributes["python"] for found in pythons if found.is_attribute_user_defined("python")]
        merged[step.name] = {
            "disabled": environment.is_disabled(step),
            "named": None,
            "python": next((python for python in chosen if python), None),
            "conda": own["conda"].attributes["packages"],
            "pypi": own["pypi"].attributes["packages"] if "pypi" in own else {},
            "channels": [],
            "indices": [],
        }
    return merged


def _dumped(root: str, path: str, merged: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    flow_type = importlib.import_module("metaflow").FlowSpec
    known, paths, here = set(sys.modules), list(sys.path), Path.cwd()
    try:
        os.chdir(root)
        module = _import(root, path)
        found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, flow_type)]
        own = [flow for flow in found if flow.__module__ == module.__name__]
        return {"flows": {flow.__name__: merged(flow(use_cli=False)) for flow in own}}
    except BaseException as error:  # noqa: BLE001 - whatever a flow does on import is its own affair
        return {"failed": f"{type(error).__name__}: {error}"}
    finally:
        os.chdir(here)
        sys.path[:] = paths
        for name in set(sys.modules) - known:
            if name.partition(".")[0] not in {"metaflow", "metaflow_extensions"}:
                del sys.modules[name]


def main() -> None:
    """Dump every flow that stdin names."""
    asked = json.load(sys.stdin)
    merged = {"netflixext": _netflixext, "oss": _oss}[sys.argv[1]]
    with redirect_stdout(sys.stderr):
        metaflow = importlib.import_module("metaflow")
        metaflow.__getattr__ = Stub().__getattr__  # type: ignore[method-assign]
        sys.meta_path.append(StubFinder())
        dumped = {name: _dumped(root, path, merged) for name, (root, path) in asked.items()}
    json.dump(dumped, sys.stdout)


if __name__ == "__main__":
    main()
