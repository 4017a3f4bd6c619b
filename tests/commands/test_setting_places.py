"""A setting that changed is told where it is set; `why` says that a lock has drifted from what it explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from tests.conftest import Repository

_OTHER = "https://other.example/x"
_OLD = f'channels = ["{CHANNEL}"]'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", 'channel-priority = "flexible"\n', "1:1: MIX205 channel priority is `flexible` now"),
        ("", 'explicit-hash = "sha256"\n', "1:1: MIX205 explicit files are to have `sha256` hashes now"),
        ("", 'virtual-packages.linux-64.__glibc = "2.30"\n', "1:1: MIX205 virtual package `__glibc` is `2.30` now"),
        ("", f'pypi-indices = ["{_OTHER}"]\n', f"1:1: MIX204 index `{_OTHER}` was added"),
        ("", f'index-of = {{ requests = "{_OTHER}" }}\n', f"1:1: MIX204 `requests` comes from `{_OTHER}` now"),
        (INDEX, _OTHER, f"3:1: MIX204 the default index is `{_OTHER}` now"),
        (_OLD, f'channels = ["{CHANNEL}", "{_OTHER}"]', f"2:1: MIX204 channel `{_OTHER}` was added"),
        ('"linux-64", ', "", "1:1: MIX203 the lock has a platform that is no longer wanted: [linux-64]"),
        ('"linux-64"', '"win-64", "linux-64"', "1:1: MIX203 the lock lacks a platform that is wanted: [win-64]"),
    ],
)
@pytest.mark.parametrize("path", ["mixlock.toml", "pyproject.toml"])
def test_a_setting_that_changed_is_told_at_its_key(
    locked: Repository, path: str, old: str, new: str, told: str
) -> None:
    text = locked.read("mixlock.toml")
    changed = text.replace(old, new) if old else f"{new}{text}"
    line, _colon, rest = told.partition(":")
    if path == "pyproject.toml":
        locked.git("rm", "-qf", "mixlock.toml")
        changed, line = f"[tool.mixlock]\n{changed}", str(int(line) + 1)
    locked.write(path, changed)
    done = locked.mixlock("drift")
    assert (done.status, f"{path}:{line}:{rest}" in done.stdout) == (1, True), done.stdout


def test_a_hash_that_a_hand_changed_is_not_taken_for_a_setting(locked: Repository) -> None:
    path = "locks/environment/conda-linux-64.lock"
    locked.write("mixlock.toml", 'explicit-hash = "sha256"\n' + locked.read("mixlock.toml"))
    locked.write(path, locked.read(path) + "# mine\n")
    told = locked.mixlock("drift").stdout
    assert "MIX207 conda-linux-64.lock does not say what conda-lock.yml says" in told
    assert "conda-osx-arm64.lock has others" in told


def test_why_says_that_the_lock_has_drifted(locked: Repository) -> None:
    assert locked.mixlock("why", "environment", "numpy").stderr == ""
    locked.write("environment.yml", locked.read("environment.yml").replace("numpy=1.26", "numpy=2.2"))
    done = locked.mixlock("why", "environment", "numpy")
    assert (done.status, "asks for numpy=2.2" in done.stdout) == (0, True)
    assert "note: the lock of environment has drifted" in done.stderr
    assert "MIX202 conda requirement `numpy` is `2.2.*` now, was `1.26.*`" in done.stderr
    assert "run `mixlock lock environment`" in done.stderr
