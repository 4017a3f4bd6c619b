"""Two branches of any history are joined, no package goes back, and one ``mixlock lock`` ends every conflict."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixlock_hooks.pipeline.lock.merge import merge_locks, no_answer
from mixlock_hooks.shell.name_map_file import shipped
from tests.team.two_branches import NAMES, TwoBranches, begin, lowered

if TYPE_CHECKING:
    from collections.abc import Sequence

_HISTORIES = 8
"""How many histories are tried for each way to join them. 35, which are 210 in all, were tried once."""
_START = ["con1a", "pip2b"]
_EVENTS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    st.tuples(st.just("upgrade"), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(["upgrade all", "publish"]), st.just("")),
)
_BRANCH = st.lists(_EVENTS, min_size=1, max_size=4)


def _do(team: TwoBranches, event: str, name: str) -> None:
    """Do one thing on the branch that is checked out, and commit it."""
    asked = team.asked()
    if event == "publish":
        team.publish()
        return
    if event == "add":
        team.ask([*asked, name])
    elif event == "remove" and len(asked) > 1:
        team.ask(list(asked - {name}))
    if event == "upgrade" and any(name in each.split() for each in team.versions()):
        team.lock("--upgrade-package", name)
    else:
        team.lock(*(["--upgrade"] if event == "upgrade all" else []))
    team.commit(f"{event} {name}")


def _grow(team: TwoBranches, ours: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> None:
    """Let two branches grow from one commit, ``main`` last."""
    team.repository.git("branch", "base")
    for branch, events in (("topic", theirs), ("main", ours)):
        team.repository.git("checkout", "-q", *(["-b"] if branch == "topic" else []), branch)
        for event, name in events:
            _do(team, event, name)


def _needs_no_solve(team: TwoBranches) -> bool:
    """Return whether what both sides changed, taken together, is an answer already."""
    merged = merge_locks(*(team.lockfile(revision) for revision in ("base", "main", "topic")))
    return not merged.disputes() and not no_answer(merged.ours(), shipped())


@pytest.mark.parametrize("driver", [True, False], ids=["with the driver", "by lines"])
@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
@settings(max_examples=_HISTORIES, deadline=None, derandomize=True, database=None)
@given(ours=_BRANCH, theirs=_BRANCH)
def test_no_package_goes_back(
    how: str, *, driver: bool, ours: list[tuple[str, str]], theirs: list[tuple[str, str]]
) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        team = begin(Path(home), _START, driver=driver)
        _grow(team, ours, theirs)
        sides = {branch: team.versions(branch) for branch in ("main", "topic")}
        solved = _join(team, how)
        after = team.versions()
        assert team.repository.mixlock("drift", "--strict", "--verify").status == 0, team.told
        assert lowered(sides["main"], after) == [], team.told
        if how != "cherry-pick":  # of a branch's earlier commits it takes nothing
            assert lowered(sides["topic"], after) == [], team.told
        if how == "merge" and _needs_no_solve(team):
            assert not solved, team.told


def _join(team: TwoBranches, how: str) -> bool:
    """Join the branches, and return whether anything was solved for it."""
    before = len(_requests(team))
    begun = {
        "merge": ("merge", "-q", "--no-edit", "topic"),
        "rebase": ("rebase", "-q", "main", "topic"),
        "cherry-pick": ("cherry-pick", "--allow-empty", "topic"),
    }[how]
    status = team.tried(*begun)
    for _stop in range(10):
        if status == 0:
            break
        team.finish()
        ended = ("rebase", "--continue") if how == "rebase" else ("commit", "-q", "--no-edit", "--allow-empty")
        status = team.tried(*ended)
    assert status == 0, team.told
    team.lock()
    return len(_requests(team)) > before


def _requests(team: TwoBranches) -> list[object]:
    found: list[object] = team.repository.world.engines.requests  # type: ignore[attr-defined]
    return found
