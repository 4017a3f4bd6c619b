"""Flows whose configurations and constants are bound, or changed, in rare ways; the form is that of ``odd_flows``."""

from __future__ import annotations

READ = {
    "an import that works over a star": """\
from metaflow import *
from defaults import *
try:
    from gpu import LIBS
except ImportError:
    pass
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/defaults.py
LIBS = {'a': '1'}
--- flows/gpu.py
LIBS = {'a': '2'}
""",
    "config_expr in base_ call": """\
from metaflow import *
@conda_base(libraries=config_expr('c["libs"]'))
class F(FlowSpec):
    c = Config('c', default_value={'libs': {'a': '1'}})
    STEPS
""",
    "config_expr arithmetic": """\
from metaflow import *
@conda_base(libraries=config_expr('dict(a=c.v)'))
class F(FlowSpec):
    c = Config('c', default_value='{"v": "1"}')
    STEPS
""",
    "config_expr with module names": """\
from metaflow import *
V = '3'
@conda_base(libraries=config_expr('{"a": V}'))
class F(FlowSpec):
    c = Config('c', default_value='{"v": "1"}')
    STEPS
""",
    "config name upper": """\
from metaflow import *
@conda_base(libraries=config_expr('Cfg.libs'))
class F(FlowSpec):
    Cfg = Config('Cfg', default_value='{"libs": {"a": "1"}}')
    STEPS
""",
    "config by name not attr": """\
from metaflow import *
@conda_base(libraries=config_expr('name.libs'))
class F(FlowSpec):
    attr = Config('name', default_value='{"libs": {"a": "1"}}')
    STEPS
""",
    "config keys": """\
from metaflow import *
@conda_base(libraries=config_expr('{k: "1" for k in c.names}'))
class F(FlowSpec):
    c = Config('c', default_value='{"names": ["a"]}')
    STEPS
""",
    "config parser by string": """\
from metaflow import *
@pypi_base(**config_expr('c'))
class F(FlowSpec):
    c = Config('c', default_value='six==1\\npython==3.11', parser='metaflow.requirements_txt_parser')
    STEPS
""",
    "config plain text": """\
from metaflow import *
@conda_base(python=config_expr('c'), libraries={'a': '1'})
class F(FlowSpec):
    c = Config('c', default_value='3.11', plain=True)
    STEPS
""",
    "config inherited overridden": """\
from metaflow import *
@conda_base(libraries=config_expr('c.libs'))
class B(FlowSpec):
    c = Config('c', default_value='{"libs": {"a": "1"}}')
class F(B):
    c = Config('c', default_value='{"libs": {"a": "2"}}')
    STEPS
""",
    "config in base other attr": """\
from metaflow import *
class B(FlowSpec):
    c = Config('c', default_value='{"libs": {"a": "1"}}')
@conda_base(libraries=config_expr('c.libs'))
class F(B):
    STEPS
""",
    "config in step from class name": """\
from metaflow import *
class C:
    cfg = Config('cfg', default_value='{"libs": {"a": "1"}}')
@conda_base(libraries=C.cfg.libs)
class F(FlowSpec, C):
    STEPS
""",
    "config_expr f-string": """\
from metaflow import *
K = 'libs'
@conda_base(libraries=config_expr(f'c.{K}'))
class F(FlowSpec):
    c = Config('c', default_value='{"libs": {"a": "1"}}')
    STEPS
""",
    "config nested view key with dash": """\
from metaflow import *
@pypi_base(packages=config_expr('c["my-env"].packages'))
class F(FlowSpec):
    c = Config('c', default_value='{"my-env": {"packages": {"a-b": "1"}}}')
    STEPS
""",
    "config conditional expr": """\
from metaflow import *
@pypi_base(packages=config_expr('c.gpu if c.use_gpu else c.cpu'))
class F(FlowSpec):
    c = Config('c', default_value='{"use_gpu": false, "gpu": {"a": "1"}, "cpu": {"b": "1"}}')
    STEPS
""",
    "config disabled": """\
from metaflow import *
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    c = Config('c', default_value='{"off": true}')
    @conda(disabled=c.off)
    STEPS
""",
    "user_step_decorator generator": """\
from metaflow import *
@user_step_decorator
def d(step_name, flow, inputs=None, attributes=None):
    yield
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @d
    STEPS
""",
    "fallback chain": """\
try:
    from metaflow import FlowSpec, step, conda_base
except ImportError:
    from metaflow.flowspec import FlowSpec
    from metaflow import step, conda_base
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
    "super decorator class attr": """\
from metaflow import *
class Base(FlowSpec):
    ENV = {'a': '1'}
class F(Base):
    @conda(libraries=Base.ENV)
    STEPS
""",
    "mapping proxy": """\
from metaflow import *
from types import MappingProxyType
E = MappingProxyType({'a': '1'})
class F(FlowSpec):
    @conda(libraries=dict(E))
    STEPS
""",
    "step with start kw": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @step(start=True)
    def begin(self): self.next(self.finish)
    @step(end=True)
    def finish(self): pass
""",
    "step called": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    @step()
    def start(self): self.next(self.end)
    @step
    def end(self): pass
""",
    "conda bare and pypi": """\
from metaflow import *
@pypi_base(packages={'a': '1'})
class F(FlowSpec):
    @conda
    STEPS
""",
    "disabled by config": """\
from metaflow import *
@conda_base(libraries={'a': '1'}, disabled=config_expr('c.off'))
class F(FlowSpec):
    c = Config('c', default_value='{"off": false}')
    STEPS
""",
    "parameterised class decorator": """\
from metaflow import *
def team(name):
    def on(c): return project(name=name)(conda_base(libraries={'a': '1'})(c))
    return on
@team('x')
class F(FlowSpec):
    STEPS
""",
    "nested function class decorator via module": """\
import metaflow as mf
from metaflow import plugins
class F(mf.FlowSpec):
    @mf.conda(libraries={'a': '1'})
    @mf.step
    def start(self): self.next(self.end)
    @mf.step
    def end(self): pass
""",
    "import in class body": """\
import metaflow
class F(metaflow.FlowSpec):
    from metaflow import step, conda
    from h import L
    @conda(libraries=L)
    STEPS
--- flows/h.py
L = {'a': '1'}
""",
    "import in with": """\
from metaflow import *
import contextlib
with contextlib.suppress(ImportError):
    from h import L
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/h.py
L = {'a': '1'}
""",
    "import in if false": """\
from metaflow import *
L = {'a': '1'}
if False:
    from h import L
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/h.py
L = {'b': '1'}
""",
    "config toml": """\
from metaflow import *
import tomllib
@pypi_base(packages=config_expr('c.libs'))
class F(FlowSpec):
    c = Config('c', default_value='libs = {a = "1"}', parser=tomllib.loads)
    STEPS
""",
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
    "an import under if over a star": """\
from metaflow import *
from defaults import *
import os
if os.environ.get('GPU'):
    from gpu import LIBS
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/defaults.py
LIBS = {'a': '1'}
--- flows/gpu.py
LIBS = {'a': '2'}
""",
    "an import that may fail over a star": """\
from metaflow import *
from defaults import *
try:
    from gpu import LIBS
except ImportError:
    pass
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/defaults.py
LIBS = {'a': '1'}
--- flows/gpu.py
LIBS = {'a': '2'}
import not_there
""",
    "an import in a loop over a star": """\
from metaflow import *
from defaults import *
for _ in ():
    from gpu import LIBS
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
--- flows/defaults.py
LIBS = {'a': '1'}
--- flows/gpu.py
LIBS = {'a': '2'}
""",
    "a class under if over a star": """\
from metaflow import *
from defaults import *
import os
if os.environ.get('GPU'):
    class Envs: LIBS = {'a': '2'}
@conda_base(libraries=Envs.LIBS)
class F(FlowSpec):
    STEPS
--- flows/defaults.py
class Envs: LIBS = {'a': '1'}
""",
    "an import under if in a class": """\
from metaflow import *
import os
LIBS = {'a': '1'}
class F(FlowSpec):
    if os.environ.get('GPU'):
        from gpu import LIBS
    @conda(libraries=LIBS)
    STEPS
--- flows/gpu.py
LIBS = {'a': '2'}
""",
    "an attribute under if over one of a base": """\
from metaflow import *
import os
class A: LIBS = {'a': '1'}
class B(A):
    if os.environ.get('GPU'):
        from gpu import LIBS
@conda_base(libraries=B.LIBS)
class F(FlowSpec):
    STEPS
--- flows/gpu.py
LIBS = {'a': '2'}
""",
    "config default computed": """\
from metaflow import *
import os
class F(FlowSpec):
    c = Config('c', default=os.path.join('flows', 'c.json'))
    @conda(libraries=c.libs)
    STEPS
--- flows/c.json
{"libs": {"a": "1"}}
""",
    "config method call": """\
from metaflow import *
class F(FlowSpec):
    c = Config('c', default_value='{"libs": {"a": "1"}}')
    @conda(libraries=c.get('libs'))
    STEPS
""",
    "config parser lambda": """\
from metaflow import *
class F(FlowSpec):
    c = Config('c', default_value='a', parser=lambda t: {'libs': {t: '1'}})
    @conda(libraries=c.libs)
    STEPS
""",
    "config parser own function": """\
from metaflow import *
def p(t): return {'libs': {'a': '1'}}
class F(FlowSpec):
    c = Config('c', default_value='a', parser=p)
    @conda(libraries=c.libs)
    STEPS
""",
    "config text": """\
from metaflow import *
@conda_base(python=config_expr('c.strip()'), libraries={'a': '1'})
class F(FlowSpec):
    c = Config('c', default_value='3.11', plain=True, parser=lambda x: x)
    STEPS
""",
    "config at module level": """\
from metaflow import *
cfg = Config('cfg', default_value='{"libs": {"a": "1"}}')
@conda_base(libraries=cfg.libs)
class F(FlowSpec):
    cfg = cfg
    STEPS
""",
    "mutator class decorator inherits": """\
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f): f.add_decorator('conda_base', deco_kwargs={'libraries': {'a': '1'}})
@M
class B(FlowSpec): ...
class F(B):
    STEPS
""",
    "step mutator inherited": """\
from metaflow import *
class M(StepMutator):
    def mutate(self, s): s.add_decorator(conda, deco_kwargs={'libraries': {'a': '1'}})
class B(FlowSpec):
    @M
    STEPS
class F(B): ...
""",
    "mutator instance variable": """\
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f): f.add_decorator(conda_base, deco_kwargs={'libraries': {'a': '1'}})
m = M()
@m
class F(FlowSpec):
    STEPS
""",
    "mutator by call": """\
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f): f.add_decorator(conda_base, deco_kwargs={'libraries': {'a': '1'}})
class F(FlowSpec):
    STEPS
F = M(F)
""",
    "mutator by call unassigned": """\
from metaflow import *
class M(FlowMutator):
    def pre_mutate(self, f): f.add_decorator(conda_base, deco_kwargs={'libraries': {'a': '1'}})
class F(FlowSpec):
    STEPS
M()(F)
""",
    "USER decorator plus mutator": """\
from metaflow import *
class D(UserStepDecorator):
    def pre_step(self, n, f, i=None): return None
class M(StepMutator):
    def pre_mutate(self, s):
        s.add_decorator(D)
        s.add_decorator('pypi', deco_kwargs={'packages': {'a': '1'}})
class F(FlowSpec):
    @M
    STEPS
""",
    "dual inherit": """\
from metaflow import *
class D(UserStepDecorator, StepMutator):
    def pre_mutate(self, s): s.add_decorator('pypi', deco_kwargs={'packages': {'a': '1'}})
    def pre_step(self, n, f, i=None): return None
class F(FlowSpec):
    @D
    STEPS
""",
    "try except import real": """\
try:
    from missing_pkg_xyz import conda
except ImportError:
    from metaflow import conda
from metaflow import FlowSpec, step
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
""",
    "try import from math nothing": """\
from metaflow import *
try:
    from math import nothing
    L = {'a': '1'}
except ImportError:
    L = {'b': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "try import nothing as flag": """\
from metaflow import *
try:
    from math import nothing as L
except ImportError:
    L = {'b': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "try import from os path sure": """\
from metaflow import *
try:
    from consts import L
except ImportError:
    from consts2 import L
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/consts.py
from math import nothing
L = {'a': '1'}
--- flows/consts2.py
L = {'b': '1'}
""",
    "fallback module missing transitively": """\
from metaflow import *
try:
    from consts import L
except ImportError:
    L = {'b': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/consts.py
import deeper
L = {'a': '1'}
--- flows/deeper.py
from json import nope
""",
    "match env": """\
from metaflow import *
K = 'g'
match K:
    case 'g':
        L = {'a': '1'}
    case _:
        L = {'b': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "for else": """\
from metaflow import *
for L in ({'a': '1'}, {'b': '2'}):
    pass
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "with as": """\
from metaflow import *
import contextlib
with contextlib.nullcontext({'a': '1'}) as L:
    pass
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "global del": """\
from metaflow import *
L = {'a': '1', 'b': '2'}
del L['b']
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "nonlocal closure": """\
from metaflow import *
def mk():
    L = {'a': '1'}
    def more():
        nonlocal L
        L = {'b': '2'}
    more()
    return L
class F(FlowSpec):
    @conda(libraries=mk())
    STEPS
""",
    "closure mutated": """\
from metaflow import *
def mk():
    L = {'a': '1'}
    L['b'] = '2'
    return L
class F(FlowSpec):
    @conda(libraries=mk())
    STEPS
""",
    "closure update": """\
from metaflow import *
def mk(**k):
    L = {'a': '1'}
    L.update(k)
    return L
class F(FlowSpec):
    @conda(libraries=mk(b='2'))
    STEPS
""",
    "closure setdefault nested": """\
from metaflow import *
def mk():
    k = {'libraries': {'a': '1'}}
    k['libraries']['b'] = '2'
    return k
class F(FlowSpec):
    @conda(**mk())
    STEPS
""",
    "alias in function mutates arg": """\
from metaflow import *
L = {'a': '1'}
def mk(x=L):
    x['b'] = '2'
    return conda(libraries=x)
class F(FlowSpec):
    @mk()
    STEPS
""",
    "generator exp": """\
from metaflow import *
class F(FlowSpec):
    @conda(libraries=dict((k, '1') for k in 'ab'))
    STEPS
""",
    "dict merge inplace": """\
from metaflow import *
L = {'a': '1'}
L |= {'b': '2'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "class attribute mutated": """\
from metaflow import *
class C: L = {'a': '1'}
C.L['b'] = '2'
class F(FlowSpec):
    @conda(libraries=C.L)
    STEPS
""",
    "class attribute via alias": """\
from metaflow import *
class C: L = {'a': '1'}
x = C.L
x['b'] = '2'
class F(FlowSpec):
    @conda(libraries=C.L)
    STEPS
""",
    "class attribute via instance": """\
from metaflow import *
class C: L = {'a': '1'}
C().L.update(b='2')
class F(FlowSpec):
    @conda(libraries=C.L)
    STEPS
""",
    "constant in tuple alias": """\
from metaflow import *
L = {'a': '1'}
T = (L,)
T[0]['b'] = '2'
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "constant through function returning it": """\
from metaflow import *
L = {'a': '1'}
def g(): return L
g()['b'] = '2'
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "constant through lambda default": """\
from metaflow import *
L = {'a': '1'}
g = lambda: L
g().update(b='2')
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "constant through globals()": """\
from metaflow import *
L = {'a': '1'}
globals()['L']['b'] = '2'
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "constant of other through from-as": """\
from metaflow import *
import consts
from consts import L as M
M['b'] = '2'
class F(FlowSpec):
    @conda(libraries=consts.L)
    STEPS
--- flows/consts.py
L = {'a': '1'}
""",
    "constant of other changed by its function": """\
from metaflow import *
import consts
consts.more()
class F(FlowSpec):
    @conda(libraries=consts.L)
    STEPS
--- flows/consts.py
L = {'a': '1'}
def more(): L['b'] = '2'
""",
    "constant of other changed by its function at import of third": """\
from metaflow import *
import consts, third
class F(FlowSpec):
    @conda(libraries=consts.L)
    STEPS
--- flows/consts.py
L = {'a': '1'}
def get(): return L
--- flows/third.py
import consts
consts.get()['b'] = '2'
""",
    "tomllib fallback": """\
from metaflow import *
try:
    import tomllib
    LIBS = {'a': '1'}
except ImportError:
    LIBS = {'b': '1'}
@conda_base(libraries=LIBS)
class F(FlowSpec):
    STEPS
""",
    "decorator from dict get default": """\
from metaflow import *
ENVS = {'gpu': conda(libraries={'a': '1'})}
class F(FlowSpec):
    @ENVS.get('cpu', conda(libraries={'b': '1'}))
    STEPS
""",
    "decorator from pop": """\
from metaflow import *
ENVS = [conda(libraries={'a': '1'}), conda(libraries={'b': '1'})]
class F(FlowSpec):
    @ENVS.pop()
    @step
    def start(self): self.next(self.end)
    @ENVS.pop()
    @step
    def end(self): pass
""",
    "decorator from iterator": """\
from metaflow import *
it = iter([conda(libraries={'a': '1'}), conda(libraries={'b': '1'})])
class F(FlowSpec):
    @next(it)
    @step
    def start(self): self.next(self.end)
    @next(it)
    @step
    def end(self): pass
""",
    "counter in default": """\
from metaflow import *
calls = []
def libs():
    calls.append(1)
    return {'a': str(len(calls))}
class F(FlowSpec):
    @conda(libraries=libs())
    @step
    def start(self): self.next(self.end)
    @conda(libraries=libs())
    @step
    def end(self): pass
""",
    "list of flow decorators splat": """\
from metaflow import *
def many(*decorators):
    def on(c):
        for d in reversed(decorators): c = d(c)
        return c
    return on
@many(conda_base(libraries={'a': '1'}), project(name='p'))
class F(FlowSpec):
    STEPS
""",
    "super attr changed in subclass": """\
from metaflow import *
class Base(FlowSpec):
    ENV = {'a': '1'}
class F(Base):
    Base.ENV['b'] = '2'
    @conda(libraries=Base.ENV)
    STEPS
""",
    "instance env": """\
from metaflow import *
class Env:
    libs = {'a': '1'}
e = Env()
e.libs = {'b': '2'}
class F(FlowSpec):
    @conda(libraries=e.libs)
    STEPS
""",
    "simple namespace": """\
from metaflow import *
from types import SimpleNamespace
E = SimpleNamespace(libs={'a': '1'})
class F(FlowSpec):
    @conda(libraries=E.libs)
    STEPS
""",
    "chainmap": """\
from metaflow import *
from collections import ChainMap
class F(FlowSpec):
    @conda(libraries=dict(ChainMap({'a': '1'}, {'a': '2'})))
    STEPS
""",
    "defaultdict": """\
from metaflow import *
from collections import defaultdict
D = defaultdict(lambda: '1')
D['a']
class F(FlowSpec):
    @conda(libraries=D)
    STEPS
""",
    "dict subclass": """\
from metaflow import *
class D(dict):
    def items(self): return [('b', '2')]
class F(FlowSpec):
    @conda(libraries=D(a='1'))
    STEPS
""",
    "str subclass": """\
from metaflow import *
class V(str):
    pass
class F(FlowSpec):
    @conda(libraries={'a': V('1')})
    STEPS
""",
    "environment of os.environ default": """\
from metaflow import *
import os
class F(FlowSpec):
    @conda(libraries={'a': os.environ.get('NOPE', '1')})
    STEPS
""",
    "contextvars": """\
from metaflow import *
from contextvars import ContextVar
v = ContextVar('v', default={'a': '1'})
class F(FlowSpec):
    @conda(libraries=v.get())
    STEPS
""",
    "cached property function attr": """\
from metaflow import *
def f(): pass
f.libs = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=f.libs)
    STEPS
""",
    "function attr changed": """\
from metaflow import *
def env(g): return conda(libraries=env.libs)(g)
env.libs = {'a': '1'}
class F(FlowSpec):
    @env
    STEPS
""",
    "redefined function": """\
from metaflow import *
def env(g): return conda(libraries={'a': '1'})(g)
class F(FlowSpec):
    @env
    STEPS
def env(g): return g
""",
    "class redefined between": """\
from metaflow import *
class E: L = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=E.L)
    STEPS
class E: L = {'b': '1'}
""",
    "del after use": """\
from metaflow import *
L = {'a': '1'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
del L
""",
    "star overrides builtins": """\
from metaflow import *
from h import *
class F(FlowSpec):
    @conda(libraries=dict(sorted({'b': '2', 'a': '1'}.items())[:1]))
    STEPS
--- flows/h.py
def sorted(x): return [('z', '9')]
""",
    "class decorator with setattr": """\
from metaflow import *
def team(c):
    setattr(c, 'start', conda(libraries={'a': '1'})(c.start))
    return c
@team
class F(FlowSpec):
    STEPS
""",
    "metaflow submodule conda": """\
from metaflow import FlowSpec, step
import metaflow.decorators as d
import metaflow
class F(FlowSpec):
    @getattr(metaflow, 'conda')(libraries={'a': '1'})
    STEPS
""",
    "importlib reload": """\
from metaflow import *
import importlib, h
h.N += 1
importlib.reload(h)
class F(FlowSpec):
    @conda(libraries={'a': str(h.N)})
    STEPS
--- flows/h.py
try: N
except NameError: N = 1
""",
    "name main guard": """\
from metaflow import *
L = {'a': '1'}
if __name__ == '__main__':
    L['b'] = '2'
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "name main else": """\
from metaflow import *
if __name__ == '__main__':
    L = {'a': '1'}
else:
    L = {'b': '2'}
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "thread": """\
from metaflow import *
import threading
L = {'a': '1'}
t = threading.Thread(target=L.update, args=({'b': '2'},)); t.start(); t.join()
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "operator setitem": """\
from metaflow import *
import operator
L = {'a': '1'}
operator.setitem(L, 'b', '2')
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "dict.update unbound": """\
from metaflow import *
L = {'a': '1'}
dict.update(L, b='2')
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "exec in helper function": """\
from metaflow import *
from h import L, more
more('L["b"] = "2"')
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/h.py
L = {'a': '1'}
def more(t): exec(t, globals())
""",
    "for target changes": """\
from metaflow import *
L = {'a': '1'}
for L['b'] in ['2']: pass
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "with target changes": """\
from metaflow import *
import contextlib
L = {'a': '1'}
with contextlib.nullcontext('2') as L['b']: pass
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "unpack target changes": """\
from metaflow import *
L = {'a': '1'}
L['b'], x = '2', 1
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "comprehension changes": """\
from metaflow import *
L = {'a': '1'}
[L.update({k: '2'}) for k in 'bc']
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "lambda default changes": """\
from metaflow import *
L = {'a': '1'}
(lambda d=L: d.update(b='2'))()
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "nested helper mutates arg": """\
from metaflow import *
from h import fill
L = {'a': '1'}
fill(L)
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
--- flows/h.py
def fill(d):
    inner(d)
def inner(d): d['b'] = '2'
""",
    "kwargs spread mutates": """\
from metaflow import *
L = {'a': '1'}
def f(**k): k['d']['b'] = '2'
f(**{'d': L})
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "star args mutates": """\
from metaflow import *
L = {'a': '1'}
def f(*k): k[0]['b'] = '2'
f(*[L])
class F(FlowSpec):
    @conda(libraries=L)
    STEPS
""",
    "returned self": """\
from metaflow import *
class B:
    libs = {'a': '1'}
    def add(self, n):
        self.libs[n] = '2'
        return self
b = B().add('b')
class F(FlowSpec):
    @conda(libraries=B.libs)
    STEPS
""",
    "class attr mutated in init": """\
from metaflow import *
class B:
    libs = {'a': '1'}
    def __init__(self): self.libs['b'] = '2'
B()
class F(FlowSpec):
    @conda(libraries=B.libs)
    STEPS
""",
    "class attr mutated in other class": """\
from metaflow import *
class B:
    libs = {'a': '1'}
class C(B):
    B.libs.update(b='2')
class F(FlowSpec):
    @conda(libraries=C.libs)
    STEPS
""",
    "metaclass attr": """\
from metaflow import *
class M(type):
    @property
    def libs(cls): return {'b': '2'}
class B(metaclass=M): ...
class F(FlowSpec):
    @conda(libraries=B.libs)
    STEPS
""",
    "class getattr meta": """\
from metaflow import *
class B:
    def __class_getitem__(cls, k): return {'a': k}
class F(FlowSpec):
    @conda(libraries=B['3'])
    STEPS
""",
    "overloaded or": """\
from metaflow import *
class D(dict):
    def __or__(self, o): return {'z': '9'}
class F(FlowSpec):
    @conda(libraries=D(a='1') | {'b': '2'})
    STEPS
""",
}
"""Flows that are told as ones that cannot be read."""
