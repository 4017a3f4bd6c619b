"""Every verb judges alike: what check, drift, list and lock say of an entry that no lock can hold.

Nothing is solved but in the tests of what an allowance leaves out.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from tests.conftest import new_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import Drift
    from tests.conftest import Repository, World

_PYPI = "dependencies:\n  - python=3.12\n  - pip:\n    - requests==2.31.0\n"
_MIXED = "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
_CONDA = "dependencies:\n  - python=3.12\n  - numpy=1.26\n"

INCLUDES = "cannot be read in place: there is no file missing.txt; a mixed lock cannot hold it"
ENTRIES = {
    "MIX101": "git+https://git.example/team/tool",
    "MIX102": "./tool",
    "MIX103": "-e .",
    "MIX104": "https://files.example/tool-1.0-py3-none-any.whl",
    "MIX105": "-r missing.txt",
    "MIX109": "--no-deps",
}

LEFT_BEHIND = (
    "MIX209 locks/environment-pypi/conda-lock.yml:1 `environment-pypi` can no longer be locked, "
    "and this lock does not match what it asks for"
)

Told = tuple[int, list[str]]


@pytest.fixture
def say(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Told]:
    """Run a verb in the repository; give its status, and code and severity of what it says of the spec."""
    monkeypatch.chdir(repository.root)

    def run(verb: str, *words: str) -> Told:
        status = main([verb, *words])
        captured = capsys.readouterr()
        rows = [row for row in (captured.out + captured.err).splitlines() if row.startswith("environment.yml:")]
        return status, [f"{row.split()[1]} {'note' if ' note: ' in row else 'error'}" for row in rows]

    return run


def _state(repository: Repository, capsys: pytest.CaptureFixture[str]) -> str:
    status = main(["list", "--root", str(repository.root), "--format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["environments"]
    assert status == (found["mode"] is None)  # a file that cannot be read
    return str(found["state"])


_VERBS = ("check", "drift", "lock", "resolve")


def _words(verb: str) -> tuple[str, ...]:
    return ("-f", "environment.yml") if verb == "resolve" else ()


@pytest.mark.parametrize("verb", _VERBS)
@pytest.mark.parametrize("code", ["MIX101", "MIX102", "MIX103", "MIX104"])
def test_a_pypi_environment_that_no_lock_can_hold_is_told_and_fine(
    repository: Repository, say: Callable[..., Told], verb: str, code: str
) -> None:
    repository.write("environment.yml", f"{_PYPI}    - {ENTRIES[code]}\n")
    assert say(verb, *_words(verb)) == (0, [f"{code} note"])
    assert say(verb, *_words(verb), "--strict") == (1, [f"{code} error"])
    assert repository.locks() == {}


@pytest.mark.parametrize("reason", ["", "  # mixlock: allow {} it must be"], ids=["alone", "allowed"])
@pytest.mark.parametrize("verb", _VERBS)
@pytest.mark.parametrize("code", ["MIX101", "MIX102", "MIX103"])
def test_in_a_mixed_environment_it_is_an_error_whatever_is_allowed(
    repository: Repository,
    say: Callable[..., Told],
    reason: str,
    verb: str,
    code: str,
) -> None:
    repository.write("environment.yml", f"{_MIXED}    - {ENTRIES[code]}{reason.format(code)}\n")
    status, told = say(verb, *_words(verb))
    assert (status, f"{code} error" in told) == (1, True)
    assert "note" not in " ".join(told)


@pytest.mark.parametrize("verb", _VERBS)
@pytest.mark.parametrize("spec", [_PYPI, _MIXED], ids=["pypi", "mixed"])
@pytest.mark.parametrize("code", ["MIX105", "MIX109"])
def test_what_pip_could_not_do_either_is_an_error(
    repository: Repository,
    say: Callable[..., Told],
    spec: str,
    verb: str,
    code: str,
) -> None:
    repository.write("environment.yml", f"{spec}    - {ENTRIES[code]}\n")
    status, told = say(verb, *_words(verb))
    assert (status, f"{code} error" in told) == (1, True)


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        pytest.param(f"{_PYPI}    - -e .\n", "unlockable", id="pure PyPI"),
        pytest.param(f"{_MIXED}    - -e .\n", "invalid", id="mixed"),
        pytest.param(f"{_CONDA}  - ./tool\n", "invalid", id="among conda's"),
        pytest.param(f"{_PYPI}    - -e .  # mixlock: allow MIX103 mine\n", "missing", id="allowed"),
        pytest.param(f"{_PYPI}    - -e .  # mixlock: allow MIX103\n", "unlockable", id="allowed without a reason"),
        pytest.param("dependencies: [python, numpy, {pip: [numpy]}]\n", "invalid", id="asked from both"),
        pytest.param("dependencies: {\n", "invalid", id="not to be read"),
    ],
)
def test_list_and_drift_give_one_state(
    repository: Repository, capsys: pytest.CaptureFixture[str], spec: str, state: str
) -> None:
    repository.write("environment.yml", spec)
    assert _state(repository, capsys) == state
    main(["drift", "--root", str(repository.root), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["environments"] == {"environment": state}


@pytest.mark.parametrize("verb", ["drift", "lock"])
def test_a_lock_of_what_no_lock_can_hold_any_more_is_told(
    locked: Repository, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    locked.write("environment.yml", f"{_PYPI}    - -e .\n")
    assert main([verb, "--root", str(locked.root)]) == 1
    said = "".join(capsys.readouterr())
    assert "MIX209 `environment` can no longer be locked" in said
    assert "delete locks/environment" in said
    shutil.rmtree(locked.root / "locks")
    assert main([verb, "--root", str(locked.root)]) == 0


def test_an_alias_is_not_given_to_what_has_no_lock(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root)
    repository.write("environment.yml", f"{_PYPI}    - -e .\n")
    assert main(["resolve", "-f", "environment.yml", "--alias", "team/x:v1"]) == 2
    assert "no alias was given" in capsys.readouterr().err
    assert repository.locks() == {}


def test_an_allowance_without_effect_is_a_warning(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.write("environment.yml", _MIXED.replace("numpy=1.26", "numpy=1.26  # mixlock: allow MIX104 old"))
    assert main(["check", "--root", str(repository.root)]) == 0
    assert "environment.yml:3:17: MIX002 warning: an allowance without effect" in capsys.readouterr().out


@pytest.fixture(scope="session")
def allowed_once(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock a mixed and a pure PyPI spec whose entries are left out; nobody may change this repository."""
    mixed = "".join(
        f"    - {ENTRIES[code]}  # mixlock: allow {code} known\n" for code in ("MIX104", "MIX105", "MIX109")
    )
    pypi = "".join(f"    - {ENTRIES[code]}  # mixlock: allow {code} known\n" for code in ("MIX101", "MIX103"))
    made = new_repository(tmp_path_factory.mktemp("allowed") / "repository", shared_world, _MIXED + mixed)
    made.write("environment-pypi.yml", _PYPI + pypi)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    assert done.stderr.count("it is left out of the lock, as allowed: known") == 5
    return made


@pytest.fixture
def allowed(tmp_path: Path, allowed_once: Repository) -> Repository:
    """Copy the repository whose entries are left out, for a test to change."""
    shutil.copytree(allowed_once.root, tmp_path / "allowed")
    return replace(allowed_once, root=tmp_path / "allowed")


@pytest.mark.parametrize("verb", ["check", "drift", "lock"])
def test_what_is_allowed_is_told_by_every_verb_and_fresh(
    allowed: Repository, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    for words in ((), ("--strict",)):
        assert main([verb, "--root", str(allowed.root), *words]) == 0
        assert "".join(capsys.readouterr()).count("it is left out of the lock, as allowed: known") == 5
    assert main(["drift", "--verify", "--root", str(allowed.root)]) == 0
    capsys.readouterr()
    assert main(["list", "--root", str(allowed.root)]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["STATE", "fresh", "fresh"]


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        pytest.param(
            "environment-pypi.yml",
            ("    - -e .  # mixlock: allow MIX103 known\n", "    - -e ./other  # mixlock: allow MIX103 known\n"),
            [
                "MIX202 environment-pypi.yml:1 `-e .` was left out, by an allowance for MIX103, and is not now",
                "MIX202 environment-pypi.yml:6 `-e ./other` is left out now, by an allowance for MIX103, and was not",
            ],
            id="another entry",
        ),
        pytest.param(
            "environment-pypi.yml",
            ("    - -e .  # mixlock: allow MIX103 known\n", ""),
            ["MIX202 environment-pypi.yml:1 `-e .` was left out, by an allowance for MIX103, and is not now"],
            id="no entry",
        ),
        pytest.param(
            "environment-pypi.yml",
            ("    - -e .  # mixlock: allow MIX103 known\n", "    - -e .\n"),
            [
                "MIX103 environment-pypi.yml:6 `-e .` is editable; pip could install it, conda-lock cannot lock it",
                LEFT_BEHIND,
            ],
            id="no allowance, in a PyPI environment",
        ),
        pytest.param(
            "environment.yml",
            ("    - -r missing.txt  # mixlock: allow MIX105 known\n", "    - -r missing.txt\n"),
            [
                "MIX202 environment.yml:1 `-r missing.txt` was left out, by an allowance for MIX105, and is not now",
                f"MIX105 environment.yml:7 `-r missing.txt` {INCLUDES}",
            ],
            id="no allowance, in a mixed environment",
        ),
        pytest.param(
            "environment.yml", ("MIX105 known", "MIX105 another reason"), [], id="another reason is not a drift"
        ),
    ],
)
def test_what_is_left_out_is_recorded(
    allowed: Repository, drift: Drift, path: str, change: tuple[str, str], told: list[str]
) -> None:
    old, new = change
    assert old in allowed.read(path)
    allowed.write(path, allowed.read(path).replace(old, new))
    status, found = drift(allowed.root)
    others = [text.removesuffix(" on linux-64, osx-arm64") for text in found if "as allowed" not in text]
    assert (status, others) == (int(bool(told)), told)
