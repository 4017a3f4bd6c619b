"""Progress: what a person watches, and the seconds of each phase."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.report import neutral
from mixlock_hooks.shell.progress import Lines, Live, Silent

ENVIRONMENT, PLATFORM = EnvironmentName("envs/ml"), Subdir("linux-64")


_KINDS = {"silent": Silent(), "lines": Lines(neutral.line), "live": Live(neutral.line, color=False)}


@pytest.mark.parametrize("shown", _KINDS.values(), ids=_KINDS)
def test_a_solve_goes_through_its_phases(shown: Silent) -> None:
    for phase in ("conda", "proposal", "verification"):
        shown.phase(ENVIRONMENT, PLATFORM, phase)
    shown.ended(ENVIRONMENT, PLATFORM)
    assert list(shown.seconds) == ["conda", "proposal", "verification"]


def test_an_end_without_a_beginning_is_nothing() -> None:
    live = Live(neutral.line, color=False)
    live.ended(ENVIRONMENT, PLATFORM)
    assert live.seconds == {}


def test_lines_name_environment_platform_and_phase(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(neutral.line).phase(ENVIRONMENT, PLATFORM, "proposal")
    assert capsys.readouterr().err == "envs/ml [linux-64]: proposing PyPI packages\n"


def test_what_a_phase_found_is_for_who_wants_to_know_more(capsys: pytest.CaptureFixture[str]) -> None:
    for shown in (Lines(neutral.line), Silent(), Live(neutral.line, color=False)):
        shown.found(ENVIRONMENT, PLATFORM, "3 projects")
    assert capsys.readouterr().err == ""
    Lines(neutral.line, verbose=True).found(ENVIRONMENT, PLATFORM, "3 projects")
    assert capsys.readouterr().err == "envs/ml [linux-64]:   3 projects\n"
    Live(neutral.line, color=False, verbose=True).found(ENVIRONMENT, PLATFORM, "3 projects")
    assert "envs/ml [linux-64]: 3 projects" in capsys.readouterr().err


def test_names_do_nothing_to_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    for shown in (Lines(neutral.line, verbose=True), Live(neutral.line, color=False, verbose=True)):
        shown.found(EnvironmentName("::error::[red]x\x1b[31m"), PLATFORM, "##[group]")
        assert capsys.readouterr().err.startswith(": :error::[red]x\\x1b[31m [linux-64]:")
