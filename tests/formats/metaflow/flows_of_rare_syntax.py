"""Flows in rare syntax, scopes and packages; the form is that of ``odd_flows``."""

from __future__ import annotations

READ = {
    "default arg from call": """\
from metaflow import *
def v(): return '1'
def env(f=None, *, ver=v()):
    def deco(g): return conda(libraries={'a': ver})(g)
    return deco(f) if f else deco
class F(FlowSpec):
    @env
    @step
    def start(self): self.next(self.end)
    @env(ver='2')
    @step
    def end(self): pass
""",
    "py annotations deferred": """\
from __future__ import annotations
from metaflow import *
class F(FlowSpec):
    x: 'conda' = None
    @conda(libraries={'a': '1'})
    STEPS
""",
    "Annotated constant": """\
from typing import Annotated
from metaflow import *
L: Annotated[dict, 'libs'] = {'a': '1'}
class F(FlowSpec):
    K: Annotated[str, 'k'] = '2'
    @conda(libraries={**L, 'b': K})
    STEPS
""",
    "walrus in args": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries=(L := {'a': '1'}))
    STEPS
X = L if False else None
""",
    "class scope shadow": """\
from metaflow import *
L = {'a': '1'}
class F(FlowSpec):
    L = {'b': '2'}
    @conda(libraries=L)
    STEPS
""",
    "class scope of inherited": """\
from metaflow import *
L = {'a': '1'}
class B(FlowSpec):
    L = {'b': '2'}
class F(B):
    @conda(libraries=L)
    STEPS
""",
    "comprehension scope in class": """\
from metaflow import *
V = '1'
class F(FlowSpec):
    V = '2'
    @conda(libraries={k: V for k in ['a']})
    STEPS
""",
    "lambda scope in class": """\
from metaflow import *
V = '1'
class F(FlowSpec):
    V = '2'
    g = lambda: {'a': V}
    @conda(libraries=g())
    STEPS
""",
    "nested function default scope": """\
from metaflow import *
V = '1'
class F(FlowSpec):
    V = '2'
    def g(x=V): return {'a': x}
    @conda(libraries=g())
    STEPS
""",
    "method override without step": """\
from metaflow import *
class B(FlowSpec):
    @conda(libraries={'a': '1'})
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
class F(B):
    @step
    def start(self): self.next(self.mid)
    @pypi(packages={'c': '1'})
    @step
    def mid(self): self.next(self.end)
""",
    "C3 diamond flow deco": """\
from metaflow import *
class A(FlowSpec): ...
@conda_base(libraries={'b': '1'})
class B(A): ...
@pypi_base(packages={'c': '1'}, python='3.11')
class C(A): ...
class F(B, C):
    STEPS
""",
    "diamond steps": """\
from metaflow import *
class A(FlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
class B(A):
    @conda(libraries={'b': '1'})
    @step
    def start(self): self.next(self.end)
class C(A):
    @conda(libraries={'c': '1'})
    @step
    def start(self): self.next(self.end)
    @conda(libraries={'c': '2'})
    @step
    def end(self): pass
class F(B, C): ...
""",
    "generic flow base": """\
from typing import Generic, TypeVar
from metaflow import *
T = TypeVar('T')
@conda_base(libraries={'a': '1'})
class B(FlowSpec, Generic[T]): ...
class F(B[int]):
    STEPS
""",
    "mixin not flow with deco": """\
from metaflow import *
class Mix:
    @conda(libraries={'a': '1'})
    @step
    def start(self): self.next(self.end)
class F(Mix, FlowSpec):
    @step
    def end(self): pass
""",
    "conditional class in if": """\
from metaflow import *
if True:
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
""",
    "while loop class": """\
from metaflow import *
while True:
    @conda_base(libraries={'a': '1'})
    class F(FlowSpec):
        STEPS
    break
""",
    "decorator static no args": """\
from metaflow import *
class Envs:
    @staticmethod
    def gpu(f): return conda(libraries={'a': '1'})(f)
    @classmethod
    def cpu(cls, f): return conda(libraries={'b': '1'})(f)
class F(FlowSpec):
    @Envs.gpu
    @step
    def start(self): self.next(self.end)
    @Envs.cpu
    @step
    def end(self): pass
""",
    "dict zip": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries=dict(zip(['a'], ['1'])))
    STEPS
""",
    "sorted set": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={k: '' for k in sorted({'b', 'a'})})
    STEPS
""",
    "chained comparison": """\
from metaflow import *
V = (1, 2)
class F(FlowSpec):
    @conda(libraries={'a': '1' if (1,) < V < (2,) else '2'})
    STEPS
""",
    "escape names unicode": """\
from metaflow import *
ﬁ = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=fi)
    STEPS
""",
    "unicode decorator name": """\
from metaflow import *
class F(FlowSpec):
    @ｃonda(libraries={'a': '1'})
    STEPS
""",
    "unicode class base": """\
from metaflow import *
class F(ＦlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
""",
    "line continuation": """\
from metaflow import *
class F \\
  (FlowSpec):
    @conda \\
      (libraries={'a': '1'})
    STEPS
""",
    "semicolon": """\
from metaflow import *; L = {'a': '1'}; L2 = L
class F(FlowSpec):
    @conda(libraries=L2)
    STEPS
""",
    "async def start": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @step
    async def start(self): self.next(self.end)
    @step
    async def end(self): pass
""",
    "decorator await-free generator": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={**{k: '1' for k in ('a', 'b') if k != 'b'}})
    STEPS
""",
    "numbers as version": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': str(1.1)})
    STEPS
""",
    "kwargs of conda unknown": """\
from metaflow import *
K = dict(libraries={'a': '1'}, python='3.11')
K2 = {**K, 'python': '3.12'}
class F(FlowSpec):
    @conda(**K2)
    STEPS
""",
    "two kwargs": """\
from metaflow import *
class F(FlowSpec):
    @conda(**{'libraries': {'a': '1'}}, **{'python': '3.11'})
    STEPS
""",
    "wraps keeps": """\
from metaflow import *
from functools import wraps
def log(f):
    @wraps(f)
    def inner(self): return f(self)
    return inner
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @step
    @log
    def start(self): self.next(self.end)
    @step
    def end(self): pass
""",
    "wraps above": """\
from metaflow import *
from functools import wraps
def log(f):
    @wraps(f)
    def inner(self): return f(self)
    return inner
class F(FlowSpec):
    @log
    @conda(libraries={'a': '1'})
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
""",
    "extension module first": """\
from metaflow import *
from envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/envs.py
LIBS = {'a': '1'}
--- flows/envs/x.py
LIBS = {'b': '1'}
""",
    "package beats module": """\
from metaflow import *
from envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/envs.py
LIBS = {'a': '1'}
--- flows/envs/__init__.py
LIBS = {'b': '1'}
""",
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
    "star decorators list unpack": """\
from metaflow import *
a, b = conda(libraries={'a': '1'}), retry
class F(FlowSpec):
    @a
    @b
    STEPS
""",
    "nested tuple unpack": """\
from metaflow import *
(L, (P, *_)) = ({'a': '1'}, ('3.11', 'x'))
class F(FlowSpec):
    @conda(libraries=L, python=P)
    STEPS
""",
    "multiple targets": """\
from metaflow import *
L = M = {'a': '1'}
M['b'] = '2'
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "class scope later": """\
from metaflow import *
L = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
    L = {'b': '2'}
""",
    "class in function called": """\
from metaflow import *
def mk(v):
    @conda_base(libraries={'a': v})
    class F(FlowSpec):
        STEPS
    return F
F = mk('3')
""",
    "decorator returns class": """\
from metaflow import *
def env(c):
    class F(c): pass
    return conda_base(libraries={'a': '1'})(F)
@env
class F(FlowSpec):
    STEPS
""",
    "decorator class with call": """\
from metaflow import *
class Env:
    def __init__(self, libs): self.libs = libs
    def __call__(self, f): return conda(libraries=self.libs)(f)
class F(FlowSpec):
    @Env({'a': '1'})
    STEPS
""",
    "decorator dataclass": """\
from metaflow import *
from dataclasses import dataclass
@dataclass
class Env:
    libs: dict
    def __call__(self, f): return conda(libraries=self.libs)(f)
class F(FlowSpec):
    @Env(libs={'a': '1'})
    STEPS
""",
    "decorator singledispatch": """\
from metaflow import *
from functools import singledispatch
@singledispatch
def env(f): return conda(libraries={'a': '1'})(f)
class F(FlowSpec):
    @env
    STEPS
""",
    "property on enum": """\
from metaflow import *
from enum import Enum
class E(Enum):
    GPU = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=E.GPU.value)
    STEPS
""",
    "string join and format": """\
from metaflow import *
V = '.'.join(map(str, (1, 2)))
class F(FlowSpec):
    @conda(libraries={'a': V})
    STEPS
""",
    "bytes decode": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': b'1'.decode()})
    STEPS
""",
    "slices": """\
from metaflow import *
V = '1.2.3'
class F(FlowSpec):
    @conda(libraries={'a': V[:3]})
    STEPS
""",
    "no wraps above loses": """\
from metaflow import *
def log(f):
    def start(self): return f(self)
    start.__dict__.update(f.__dict__)
    return start
class F(FlowSpec):
    @log
    @conda(libraries={'a': '1'})
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
""",
    "module __getattr__ fallback": """\
from metaflow import *
import envs
class F(FlowSpec):
    @conda(libraries=envs.LIBS)
    STEPS
--- flows/envs.py
def __getattr__(n): return {'a': '1'}
""",
    "module class replace": """\
from metaflow import *
import envs
class F(FlowSpec):
    @conda(libraries=envs.LIBS)
    STEPS
--- flows/envs.py
import sys, types
LIBS = {'a': '1'}
class M(types.ModuleType):
    LIBS = property(lambda s: {'b': '2'})
m = M('envs'); sys.modules[__name__] = m
""",
    "module __class__": """\
from metaflow import *
import envs
class F(FlowSpec):
    @conda(libraries=envs.LIBS)
    STEPS
--- flows/envs.py
import sys, types
class M(types.ModuleType):
    @property
    def LIBS(self): return {'b': '2'}
sys.modules[__name__].__class__ = M
""",
    "import side effect order": """\
from metaflow import *
import a_first
from consts import L
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/a_first.py
import consts
consts.L = {'z': '9'}
--- flows/consts.py
L = {'a': '1'}
""",
    "meta path": """\
import sys, types
m = types.ModuleType('envs'); m.LIBS = {'z': '9'}
sys.modules['envs'] = m
from metaflow import *
from envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/envs.py
LIBS = {'a': '1'}
""",
    "meta path in helper": """\
import h
from metaflow import *
from envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/h.py
import sys, types
m = types.ModuleType('envs'); m.LIBS = {'z': '9'}
sys.modules['envs'] = m
--- flows/envs.py
LIBS = {'a': '1'}
""",
    "sys.path in helper": """\
import h
from metaflow import *
from envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/h.py
import sys, os
sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'other'))
--- flows/other/envs.py
LIBS = {'z': '9'}
--- flows/envs.py
LIBS = {'a': '1'}
""",
    "package __path__": """\
from metaflow import *
from pkg.envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/pkg/__init__.py
import os
__path__.insert(0, os.path.join(os.path.dirname(__file__), 'alt'))
--- flows/pkg/envs.py
LIBS = {'a': '1'}
--- flows/pkg/alt/envs.py
LIBS = {'z': '9'}
""",
    "package __path__ assigned": """\
from metaflow import *
from pkg.envs import LIBS
class F(FlowSpec):
    @conda(libraries=LIBS)
    STEPS
--- flows/pkg/__init__.py
import os
__path__ = [os.path.join(os.path.dirname(__file__), 'alt')]
--- flows/pkg/envs.py
LIBS = {'a': '1'}
--- flows/pkg/alt/envs.py
LIBS = {'z': '9'}
""",
}
"""Flows that are told as ones that cannot be read."""
