"""Whatever a spec or a lock holds, a command ends with a status: no text makes mixlock crash."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixlock_hooks.commands import main

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
_QUIETLY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _run(root: Path, *words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main([*words, "--root", str(root)])


@pytest.mark.parametrize("command", ["check", "drift", "list"])
@_QUIETLY
@given(text=_SPECS)
def test_no_spec_makes_a_command_crash(locked: Repository, command: str, text: str) -> None:
    (locked.root / "environment.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert _run(locked.root, command) in {0, 1}


@_QUIETLY
@given(text=_NOISE, begin=st.integers(0, 4000), length=st.integers(0, 200))
def test_no_lock_makes_drift_crash(locked: Repository, text: str, begin: int, length: int) -> None:
    for name in ("conda-lock.yml", "conda-linux-64.lock"):
        file = locked.root / "locks/environment" / name
        before = file.read_bytes()
        file.write_bytes(before[:begin] + text.encode() + before[begin + length :])
        assert _run(locked.root, "drift") in {0, 1}
        assert _run(locked.root, "lock", "--dry-run", "--platform", "nowhere") == 2
        file.write_bytes(before)


@_QUIETLY
@given(
    text=st.lists(_WORDS | st.sampled_from(["specs", "platforms", "[tool.mixlock]", " = "]), max_size=20).map("".join)
)
def test_no_configuration_makes_a_command_crash(locked: Repository, text: str) -> None:
    (locked.root / "mixlock.toml").write_bytes(text.encode())
    assert _run(locked.root, "drift") in {0, 1, 2}
