"""Read short flows: what is asked, and what is told, as text that fits in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import flow_file
from mixlock_hooks.formats.metaflow.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.flow import DecoratorArguments, Flow, FlowFile
    from mixlock_hooks.model.problem import Problem

PATH = "flows/f.py"


def read(source: str, others: Mapping[str, str] | None = None) -> FlowFile:
    """Read a file that stands in ``flows/f.py``, beside other modules by path."""
    texts = dict(others or {})
    return flow_file.parse(source, PATH, Repository(read=texts.get, tracked=texts.__contains__, paths=texts))


def flow_of(decorators: str = "", *, before: str = "", body: str = "") -> str:
    """Return a flow with one step; decorators stand on the step, the first in line 2 where nothing is before."""
    head = "from metaflow import *\n" + before
    step = "".join(f"  {line}\n" for line in decorators.splitlines())
    return f"{head}class F(FlowSpec):\n{body}{step}  @step\n  def start(self): ...\n"


def argument(expression: str, *, before: str = "", others: Mapping[str, str] | None = None) -> FlowFile:
    """Read a flow whose decorator gets an expression as its ``libraries``, which begins in column 21."""
    return read(flow_of(f"@conda(libraries=\\\n{' ' * 18}{expression})", before=before), others)


def asked(arguments: DecoratorArguments) -> list[str]:
    """Return what is asked, one text each."""
    found = [f"{name} {entry.value}" for name, entry in arguments.scalars.items() if name != "python"]
    found += [f"conda {e.value.key} {e.value.constraint}" for e in arguments.conda]
    found += [
        f"pypi {e.value.key}{e.value.specifier}{e.value.marker and ';' + e.value.marker}" for e in arguments.pypi
    ]
    found += [f"{e.value.kind.value} {e.value.text}" for e in arguments.references]
    found += [f"channel {e.value}" for e in arguments.channels] + [f"index {e.value}" for e in arguments.indices]
    return found + [f"virtual {e.value[0]} {e.value[1]}" for e in arguments.virtual_packages]


def asked_by_step(source: str, others: Mapping[str, str] | None = None) -> list[str]:
    """Return what the decorators of the only flow's first step ask."""
    (flow,) = read(source, others).flows
    return [text for decorator in flow.steps[0].decorators for text in asked(decorator.arguments)]


def steps(flow: Flow) -> dict[str, list[str]]:
    """Return what each step's decorators ask."""
    return {step.name: [text for found in step.decorators for text in asked(found.arguments)] for step in flow.steps}


def problems(file: FlowFile) -> list[Problem]:
    """Return every problem of a file, and of its flows."""
    return [*file.problems, *(problem for flow in file.flows for problem in flow.problems)]


def told(found: Iterable[Problem]) -> list[str]:
    """Return place and code of each problem."""
    return [f"{problem.place.line}:{problem.place.column} {problem.code}" for problem in found]
