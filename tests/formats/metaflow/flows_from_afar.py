"""Flows that other modules, descriptors and hooks change from afar; the form is that of ``odd_flows``."""

from __future__ import annotations

READ = {
    "namespace package base": """\
from ns.sub.b import Base
from metaflow import step
class F(Base):
    STEPS
--- flows/ns/sub/b.py
BASE
""",
    "relative star": """\
from pkg import *
class F(Base):
    STEPS
--- flows/pkg/__init__.py
from .b import *
from .b import step
--- flows/pkg/b.py
BASE
""",
    "all excludes": """\
from pkg import *
from metaflow import step
class F(Base):
    STEPS
--- flows/pkg/__init__.py
__all__ = ['Base']
from .a import *
from .b import Base
--- flows/pkg/a.py
from metaflow import FlowSpec
class Base(FlowSpec): ...
--- flows/pkg/b.py
BASE
""",
    "submodule attr set by import": """\
import pkg
import pkg.base
from metaflow import step
class F(pkg.base.Base):
    STEPS
--- flows/pkg/__init__.py

--- flows/pkg/base.py
BASE
""",
    "x.y[z] decorator": """\
from metaflow import *
class E:
    table = {'g': conda(libraries={'a': '1'}), 'c': conda(libraries={'a': '2'})}
class F(FlowSpec):
    @E.table['g']
    STEPS
""",
    "index of list": """\
from metaflow import *
T = [conda(libraries={'a': '1'}), conda(libraries={'a': '2'})]
class F(FlowSpec):
    @T[-1]
    STEPS
""",
    "lambda decorator": """\
from metaflow import *
class F(FlowSpec):
    @(lambda f: conda(libraries={'a': '1'})(f))
    STEPS
""",
    "conditional decorator expr": """\
from metaflow import *
G = True
class F(FlowSpec):
    @(conda(libraries={'a': '1'}) if G else conda(libraries={'b': '1'}))
    STEPS
""",
    "or decorator": """\
from metaflow import *
N = None
class F(FlowSpec):
    @(N or conda(libraries={'a': '1'}))
    STEPS
""",
    "step alias import": """\
from metaflow import step as s, FlowSpec as FS, conda as c
class F(FS):
    @c(libraries={'a': '1'})
    @s
    def start(self): self.next(self.end)
    @s
    def end(self): pass
""",
    "metaflow.decorators import": """\
from metaflow import FlowSpec
from metaflow.decorators import step
from metaflow import conda
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
""",
    "metaflow.flowspec import": """\
from metaflow.flowspec import FlowSpec
from metaflow import step, conda_base
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    STEPS
""",
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
    "metaclass adds": """\
from metaflow import *
class M(type(FlowSpec)):
    def __new__(m, n, b, d):
        c = super().__new__(m, n, b, d)
        return c
class Base(FlowSpec, metaclass=M): ...
@conda_base(libraries={'a': '1'})
class F(Base):
    STEPS
""",
    "metaclass adds deco": """\
from metaflow import *
class M(type(FlowSpec)):
    def __new__(m, n, b, d):
        if 'start' in d: d['start'] = conda(libraries={'a': '1'})(d['start'])
        return super().__new__(m, n, b, d)
class F(FlowSpec, metaclass=M):
    STEPS
""",
    "init_subclass in plain mixin": """\
from metaflow import *
class Mix:
    def __init_subclass__(cls, **k):
        super().__init_subclass__(**k)
        for n in ('start', 'end'):
            s = cls.__dict__.get(n)
            if s is not None: conda(libraries={'a': '1'})(s)
class F(Mix, FlowSpec):
    STEPS
""",
    "init_subclass assigned": """\
from metaflow import *
def hook(cls, **k):
    conda_base(libraries={'a': '1'})(cls)
class Base(FlowSpec):
    __init_subclass__ = classmethod(hook)
class F(Base):
    STEPS
""",
    "set_name descriptor": """\
from metaflow import *
class D:
    def __set_name__(self, owner, name):
        conda(libraries={'a': '1'})(owner.__dict__['start'])
class F(FlowSpec):
    STEPS
    d = D()
""",
    "set_name descriptor elsewhere": """\
from metaflow import *
from d import D
class F(FlowSpec):
    STEPS
    x = D()
--- flows/d.py
from metaflow import conda
class D:
    def __set_name__(self, owner, name):
        conda(libraries={'a': '1'})(owner.__dict__['start'])
""",
    "call in class body": """\
from metaflow import *
def put(d):
    d['start'] = conda(libraries={'a': '1'})(d['start'])
class F(FlowSpec):
    STEPS
    put(locals())
""",
    "call in class body with frame": """\
from metaflow import *
import sys
def put():
    d = sys._getframe(1).f_locals
    conda(libraries={'a': '1'})(d['start'])
class F(FlowSpec):
    STEPS
    put()
""",
    "helper module call in class body": """\
from metaflow import *
from h import put
class F(FlowSpec):
    STEPS
    put()
--- flows/h.py
import sys
from metaflow import conda
def put():
    d = sys._getframe(1).f_locals
    conda(libraries={'a': '1'})(d['start'])
""",
    "helper call after class": """\
from metaflow import *
from h import finish
class F(FlowSpec):
    STEPS
finish(F)
--- flows/h.py
from metaflow import conda_base
def finish(c): conda_base(libraries={'a': '1'})(c)
""",
    "helper method after class": """\
from metaflow import *
import h
class F(FlowSpec):
    STEPS
h.Registry().add(F)
--- flows/h.py
from metaflow import conda_base
class Registry:
    def add(self, c): conda_base(libraries={'a': '1'})(c)
""",
    "registry in a helper, later applied": """\
from metaflow import *
from h import LATE, run
class F(FlowSpec):
    STEPS
LATE.append(F)
run()
--- flows/h.py
from metaflow import conda_base
LATE = []
def run():
    for c in LATE: conda_base(libraries={'a': '1'})(c)
""",
    "registry through dict": """\
from metaflow import *
class F(FlowSpec):
    STEPS
R = {}
R['f'] = F
for c in R.values(): conda_base(libraries={'a': '1'})(c)
""",
    "with statement helper": """\
from metaflow import *
from h import ctx
with ctx():
    class F(FlowSpec):
        STEPS
--- flows/h.py
import contextlib, gc
from metaflow import conda_base, FlowSpec
@contextlib.contextmanager
def ctx():
    yield
    for c in FlowSpec.__subclasses__(): conda_base(libraries={'a': '1'})(c)
""",
    "helper finds subclasses": """\
from metaflow import *
from h import ctx
class F(FlowSpec):
    STEPS
ctx()
--- flows/h.py
from metaflow import conda_base, FlowSpec
def ctx():
    for c in FlowSpec.__subclasses__(): conda_base(libraries={'a': '1'})(c)
""",
    "helper finds main": """\
from metaflow import *
class F(FlowSpec):
    STEPS
import h
--- flows/h.py
from metaflow import conda_base, FlowSpec
for c in FlowSpec.__subclasses__(): conda_base(libraries={'a': '1'})(c)
""",
    "helper patches step": """\
import h
from metaflow import *
class F(FlowSpec):
    STEPS
--- flows/h.py
import metaflow
from metaflow import conda
_s = metaflow.step
metaflow.step = lambda f: conda(libraries={'a': '1'})(_s(f))
""",
    "helper patches step, by setattr": """\
import h
from metaflow import *
class F(FlowSpec):
    STEPS
--- flows/h.py
import metaflow
from metaflow import conda
_s = metaflow.step
setattr(metaflow, 'step', lambda f: conda(libraries={'a': '1'})(_s(f)))
""",
    "own module patches metaflow": """\
import metaflow
from metaflow import conda
_s = metaflow.step
metaflow.step = lambda f: conda(libraries={'a': '1'})(_s(f))
from metaflow import *
class F(FlowSpec):
    STEPS
""",
    "own module patches metaflow dotted": """\
import metaflow
_s = metaflow.step
metaflow.step = lambda f: metaflow.conda(libraries={'a': '1'})(_s(f))
class F(metaflow.FlowSpec):
    @metaflow.step
    def start(self): self.next(self.end)
    @metaflow.step
    def end(self): pass
""",
    "patched conda": """\
import metaflow
_c = metaflow.conda
metaflow.conda = lambda **k: _c(libraries={'z': '9'})
from metaflow import *
class F(FlowSpec):
    @conda(libraries={'a': '1'})
    STEPS
""",
    "vars of metaflow too": """\
import metaflow
vars(metaflow)['step'] = (lambda s: lambda f: metaflow.conda(libraries={'a': '1'})(s(f)))(metaflow.step)
from metaflow import *
class F(FlowSpec):
    STEPS
""",
    "dict of metaflow update": """\
import metaflow
metaflow.__dict__.update(step=(lambda s: lambda f: metaflow.conda(libraries={'a': '1'})(s(f)))(metaflow.step))
from metaflow import *
class F(FlowSpec):
    STEPS
""",
    "globals update": """\
from metaflow import *
globals().update(step=(lambda s: lambda f: conda(libraries={'a': '1'})(s(f)))(step))
class F(FlowSpec):
    STEPS
""",
    "module dict item": """\
from metaflow import *
import sys
sys.modules[__name__].__dict__['step'] = (lambda s: lambda f: conda(libraries={'a': '1'})(s(f)))(step)
class F(FlowSpec):
    STEPS
""",
    "builtins step": """\
import metaflow, builtins
builtins.st = lambda f: metaflow.conda(libraries={'a': '1'})(metaflow.step(f))
class F(metaflow.FlowSpec):
    @st
    def start(self): self.next(self.end)
    @st
    def end(self): pass
""",
    "exec of a file": """\
import pathlib
exec(pathlib.Path(__file__).with_name('b.py').read_text())
class F(Base):
    STEPS
--- flows/b.py
BASE
""",
    "runpy": """\
import runpy
ns = runpy.run_path(__file__.replace('f.py', 'b.py'))
globals().update(ns)
class F(Base):
    STEPS
--- flows/b.py
BASE
""",
    "decorators in a list loop class": """\
from metaflow import *
DECS = [conda_base(libraries={'a': '1'})]
class F(FlowSpec):
    STEPS
for d in DECS: F = d(F)
""",
    "noop conditional": """\
from metaflow import *
import os
maybe = conda(libraries={'a': '1'}) if os.environ.get('HOME') else (lambda f: f)
class F(FlowSpec):
    @maybe
    STEPS
""",
    "functools.reduce decorators": """\
from metaflow import *
from functools import reduce
DECS = [conda(libraries={'a': '1'}), retry]
def all_(f): return reduce(lambda x, d: d(x), DECS, f)
class F(FlowSpec):
    @all_
    STEPS
""",
    "internal StepDecorator class": """\
from metaflow import FlowSpec, step
from metaflow.plugins.pypi.conda_decorator import CondaStepDecorator
from metaflow.decorators import _base_step_decorator
from functools import partial
c = partial(_base_step_decorator, CondaStepDecorator)
class F(FlowSpec):
    @c(libraries={'a': '1'})
    STEPS
""",
    "assign decorators attr": """\
from metaflow import *
class F(FlowSpec):
    STEPS
F.start.decorators.extend(conda(libraries={'a': '1'})(step(lambda self: None)).decorators)
""",
    "type() three args": """\
from metaflow import *
def start(self): self.next(self.end)
def end(self): pass
F = type('F', (FlowSpec,), {'start': conda(libraries={'a': '1'})(step(start)), 'end': step(end)})
""",
}
"""Flows that are told as ones that cannot be read."""
