"""A package that looks like Metaflow 2.15 to what imports flows: its decorators, and where a flow keeps them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = """
from types import SimpleNamespace

__version__ = "2.15.21"

class _Decorator:
    defaults = {"packages": {}, "libraries": {}, "python": None, "disabled": None}

    def __init__(self, name, attributes):
        self.name = name
        self.attributes = {**self.defaults, **attributes}
        self._user_defined_attributes = set(attributes)

    def external_init(self):
        pass

class FlowSpec:
    _flow_decorators = {}

    def __init_subclass__(cls):
        members = {name: getattr(cls, name) for name in dir(cls)}
        cls._steps = [member for member in members.values() if getattr(member, "is_step", False)]
        cls._graph = SimpleNamespace(start_step="start" if "start" in members else None)
        cls._flow_decorators = dict(cls._flow_decorators)

    @classmethod
    def _process_config_decorators(cls, values):
        assert values == {}

def step(function):
    function.is_step = True
    function.decorators = getattr(function, "decorators", [])
    return function

def _of_step(name):
    def given(**attributes):
        def decorate(function):
            function.decorators = [*getattr(function, "decorators", []), _Decorator(name, attributes)]
            return function
        return decorate
    return given

def _of_flow(name):
    def given(**attributes):
        def decorate(flow):
            flow._flow_decorators[name] = [_Decorator(name, attributes)]
            return flow
        return decorate
    return given

conda, pypi = _of_step("conda"), _of_step("pypi")
conda_base, pypi_base = _of_flow("conda_base"), _of_flow("pypi_base")
"""
PARTS = {
    "flowspec": "",
    "parameters": "from contextlib import nullcontext as flow_context\n",
    "_vendor/__init__": "",
    "_vendor/click": "class Command:\n    def __init__(self, name): pass\n",
    "user_configs/__init__": "",
    "user_configs/config_options": "def config_options_with_config_input(command): return command, None\n",
}
"""Where that release keeps what prepares a flow."""


def environment_with_metaflow(folder: Path) -> Path:
    """Make a folder that looks like an active virtual environment with that package, and return it."""
    package = folder / "packages" / "metaflow"
    for name, text in {"__init__": PACKAGE, **PARTS}.items():
        file = package / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{package.parent}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return folder
