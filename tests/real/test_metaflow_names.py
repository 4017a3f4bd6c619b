"""What mixlock knows of Metaflow's own decorators and parsers is what the newest installed packages have.

A new decorator fails here, so that it is looked at, and is not passed over in silence.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats.metaflow.config_parsers import ConfigurationError, parsed
from mixlock_hooks.formats.metaflow.metaflow_names import ENVIRONMENT_NAMES, IDLE, INTERNAL, MUTATORS, PACKAGING
from tests.real.metaflow_comparison import PROFILES, interpreter

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

_NAMES = """\
import json
import metaflow
from metaflow.plugins import FLOW_DECORATORS, STEP_DECORATORS
kinds = metaflow.FlowMutator, metaflow.StepMutator
found = {name: value for name, value in vars(metaflow).items() if isinstance(value, type)}
print(json.dumps({
    "step": [one.name for one in STEP_DECORATORS],
    "flow": [one.name for one in FLOW_DECORATORS],
    "mutators": [name for name, value in found.items() if issubclass(value, kinds)],
}))
"""


@cache
def _run(profile: str, script: str, asked: str = "") -> Any:
    environment = {**os.environ, "USERNAME": "tester"}
    command = [str(interpreter(profile)), "-c", script]
    done = subprocess.run(command, input=asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("profile", PROFILES)
def test_every_decorator_of_the_packages_is_known(profile: str) -> None:
    names = _run(profile, _NAMES)
    assert set(names["step"]) | set(names["flow"]) <= ENVIRONMENT_NAMES | IDLE | INTERNAL
    assert set(names["mutators"]) <= MUTATORS | PACKAGING


def test_no_decorator_is_known_that_the_packages_do_not_have() -> None:
    names = _run("netflixext", _NAMES)
    assert set(names["step"]) | set(names["flow"]) == ENVIRONMENT_NAMES | IDLE | INTERNAL


_PARSE = """\
import json, sys
import metaflow
answers = []
for parser, text in json.loads(sys.stdin.read()):
    try:
        answers.append(getattr(metaflow, parser)(text) if parser else json.loads(text))
    except Exception:
        answers.append("refused")
print(json.dumps(answers))
"""

_TEXTS = [
    (
        "requirements_txt_parser",
        "a==1\nb[x]>=1,<2  # b\n# c\n\nd\npython==3.11\n-e file:.\ne @ https://h.example/e.whl\n",
    ),
    ("requirements_txt_parser", "a===1\nB.c_d ~= 1.2\n  e!=3\n"),
    ("requirements_txt_parser", "a; python_version<'3'\n"),
    ("requirements_txt_parser", "python==3.11\npython==3.12\n"),
    ("requirements_txt_parser", "not a requirement\n"),
    ("requirements_txt_parser", "--hash=x\n"),
    ("requirements_txt_parser", "-r other.txt\n"),
    ("requirements_txt_parser", ""),
    ("pyproject_toml_parser", '[project]\nrequires-python = ">=3.10"\ndependencies = ["a[y]~=1.2", " b ", "c==1"]\n'),
    ("pyproject_toml_parser", '[project]\nrequires-python = "==3.10"\ndependencies = []\n'),
    ("pyproject_toml_parser", '[project]\nrequires-python = ">=3.10"\ndependencies = ["python==3.11"]\n'),
    ("pyproject_toml_parser", '[project]\ndependencies = ["python==3.11"]\n'),
    ("pyproject_toml_parser", "[tool.x]\n"),
    ("pyproject_toml_parser", "[project\n"),
    ("pyproject_toml_parser", "[project]\ndependencies = 3\n"),
    (
        "conda_environment_yml_parser",
        "name: x\nchannels:\n  - c\ndependencies:\n  - python=3.11\n  - a=1.2 # a\n  - b\n  - c>=1\n",
    ),
    ("conda_environment_yml_parser", "dependencies:\n- a == 1\n- b = 2\n- c !=3\nprefix: x\n- d\n"),
    ("conda_environment_yml_parser", "dependencies:\n  - pip:\n    - a\n"),
    ("conda_environment_yml_parser", "dependencies:\n  - c::a=1\n"),
    ("conda_environment_yml_parser", "dependencies:\n  - python\n  - python=3.11\n"),
    ("conda_environment_yml_parser", "a: 1\n"),
    ("yaml_parser", "a: '1'\nb: [1, 2.5, true, null]\nc: &c {d: e}\nf: *c\n"),
    ("yaml_parser", "a: [\n"),
    ("", '{"a": {"b": [1, "2", null]}}'),
    ("", "{"),
]


def _ours(parser: str, text: str) -> object:
    try:
        return parsed(text, "c.txt", parser).plain()
    except ConfigurationError:
        return "refused"


def test_configurations_are_parsed_as_the_package_does() -> None:
    real = _run("oss", _PARSE, json.dumps(_TEXTS))
    assert [_ours(parser, text) for parser, text in _TEXTS] == real


_EXTENSIONS = """\
import ast, json, pathlib, sys
found = set()
for path in pathlib.Path(sys.argv[1]).glob("metaflow_extensions/**/*.py"):
    text = path.read_text(errors="replace")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "name":
            found.add(getattr(node.value, "value", ""))
print(json.dumps(sorted(map(str, found))))
"""


def test_known_decorators_of_extensions_exist(tmp_path: Path) -> None:
    from mixlock_hooks.formats.metaflow.metaflow_names import EXTENSIONS

    with_decorators = [name for name in EXTENSIONS if not name.startswith("ob-")]
    install = [str(interpreter("oss")), "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*install, *with_decorators], check=True, capture_output=True)
    command = [str(interpreter("oss")), "-c", _EXTENSIONS, str(tmp_path)]
    names = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    known = set().union(*(EXTENSIONS[name] for name in with_decorators))
    assert known - {"tensorflow_parallel"} <= set(names)  # as older releases of metaflow-tensorflow call it
