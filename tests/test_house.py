"""The house stands as docs say: who imports whom, what pure rooms may do, how long things are (ast only)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = ("mixlock_hooks", "nox_plugin")
FILES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py"))

ROOMS = {
    "model": {"model"},
    "ports": {"model"},
    "formats": {"model", "formats"},
    "rules": {"model", "rules"},
    "report": {"model", "report", "version"},
    "pipeline": {"model", "ports", "formats", "rules", "pipeline"},
    "synthetic": {"synthetic"},
    "shell": {"model", "ports", "formats", "rules", "synthetic", "shell"},
    "demo": {"synthetic", "shell", "demo"},
    "data": set(),
    "commands": {
        *("model", "ports", "formats", "rules", "report", "pipeline", "synthetic", "shell", "demo", "data"),
        *("version", "commands"),
    },
    "version": set(),
    "nox_plugin": {"model", "ports", "report", "pipeline", "shell", "nox_plugin"},
}
"""Each room and the rooms it may import, imports for type checkers only included."""

GUESTS = {
    "model": {"packaging"},
    "formats": {"packaging", "tomli", "tomlkit", "yaml"},
    "rules": {"packaging"},
    "pipeline": {"packaging"},
    "synthetic": {"packaging"},
    "shell": {
        "build",
        "filelock",
        "packaging",
        "platformdirs",
        "pypi_simple",
        "pyproject_hooks",
        "rattler",
        "requests",
        "rich",
        "urllib3",
    },
    "nox_plugin": {"nox"},
}
"""Each room and the libraries it may import anywhere; a room that is not named has the standard library alone."""

LAZY_GUESTS = {"formats": {"rattler"}, "rules": {"rattler"}, "shell": {"conda_lock", "fsspec"}}
"""Libraries that a room may import in a function only, because most runs do not need them."""

SYS_FACTS = {"version_info"}
"""What a pure room may ask ``sys``: facts of the interpreter, not of the run."""

PURE = ("model", "formats", "rules", "report", "pipeline")
EFFECTS = {
    *("asyncio", "builtins", "fileinput", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("platform", "random", "secrets", "shutil", "signal", "socket", "subprocess", "tempfile", "threading"),
    *("time", "urllib.request", "uuid"),
}
EFFECTFUL_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
CLOCKS = {"now", "today", "utcnow"}

NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "data_utils"}

REGISTRY_HOSTS = (
    ("py", "pi", ".org"),
    ("python", "hosted", ".org"),
    ("npm", "js", ".org"),
    ("npm", "js", ".com"),
    ("deb", "ian", ".org"),
)


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {_module(file): file for file in FILES}


def _room(module: str) -> str:
    """Name the room of a module; the package itself is only its version, and ``__main__`` a front door."""
    package, _, rest = module.partition(".")
    if package == "nox_plugin":
        return package
    return {"": "version", "__main__": "commands"}.get(rest, rest.partition(".")[0])


def _imports(node: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each import statement below a node and the module it names; of our own the very module."""
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            for alias in found.names:
                yield found, alias.name
        elif isinstance(found, ast.ImportFrom):
            assert found.level == 0, f"line {found.lineno}: a relative import"
            for alias in found.names:
                inner = f"{found.module}.{alias.name}"
                yield found, inner if inner in MODULES else str(found.module)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _guards(tree: ast.Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]


def _inside(nodes: list[ast.AST]) -> set[ast.AST]:
    return {inner for node in nodes for inner in ast.walk(node)}


def _functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _in_room(*rooms: str) -> list[str]:
    return [file for file in FILES if _room(_module(file)) in rooms]


@pytest.mark.parametrize("file", FILES)
def test_a_room_imports_only_the_rooms_below_it(file: str) -> None:
    room = _room(_module(file))
    found = {_room(module) for _, module in _imports(_tree(file)) if _is_ours(module)}
    assert found <= ROOMS[room], f"{room} must not know {found - ROOMS[room]}"


@pytest.mark.parametrize("file", FILES)
def test_a_room_imports_only_its_own_libraries(file: str) -> None:
    room = _room(_module(file))
    tree = _tree(file)
    lazy = _inside([*_functions(tree), *_guards(tree)])
    for node, module in _imports(tree):
        library = module.partition(".")[0]
        allowed = GUESTS.get(room, set()) | (LAZY_GUESTS.get(room, set()) if node in lazy else set())
        assert _is_ours(module) or library in sys.stdlib_module_names or library in allowed, f"line {node.lineno}"


def test_no_module_imports_itself_through_others() -> None:
    graph = {}
    for module, file in MODULES.items():
        tree = _tree(file)
        for_types = _inside([*_guards(tree)])
        graph[module] = {name for node, name in _imports(tree) if _is_ours(name) and node not in for_types}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("file", _in_room(*PURE))
def test_a_pure_room_imports_nothing_that_touches_the_world(file: str) -> None:
    tree = _tree(file)
    for_types = _inside([*_guards(tree)])
    found = {module for node, module in _imports(tree) if node not in for_types}
    assert not {module for module in found if module in EFFECTS or module.partition(".")[0] in EFFECTS}


@pytest.mark.parametrize("file", _in_room(*PURE))
def test_a_pure_room_neither_opens_nor_prints_nor_runs_nor_asks_the_time(file: str) -> None:
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in EFFECTFUL_CALLS), f"line {node.lineno}"
            assert not (isinstance(called, ast.Attribute) and called.attr in CLOCKS), f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr in SYS_FACTS, f"line {node.lineno}"


@pytest.mark.parametrize("file", FILES)
def test_no_module_is_longer_than_300_lines(file: str) -> None:
    assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("file", FILES)
def test_no_function_is_longer_than_40_lines(file: str) -> None:
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in _functions(_tree(file))}
    assert not {name: length for name, length in lengths.items() if length > 40}


@pytest.mark.parametrize("file", FILES)
def test_a_module_is_named_after_what_it_holds(file: str) -> None:
    assert not NO_NAMES & set(_module(file).split("."))


@pytest.mark.parametrize("file", FILES)
def test_everything_public_says_what_it_is(file: str) -> None:
    silent = [name for name, node in _public(_tree(file), _module(file)) if ast.get_docstring(node) is None]
    assert not silent


def _public(
    node: ast.Module | ast.ClassDef, name: str
) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield a module or class and what is public in it; a function's inside is its own affair."""
    yield name, node
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from _public(inner, f"{name}.{inner.name}")
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
            yield f"{name}.{inner.name}", inner


def test_no_file_names_the_host_of_a_package_registry() -> None:
    hosts = re.compile(rb"|".join(re.escape("".join(parts)).encode() for parts in REGISTRY_HOSTS), re.IGNORECASE)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    files = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    assert len(files) > 100
    assert not [str(file.relative_to(ROOT)) for file in files if hosts.search(file.read_bytes())]
