"""Flows whose steps all stand in a base, which may be out of sight; the form is that of ``odd_flows``."""

from __future__ import annotations

_CLASS = "from metaflow import *\n@conda_base(libraries={'a': '1'})\nclass Base(FlowSpec):\n    STEPS\n"
_BASE = f"--- flows/base.py\n{_CLASS}"

READ = {
    "a base of its own name by star": f"""\
from base import *
class Base(Base):
    x = 1
{_BASE}""",
    "a class of a base of its own name": """\
from base import Base as F
class F(F.Inner):
    x = 1
--- flows/base.py
from metaflow import *
class Base(FlowSpec):
    @conda_base(libraries={'a': '1'})
    class Inner(FlowSpec):
        STEPS
""",
}
"""Flows that are read."""

REFUSED = {
    "one of two bases": f"""\
import os
if os.environ.get('GPU'):
    from gpu import Base
else:
    from base import Base
class F(Base):
    x = 1
{_BASE}--- flows/gpu.py
{_CLASS}""",
    "a base by import_module": f"""\
import importlib
Base = importlib.import_module('base').Base
class F(Base):
    x = 1
{_BASE}""",
    "a base by getattr": f"""\
import base
class F(getattr(base, 'Base')):
    x = 1
{_BASE}""",
    "a base from a mapping": f"""\
import base
BASES = {{'x': base.Base}}
class F(BASES['x']):
    x = 1
{_BASE}""",
    "bases from a tuple": f"""\
from base import Base
BASES = (Base,)
class F(*BASES):
    x = 1
{_BASE}""",
    "a base that a function makes": """\
from base import make
class F(make('1')):
    x = 1
--- flows/base.py
from metaflow import *
def make(v):
    @conda_base(libraries={'a': v})
    class Base(FlowSpec):
        STEPS
    return Base
""",
    "a base that a package makes": f"""\
from lib import Base
class F(Base):
    x = 1
--- flows/lib/__init__.py
def __getattr__(name):
    from lib.base import Base
    return Base
--- flows/lib/base.py
{_CLASS}""",
    "a base that the path leads to": f"""\
import os, sys
sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'common'))
from shared_base import Base
class F(Base):
    x = 1
--- common/shared_base.py
{_CLASS}""",
}
"""Flows that are told as ones that cannot be read."""
