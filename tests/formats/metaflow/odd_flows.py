"""Flows in odd forms: what may add an environment without a plain decorator, each a small repository as text.

The first part of a text is ``flows/f.py``; ``--- PATH`` begins another file. ``STEPS`` are a start and an end,
``BASE`` is a base with an environment.
"""

from __future__ import annotations

import re

_STEPS = """\
@step
def start(self): self.next(self.end)
@step
def end(self): pass
"""
_BASE = """\
from metaflow import *
@conda_base(libraries={'a': '1'}, python='3.11')
class Base(FlowSpec): ...
"""


def files(text: str) -> dict[str, str]:
    """Return the files of a text by path."""
    first, *others = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)
    found = {"flows/f.py": first, **dict(zip(others[::2], others[1::2], strict=True))}
    return {path: _whole(part) for path, part in found.items()}


def _whole(text: str) -> str:
    """Put in what stands for a word of its own."""
    steps = lambda found: "".join(found[1] + line for line in _STEPS.splitlines(keepends=True))  # noqa: E731
    return re.sub(r"^( *)STEPS\n", steps, text, flags=re.MULTILINE).replace("BASE\n", _BASE)


READ = {
    "a decorator with or without a call": """\
from metaflow import *
def gpu(f=None, **kw):
    deco = conda(libraries={'a': '1'}, **kw)
    return deco(f) if f else deco
class F(FlowSpec):
    @gpu
    @step
    def start(self): self.next(self.end)
    @gpu(python='3.11')
    @step
    def end(self): pass
""",
    "a decorator with or without a call, if callable": """\
from metaflow import *
def gpu(f=None, **kw):
    deco = conda(libraries={'a': '1'}, **kw)
    if callable(f):
        return deco(f)
    return deco
class F(FlowSpec):
    @gpu
    @step
    def start(self): self.next(self.end)
    @gpu(python='3.11')
    @step
    def end(self): pass
""",
    "a decorator with or without a call, and or": """\
from metaflow import *
def gpu(f=None, **kw):
    deco = conda(libraries={'a': '1'}, **kw)
    return f and deco(f) or deco
class F(FlowSpec):
    @gpu
    @step
    def start(self): self.next(self.end)
    @gpu(python='3.11')
    @step
    def end(self): pass
""",
    "its name in a log": """\
from metaflow import *
import logging
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
logging.getLogger(F.__name__.lower()).info('%s', F.__doc__)
""",
    "names of Metaflow imported twice": """\
from metaflow import FlowSpec, conda_base, step
from common import *
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/common.py
from metaflow import *
LIBS = {'a': '1'}
""",
    "steps and modules of others": """\
from metaflow import *
import helper
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
--- flows/helper.py
import sys
class Pipeline:
    def __init__(self, steps): self._steps = list(steps)
    def run(self, modules): return self.modules[0], modules['a']
def get(name): return getattr(sys.modules[__name__], name)
""",
    "class in with": """\
from metaflow import *
import contextlib
with contextlib.suppress(Exception):
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
""",
    "class in try": """\
from metaflow import *
try:
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
except Exception: pass
""",
    "class in match": """\
from metaflow import *
match 1:
    case 1:
        @conda_base(libraries={'a': '1'})
        class F(FlowSpec):
            STEPS
""",
    "stack of two": """\
from metaflow import *
def both(f): return conda(libraries={'a': '1'})(pypi(packages={})(f))
class F(FlowSpec):
    @both
    STEPS
""",
    "decorator method of object": """\
from metaflow import *
envs = {'gpu': conda(libraries={'a': '1'})}
class F(FlowSpec):
    @envs.get('gpu')
    STEPS
""",
    "walrus decorator": """\
from metaflow import *
class F(FlowSpec):
    @(e := conda(libraries={'a': '1'}))
    STEPS
""",
    "partial of partial": """\
from metaflow import *
from functools import partial
p = partial(partial(conda, python='3.11'), libraries={'a': '1'})
class F(FlowSpec):
    @p()
    STEPS
""",
    "partial with dict": """\
from metaflow import *
import functools as ft
K = {'libraries': {'a': '1'}}
p = ft.partial(conda, **K)
class F(FlowSpec):
    @p()
    STEPS
""",
    "partialmethod style": """\
from metaflow import *
p = lambda **k: conda(**{**k, 'python': '3.11'})
class F(FlowSpec):
    @p(libraries={'a': '1'})
    STEPS
""",
    "own step": """\
from metaflow import FlowSpec, conda
from metaflow import step as _s
def step(f): return conda(libraries={'a': '1'})(_s(f))
class F(FlowSpec):
    STEPS
""",
    "own conda": """\
from metaflow import FlowSpec, step
from metaflow import conda as c
def conda(**k): return c(libraries={**k, 'b': '2'})
class F(FlowSpec):
    @conda(a='1')
    STEPS
""",
    "idle with computed args": """\
from metaflow import *
import os
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @resources(memory=int(os.environ.get('M', 1)), cpu=max(1, 2))
    @environment(vars={k: v for k, v in os.environ.items() if k == 'NOPE'})
    STEPS
""",
    "project and schedule": """\
from metaflow import *
@project(name='x')
@schedule(daily=True)
@trigger(event='e')
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "project with branch wrapper": """\
from metaflow import *
import functools
proj = functools.partial(project, name='x')()
@proj
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "f-string of versions": """\
from metaflow import *
V = '1'
@conda_base(libraries={'a': f'{V:>3}'.strip()})
class F(FlowSpec):
    STEPS
""",
    "star import shadowing": """\
from metaflow import *
from mine import *
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
--- flows/mine.py
from metaflow import conda_base as _c
def conda_base(**k): return _c(libraries={'b': '2'})
""",
    "star import of a private all": """\
from metaflow import *
from mine import *
@_env
class F(FlowSpec):
    STEPS
--- flows/mine.py
from metaflow import conda_base
__all__ = ['_env']
_env = conda_base(libraries={'a': '1'})
""",
    "type checking flow": """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from other import FlowSpec
else:
    from metaflow import FlowSpec
from metaflow import step, conda_base
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "user_step_decorator": """\
from metaflow import *
@user_step_decorator
def d(step_name, flow, inputs=None, attributes=None):
    yield
class F(FlowSpec):
    @d
    @conda(libraries={'a': '1'})
    STEPS
""",
    "async step": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @step
    async def start(self): self.next(self.end)
    @step
    def end(self): pass
""",
    "overridden step loses its env": """\
from metaflow import *
class A(FlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
class F(A):
    @step
    def start(self): self.next(self.end)
""",
    "flow decorators of two bases": """\
from metaflow import *
@conda_base(libraries={'a': '1'})
class A(FlowSpec): ...
@pypi_base(packages={'b': '1'})
class B(FlowSpec): ...
class F(A, B):
    STEPS
""",
    "same decorator of two bases": """\
from metaflow import *
@conda_base(libraries={'a': '1'})
class A(FlowSpec): ...
@conda_base(libraries={'b': '1'})
class B(FlowSpec): ...
class F(A, B):
    STEPS
""",
    "shadowed builtin": """\
from metaflow import *
def dict(**k): return {'b': '2'}
@conda_base(libraries=dict(a='1'))
class F(FlowSpec):
    STEPS
""",
    "shadowed builtin in a star": """\
from metaflow import *
from mine import *
@conda_base(libraries=dict(a='1'))
class F(FlowSpec):
    STEPS
--- flows/mine.py
def dict(**k): return {'b': '2'}
""",
    "sub-package relative": """\
from lib.sub.flow import Base
from metaflow import step
class F(Base):
    STEPS
--- flows/lib/__init__.py

--- flows/lib/sub/__init__.py
from .. import const
--- flows/lib/const.py
L = {'a': '1'}
--- flows/lib/sub/flow.py
from metaflow import *
from ..const import L
from . import const as c2
@conda_base(libraries={**L, **c2.L})
class Base(FlowSpec): ...
""",
    "decorator with contextlib": """\
from metaflow import *
import itertools
def chain(a, b): return lambda c: a(b(c))
@chain(conda_base(libraries={'a': '1'}), project(name='x'))
class F(FlowSpec):
    STEPS
""",
    "decorator on the class in a base's class body": """\
from metaflow import *
class F(FlowSpec):
    ENV = {'a': '1'}
    @conda(libraries=ENV)
    STEPS
""",
    "version string from package": """\
from metaflow import *
from lib import __version__
@conda_base(libraries={'a': __version__})
class F(FlowSpec):
    STEPS
--- flows/lib/__init__.py
from ._v import __version__
--- flows/lib/_v.py
__version__ = '1'
""",
    "flow file without metaflow": """\
from things import *
@env
class F(Flow):
    STEPS
--- flows/things.py
from metaflow import FlowSpec as Flow, step, conda_base
env = conda_base(libraries={'a': '1'})
""",
    "flow whose alias import hides": """\
import things as t
@t.env
class F(t.Flow):
    @t.s
    def start(self): self.next(self.end)
    @t.s
    def end(self): pass
--- flows/things.py
from metaflow import FlowSpec as Flow, step as s, conda_base
env = conda_base(libraries={'a': '1'})
""",
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
    "a module replaced by another name": """\
from metaflow import *
import patch
from envs import LIBS
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/envs.py
LIBS = {'a': '1'}
--- flows/other.py
LIBS = {'a': '2'}
--- flows/patch.py
import other
import sys as s
m = s.modules
m['envs'] = other
""",
    "a name of Metaflow that a star brings anew": """\
from metaflow import FlowSpec, conda_base, step
from common import *
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
--- flows/common.py
import metaflow
def conda_base(**kw): return metaflow.conda_base(python='3.11', **kw)
""",
    "importlib base": """\
import importlib
from metaflow import step
Base = importlib.import_module('base').Base
class F(Base):
    STEPS
--- flows/base.py
BASE
""",
    "__import__ base": """\
from metaflow import step
class F(__import__('base').Base):
    STEPS
--- flows/base.py
BASE
""",
    "lazy module getattr": """\
from metaflow import step
from lib import Base
class F(Base):
    STEPS
--- flows/lib/__init__.py
def __getattr__(name):
    from lib.base import Base
    return Base
--- flows/lib/base.py
from metaflow import *
@conda_base(libraries={'a': '1'}, python='3.11')
class Base(FlowSpec): ...
""",
    "lazy module getattr of a decorator": """\
from metaflow import *
from lib import env
class F(FlowSpec):
    @env
    STEPS
--- flows/lib/__init__.py
def __getattr__(name):
    from metaflow import conda
    return conda(libraries={'a': '1'})
""",
    "try import name missing": """\
from metaflow import step
try:
    from old import Base
except ImportError:
    from base import Base
class F(Base):
    STEPS
--- flows/old.py
X = 1
--- flows/base.py
BASE
""",
    "try import that raises": """\
from metaflow import *
try:
    from old import LIBS
except ImportError:
    LIBS = {'a': '2'}
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/old.py
LIBS = {'a': '1'}
raise ImportError
""",
    "starred bases": """\
from metaflow import *
from base import Base
BASES = (Base,)
class F(*BASES):
    STEPS
--- flows/base.py
BASE
""",
    "FlowSpecMeta called": """\
from metaflow import *
def start(self): self.next(self.end)
def end(self): pass
F = conda_base(libraries={'a': '1'})(type(FlowSpec)('F', (FlowSpec,), dict(start=step(start), end=step(end))))
""",
    "class of a function": """\
from metaflow import *
def make():
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
    return F
F = make()
""",
    "class of a method": """\
from metaflow import *
class M:
    def make(self):
        @conda_base(libraries={'a': '1'})
        class F(FlowSpec):
            STEPS
        return F
F = M().make()
""",
    "nested class": """\
from metaflow import *
class O:
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
F = O.F
""",
    "nested class by its base": """\
from metaflow import *
from base import Base
class O:
    class F(Base):
        STEPS
F = O.F
--- flows/base.py
BASE
""",
    "class in for": """\
from metaflow import *
for v in '12':
    @conda_base(libraries={'a': v})
    class F(FlowSpec):
        STEPS
""",
    "monkeypatched FlowSpec by setattr": """\
from metaflow import *
setattr(FlowSpec, 'start', conda(libraries={'a': '1'})(step(lambda self: self.next(self.end))))
class F(FlowSpec):
    STEPS
""",
    "monkeypatched base": """\
from metaflow import *
from base import B
conda_base(libraries={'a': '1'})(B)
class F(B):
    STEPS
--- flows/base.py
from metaflow import *
class B(FlowSpec): ...
""",
    "monkeypatched base by attribute": """\
from metaflow import *
import base
conda_base(libraries={'a': '1'})(base.B)
class F(base.B):
    STEPS
--- flows/base.py
from metaflow import *
class B(FlowSpec): ...
""",
    "base patched by a third module": """\
from metaflow import *
from base import B
import patches
class F(B):
    STEPS
--- flows/base.py
from metaflow import *
class B(FlowSpec): ...
--- flows/patches.py
from base import B
from metaflow import conda_base
conda_base(libraries={'a': '1'})(B)
""",
    "constant patched by a third module": """\
from metaflow import *
import base, patches
@conda_base(libraries=base.LIBS)
class F(FlowSpec):
    STEPS
--- flows/base.py
LIBS = {'a': '1'}
--- flows/patches.py
import base
base.LIBS['b'] = '2'
""",
    "constant patched by a third module's from": """\
from metaflow import *
from base import LIBS
import patches
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/base.py
LIBS = {'a': '1'}
--- flows/patches.py
from base import LIBS
LIBS.update(b='2')
""",
    "constant patched by a function of another module": """\
from metaflow import *
from base import LIBS
from patches import patch
patch()
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/base.py
LIBS = {'a': '1'}
--- flows/patches.py
from base import LIBS
def patch():
    LIBS.update(b='2')
""",
    "constant of another changed here": """\
from metaflow import *
from base import LIBS
LIBS['b'] = '2'
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/base.py
LIBS = {'a': '1'}
""",
    "alias of a flow": """\
from metaflow import *
class F(FlowSpec):
    STEPS
G = F
conda_base(libraries={'a': '1'})(G)
""",
    "list of flows": """\
from metaflow import *
class F(FlowSpec):
    STEPS
ALL = [F]
for f in ALL:
    conda_base(libraries={'a': '1'})(f)
""",
    "function that patches a flow": """\
from metaflow import *
class F(FlowSpec):
    STEPS
def patch():
    conda_base(libraries={'a': '1'})(F)
patch()
""",
    "method that patches a flow": """\
from metaflow import *
class F(FlowSpec):
    STEPS
class P:
    def __init__(self):
        conda_base(libraries={'a': '1'})(F)
P()
""",
    "lambda that patches a flow": """\
from metaflow import *
class F(FlowSpec):
    STEPS
(lambda: conda_base(libraries={'a': '1'})(F))()
""",
    "comprehension that patches": """\
from metaflow import *
class F(FlowSpec):
    STEPS
[d(F) for d in [conda_base(libraries={'a': '1'})]]
""",
    "map that patches": """\
from metaflow import *
class F(FlowSpec):
    STEPS
list(map(conda_base(libraries={'a': '1'}), [F]))
""",
    "vars of module": """\
from metaflow import *
class F(FlowSpec):
    STEPS
conda_base(libraries={'a': '1'})(globals()['F'])
""",
    "sys.modules": """\
from metaflow import *
import sys
class F(FlowSpec):
    STEPS
conda_base(libraries={'a': '1'})(sys.modules[__name__].F)
""",
    "subclasses": """\
from metaflow import *
class F(FlowSpec):
    STEPS
conda_base(libraries={'a': '1'})(FlowSpec.__subclasses__()[-1])
""",
    "reduce": """\
from metaflow import *
from functools import reduce
class F(FlowSpec):
    STEPS
F = reduce(lambda c, d: d(c), [conda_base(libraries={'a': '1'})], F)
""",
    "stack helper": """\
from metaflow import *
def stack(*ds):
    def put(c):
        for d in ds:
            c = d(c)
        return c
    return put
@stack(conda_base(libraries={'a': '1'}))
class F(FlowSpec):
    STEPS
""",
    "stack helper reduce": """\
from metaflow import *
from functools import reduce
def stack(*ds):
    return lambda c: reduce(lambda x, d: d(x), ds, c)
@stack(conda_base(libraries={'a': '1'}))
class F(FlowSpec):
    STEPS
""",
    "class decorator another class": """\
from metaflow import *
from base import Base
def swap(cls): return type(cls.__name__, (Base,), dict(vars(cls)))
@swap
class F:
    STEPS
--- flows/base.py
BASE
""",
    "class decorator returns a flow": """\
from metaflow import *
@conda_base(libraries={'a': '1'})
class G(FlowSpec):
    STEPS
def swap(cls): return G
@swap
class F(FlowSpec):
    STEPS
""",
    "class decorator makes a subclass": """\
from metaflow import *
def sub(cls):
    @conda_base(libraries={'a': '1'})
    class F(cls): pass
    return F
@sub
class F(FlowSpec):
    STEPS
""",
    "walrus decorator reused": """\
from metaflow import *
class F(FlowSpec):
    @(e := conda(libraries={'a': '1'}))
    @step
    def start(self): self.next(self.end)
    @e
    @step
    def end(self): pass
""",
    "match binding": """\
from metaflow import *
match {'a': '1'}:
    case {**L}: pass
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
    "aug-assign": """\
from metaflow import *
L = {'a': '1'}
L |= {'b': '2'}
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
    "aug-assign in another": """\
from metaflow import *
from c import L
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
--- flows/c.py
L = {'a': '1'}
L |= {'b': '2'}
""",
    "metaclass of a base elsewhere": """\
from metaflow import *
from m import B
class F(B):
    STEPS
--- flows/m.py
from metaflow import *
class M(type(FlowSpec)):
    def __init__(cls, *a):
        super().__init__(*a)
        if cls.__name__ == 'F': conda_base(libraries={'a': '1'})(cls)
class B(FlowSpec, metaclass=M): ...
""",
    "step.decorators append": """\
from metaflow import *
def add(s): return conda(libraries={'a': '1'})(s)
class F(FlowSpec):
    STEPS
    add(start)
""",
    "F.start.decorators": """\
from metaflow import *
class F(FlowSpec):
    STEPS
@conda(libraries={'a': '1'})
@step
def x(self): pass
F.start.decorators.extend(x.decorators)
""",
    "class-level decorators attribute": """\
from metaflow import *
@conda(libraries={'a': '1'})
@step
def x(self): pass
class F(FlowSpec):
    STEPS
    start.decorators += x.decorators
""",
    "classmethod that adds": """\
from metaflow import *
class F(FlowSpec):
    @classmethod
    def env(cls): conda_base(libraries={'a': '1'})(cls)
    STEPS
F.env()
""",
    "imported steps in class body": """\
from metaflow import *
class F(FlowSpec):
    from steps import start, end
--- flows/steps.py
from metaflow import *
@conda(libraries={'a': '1'})
@step
def start(self): self.next(self.end)
@step
def end(self): pass
""",
    "imported steps by star in a class": """\
from metaflow import *
import steps
class F(FlowSpec):
    start = steps.start
    end = steps.end
--- flows/steps.py
from metaflow import *
@conda(libraries={'a': '1'})
@step
def start(self): self.next(self.end)
@step
def end(self): pass
""",
    "middle step imported": """\
from metaflow import *
class F(FlowSpec):
    from steps import mid
    @step
    def start(self): self.next(self.mid)
    @step
    def end(self): pass
--- flows/steps.py
from metaflow import *
@conda(libraries={'a': '1'})
@step
def mid(self): self.next(self.end)
""",
    "middle step assigned": """\
from metaflow import *
from steps import mid as m
class F(FlowSpec):
    mid = m
    @step
    def start(self): self.next(self.mid)
    @step
    def end(self): pass
--- flows/steps.py
from metaflow import *
@conda(libraries={'a': '1'})
@step
def mid(self): self.next(self.end)
""",
    "tuple assigned steps": """\
from metaflow import *
from steps import start as s, end as e
class F(FlowSpec):
    start, end = s, e
--- flows/steps.py
from metaflow import *
@conda(libraries={'a': '1'})
@step
def start(self): self.next(self.end)
@step
def end(self): pass
""",
    "conditional decorator env": """\
from metaflow import *
import os
class F(FlowSpec):
    @(conda(libraries={'a': '1'}) if not os.environ.get('NOPE') else (lambda f: f))
    STEPS
""",
    "json from a file": """\
from metaflow import *
import json
@conda_base(libraries=json.load(open('l.json')))
class F(FlowSpec):
    STEPS
--- l.json
{"a": "1"}
""",
    "getattr of metaflow": """\
import metaflow
from metaflow import FlowSpec, step
@getattr(metaflow, 'conda_base')(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "vars of metaflow": """\
import metaflow
from metaflow import FlowSpec, step
@vars(metaflow)['conda_base'](libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "globals conda": """\
from metaflow import *
class F(FlowSpec):
    @globals()['conda'](libraries={'a': '1'})
    STEPS
""",
    "importlib metaflow": """\
import importlib
m = importlib.import_module('metaflow')
@m.conda_base(libraries={'a': '1'})
class F(m.FlowSpec):
    @m.step
    def start(self): self.next(self.end)
    @m.step
    def end(self): pass
""",
    "exec decorators": """\
from metaflow import *
exec('E = conda_base(libraries=dict(a=\\"1\\"))')
@E
class F(FlowSpec):
    STEPS
""",
    "dynamic libs loop": """\
from metaflow import *
L = {}
for n in ['a']:
    L[n] = '1'
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
    "libs from a function with a loop": """\
from metaflow import *
def libs():
    out = {}
    for n in ['a']:
        out[n] = '1'
    return out
@conda_base(libraries=libs())
class F(FlowSpec):
    STEPS
""",
    "libs from a function that mutates": """\
from metaflow import *
def libs():
    out = {'a': '1'}
    out['b'] = '2'
    return out
@conda_base(libraries=libs())
class F(FlowSpec):
    STEPS
""",
    "default argument changes": """\
from metaflow import *
def e(n, acc={}):
    acc[n] = '1'
    return conda(libraries=dict(acc))
class F(FlowSpec):
    @e('x')
    @step
    def mid(self): pass
    @e('y')
    STEPS
""",
    "enum value": """\
from metaflow import *
import enum
class V(enum.Enum):
    A = '1'
@conda_base(libraries={'a': V.A.value})
class F(FlowSpec):
    STEPS
""",
    "dataclass instance": """\
from metaflow import *
from dataclasses import dataclass, field
@dataclass
class E:
    libs: dict = field(default_factory=lambda: {'a': '1'})
@conda_base(libraries=E().libs)
class F(FlowSpec):
    STEPS
""",
    "dataclass with default": """\
from metaflow import *
from dataclasses import dataclass
@dataclass
class E:
    py: str = '3.11'
@conda_base(python=E().py, libraries={'a': E(py='2').py})
class F(FlowSpec):
    STEPS
""",
    "namedtuple": """\
from metaflow import *
from collections import namedtuple
E = namedtuple('E', 'v')('1')
@conda_base(libraries={'a': E.v})
class F(FlowSpec):
    STEPS
""",
    "property on instance": """\
from metaflow import *
class E:
    @property
    def libs(self): return {'a': '1'}
@conda_base(libraries=E().libs)
class F(FlowSpec):
    STEPS
""",
    "all by +=": """\
from metaflow import *
from mine import *
@_env
class F(FlowSpec):
    STEPS
--- flows/mine.py
from metaflow import conda_base
__all__ = []
__all__ += ['_env']
_env = conda_base(libraries={'a': '1'})
""",
    "not type checking": """\
from metaflow import *
from typing import TYPE_CHECKING
if not TYPE_CHECKING:
    L = {'a': '1'}
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
    "step mutator from class body": """\
from metaflow import *
class M(StepMutator):
    def mutate(self, s):
        s.add_decorator('conda', deco_kwargs={'libraries': {'a': '1'}})
class F(FlowSpec):
    @M
    STEPS
""",
    "flow mutator imported": """\
from metaflow import *
from muts import M
@M
class F(FlowSpec):
    STEPS
--- flows/muts.py
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f):
        f.add_decorator('conda_base', deco_kwargs={'libraries': {'a': '1'}})
""",
    "mutator on the base": """\
from metaflow import *
from base import B
class F(B):
    STEPS
--- flows/base.py
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f):
        f.add_decorator('conda_base', deco_kwargs={'libraries': {'a': '1'}})
@M
class B(FlowSpec): ...
""",
    "deleted name": """\
from metaflow import *
L = {'a': '1'}
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
del L
""",
    "global statement": """\
from metaflow import *
L = {'a': '1'}
def f():
    global L
    L = {'b': '2'}
f()
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
    "sys.path insert": """\
import sys, os
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'shared'))
from consts import L
from metaflow import *
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
--- flows/consts.py
L = {'a': '1'}
--- shared/consts.py
L = {'a': '2'}
""",
    "sys.path append": """\
import sys
sys.path.append('shared')
from consts2 import L
from metaflow import *
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
--- shared/consts2.py
L = {'a': '2'}
""",
    "yaml of requirements": """\
from metaflow import *
from pathlib import Path
L = dict(l.split('==') for l in Path('r.txt').read_text().split())
@pypi_base(packages=L)
class F(FlowSpec):
    STEPS
--- r.txt
a==1
""",
    "conda via class attribute": """\
from metaflow import *
class Env:
    conda = conda
class F(FlowSpec):
    @Env.conda(libraries={'a': '1'})
    STEPS
""",
    "conda via simple namespace": """\
from metaflow import *
from types import SimpleNamespace
env = SimpleNamespace(c=conda)
class F(FlowSpec):
    @env.c(libraries={'a': '1'})
    STEPS
""",
    "ternary on __debug__": """\
from metaflow import *
@conda_base(libraries={'a': '1' if __debug__ else '2'})
class F(FlowSpec):
    STEPS
""",
    "os.name": """\
from metaflow import *
import os
@conda_base(libraries={'a': '1' if os.name == 'posix' else '2'})
class F(FlowSpec):
    STEPS
""",
    "sys.version_info if": """\
from metaflow import *
import sys
if sys.version_info >= (3, 8):
    L = {'a': '1'}
else:
    L = {'a': '2'}
@conda_base(libraries=L)
class F(FlowSpec):
    STEPS
""",
}
"""Flows that cannot be read without running them: MIX007."""
