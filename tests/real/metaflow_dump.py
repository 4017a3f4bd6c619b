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
            "pypi": _locked(step) or packages.get("pypi", {}),
            "channels": sorted(requirement.sources.get("conda", [])),
            "indices": sorted(requirement.sources.get("pypi", [])),
        }
    return merged


def _locked(step: Any) -> dict[str, str]:
    """Return what ``@resolved_req`` installs: each version of the ``pylock.toml`` that uv made for it."""
    paths = [found.attributes["path"] for found in step.decorators if found.name == "pylock_toml_internal"]
    if not paths:
        return {}
    found = importlib.import_module("tomllib").loads(Path(paths[0]).read_text(encoding="utf-8"))
    return {package["name"]: package["version"] for package in found["packages"]}


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
        running = "{}.{}.{}".format(*sys.version_info)  # which is what @conda has if nothing is said
        conda = own["conda"]
        said = conda.is_attribute_user_defined("python") or conda.attributes["python"] != running
        python = (own["pypi"].attributes["python"] if "pypi" in own else None) or (
            conda.attributes["python"] if said else None
        )
        merged[step.name] = {
            "disabled": environment.is_disabled(step),
            "named": None,
            "python": python,
            "conda": own["conda"].attributes["packages"],
            "pypi": own["pypi"].attributes["packages"] if "pypi" in own else {},
            "channels": [],
            "indices": [],
        }
    return merged


def _prepared(flow_type: Any) -> Any:
    """Make a flow as its command line does: with the defaults of its configurations, changed by its mutators."""
    options = importlib.import_module("metaflow.user_configs.config_options")
    parameters = importlib.import_module("metaflow.parameters")
    click = importlib.import_module("metaflow._vendor.click")
    flow_type._configs_processed = False
    with parameters.flow_context(flow_type):
        _command, found = options.config_options_with_config_input(click.Command("x"))
        values: Any = {}
        try:
            for option in ("config", "config_value") if found else ():
                values = found.process_configs(flow_type.__name__, option, {}, quiet=True, datastore="local")
        except click.UsageError:  # a file is missing here: decorators that need it fail, and others are as they are
            flow_type._process_config_decorators({}, process_configs=False)
        else:
            flow_type._process_config_decorators(values)
            _mutate(flow_type)
        return flow_type


def _mutate(flow_type: Any) -> None:
    """Run the second phase of mutators, which may only change steps."""
    decorators = importlib.import_module("metaflow.decorators")
    state = importlib.import_module("metaflow.flowspec").FlowStateItems
    for found in flow_type._flow_state[state.FLOW_MUTATORS]:
        inserted = [found.decorator_name, *(found.inserted_by or [])]
        said = {"statically_defined": found.statically_defined, "inserted_by": inserted}
        found.mutate(decorators.MutableFlow(flow_type, pre_mutate=False, **said))
    for step in flow_type._steps:
        for found in list(step.config_decorators):
            decorators._run_step_mutator(flow_type, step, found, "%s %s")


def _merged(flow_type: Any, merged: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    parameters = importlib.import_module("metaflow.parameters")
    prepared = _prepared(flow_type)
    with parameters.flow_context(prepared):
        state = importlib.import_module("metaflow.flowspec").FlowStateItems
        for found in (one for several in prepared._flow_state[state.FLOW_DECORATORS].values() for one in several):
            found.external_init()
        for found in (found for step in prepared._steps for found in step.decorators):
            found.external_init()
        return merged(prepared(use_cli=False))


def apart(dump: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Dump one flow in a child process: what it changes of Metaflow is gone with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as answer:
            json.dump(dump(), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        found = answer.read()
    os.waitpid(child, 0)
    dumped: dict[str, Any] = json.loads(found) if found else {"failed": "it ended the process"}
    return dumped


def _dumped(root: str, path: str, merged: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    flow_type = importlib.import_module("metaflow").FlowSpec
    try:
        os.chdir(root)
        module = _import(root, path)
        mutators = importlib.import_module("metaflow").FlowMutator
        values = [value._flow_cls if isinstance(value, mutators) else value for value in vars(module).values()]
        found: list[Any] = [value for value in values if isinstance(value, type) and issubclass(value, flow_type)]
        own = [flow for flow in found if flow.__module__ == module.__name__ and flow._graph.start_step]
        return {"flows": {flow.__name__: _merged(flow, merged) for flow in own}}
    except BaseException as error:  # noqa: BLE001 - whatever a flow does on import is its own affair
        return {"failed": f"{type(error).__name__}: {error}"}


def stub_what_is_missing() -> None:
    """Let every module be found, and every name of Metaflow's."""
    metaflow = importlib.import_module("metaflow")
    metaflow.__getattr__ = Stub().__getattr__  # type: ignore[method-assign]
    sys.meta_path.append(StubFinder())


def main() -> None:
    """Dump every flow that stdin names."""
    asked = json.load(sys.stdin)
    merged = {"netflixext": _netflixext, "oss": _oss}[sys.argv[1]]
    with redirect_stdout(sys.stderr):
        stub_what_is_missing()
        dumped = {
            name: apart(lambda root=root, path=path: _dumped(root, path, merged))  # type: ignore[misc]
            for name, (root, path) in asked.items()
        }
    json.dump(dumped, sys.stdout)


if __name__ == "__main__":
    main()
