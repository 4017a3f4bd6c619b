"""A page for each code: why it matters, the way out, and where it can be shown an example, which a test runs."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """A page; ``before`` and ``after`` are whole files, empty where a file alone cannot show the finding."""

    why: str
    way_out: str
    before: str = ""
    after: str = ""
    path: str = "environment.yml"


_FLOW = """\
from metaflow import FlowSpec, conda, named_env, pypi, step
class F(FlowSpec):
    @{}
    @step
    def start(self): ...
"""
_MIXED = "dependencies:\n- python=3.12\n- numpy\n- pip:\n  - {}\n"
_RELOCK = "Run `mixlock lock`; it keeps every version that still fits."
_BY_HAND = (
    "Take the lock back from git (`git restore`), or run `mixlock lock`, which keeps the last whole lock's versions."
)


def _flow(why: str, way_out: str, before: str, after: str) -> Explanation:
    return Explanation(
        why=why, way_out=way_out, before=_FLOW.format(before), after=_FLOW.format(after), path="flow.py"
    )


def _mixed(why: str, way_out: str, before: str, after: str) -> Explanation:
    return Explanation(why=why, way_out=way_out, before=_MIXED.format(before), after=_MIXED.format(after))


def _page(why: str, way_out: str, before: str = "", after: str = "") -> Explanation:
    return Explanation(why=why, way_out=way_out, before=before, after=after)


EXPLANATIONS: Mapping[Code, Explanation] = MappingProxyType(
    {
        Code.UNREADABLE: _page(
            "Of a file that cannot be read nothing can be checked or locked.",
            "Correct the file at the place that is named. YAML is indented with spaces.",
            "dependencies:\n\t- python\n",
            "dependencies:\n  - python\n",
        ),
        Code.UNKNOWN_KEY: _page(
            "A misspelt key, selector or allowance is ignored by other tools, and so is what it was meant to say.",
            "Write the nearest known word, or remove it.",
            "chanels: [conda-forge]\ndependencies: [python]\n",
            "channels: [conda-forge]\ndependencies: [python]\n",
        ),
        Code.WRONG_TYPE: _page(
            "YAML makes numbers, dates and booleans of what looks like them, and a list of one entry is not a text.",
            "Write the type that is named: a list with `- entry` lines, or text in quotes.",
            "dependencies: numpy\n",
            "dependencies: [numpy]\n",
        ),
        Code.NOT_A_MATCH_SPEC: _page(
            "conda would refuse the entry, or read it as something else than it looks like.",
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
            "No version can satisfy all that is asked, and conda-lock would keep the last entry without a word.",
            "Write one entry with a range that has versions in it.",
            "dependencies:\n- numpy>=2\n- numpy<1\n",
            "dependencies:\n- numpy>=1,<2\n",
        ),
        Code.NOT_STATIC: _flow(
            "mixlock never runs a flow, so what only running it would tell cannot be locked.",
            "Write a literal, or a name that is bound once to one. An allowance leaves it out of the lock.",
            "pypi(python='3.12', packages=read())",
            "pypi(python='3.12', packages={'requests': '2.31.0'})",
        ),
        Code.INCOMPATIBLE: _flow(
            "Two decorators of one level say different things, and only one can be meant.",
            "Say it once.",
            "conda(python='3.11', packages={'numpy': ''})\n    @pypi(python='3.12', packages={'requests': ''})",
            "conda(python='3.12', packages={'numpy': ''})\n    @pypi(python='3.12', packages={'requests': ''})",
        ),
        Code.VIRTUAL_PACKAGE: _page(
            "A virtual package says what the machine has; one that no solver knows would be ignored.",
            "Write a known one with its version.",
            "sys:\n- __gpu=1\ndependencies: [python]\n",
            "sys:\n- __cuda=12.6\ndependencies: [python]\n",
        ),
        Code.ALIAS: _flow(
            "A flow that names an environment runs only where that name leads to a lock, always to the same one.",
            "Make the alias with `mixlock resolve -f FILE --alias NAME:TAG`. An immutable one gets a new tag.",
            "named_env(name='Team/X')",
            "pypi(python='3.12', packages={'requests': '2.31.0'})",
        ),
        Code.VERSION_CONTROL: _mixed(
            "A repository has no hash that an installer could verify, and conda-lock cannot lock it.",
            "Publish a wheel or sdist to an index. A pure PyPI environment may ask for it, and is not locked.",
            "git+https://git.example/team/tool",
            "tool==1.2",
        ),
        Code.LOCAL: _mixed(
            "A path means something else, or nothing, on another machine.",
            "Publish a wheel or sdist to an index and ask for its version.",
            "./tool",
            "tool==1.2",
        ),
        Code.EDITABLE: _mixed(
            "An editable installation changes after the lock was made.",
            "Install it beside the locked environment, or publish it to an index.",
            "-e .",
            "tool==1.2",
        ),
        Code.DIRECT_URL: _mixed(
            "Nobody can tell which version stands behind a URL, or whether another requirement accepts it.",
            "Ask for name==version from an index or a channel. An allowance leaves it out of the lock.",
            "https://files.example/tool-1.2-py3-none-any.whl",
            "tool==1.2",
        ),
        Code.INCLUDE: _mixed(
            "What a file that cannot be read in place asks for is not known.",
            "List its requirements here, or add the file to git. An allowance leaves it out of the lock.",
            "-r missing.txt",
            "tool==1.2",
        ),
        Code.BOTH_MANAGERS: _mixed(
            "pip would overwrite the files of the conda package, and neither manager would know what is installed.",
            "Keep one of the two.",
            "numpy",
            "requests",
        ),
        Code.SECRET: _page(
            "git keeps a secret for ever, and everybody who may read the repository may use it.",
            "Take it out, revoke it, and put it into ~/.netrc, a keyring or a variable.",
            "channels: ['https://me:hunter2@conda.example/c']\ndependencies: [python]\n",
            "channels: ['https://conda.example/c']\ndependencies: [python]\n",
        ),
        Code.PLAIN_HTTP: _page(
            "Anybody between an index and its reader can change packages.",
            "Use https, or list the host under `trusted-hosts`.",
            "channels: ['http://conda.example/c']\ndependencies: [python]\n",
            "channels: ['https://conda.example/c']\ndependencies: [python]\n",
        ),
        Code.PIP_OPTION: _mixed(
            "A lock has no place for the option, so what it asks of pip would be lost.",
            "Remove it, or say the same in mixlock's words. An allowance leaves it out of the lock.",
            "--no-deps",
            "tool==1.2",
        ),
        Code.NO_PYTHON: _page(
            "What PyPI has depends on the version of python, and PyPI has no python.",
            "Ask for python among the conda requirements, or set `python` in the configuration.",
            "dependencies:\n- pip:\n  - requests\n",
            "dependencies:\n- python=3.12\n- pip:\n  - requests\n",
        ),
        Code.MIXED_STEP: _page(
            "Open-source Metaflow refuses to mix conda and PyPI in one step.",
            'Ask one of them, or configure metaflow = "netflixext".',
        ),
        Code.NO_LOCK: _page(
            "What a spec asks for was never locked, or its lock would not be part of the commit.",
            "Run `mixlock lock`, then `git add` the lock.",
        ),
        Code.REQUIREMENT: _page("The lock was made for other requirements.", _RELOCK),
        Code.PLATFORM: _page("The lock holds other platforms than those that are asked for.", _RELOCK),
        Code.SOURCE: _page("Another channel or index, or another order, may give other packages.", _RELOCK),
        Code.SETTING: _page("What decides a solve changed since the lock was made.", _RELOCK),
        Code.BODY: _page("What a hand wrote was never solved, and nobody knows whether it fits.", _BY_HAND),
        Code.FILES_DISAGREE: _page("Two installers would install different things from one lock.", _BY_HAND),
        Code.CLOSURE: _page("An installation from this lock would be broken.", _BY_HAND),
        Code.ORPHAN: _page(
            "A lock that nobody keeps up to date may still be installed from.",
            "Delete its folder, or restore its spec. A spec that no lock can hold has none.",
        ),
        Code.CONFLICT: _page(
            "Half of the file is one branch's, half another's.", "Merge the spec, run `mixlock lock`."
        ),
        Code.NEWER: _page("An older mixlock does not know what a newer one records.", "Upgrade mixlock."),
        Code.HASH: _page("Nobody could verify the file that is installed.", _BY_HAND),
        Code.HOST: _page("A package comes from where nobody asked for it.", _BY_HAND),
        Code.NO_CONDA_ANSWER: _page(
            "No set of conda packages satisfies what is asked.",
            "Relax one of the requirements that are named, or name the channel that has the package.",
        ),
        Code.NO_PYPI_ANSWER: _page(
            "No set of PyPI packages satisfies what is asked.",
            "Relax one of the requirements that are named.",
        ),
        Code.SIDES_DISAGREE: _page(
            "A PyPI requirement does not accept the version that conda has of a project.",
            "Ask conda for a version that fits, or relax the PyPI requirement.",
        ),
        Code.NO_SUCH_PACKAGE: _page(
            "No channel, or no index, has a package of that name.",
            "Correct the name, or name the channel or index that has it.",
        ),
        Code.NO_FILE: _page(
            "A project has files, and none of them runs on this platform with this python.",
            "Ask for another version, get it from conda, or drop the platform.",
        ),
        Code.WHEEL: _page(
            "A wheel that differs from the recorded one was built from something else.",
            "Take the record back from git, or record anew with `mixlock wheelhouse --force`.",
        ),
        Code.BUILD_NEEDED: _page(
            "A build runs the package's own code, which is not allowed here.",
            "Run `nox -s lock` or `mixlock wheelhouse` where building is allowed.",
        ),
        Code.BUILD_FAILED: _page(
            "Without the wheel the package cannot be installed as locked.",
            "Ask for a version that has wheels, get it from conda, or say what its build needs.",
        ),
        Code.WHEEL_MISFIT: _page(
            "The wheel that was built does not run where the lock is for.",
            "Build it on such a platform, or drop the platform.",
        ),
    }
)
