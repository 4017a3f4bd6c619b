"""Whatever a spec or a lock holds, a command ends with a status: no text makes mixlock crash."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixlock_hooks.commands import main
from mixlock_hooks.formats import project_config
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.problem import in_order
from mixlock_hooks.model.settings import CONFIGURATION_FILES, Settings
from mixlock_hooks.pipeline.check import check
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.drift.vouched import Vouched
from mixlock_hooks.pipeline.load import load_all
from mixlock_hooks.report import problems as problem_report
from tests.fakes import memory_project
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

_WORDS = st.sampled_from(
    [
        *("python", "numpy=1.2", "pip", "pip:", "sys", "- ", "=", ">=1,<2", "::", "[", "]", "{", "}", "'", '"', "#"),
        *("git+https://a/b", "-e .", "-r x", "file:x", "https://a:b@c/d", "a @ b", "; python_version<'3'", "${X}"),
        *("--hash=sha256:0", "&a", "*a", "!!int", "!!binary", "<<", "~", "null", "1", "1.5", "true", "2026-01-01"),
        *("\n", "\n  ", "\n- ", "\t", ": ", ", ", "é", "\u2028", "\x85", "\ufeff", "# [linux]", "# [", "*", "|"),
        *("# mixlock: allow MIX101 x", "__glibc=2"),
    ]
)
_KEYS = ("dependencies", "channels", "platforms", "sys", "pypi-indices", "name", "nonsense")
_SCALARS = st.one_of(_WORDS, st.text(max_size=12), st.integers(), st.none(), st.booleans())
_NOISE = st.lists(_WORDS, max_size=25).map("".join)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from((*_KEYS, "pip")), inner, max_size=3),
    max_leaves=12,
)
_SPECS = st.one_of(
    _NOISE,
    _NOISE.map("dependencies:\n- ".__add__),
    _NOISE.map("dependencies:\n- python\n- pip:\n  - ".__add__),
    st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4).map(repr),
)
_QUIETLY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_OFTEN = settings(_QUIETLY, max_examples=300)
_FEW = settings(_QUIETLY, max_examples=25)


@pytest.fixture(name="content", scope="module")
def _content(locked_once: Repository) -> dict[str, bytes]:
    """Return the files of a locked repository, which commands read from memory."""
    locks = {f"locks/{path}": content for path, content in locked_once.locks().items()}
    return {**locks, "environment.yml": locked_once.read("environment.yml").encode()}


_SETTINGS = Settings(platforms=(Subdir("linux-64"), Subdir("osx-arm64")), channels=(CHANNEL,), default_index=INDEX)


def _judged(content: dict[str, bytes]) -> str:
    """Check everything, compare it with its locks in both ways, and report it in every form."""
    project = memory_project(content, _SETTINGS)
    loaded = load_all(project)
    problems = [*check(project, loaded).problems]
    for environment in loaded.environments:
        for by in (None, Vouched()):
            problems += drift(project, environment, by=by).problems()
    return "".join(problem_report.render(form, in_order(problems), checked=1) for form in problem_report.FORMS)


@_OFTEN
@given(text=_SPECS)
def test_no_spec_makes_a_judgement_crash(content: dict[str, bytes], text: str) -> None:
    assert _judged({**content, "environment.yml": text.encode("utf-8", "surrogatepass")})


@_OFTEN
@given(text=_NOISE, begin=st.integers(0, 4000), length=st.integers(0, 200))
@pytest.mark.parametrize("name", ["conda-lock.yml", "conda-linux-64.lock"])
def test_no_lock_makes_a_judgement_crash(
    content: dict[str, bytes], name: str, text: str, begin: int, length: int
) -> None:
    before = content[f"locks/environment/{name}"]
    damaged = before[:begin] + text.encode() + before[begin + length :]
    assert _judged({**content, f"locks/environment/{name}": damaged})


def _run(root: Path, *words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main([*words, "--root", str(root)])


@pytest.mark.parametrize("command", ["check", "drift", "list"])
@_FEW
@given(text=_SPECS)
def test_no_spec_makes_a_command_crash(locked: Repository, command: str, text: str) -> None:
    (locked.root / "environment.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert _run(locked.root, command) in {0, 1}


@_FEW
@given(text=_NOISE, begin=st.integers(0, 4000), length=st.integers(0, 200))
def test_no_lock_makes_a_command_crash(locked: Repository, text: str, begin: int, length: int) -> None:
    for name in ("conda-lock.yml", "conda-linux-64.lock"):
        file = locked.root / "locks/environment" / name
        before = file.read_bytes()
        file.write_bytes(before[:begin] + text.encode() + before[begin + length :])
        assert _run(locked.root, "drift") in {0, 1}
        assert _run(locked.root, "lock", "--dry-run", "--platform", "nowhere") == 2
        file.write_bytes(before)


_CONFIGURATIONS = st.lists(
    _WORDS | st.sampled_from(["specs", "platforms", "[tool.mixlock]", " = "]), max_size=20
).map("".join)


@_OFTEN
@given(text=_CONFIGURATIONS, name=st.sampled_from(CONFIGURATION_FILES))
def test_no_configuration_makes_its_reader_crash(text: str, name: str) -> None:
    settings, problems = project_config.parse(text, name)
    assert settings is None or isinstance(settings, Settings)
    assert all(problem.place.path == name for problem in problems)


@_FEW
@given(text=_CONFIGURATIONS)
def test_no_configuration_makes_a_command_crash(locked: Repository, text: str) -> None:
    (locked.root / "mixlock.toml").write_bytes(text.encode())
    assert _run(locked.root, "drift") in {0, 1, 2}
