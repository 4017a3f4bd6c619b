"""Flows in the forms that Metaflow's own documentation shows; the form of a flow is that of ``odd_flows``."""

from __future__ import annotations

READ = {
    "docs: a step, and the flow around it": """\
from metaflow import FlowSpec, conda, conda_base, step
@conda_base(python='3.9.13', libraries={'pandas': '1.0.0'})
class F(FlowSpec):
    @conda(libraries={'numpy': '1.21.6'}, python='>=3.8,<3.9')
    @step
    def start(self): self.next(self.end)
    @conda(disabled=True)
    @step
    def end(self): pass
""",
    "docs: PyPI in one step, with a python": """\
from metaflow import FlowSpec, card, pypi, step
class F(FlowSpec):
    @card(type='blank')
    @pypi(packages={'altair': '5.2.0', 'pandas': '2.1.4'}, python='3.11.7')
    STEPS
""",
    "docs: PyPI for the flow, disabled for a step": """\
from metaflow import FlowSpec, pypi, pypi_base, step
@pypi_base(packages={'a': '1'}, python='3.11')
class F(FlowSpec):
    @step
    def start(self): self.next(self.end)
    @pypi(disabled=True)
    @step
    def end(self): pass
""",
    "docs: packages of a configuration": """\
from metaflow import Config, FlowSpec, config_expr, pypi_base, step, trigger
@pypi_base(packages=config_expr('config.packages'))
@trigger(event=config_expr('config.event'))
class F(FlowSpec):
    config = Config('config', default='flows/myconfig.json')
    STEPS
--- flows/myconfig.json
{"event": "e", "packages": {"a": "1"}}
""",
    "docs: a configuration in TOML, its parser by name": """\
from metaflow import *
@project(name=config_expr('config.name'))
class F(FlowSpec):
    config = Config('config', default='flows/myconfig.toml', parser='tomllib.loads')
    @pypi(packages=config.packages)
    STEPS
--- flows/myconfig.toml
name = "p"
packages = {a = "1"}
""",
    "docs: a configuration in TOML, its parser itself": """\
import tomllib
from metaflow import *
@pypi_base(packages=config_expr('project.libs'))
class F(FlowSpec):
    project = Config('project', default='flows/project.toml', parser=tomllib.loads)
    STEPS
--- flows/project.toml
[libs]
a = "1"
""",
    "docs: a base flow of a project": """\
from base import ProjectFlow
from metaflow import step
class F(ProjectFlow):
    STEPS
--- flows/base.py
from metaflow import Config, FlowSpec, config_expr, project, pypi_base, schedule
@project(name=config_expr('project.name'))
@schedule(hourly=True)
@pypi_base(packages=config_expr('project.packages'), python='3.11')
class ProjectFlow(FlowSpec):
    project = Config('project', default_value='{"name": "p", "packages": {"a": "1"}}')
""",
    "docs: a user's own step decorator beside": """\
from metaflow import *
class Timed(UserStepDecorator):
    def pre_step(self, name, flow, inputs=None): self.name = name
    def post_step(self, name, flow, exception=None): print(self.name)
class F(FlowSpec):
    @Timed
    @conda(libraries={'a': '1'})
    STEPS
""",
    "docs: a branch, and a join": """\
from metaflow import *
@conda_base(libraries={'a': '1'})
class F(FlowSpec):
    @step
    def start(self): self.next(self.one, self.two)
    @conda(libraries={'b': '1'})
    @step
    def one(self): self.next(self.join)
    @step
    def two(self): self.next(self.join)
    @step
    def join(self, inputs): self.next(self.end)
    @step
    def end(self): pass
""",
}
"""Flows that are read as the real packages hold them."""

REFUSED = {
    "docs: a mutator adds what a configuration says": """\
from metaflow import *
class Packages(FlowMutator):
    def pre_mutate(self, flow):
        flow.add_decorator(pypi_base, deco_kwargs={'packages': dict(flow.config.packages)})
@Packages
class F(FlowSpec):
    config = Config('config', default_value='{"packages": {"a": "1"}}')
    STEPS
""",
    "docs: a mutator goes through the steps": """\
from metaflow import *
class Packages(FlowMutator):
    def mutate(self, flow):
        for name, one in flow.steps:
            if name == 'start': one.add_decorator(pypi, deco_kwargs={'packages': {'a': '1'}})
@Packages
class F(FlowSpec):
    STEPS
""",
    "docs: a mutator of a step with arguments": """\
from metaflow import *
class packages(StepMutator):
    def init(self, *args, **kwargs): self.found = kwargs
    def mutate(self, one): one.add_decorator(conda, deco_kwargs={'libraries': self.found})
class F(FlowSpec):
    @packages(a='1')
    STEPS
""",
    "docs: a parser of the user's": """\
from metaflow import *
def parse(text): return {'packages': dict(line.split('==') for line in text.split())}
@pypi_base(packages=config_expr('c.packages'))
class F(FlowSpec):
    c = Config('c', default_value='a==1', parser=parse)
    STEPS
""",
}
"""Flows that are told as ones that cannot be read."""
