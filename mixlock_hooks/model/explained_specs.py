"""The pages on what is wrong with a spec (MIX0xx, MIX1xx)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLOW = """\
from metaflow import FlowSpec, conda, named_env, pypi, step
class F(FlowSpec):
    @{}
    @step
    def start(self): ...
"""
_MIXED = "dependencies:\n- python=3.12\n- numpy\n- pip:\n  - {}\n"


def _flow(why: str, way_out: str, before: str, after: str, configuration: str = "") -> Explanation:
    return Explanation(
        why=why,
        way_out=way_out,
        before=_FLOW.format(before),
        after=_FLOW.format(after),
        path="flow.py",
        configuration=configuration,
    )


def _mixed(why: str, way_out: str, before: str, after: str) -> Explanation:
    return Explanation(why=why, way_out=way_out, before=_MIXED.format(before), after=_MIXED.format(after))


def _page(why: str, way_out: str, before: str, after: str) -> Explanation:
    return Explanation(why=why, way_out=way_out, before=before, after=after)


OF_SPECS: Mapping[Code, Explanation] = MappingProxyType(
    {
        Code.UNREADABLE: _page(
            "mixlock can neither check nor lock what it cannot read.",
            "Correct the file at the place named. Indent YAML with spaces, not tabs.",
            "dependencies:\n\t- python\n",
            "dependencies:\n  - python\n",
        ),
        Code.UNKNOWN_KEY: _page(
            "Other tools ignore a misspelled key, selector or allowance, so what it was meant to say is lost.",
            "Write the known word that comes nearest, or remove it.",
            "chanels: [conda-forge]\ndependencies: [python]\n",
            "channels: [conda-forge]\ndependencies: [python]\n",
        ),
        Code.WRONG_TYPE: _page(
            "YAML turns text that looks like a number, date or boolean into one. A list of one entry is not text.",
            "Write the type that the message names: a list of `- entry` lines, or text in quotes.",
            "dependencies: numpy\n",
            "dependencies: [numpy]\n",
        ),
        Code.NOT_A_MATCH_SPEC: _page(
            "conda would refuse the entry, or read it differently from how it looks.",
            "Write name, name=1.2, name>=1,<2 or channel::name.",
            "dependencies: ['numpy>=']\n",
            "dependencies: ['numpy>=1.26']\n",
        ),
        Code.NOT_A_REQUIREMENT: _mixed(
            "pip would refuse the entry. `=` is conda's operator; PyPI's is `==`.",
            "Write name==1.2.3, or name[extra]>=1; marker.",
            "requests=2.31",
            "requests==2.31",
        ),
        Code.CONTRADICTION: _page(
            "No version satisfies all of these entries, and conda-lock would silently keep only the last one.",
            "Write one entry whose range contains a version.",
            "dependencies:\n- numpy>=2\n- numpy<1\n",
            "dependencies:\n- numpy>=1,<2\n",
        ),
        Code.NOT_STATIC: _flow(
            "mixlock never runs a flow, so it cannot lock a value that is known only when the flow runs.",
            "Write a literal, or a name that is bound once, to a literal. An allowance leaves it out of the lock.",
            "pypi(python='3.12', packages=read())",
            "pypi(python='3.12', packages={'requests': '2.31.0'})",
        ),
        Code.INCOMPATIBLE: _flow(
            "Two decorators at the same level say different things, and only one can be right.",
            "Keep one of them.",
            "conda(python='3.11', packages={'numpy': ''})\n    @pypi(python='3.12', packages={'requests': ''})",
            "conda(python='3.12', packages={'numpy': ''})\n    @pypi(python='3.12', packages={'requests': ''})",
        ),
        Code.VIRTUAL_PACKAGE: _page(
            "A virtual package says what the machine has. Solvers ignore one that they do not know.",
            "Write a known one with its version.",
            "sys:\n- __gpu=1\ndependencies: [python]\n",
            "sys:\n- __cuda=12.6\ndependencies: [python]\n",
        ),
        Code.ALIAS: _flow(
            "A flow that names an environment runs only if the name leads to a lock, and always to the same one.",
            "Make the alias with `mixlock resolve -f FILE --alias NAME:TAG`. An immutable one gets a new tag.",
            "named_env(name='Team/X')",
            "pypi(python='3.12', packages={'requests': '2.31.0'})",
        ),
        Code.VERSION_CONTROL: _mixed(
            "A repository has no hash that an installer could verify, and conda-lock cannot lock it.",
            "Publish a wheel or sdist to an index. A requirements.txt of PyPI packages alone may ask for it: "
            "pip installs it, and no lock holds it.",
            "git+https://git.example/team/tool",
            "tool==1.2",
        ),
        Code.LOCAL: _mixed(
            "On another machine, a path leads somewhere else or nowhere.",
            "Publish a wheel or sdist to an index and ask for its version.",
            "./tool",
            "tool==1.2",
        ),
        Code.EDITABLE: _mixed(
            "An editable install keeps changing after the lock is made.",
            "Install it on top of the locked environment, or publish it to an index.",
            "-e .",
            "tool==1.2",
        ),
        Code.DIRECT_URL: _mixed(
            "A URL does not say which version it leads to, so no one can tell whether other requirements accept it.",
            "Ask for name==version from an index or a channel. An allowance leaves it out of the lock.",
            "https://files.example/tool-1.2-py3-none-any.whl",
            "tool==1.2",
        ),
        Code.INCLUDE: _mixed(
            "mixlock cannot read the file from the repository, so it does not know what the file asks for.",
            "List its requirements here, or add the file to git. An allowance leaves it out of the lock.",
            "-r missing.txt",
            "tool==1.2",
        ),
        Code.BOTH_MANAGERS: _mixed(
            "pip would overwrite the conda package's files, and neither manager would know what is installed.",
            "Ask only one of the two managers for it.",
            "requests\n  - numpy",
            "requests",
        ),
        Code.SECRET: _page(
            "git keeps a secret forever, and everyone who can read the repository can use it.",
            "Remove it and revoke it. Keep the new one in ~/.netrc, a keyring or an environment variable.",
            "channels: ['https://me:hunter2@conda.example/c']\ndependencies: [python]\n",
            "channels: ['https://conda.example/c']\ndependencies: [python]\n",
        ),
        Code.PLAIN_HTTP: _page(
            "Anyone on the network between you and the server can change the packages.",
            "Use https, or list the host under `trusted-hosts`.",
            "channels: ['http://conda.example/c']\ndependencies: [python]\n",
            "channels: ['https://conda.example/c']\ndependencies: [python]\n",
        ),
        Code.PIP_OPTION: _mixed(
            "A lock has no place for this option, so what it asks of pip would be lost.",
            "Remove it, or use the setting of mixlock that does the same. An allowance leaves it out of the lock.",
            "--no-deps",
            "tool==1.2",
        ),
        Code.NO_PYTHON: _page(
            "Which PyPI packages fit depends on the version of Python, and PyPI does not offer Python itself.",
            "Add python to the conda requirements, or set `python` in the configuration.",
            "dependencies:\n- pip:\n  - requests\n",
            "dependencies:\n- python=3.12\n- pip:\n  - requests\n",
        ),
        Code.MIXED_STEP: _flow(
            "Open-source Metaflow refuses to mix conda and PyPI in one step.",
            'Use one of the two, or set `metaflow = "netflixext"` in the configuration.',
            "conda(python='3.12', packages={'numpy': ''})\n    @pypi(packages={'requests': ''})",
            "conda(python='3.12', packages={'numpy': ''})",
            'metaflow = "oss"\n',
        ),
    }
)
