"""Flows whose constant something changes, or only looks at; the form is that of ``odd_flows``."""

from __future__ import annotations

_ENVS = "--- flows/envs.py\nLIBS = {'a': '1'}\n"
_FLOW = "@conda_base(libraries=LIBS)\nclass F(FlowSpec):\n    STEPS\n"
_OBJECT = "from metaflow import *\nenv = conda_base(libraries={{'a': '1'}})\n{}@env\nclass F(FlowSpec):\n    STEPS\n"
_ADD = "def add(d): d['b'] = '2'\n"


def _before(lines: str) -> str:
    """Return a flow with lines above it."""
    return f"from metaflow import *\nLIBS = {{'a': '1'}}\n{lines}{_FLOW}"


def _after(lines: str) -> str:
    """Return a flow with lines below it."""
    return f"from metaflow import *\nLIBS = {{'a': '1'}}\n{_FLOW}{lines}"


def _star(lines: str) -> str:
    """Return a flow whose constant comes by ``*``, with lines above it."""
    return f"from metaflow import *\nfrom envs import *\n{lines}{_FLOW}{_ENVS}"


READ = {
    "an attribute of a dataclass": """\
from dataclasses import dataclass
from metaflow import *
@dataclass(frozen=True)
class Envs:
    LIBS = {'a': '1'}
@conda_base(libraries=Envs.LIBS)
class F(FlowSpec):
    STEPS
""",
    "looked at by builtins": _before("print(LIBS, sorted(LIBS))\nassert len(list(map(str, LIBS))) == 1\n"),
    "looked at by a logger": _before("import logging\nlog = logging.getLogger('x')\nlog.info('%s', LIBS)\n"),
    "looked at by a method of a text": _before("NAMES = ', '.join(LIBS)\n"),
    "looked at by a function": _before("def show(d): print({**d}, len(d))\nshow(LIBS)\n"),
    "looked at by a lambda": _before("show = lambda d: print(d)\nshow(LIBS)\n"),
    "parts handed over": _before(
        "def check(k, v):\n    CHECKED.append(k)\nCHECKED = []\nfor k, v in LIBS.items(): check(k, v)\n"
    ),
    "handed to a decorator by a function": _before(
        "def env(libs): return conda_base(libraries=libs)\nOTHER = env(LIBS)\n"
    ),
    "handed over by a function that nobody calls": _before(f"{_ADD}def setup(): add(LIBS)\n"),
    "a copy of it handed over": _before(f"{_ADD}add(dict(LIBS))\n"),
    "names alone of globals()": _before("__all__ = [n for n in globals() if n.isupper()]\n"),
    "a flow of globals() started": _after("if __name__ == '__main__':\n    globals()['F']()\n"),
    "imported in the class": """\
from metaflow import FlowSpec
class F(FlowSpec):
    from metaflow import conda, step
    from envs import LIBS
    @conda(libraries=LIBS)
    STEPS
--- flows/envs.py
LIBS = {'a': '1'}
""",
}
"""Flows that are read."""

REFUSED = {
    "a decorator that a function binds again": _OBJECT.format(
        "def setup():\n    global env\n    env = conda_base(libraries={'b': '1'})\nsetup()\n"
    ),
    "a decorator of globals()": _OBJECT.format("globals()['env'] = conda_base(libraries={'b': '1'})\n"),
    "a decorator that another module sets": """\
from metaflow import *
import patch
import envs
@envs.env
class F(FlowSpec):
    STEPS
--- flows/envs.py
from metaflow import conda_base
env = conda_base(libraries={'a': '1'})
--- flows/patch.py
import envs
from metaflow import conda_base
envs.env = conda_base(libraries={'b': '1'})
""",
    "an attribute of a class that another module changes": """\
from metaflow import *
import patch
from envs import Envs
@conda_base(libraries=Envs.LIBS)
class F(FlowSpec):
    STEPS
--- flows/envs.py
class Envs:
    LIBS = {'a': '1'}
--- flows/patch.py
from envs import Envs
Envs.LIBS['b'] = '1'
""",
    "an attribute of a class that a decorator changes": """\
from metaflow import *
def over(klass):
    klass.LIBS = {'b': '1'}
    return klass
@over
class Envs:
    LIBS = {'a': '1'}
@conda_base(libraries=Envs.LIBS)
class F(FlowSpec):
    STEPS
""",
    "in a default": _before("def helper(x=LIBS.update(b='2')): ...\n"),
    "a part of a copy by another name": _before("E = [LIBS]\nx = list(E)[0]\nx['b'] = '2'\n"),
    "parts of a copy in a loop": _before("E = [LIBS]\nfor x in list(E): x['b'] = '2'\n"),
    "globals() in a function": _before("def f(): globals()['LIBS'] = {'b': '1'}\nf()\n"),
    "by star, an item": _star("LIBS['b'] = '2'\n"),
    "by star, a method": _star("LIBS.update(b='2')\n"),
    "by star, handed over": _star(f"{_ADD}add(LIBS)\n"),
    "by star, by another name": _star("x = LIBS\nx['b'] = '2'\n"),
    "by star, in a module that is imported": f"""\
from metaflow import *
import patch
from envs import LIBS
{_FLOW}{_ENVS}--- flows/patch.py
from envs import *
LIBS['b'] = '2'
""",
    "a module's name by another name": f"""\
from metaflow import *
import envs
x = envs.LIBS
x['b'] = '2'
{_FLOW.replace("LIBS", "envs.LIBS")}{_ENVS}""",
    "a module's name handed over in another module": f"""\
from metaflow import *
import patch
from envs import LIBS
{_FLOW}{_ENVS}--- flows/patch.py
import envs
{_ADD}add(envs.LIBS)
""",
    "in the main guard, by another name": _after("if __name__ == '__main__':\n    x = LIBS\n    x['b'] = '2'\n"),
    "in the main guard, handed over": _after(f"{_ADD}if __name__ == '__main__':\n    add(LIBS)\n"),
    "in a main guard above": _before(f"{_ADD}if __name__ == '__main__':\n    add(LIBS)\n"),
    "in the else of a main guard": _before(f"{_ADD}if __name__ != '__main__': pass\nelse: add(LIBS)\n"),
    "by a function called debug": _before("def debug(d): d['b'] = '2'\ndebug(LIBS)\n"),
    "by an imported function called info": _before("from h import info\ninfo(LIBS)\n")
    + "--- flows/h.py\ndef info(d): d['b'] = '2'\n",
    "by a method called get": _before("class C:\n    def get(self, d): d['b'] = '2'\nC().get(LIBS)\n"),
    "by a function that a function calls": _before(f"{_ADD}def setup(): add(LIBS)\nsetup()\n"),
    "by a local name in it": _before(f"{_ADD}def setup():\n    x = LIBS\n    add(x)\nsetup()\n"),
    "by a lambda": _before(f"{_ADD}setup = lambda: add(LIBS)\nsetup()\n"),
    "by an instance that is made": _before(f"{_ADD}class C:\n    def __init__(self): add(LIBS)\nC()\n"),
    "in a comprehension": _before("[d.update(b='2') for d in (LIBS,)]\n"),
    "by map": _before(f"{_ADD}list(map(add, [LIBS]))\n"),
    "by a decorator of a function": _before(
        "def reg(d):\n    d['b'] = '2'\n    return lambda f: f\n@reg(LIBS)\ndef other(): ...\n"
    ),
    "by a default of a function": _before(f"{_ADD}def other(x=add(LIBS)): ...\n"),
    "by a function that a function returns": _before(
        "def adder(k):\n    def add(d): d[k] = '2'\n    return add\nadder('b')(LIBS)\n"
    ),
    "what a function returns of its argument": _before("def same(d): return d\nx = same(LIBS)\nx['b'] = '2'\n"),
    "matched": _before("match LIBS:\n    case x: x['b'] = '2'\n"),
    "in a loop over several": _before("for i, d in enumerate([LIBS]): d['b'] = '2'\n"),
    "an item of globals()": _before("globals()['LIBS']['b'] = '2'\n"),
}
"""Flows that are told as ones that cannot be read."""
