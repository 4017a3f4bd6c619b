"""The house stands as docs say: who imports whom, what pure rooms may do, how long things are (ast only)."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[1]
PACKAGES = ("mixlock_hooks", "nox_plugin")
FILES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py"))
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/*.py"))

ROOMS = {
    "model": {"model"},
    "ports": {"model"},
    "formats": {"model", "formats"},
    "rules": {"model", "rules"},
    "report": {"model", "report", "version"},
    "pipeline": {"model", "ports", "formats", "rules", "pipeline"},
    "synthetic": {"synthetic"},
    "shell": {"model", "ports", "formats", "rules", "synthetic", "shell", "version"},
    "demo": {"synthetic", "shell", "demo"},
    "installation": {"model", "ports", "pipeline", "shell", "installation"},
    "data": set(),
    "commands": {
        *("model", "ports", "formats", "rules", "report", "pipeline", "synthetic", "shell", "demo", "data"),
        *("version", "commands", "installation"),
    },
    "version": set(),
    "nox_plugin": {"model", "ports", "report", "pipeline", "shell", "installation", "nox_plugin"},
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
        "truststore",
        "rich",
        "urllib3",
    },
    "nox_plugin": {"nox"},
}
"""Each room and the libraries it may import anywhere; a room that is not named has the standard library alone."""

LAZY_GUESTS = {
    "commands": {"shtab"},
    "formats": {"cyclonedx", "packageurl", "rattler"},
    "rules": {"rattler"},
    "shell": {"conda_lock", "fsspec"},
}
"""Libraries that a room may import in a function only, because most runs do not need them."""

SYS_FACTS = {"stdlib_module_names", "version_info"}
"""What a pure room may ask ``sys``: facts of the interpreter, not of the run."""

PURE = ("model", "formats", "rules", "report", "pipeline")
EFFECTS = {
    *("asyncio", "builtins", "fileinput", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("platform", "random", "secrets", "shutil", "signal", "socket", "subprocess", "tempfile", "threading"),
    *("time", "urllib.request", "uuid"),
}
EFFECTFUL_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
CLOCKS = {"now", "today", "utcnow"}

NO_NAMES = {
    *("utils", "util", "helpers", "helper", "common", "manager", "misc"),
    *("box", "shelf", "standin", "stand", "held", "asks", "asked", "touched", "judge", "judged", "clash", "clashes"),
    *("tiny", "world", "worlds", "story", "told", "tell", "says", "laid", "workshop", "agreement", "fitting"),
}
"""Words that name nothing, and words of this house that nobody else would guess."""

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


def _lists(offenders: Iterable[str]) -> None:
    """Fail with every offender on a line of its own."""
    found = "\n".join(sorted(offenders))
    assert not found, found


def test_a_room_imports_only_the_rooms_below_it() -> None:
    _lists(
        f"{file}:{node.lineno}: {_room(_module(file))} must not know {module}"
        for file in FILES
        for node, module in _imports(_tree(file))
        if _is_ours(module) and _room(module) not in ROOMS[_room(_module(file))]
    )


def test_the_shell_does_not_decide_what_a_failed_solve_means() -> None:
    """An engine's failure is a value there; problems of MIX3xx are made of it in ``pipeline/lock/``."""
    makers = {
        f"mixlock_hooks.rules.{name}" for name in ("conda_problem", "pypi_problem", "solve_problem", "conflicts")
    }
    imported = (
        f"{file}:{node.lineno}: {module}"
        for file in _in_room("shell")
        for node, module in _imports(_tree(file))
        if module in makers
    )
    named = (
        f"{file}:{node.lineno}: {node.value}"
        for file in _in_room("shell")
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"MIX3\d\d", node.value)
    )
    _lists((*imported, *named))


def test_a_room_imports_only_its_own_libraries() -> None:
    _lists(f"{file}:{node.lineno}: {module}" for file in FILES for node, module in _libraries(file))


def _libraries(file: str) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each import of a library that the file's room may not have there."""
    room, tree = _room(_module(file)), _tree(file)
    lazy = _inside([*_functions(tree), *_guards(tree)])
    for node, module in _imports(tree):
        library = module.partition(".")[0]
        allowed = GUESTS.get(room, set()) | (LAZY_GUESTS.get(room, set()) if node in lazy else set())
        if not (_is_ours(module) or library in sys.stdlib_module_names or library in allowed):
            yield node, module


def test_no_module_imports_itself_through_others() -> None:
    graph = {}
    for module, file in MODULES.items():
        tree = _tree(file)
        for_types = _inside([*_guards(tree)])
        graph[module] = {name for node, name in _imports(tree) if _is_ours(name) and node not in for_types}
    _refuse_circles(graph)


def test_no_format_needs_itself_through_others_even_for_types() -> None:
    formats = {module: file for module, file in MODULES.items() if _room(module) in {"formats", "model"}}
    _refuse_circles({module: {name for _node, name in _imports(_tree(file))} for module, file in formats.items()})


def _refuse_circles(graph: Mapping[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' <- '.join(error.args[1])}")


def test_a_pure_room_imports_nothing_that_touches_the_world() -> None:
    _lists(
        f"{file}:{node.lineno}: {module}"
        for file in _in_room(*PURE)
        for node, module in _imports(_tree(file))
        if (module in EFFECTS or module.partition(".")[0] in EFFECTS) and node not in _inside([*_guards(_tree(file))])
    )


def test_a_pure_room_neither_opens_nor_prints_nor_runs_nor_asks_the_time() -> None:
    _lists(
        f"{file}:{node.lineno}: {ast.unparse(node)}"
        for file in _in_room(*PURE)
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.expr) and _is_effect(node)
    )


def _is_effect(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in EFFECTFUL_CALLS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in CLOCKS
        case ast.Attribute(value=ast.Name(id="sys"), attr=name):
            return name not in SYS_FACTS
        case _:
            return False


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in FILES}
    _lists(f"{file}: {length} lines" for file, length in lengths.items() if length > 300)


def test_no_function_is_longer_than_40_lines_and_nine_in_ten_are_not_longer_than_18() -> None:
    lengths = {f"{file}: {node.name}": _length(node) for file in FILES for node in _functions(_tree(file))}
    _lists(f"{where} has {length} lines" for where, length in lengths.items() if length > 40)
    long = {where: length for where, length in lengths.items() if length > 18}
    assert len(long) <= len(lengths) / 10, "\n".join(sorted(long, key=long.__getitem__, reverse=True))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_a_module_is_named_in_the_words_of_the_field() -> None:
    _lists(f"{file}: {word}" for file in (*FILES, *TESTS) for word in NO_NAMES & set(re.split(r"[/_.]", file)))


def test_everything_public_has_a_docstring() -> None:
    _lists(
        name
        for file in FILES
        for name, node in _public(_tree(file), _module(file))
        if ast.get_docstring(node) is None
    )


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
    _lists(str(file.relative_to(ROOT)) for file in files if hosts.search(file.read_bytes()))


def _collect(root: Path) -> subprocess.CompletedProcess[str]:
    """Collect the tests below a folder under the guard."""
    plugins = ["-p", "tests.import_guard", "-p", "no:xdist", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-c", str(ROOT / "pyproject.toml"), *plugins]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [*command, f"--rootdir={root}", "tests"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _findings(done: subprocess.CompletedProcess[str]) -> list[str]:
    return sorted(line.partition(" ")[2] for line in done.stderr.splitlines() if line.startswith("TOUCHED"))


def test_no_test_module_touches_the_outside_at_import() -> None:
    done = _collect(ROOT)
    _lists(_findings(done))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


TOUCHING = {
    "open": ("open('/etc/hostname')", "open /etc/hostname"),
    "stat": ("__import__('pathlib').Path('/nowhere').is_dir()", "os.stat /nowhere"),
    "list": ("list(__import__('pathlib').Path('/etc').iterdir())", "os.listdir /etc"),
    "run": ("__import__('subprocess').run(['true'])", "subprocess.Popen true"),
    "socket": ("__import__('socket').socket()", "socket.__new__"),
}


def test_what_touches_the_outside_at_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "import_guard.py", tmp_path / "tests")
    for name, (line, _) in {**TOUCHING, "nothing": ("open(__file__).close()", "")}.items():
        text = f"try:\n    {line}\nexcept Exception:\n    pass\ndef test_it(): pass\n"
        (tmp_path / "tests" / f"test_{name}.py").write_text(text, encoding="utf-8")
    done = _collect(tmp_path)
    assert done.returncode != 0
    found = dict(each.split(": ", 1) for each in _findings(done))
    assert set(found) == {f"tests/test_{name}.py" for name in TOUCHING}, done.stdout + done.stderr
    for name, (_, touched) in TOUCHING.items():
        assert found[f"tests/test_{name}.py"].startswith(touched)


def test_what_needs_the_outside_is_marked_real() -> None:
    _lists(
        file
        for file in TESTS
        if file.startswith("tests/real/test_")
        and not any(ast.unparse(node) == "pytestmark = pytest.mark.real" for node in _tree(file).body)
    )


def test_readme_names_the_hooks_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    configured = re.findall(r"^ +- id: (\S+)$", readme, re.MULTILINE)
    in_prose = re.findall(r"`(mixlock-[a-z-]+)`", readme)
    assert {*configured, *in_prose} == {hook["id"] for hook in manifest}
    assert not [hook["id"] for hook in manifest if hook["id"] in configured and "additional_dependencies" in hook]
    manual = re.findall(r"`(mixlock-[a-z-]+)` \(`stages: \[manual\]`\)", readme)
    assert manual == [hook["id"] for hook in manifest if hook.get("stages") == ["manual"]]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"pass the tests:\n\n```sh\n(.+)\n```", readme)
    assert block is not None
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r'^test_command="(.+)"$', ci, re.MULTILINE) == [block[1]]
    assert 'bash -c "$test_command"' in ci
