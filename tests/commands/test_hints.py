"""Every hint leads out: what it says is done by hand, the verb is run again, and the finding is gone."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS
from tests.conftest import new_repository
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import Repository, World

_FLOW = """\
from metaflow import FlowSpec, conda, named_env, pypi, step
class F(FlowSpec):
    @{}
    @step
    def start(self): ...
"""
_MIXED = "dependencies:\n- python=3.12\n- numpy\n- pip:\n  - {}\n"
_PYPI = "dependencies:\n- python=3.12\n- pip:\n  - {}\n"
_ALIASES = "['team/x:latest']\nenvironment = 'e'\nsource = 'e.yml'\nfingerprint = 'sha256:0'\nlock = 'sha256:0'\n"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A file with a finding, words of the hint that ``check`` gives, and the file after doing what they say."""

    code: Code
    before: str
    after: str
    hint: str
    path: str = "environment.yml"
    strict: bool = True
    others: Mapping[str, str] = field(default_factory=dict)
    others_after: Mapping[str, str] = field(default_factory=dict)


def _mixed(code: Code, before: str, after: str, hint: str) -> Row:
    return Row(code=code, before=_MIXED.format(before), after=_MIXED.format(after), hint=hint)


def _pypi(code: Code, before: str, after: str, hint: str) -> Row:
    return Row(code=code, before=_PYPI.format(before), after=_PYPI.format(after), hint=hint)


def _flow(code: Code, before: str, after: str, hint: str, others: Mapping[str, str] | None = None) -> Row:
    return Row(
        code=code,
        path="flow.py",
        before=_FLOW.format(before),
        after=_FLOW.format(after),
        hint=hint,
        others=others or {},
    )


def _asked(code: Code, before: str, after: str, hint: str) -> Row:
    return Row(code=code, before=f"dependencies: {before}\n", after=f"dependencies: {after}\n", hint=hint)


def _text(code: Code, before: str, after: str, hint: str) -> Row:
    head = "--conda-pkg python=3.12\n"
    return Row(code=code, path="requirements.txt", before=head + before, after=head + after, hint=hint)


_GIT, _URL = "git+https://g.example/t", "https://f.example/t-1-py3-none-any.whl"
_PURE = "dependencies:\n- python=3.12\n- pip:\n  - numpy\n  - {}\n"

ROWS = {
    "a tab": Row(
        code=Code.UNREADABLE,
        before="dependencies:\n\t- a\n",
        after="dependencies:\n  - a\n",
        hint="indented with spaces",
    ),
    "not Python": _flow(Code.UNREADABLE, "pypi(", "pypi(python='3.12', packages={'a': ''})", "correct it"),
    "a misspelt key": Row(
        code=Code.UNKNOWN_KEY,
        before="chanels: []\ndependencies: [a]\n",
        after="channels: []\ndependencies: [a]\n",
        hint="did you mean `channels`",
    ),
    "a selector that nothing knows": Row(
        code=Code.UNKNOWN_KEY,
        before="dependencies:\n- a # [py38]\n",
        after="dependencies:\n- a # py38\n",
        hint="is written without brackets",
    ),
    "a mapping": _asked(Code.UNKNOWN_KEY, "[{numpy: '1.2'}]", "[numpy=1.2]", "write `- numpy=1.2`"),
    "a misspelt option": _text(Code.UNKNOWN_KEY, "--conda-pkgs a", "--conda-pkg a", "did you mean `--conda-pkg`"),
    "an allowance for nothing": _asked(
        Code.UNKNOWN_KEY, "[a] # mixlock: allow MIX104 x", "[a]", "remove the comment"
    ),
    "an allowance for no code": Row(
        code=Code.UNKNOWN_KEY,
        before=_MIXED.format(f"{_URL} # mixlock: allow MIX14 x"),
        after=_MIXED.format(f"{_URL} # mixlock: allow MIX104 x"),
        hint="name the code that is reported",
    ),
    "no list": _asked(Code.WRONG_TYPE, "a", "\n- a", "write one `- entry` a line"),
    "nothing": Row(code=Code.WRONG_TYPE, before="", after="dependencies: [a]\n", hint="list `dependencies`"),
    "a number": _asked(Code.WRONG_TYPE, "[1.2]", "['1.2']", "quote it"),
    "a platform": Row(
        code=Code.WRONG_TYPE,
        before="platforms: [linux64]\ndependencies: [a]\n",
        after="platforms: [linux-64]\ndependencies: [a]\n",
        hint="did you mean `linux-64`",
    ),
    "no version behind an operator": _asked(Code.NOT_A_MATCH_SPEC, "['a>=']", "['a>=1']", "write name"),
    "conda's equals sign": _mixed(Code.NOT_A_REQUIREMENT, "a=1", "a==1", "write name==1.2.3"),
    "two versions": _asked(Code.CONTRADICTION, "['a>=2', 'a<1']", "['a>=1,<2']", "some version must"),
    "a call": _flow(
        Code.NOT_STATIC,
        "pypi(python='3.12', packages=read())",
        "pypi(python='3.12', packages={'a': ''})",
        "write it as a literal",
    ),
    "two pythons": _flow(
        Code.INCOMPATIBLE,
        "conda(python='3.11', packages={'a': ''})\n    @pypi(python='3.12', packages={'b': ''})",
        "conda(packages={'a': ''})\n    @pypi(python='3.12', packages={'b': ''})",
        "say it once",
    ),
    "a virtual package without a version": Row(
        code=Code.VIRTUAL_PACKAGE,
        before="sys: [__glibc]\ndependencies: [a]\n",
        after='sys: {__glibc: "2.27"}\ndependencies: [a]\n',
        hint='`__glibc: "2.27"`',
    ),
    "an alias's name": _flow(
        Code.ALIAS,
        "named_env(name='Team/X')",
        "named_env(name='team/x')",
        "correct the name",
        {"locks/aliases.toml": _ALIASES},
    ),
    "git": _mixed(Code.VERSION_CONTROL, _GIT, "t==1", "publish a wheel or sdist to an index and ask for its version"),
    "git in a PyPI environment": _pypi(Code.VERSION_CONTROL, _GIT, "t==1", "ask for its version"),
    "a path": _mixed(Code.LOCAL, "./t", "t==1", "publish a wheel or sdist"),
    "an archive": _mixed(Code.LOCAL, "t-1.0.tar.gz", "t==1", "publish a wheel or sdist"),
    "editable": _mixed(Code.EDITABLE, "-e .", "a", "install it beside the locked environment"),
    "a URL": _mixed(Code.DIRECT_URL, _URL, "t==1", "ask for name==version"),
    "a file that is included": _mixed(Code.INCLUDE, "-r missing.txt", "t==1", "list its requirements here"),
    "one project from both": _mixed(Code.BOTH_MANAGERS, "numpy", "a", "keep one of the two"),
    "a password": Row(
        code=Code.SECRET,
        before="channels: ['https://me:hunter2@c.example/c']\ndependencies: [a]\n",
        after="channels: ['https://${CHANNEL_TOKEN}@c.example/c']\ndependencies: [a]\n",
        hint="${A_VARIABLE}",
    ),
    "plain http": Row(
        code=Code.PLAIN_HTTP,
        before="channels: ['http://c.example/c']\ndependencies: [a]\n",
        after="channels: ['https://c.example/c']\ndependencies: [a]\n",
        hint="use https",
    ),
    "plain http from a trusted host": Row(
        code=Code.PLAIN_HTTP,
        before="channels: ['http://c.example/c']\ndependencies: [a]\n",
        after="channels: ['http://c.example/c']\ndependencies: [a]\n",
        hint="`trusted-hosts`",
        others_after={"mixlock.toml": 'trusted-hosts = ["c.example"]\n'},
    ),
    "an option of pip": _mixed(Code.PIP_OPTION, "--no-deps", "a", "take it out"),
    "no python": _asked(Code.NO_PYTHON, "[{pip: [a]}]", "[python=3.12, {pip: [a]}]", "`- python=3.12`"),
    "python from PyPI": _asked(
        Code.NO_PYTHON, "[numpy, {pip: [python, a]}]", "[numpy, python=3.12, {pip: [a]}]", "remove it here"
    ),
    "no python in a flow": _flow(
        Code.NO_PYTHON, "pypi(packages={'a': ''})", "pypi(python='3.12', packages={'a': ''})", 'say python="3.12"'
    ),
    "both in a step": _flow(
        Code.MIXED_STEP,
        "conda(python='3.12', packages={'a': ''})\n    @pypi(packages={'b': ''})",
        "conda(python='3.12', packages={'a': ''})",
        "ask one of them",
        {"mixlock.toml": 'metaflow = "oss"\n'},
    ),
    **{
        f"{code} allowed in a {kind} environment": make(
            code, entry, f"{entry} # mixlock: allow {code} why", f"allow {code} REASON"
        )
        for kind, make, entries in (
            ("mixed", _mixed, {Code.DIRECT_URL: _URL, Code.INCLUDE: "-r missing.txt", Code.PIP_OPTION: "--no-deps"}),
            ("PyPI", _pypi, {Code.VERSION_CONTROL: _GIT, Code.LOCAL: "./t", Code.EDITABLE: "-e ."}),
        )
        for code, entry in entries.items()
    },
    **{
        f"{code} moved to a pure PyPI environment": Row(
            code=code,
            before=_MIXED.format(entry),
            after=_PURE.format(entry),
            hint="PyPI packages alone",
            strict=False,
        )
        for code, entry in ((Code.VERSION_CONTROL, _GIT), (Code.LOCAL, "./t"), (Code.EDITABLE, "-e ."))
    },
    **{
        f"the example of {code}": Row(
            code=code,
            path=found.path,
            before=found.before,
            after=found.after,
            hint="",
            others={"mixlock.toml": found.configuration},
        )
        for code, found in EXPLANATIONS.items()
        if found.before
    },
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_check_advises_helps(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: Row) -> None:
    def findings(files: Mapping[str, str]) -> list[str]:
        """Write files; give the hints of the findings of the row's code that are more than notes."""
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        strict = ["--strict"] if row.strict else []
        main(["check", "--root", str(tmp_path), "--format", "json", *strict, str(tmp_path / row.path)])
        found = json.loads(capsys.readouterr().out)["problems"]
        return [each["hint"] for each in found if each["code"] == row.code and each["severity"] != "note"]

    assert [hint for hint in findings({row.path: row.before, **row.others}) if row.hint in hint]
    assert findings({row.path: row.after, **row.others_after}) == []


_SPEC = "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"


def _spec(old: str, new: str) -> Callable[[Repository, str], None]:
    def change(repository: Repository, name: str) -> None:
        text = repository.read(f"{name}.yml")
        assert old in text
        repository.write(f"{name}.yml", text.replace(old, new))

    return change


def _lock(file: str, pattern: str, new: str) -> Callable[[Repository, str], None]:
    def change(repository: Repository, name: str) -> None:
        path = f"locks/{name}/{file}"
        text, count = re.subn(pattern, new, repository.read(path), count=1)
        assert count
        repository.write(path, text)

    return change


def _gone(repository: Repository, name: str) -> None:
    shutil.rmtree(repository.root / "locks" / name)


def _without_spec(repository: Repository, name: str) -> None:
    repository.git("rm", "-qf", f"{name}.yml")


DRIFTS: Mapping[Code, Callable[[Repository, str], None]] = {
    Code.NO_LOCK: _gone,
    Code.REQUIREMENT: _spec("numpy=1.26", "numpy>=2"),
    Code.PLATFORM: _spec("dependencies:", "platforms: [linux-64, osx-arm64]\ndependencies:"),
    Code.SOURCE: _spec("dependencies:", f"pypi-indices: [{INDEX}]\ndependencies:"),
    Code.SETTING: _spec("dependencies:", "sys: [__glibc=2.28]\ndependencies:"),
    Code.BODY: _lock("conda-lock.yml", r"version: 1\.26\.4", "version: 1.26.5"),
    Code.FILES_DISAGREE: _lock("pip-linux-64.txt", r"(?s)$", "mine==1\n"),
    Code.CLOSURE: _lock("conda-lock.yml", r"- name: idna\n(?:  .*\n)+", ""),
    Code.ORPHAN: _without_spec,
    Code.CONFLICT: _lock("pip-linux-64.txt", r"^", "<<<<<<< a\n=======\n>>>>>>> b\n"),
    Code.HASH: _lock(
        "conda-lock.yml", r"(name: idna\n(?:  .*\n)*?)    sha256: [0-9a-f]{64}\n", r"\1    sha256: ''\n"
    ),
    Code.HOST: _lock("conda-lock.yml", r"(?s)url: https://index\.example/", "url: https://evil.example/"),
}


def _name(code: Code) -> str:
    return f"env-{code.lower()}"


def _drift(repository: Repository) -> list[dict[str, Any]]:
    told = repository.mixlock("drift", "--verify", "--format", "json").stdout
    found: list[dict[str, Any]] = json.loads(told)["problems"]
    return found


def test_what_drift_advises_helps(tmp_path: Path, shared_world: World) -> None:
    """One repository has an environment for each kind of drift; two locks are all that is solved."""
    configuration = f'platforms = ["linux-64"]\nchannels = ["{CHANNEL}"]\ndefault-index = "{INDEX}"\n'
    repository = new_repository(tmp_path / "drifts", shared_world, _SPEC, configuration)
    for code in DRIFTS:
        repository.write(f"{_name(code)}.yml", _SPEC)
    assert repository.mixlock("lock").status == 0
    for code, change in DRIFTS.items():
        change(repository, _name(code))
    found = _drift(repository)
    assert {(code.value, _name(code)) for code in DRIFTS} <= {(each["code"], each["environment"]) for each in found}
    for command in sorted({each["hint"] for each in found}):
        _follow(repository, command)
    asked = {word for each in found for word in _locked_by(each["hint"])}
    assert repository.mixlock("lock", *sorted(asked)).status == 0
    assert _drift(repository) == []


def _locked_by(hint: str) -> list[str]:
    """Return the environments that a hint says to lock."""
    return (
        shlex.split(hint.removeprefix("run `mixlock lock ").rstrip("`"))
        if hint.startswith("run `mixlock lock ")
        else []
    )


def _follow(repository: Repository, hint: str) -> None:
    """Do what a hint says that is no lock, for that is done for all at once."""
    if hint.startswith("delete "):
        shutil.rmtree(repository.root / hint.removeprefix("delete ").partition(",")[0])
    else:
        assert _locked_by(hint), hint


ELSEWHERE = {
    Code.NEWER: "the way out is another mixlock",
    Code.NO_CONDA_ANSWER: "a solve says it: tests/commands/test_lock.py",
    Code.NO_PYPI_ANSWER: "a solve says it: tests/commands/test_lock.py",
    Code.SIDES_DISAGREE: "a solve says it: tests/pipeline/lock/test_solve.py",
    Code.NO_SUCH_PACKAGE: "a solve says it: tests/commands/test_lock.py",
    Code.NO_FILE: "a solve says it: tests/commands/test_lock.py",
    Code.WHEEL: "a build says it: tests/commands/test_wheelhouse.py",
    Code.BUILD_NEEDED: "a build says it: tests/commands/test_wheelhouse.py",
    Code.BUILD_FAILED: "a build says it: tests/commands/test_wheelhouse.py",
    Code.WHEEL_MISFIT: "a build says it: tests/commands/test_wheelhouse.py",
}
"""The codes whose way out is not walked here, and why."""


def test_every_code_is_walked_or_said_why_not() -> None:
    walked = {row.code for row in ROWS.values()} | set(DRIFTS)
    assert walked | set(ELSEWHERE) == set(Code)
    assert not walked & set(ELSEWHERE)
