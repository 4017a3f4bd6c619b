"""Answers of dry runs: found for just what was asked, for minutes, in files of the user's own; and never else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.build_permission import NOBODY
from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.names import PypiName, Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import Likeness, SolveRequest
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.solver.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LINUX = Subdir("linux-64")
TEXT = "platforms: [linux-64]\ndependencies: [python=3.12, numpy, {pip: [requests]}]\n"
NUMPY = LockedPackage(
    name="numpy",
    version="2.0",
    manager=Manager.CONDA,
    platform=LINUX,
    dependencies={"python": ">=3.12"},
    url="https://conda.anaconda.org/conda-forge/linux-64/numpy-2.0-0.conda",
    md5="0" * 32,
    sha256="1" * 64,
)
ANSWER = SolvedPlatform(platform=LINUX, packages=(NUMPY,), engine="conda-lock 4", notes=("a note",), cutoff="x")


def asked(text: str = TEXT) -> SolveRequest:
    environment = merge(environment_yml.parse(text, "environment.yml"), Settings())
    checked = policy.check(environment, Settings(), shipped).checked
    assert checked
    return SolveRequest(environment=checked, spec=checked.platforms[0], builds=NOBODY)


REQUEST = asked()


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("MIXLOCK_CONFIG_FILE", raising=False)


def found(
    request: SolveRequest = REQUEST, *, after: int = 5, solver: str = "rattler", names: str = "names"
) -> tuple[SolvedPlatform, int] | None:
    return KeptAnswers(solver, names, now=lambda: 1000 + after).find(request)


def keep(answer: SolvedPlatform = ANSWER) -> Path:
    kept = KeptAnswers("rattler", "names", now=lambda: 1000)
    kept.keep(REQUEST, answer)
    kept.close()
    (file,) = cache_folder("answers").iterdir()
    return file


def test_an_answer_is_found_for_minutes() -> None:
    keep()
    assert found() == (ANSWER, 5)
    assert [found(after=seconds) is not None for seconds in (0, 600, 601, -1)] == [True, True, False, False]


_LIKE = Likeness(environment=REQUEST.environment.name, packages=(NUMPY,), conda=(), pypi=())
OTHERS = {
    "a preference": replace(REQUEST, preferred=(NUMPY,)),
    "a preference with another hash": replace(REQUEST, preferred=(replace(NUMPY, sha256="2" * 64),)),
    "a cutoff": replace(REQUEST, cutoff=Cutoff(moment="2026-01-01T00:00:00Z")),
    "an exception from it": replace(REQUEST, cutoff=Cutoff(packages=(("numpy", ""),))),
    "builds": replace(REQUEST, builds=replace(NOBODY, names=frozenset({PypiName("requests")}))),
    "a bound": replace(REQUEST, bounds=(("numpy", ">=1"),)),
    "an upgrade": replace(REQUEST, refresh=True),
    "a likeness": replace(REQUEST, like=_LIKE),
    "another requirement": asked(TEXT.replace("numpy", "numpy<2")),
    "another channel": asked("channels: [bioconda]\n" + TEXT),
    "another python": asked(TEXT.replace("3.12", "3.13")),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_whatever_is_asked_differently_has_no_answer(other: SolveRequest) -> None:
    keep()
    assert found(other) is None
    assert found() is not None


def test_settings_of_the_repository_and_of_the_machine_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    assert found(names="other names") is None
    assert found(solver="micromamba") is None
    (cache_folder("repodata") / "channel.json").write_text("read anew")
    assert found() is None
    keep_again = KeptAnswers("rattler", "names", now=lambda: 1000)
    keep_again.keep(REQUEST, ANSWER)
    keep_again.close()
    assert found() is not None
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert found() is None
    monkeypatch.delenv("PIP_INDEX_URL")
    (tmp_path / "config.toml").write_text('[mirrors]\n"https://a.b/c" = ["https://d.e/f"]\n')
    monkeypatch.setenv("MIXLOCK_CONFIG_FILE", str(tmp_path / "config.toml"))
    assert found() is None


def _edit(file: Path, change: Callable[[dict[str, object]], Mapping[str, object]]) -> None:
    file.write_text(json.dumps(change(json.loads(file.read_bytes()))))


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "another hash of a package": lambda file: file.write_bytes(file.read_bytes().replace(b"1" * 64, b"3" * 64)),
    "another time": lambda file: _edit(file, lambda told: {**told, "seconds": 1001}),
    "no digest": lambda file: _edit(file, lambda told: {key: told[key] for key in told if key != "digest"}),
    "no JSON": lambda file: file.write_text("{"),
    "a list": lambda file: file.write_text("[]"),
    "nothing": lambda file: file.write_text(""),
    "others may write it": lambda file: file.chmod(0o666),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_may_not_be_what_was_kept_is_no_answer(damage: Callable[[Path], object]) -> None:
    damage(keep())
    assert found() is None


def test_an_answer_in_the_place_of_another_is_none() -> None:
    file = keep()
    other = replace(REQUEST, refresh=True)
    kept = KeptAnswers("rattler", "names", now=lambda: 1000)
    kept.keep(other, ANSWER)
    kept.close()
    (second,) = (each for each in cache_folder("answers").iterdir() if each != file)
    second.write_bytes(file.read_bytes())
    assert found(other) is None
