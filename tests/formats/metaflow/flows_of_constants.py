"""Flows whose configurations and constants are bound, or changed, in rare ways; the form is that of ``odd_flows``."""

from __future__ import annotations

READ = {
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
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
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
    "config toml": """\
from metaflow import *
import tomllib
@pypi_base(packages=config_expr('c.libs'))
class F(FlowSpec):
    c = Config('c', default_value='libs = {a = "1"}', parser=tomllib.loads)
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
}
"""Flows that are told as ones that cannot be read."""
