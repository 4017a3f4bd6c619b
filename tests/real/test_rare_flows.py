"""Flows of several files, in forms that are rare in the wild: each step asks for what the real packages make of it.

A flow that mixlock cannot read is MIX007, and these are few and named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.real.flow_specimens import written
from tests.real.metaflow_comparison import PROFILES, differences, dumped, merged, refused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

_STEPS = "    @step\n    def start(self): self.next(self.end)\n    @step\n    def end(self): pass\n"
_HEAD = "from metaflow import *\n"
_BASE = f"{_HEAD}@conda_base(libraries={{'a': '1'}}, python='3.11')\nclass Base(FlowSpec): ...\n"


def _on_step(decorator: str, *, head: str = _HEAD, body: str = "") -> str:
    return f"{head}class F(FlowSpec):\n{body}    {decorator}\n{_STEPS}"


def _on_flow(decorator: str, *, head: str = _HEAD, body: str = "") -> str:
    return f"{head}{decorator}\nclass F(FlowSpec):\n{body}{_STEPS}"


_READ: dict[str, dict[str, str]] = {
    "E1: the environment stands in the module of the base": {
        "flows/f.py": f"from base import Base\nfrom metaflow import step\nclass F(Base):\n{_STEPS}",
        "flows/base.py": _BASE,
    },
    "E3: a function puts the decorator on": {
        "flows/f.py": _on_step("@ml_env", head=f"{_HEAD}from envs import ml_env\n"),
        "flows/envs.py": (
            "from metaflow import conda\ndef ml_env(func):\n    return conda(libraries={'a': '1'})(func)\n"
        ),
    },
    "E4: a configuration's file": {
        "flows/f.py": _on_flow(
            "@pypi_base(**config_expr('deps'))",
            body="    deps = Config('deps', default='flows/deps.txt', parser=requirements_txt_parser)\n",
        ),
        "flows/deps.txt": "# of the model\na[x]==1.2\nb>=1,<2  # here\nc\npython==3.11.*\n",
    },
    "E5: a comprehension over a constant of another module": {
        "flows/f.py": _on_flow(
            "@pypi_base(packages=packages('a', 'c', 'z'), python=PYTHON)",
            head=f"{_HEAD}from common import PYTHON, packages\n",
        ),
        "flows/common.py": (
            "PYTHON = '3.12'\nPACKAGES = {'a': '1', 'b': '2', 'c[x]': '3', 'c': '4'}\n"
            "def packages(*names: str):\n    '''Return some.'''\n"
            "    return {name: PACKAGES[name] for name in names if name in PACKAGES}\n"
        ),
    },
    "a package that passes its base on": {
        "flows/f.py": f"from lib.flows import Base as B\nfrom metaflow import step\nclass F(B):\n{_STEPS}",
        "flows/lib/__init__.py": "",
        "flows/lib/flows/__init__.py": "from .base import *\nfrom ..envs import *\n__all__ = ['Base']\n",
        "flows/lib/flows/base.py": (
            f"from ..envs import LIBS\n{_HEAD}@conda_base(libraries=LIBS)\nclass Base(FlowSpec): ...\n"
        ),
        "flows/lib/envs.py": "LIBS = {'a': '1'}\nBase = None\n__all__ = ['LIBS']\n",
    },
    "diamond inheritance": {
        "flows/f.py": (
            f"{_HEAD}class A(FlowSpec):\n    @conda(libraries={{'a': '1'}})\n    @step\n    def end(self): pass\n"
            "class B(A):\n    @conda(libraries={'b': '1'})\n    @step\n    def start(self): self.next(self.end)\n"
            "class C(A):\n    @conda(libraries={'c': '1'})\n    @step\n    def end(self): pass\n"
            "    @conda(libraries={'c': '2'})\n    @step\n    def start(self): self.next(self.end)\n"
            "class F(B, C): pass\n"
        )
    },
    "a mixin with steps, through a module": {
        "flows/f.py": (
            f"{_HEAD}from lib import mixins\nclass F(mixins.Ends, FlowSpec):\n    @step\n"
            f"    def start(self): self.next(self.end)\n"
        ),
        "flows/lib/mixins.py": (
            "from metaflow import conda, step\nclass Ends:\n    LIBS = {'a': '1'}\n"
            "    @conda(libraries=LIBS)\n    @step\n    def end(self): pass\n"
        ),
    },
    "a decorator object, imported by another name": {
        "flows/f.py": _on_step("@gpu", head=f"{_HEAD}from envs import GPU as gpu\n"),
        "flows/envs.py": "import metaflow as mf\nGPU = mf.conda(libraries={'a': '1'})\n",
    },
    "decorator objects in a mapping": {
        "flows/f.py": _on_step(
            "@ENVS['gpu']",
            head=f"{_HEAD}ENVS = {{n: conda(libraries={{'a': v}}) for n, v in [('gpu', '1'), ('cpu', '2')]}}\n",
        )
    },
    "a decorator factory with arguments and a wrapper": {
        "flows/f.py": _on_step("@env('gpu', extra={'b': '2'})", head=f"{_HEAD}from envs import env\n"),
        "flows/envs.py": (
            "from functools import wraps\nfrom metaflow import conda, retry\nLIBS = {'gpu': {'a': '1'}}\n"
            "def env(kind, *, extra=None, python='3.10'):\n    libs = {**LIBS[kind], **(extra or {})}\n"
            "    def put(func):\n        @wraps(func)\n        def call(self, *args):\n            print(kind)\n"
            "            return func(self, *args)\n"
            "        return retry(times=2)(conda(libraries=libs, python=python)(call))\n"
            "    return put\n"
        ),
    },
    "functools.partial, and a lambda": {
        "flows/f.py": _on_step(
            "@env(libraries={'a': '1'})\n    @(lambda f: f)",
            head=f"{_HEAD}from functools import partial\nenv = partial(conda, python='3.10')\n",
        )
    },
    "subscripts, copies, fromkeys, joins": {
        "flows/f.py": _on_flow(
            "@pypi_base(packages={**ENVS['x'][0].copy(), **dict.fromkeys(NAMES, ''), **MORE, 'e': V[-1]})",
            head=(
                f"{_HEAD}ENVS = {{'x': [{{'a': '1'}}]}}\nNAMES = ('b', 'c')\nVERSIONS = '1 2'.split()\n"
                "V = [f'{n}.{m}' for n in [1, 2] for m in [3] if n > 1]\nMORE = dict(zip(NAMES, VERSIONS))\n"
            ),
        )
    },
    "class constants, static methods, inherited": {
        "flows/f.py": _on_step(
            "@pypi(packages=Envs.of('gpu') | Envs.COMMON)",
            head=(
                f"{_HEAD}class Common:\n    COMMON = {{'b': '1'}}\nclass Envs(Common):\n"
                "    GPU = {'gpu': {'a': '1'}}\n"
                "    @classmethod\n    def of(cls, name): return cls.GPU[name]\n"
            ),
        )
    },
    "typing.Annotated constants": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=LIBS)",
            head=(
                f"{_HEAD}from typing import Annotated, Final\nV: Final = '1'\n"
                f"LIBS: Annotated[dict, 'x'] = {{'a': V}}\n"
            ),
        )
    },
    "imports for type checkers only": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=LIBS)",
            head=(
                f"{_HEAD}from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
                f"    from other import LIBS\nelse:\n    from envs import LIBS\n"
            ),
        ).replace("else:\n    from envs import LIBS\n", "from envs import LIBS\n"),
        "flows/envs.py": "LIBS = {'a': '1'}\n",
        "flows/other.py": "LIBS = {'a': '2'}\n",
    },
    "a walrus": {"flows/f.py": _on_flow("@conda_base(libraries=LIBS)", head=f"{_HEAD}(LIBS := {{'a': '1'}})\n")},
    "a fallback for an import": {
        "flows/f.py": _on_step(
            "@conda(libraries={'a': '1'})",
            head=(
                "try:\n    from metaflow import FlowSpec, step, conda\nexcept ImportError:\n"
                "    FlowSpec = step = conda = None\n"
            ),
        )
    },
    "a base of the same name": {
        "flows/f.py": f"from base import Base\nfrom metaflow import step\nclass Base(Base):\n{_STEPS}",
        "flows/base.py": _BASE,
    },
    "a start of another name": {
        "flows/f.py": (
            f"{_HEAD}class F(FlowSpec):\n    @conda(libraries={{'a': '1'}})\n"
            f"    @step(start=True)\n    def begin(self): self.next(self.done)\n"
            f"    @step(end=True)\n    def done(self): pass\n"
        )
    },
    "an abstract base with an environment and half of the steps": {
        "flows/f.py": (
            f"{_BASE.replace('...', '')}    @pypi(packages={{'b': '1'}})\n    @step\n"
            f"    def end(self): pass\n    @step\n    def middle(self): self.next(self.end)\n"
            f"class F(Base):\n    @step\n    def start(self): self.next(self.middle)\n"
        ).replace("@pypi(packages={'b': '1'})", "@retry")
    },
    "a configuration's attributes, with a default value": {
        "flows/f.py": _on_step(
            "@pypi(packages=config.envs.gpu, python=config_expr('config.python'))",
            body=(
                "    config = Config('config',\n"
                "        default_value={'envs': {'gpu': {'a': '1', 'b': ''}}, 'python': '3.11'})\n"
            ),
        )
    },
    "a configuration of a base, spread": {
        "flows/f.py": f"from base import Base\nfrom metaflow import step\nclass F(Base):\n{_STEPS}",
        "flows/base.py": (
            f"{_HEAD}@pypi_base(**config_expr('cfg.env'))\nclass Base(FlowSpec):\n"
            f"    cfg = Config('cfg', default='cfg.json')\n"
        ),
        "cfg.json": '{"env": {"packages": {"a": "1"}, "python": "3.12"}}',
    },
    "a configuration of a pyproject.toml": {
        "flows/f.py": _on_flow(
            "@pypi_base(packages=config_expr('p').packages, python=config_expr('p')['python'])",
            body=(
                "    p = Config('p', default='pyproject.toml',\n"
                "        parser='metaflow.plugins.pypi.parsers.pyproject_toml_parser')\n"
            ),
        ),
        "pyproject.toml": '[project]\nrequires-python = ">=3.10"\ndependencies = ["a[x]~=1.2", "b", "c==1"]\n',
    },
    "a configuration in YAML": {
        "flows/f.py": _on_flow(
            "@pypi_base(packages=config_expr('y.p'))",
            body="    y = Config('y', default='y.yml', parser=yaml_parser)\n",
        ),
        "y.yml": "p: &p\n  a: '1'\n  b: ''\nq: *p\n",
    },
    "a decorator of the user's, and a class that wraps": {
        "flows/f.py": _on_step(
            "@conda(libraries={'a': '1'})\n    @Timed(card=True)\n    @retry",
            head=(
                f"{_HEAD}from functools import wraps\nclass Timed:\n    def __init__(self, card): self.card = card\n"
                "    def __call__(self, f):\n        @wraps(f)\n        def call(s): f(s)\n"
                "        if self.card:\n            from metaflow import card\n"
                "            return card(id='x')(call)\n        return call\n"
            ),
        )
    },
    "properties and other methods": {
        "flows/f.py": _on_step(
            "@conda(libraries={'a': '1'})",
            body=(
                "    @property\n    def x(self): return 1\n    @x.setter\n"
                "    def x(self, v): pass\n    @staticmethod\n    def y(): pass\n"
            ),
        )
    },
    "a name that a later star binds again, of no matter": {
        "flows/f.py": _on_flow("@conda_base(libraries=LIBS)", head=f"LIBS = {{'a': '1'}}\n{_HEAD}"),
    },
    "modules that import each other": {
        "flows/f.py": _on_flow("@conda_base(libraries=LIBS)", head=f"{_HEAD}import a\nfrom a import LIBS\n"),
        "flows/a.py": "V = '1'\nimport b\nLIBS = {'a': b.W}\n",
        "flows/b.py": "import a\nW = a.V\n",
    },
    "the script's own folder goes first, also for what it imports": {
        "flows/f.py": f"from lib.base import Base\nfrom metaflow import step\nclass F(Base):\n{_STEPS}",
        "flows/consts.py": "LIBS = {'a': '1'}\n",
        "flows/lib/consts.py": "LIBS = {'a': '2'}\n",
        "flows/lib/base.py": (
            f"{_HEAD}from consts import LIBS\n@conda_base(libraries=LIBS)\nclass Base(FlowSpec): ...\n"
        ),
    },
}

_REFUSED: dict[str, dict[str, str]] = {
    "E2: a mutator": {
        "flows/f.py": _on_flow(
            "@Adds",
            head=(
                f"{_HEAD}class Adds(FlowMutator):\n    def pre_mutate(self, mutable_flow):\n"
                "        mutable_flow.add_decorator(pypi_base, deco_kwargs={'packages': {'a': '1'}})\n"
            ),
        )
    },
    "a decorator put on by a call": {
        "flows/f.py": _on_flow("", head=_HEAD) + "F = conda_base(libraries={'a': '1'})(F)\n"
    },
    "a decorator put on beside": {"flows/f.py": _on_flow("", head=_HEAD) + "conda_base(libraries={'a': '1'})(F)\n"},
    "a decorator put on by a method of the list": {
        "flows/f.py": _on_flow("", head=_HEAD) + "for deco in [conda_base(libraries={'a': '1'})]:\n    deco(F)\n"
    },
    "a constant that another name changes": {
        "flows/f.py": _on_flow("@conda_base(libraries=A)", head=f"{_HEAD}A = {{'a': '1'}}\nB = A\nB['b'] = '2'\n")
    },
    "a constant that a function changes": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=A)", head=f"{_HEAD}A = {{'a': '1'}}\ndef add(x): x['b'] = '2'\nadd(A)\n"
        )
    },
    "a part of a constant that a loop changes": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=E['x'])",
            head=f"{_HEAD}E = {{'x': {{'a': '1'}}}}\nfor d in E.values():\n    d.update(b='2')\n",
        )
    },
    "a part of a constant that its copy changes": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=E['x'])",
            head=f"{_HEAD}E = {{'x': {{'a': '1'}}}}\nG = dict(E)\nG['x']['b'] = '2'\n",
        )
    },
    "exec": {"flows/f.py": _on_flow("", head=_HEAD) + "exec(\"conda_base(libraries={'a': '1'})(F)\")\n"},
    "a metaclass": {
        "flows/f.py": (
            f"{_HEAD}from metaflow.flowspec import FlowSpecMeta\nclass M(FlowSpecMeta):\n"
            "    def __init__(cls, *a):\n        super().__init__(*a)\n        if cls.__name__ == 'F':\n"
            "            conda_base(libraries={'a': '1'})(cls)\n"
            f"class F(FlowSpec, metaclass=M):\n{_STEPS}"
        )
    },
    "a step under a condition": {
        "flows/f.py": (
            f"{_HEAD}class F(FlowSpec):\n    if True:\n        @conda(libraries={{'a': '1'}})\n        @step\n"
            "        def start(self): self.next(self.end)\n    @step\n    def end(self): pass\n"
        )
    },
    "a step that is a value": {
        "flows/f.py": (
            f"{_HEAD}def _start(self): self.next(self.end)\n_start.__name__ = 'start'\nclass F(FlowSpec):\n"
            "    start = conda(libraries={'a': '1'})(step(_start))\n    @step\n    def end(self): pass\n"
        )
    },
    "a flow in each of two branches": {
        "flows/f.py": (
            f"{_HEAD}if not __debug__:\n    class F(FlowSpec): ...\nelse:\n    @conda_base(libraries={{'a': '1'}})\n"
            f"    class F(FlowSpec):\n{_STEPS.replace('    ', '        ')}"
            "if False:\n    class F: ...\n"
        )
    },
    "a function that puts a decorator on, and returns the step": {
        "flows/f.py": _on_step(
            "@env", head=f"{_HEAD}def env(f):\n    conda(libraries={{'a': '1'}})(f)\n    return f\n"
        )
    },
    "a constant of two stars": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=LIBS)", head=f"{_HEAD}LIBS = {{'a': '1'}}\nfrom consts import *\n"
        ),
        "flows/consts.py": "LIBS = {'a': '2'}\n",
    },
    "a module that changes itself": {
        "flows/f.py": _on_flow(
            "@conda_base(libraries=consts.LIBS)", head=f"{_HEAD}import consts\nconsts.LIBS['b'] = '2'\n"
        ),
        "flows/consts.py": "LIBS = {'a': '1'}\n",
    },
}


@pytest.mark.parametrize("profile", PROFILES)
def test_rare_flows_hold_what_the_real_packages_hold(tmp_path: Path, profile: str) -> None:
    specimens = written(tmp_path, _READ)
    dump = dumped(specimens, profile)
    assert {name: found["failed"] for name, found in dump.items() if "failed" in found} == {}
    assert {name for name, found in dump.items() if not any(found["flows"].values())} == set()
    different: dict[str, Any] = {one.name: differences(one, dump[one.name], profile) for one in specimens}
    assert {name: steps for name, steps in different.items() if steps} == {}
    told = {one.name: [problem.claim for problem in refused(merged(one, profile))] for one in specimens}
    assert {name: claims for name, claims in told.items() if claims} == {}
    assert [one.name for one in specimens if not merged(one, profile).environments] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_what_cannot_be_read_is_told_where_the_real_packages_hold_something(tmp_path: Path, profile: str) -> None:
    specimens = written(tmp_path, _REFUSED)
    dump = dumped(specimens, profile)
    assert {name: found["failed"] for name, found in dump.items() if "failed" in found} == {}
    assert [one.name for one in specimens if not refused(merged(one, profile))] == []
