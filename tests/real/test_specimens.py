"""Every environment file collected from public repositories is read, whatever it holds."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped
from tests.real.shared_channels import ENVS

pytestmark = pytest.mark.real


def _problems(content: bytes) -> tuple[Problem, ...]:
    text = decode(content, "e.yml")
    if isinstance(text, Problem):
        return (text,)
    settings = Settings()
    return policy.check(merge(environment_yml.parse(text, "e.yml"), settings), settings, shipped).problems


def _stands_in(problem: Problem, lines: list[str]) -> bool:
    place = problem.place
    return 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1


def test_every_specimen_is_read_and_its_problems_stand_inside() -> None:
    specimens = sorted(ENVS.iterdir())
    assert len(specimens) > 100
    outside = {
        f"{path.name}: {problem.place} {problem.code}"
        for path in specimens
        for problem in _problems(path.read_bytes())
        if not _stands_in(problem, path.read_text(encoding="utf-8", errors="replace").splitlines() or [""])
    }
    assert outside == set()
