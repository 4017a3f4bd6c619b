"""Specs that git tracks and the work tree lacks, and hooks that have nothing to look at, or no git to ask."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository


@pytest.mark.parametrize("command", ["check", "drift", "lock", "list"])
@pytest.mark.parametrize("spec", ["environment.yml", "flows/f.py"])
def test_a_tracked_spec_that_was_deleted_is_no_clean_result(locked: Repository, command: str, spec: str) -> None:
    locked.write(spec, locked.read(spec) if spec == "environment.yml" else "import metaflow\n")
    (locked.root / spec).unlink()
    done = locked.mixlock(command)
    assert (done.status, f"{spec}: git tracks this spec, but it is not in the work tree" in done.stderr) == (3, True)
    locked.git("rm", "-q", "--cached", spec)
    assert locked.mixlock(command).status != 3


@pytest.mark.parametrize("drifted", [False, True], ids=["fresh", "drifted"])
def test_a_sparse_checkout_is_read_from_the_index_and_that_is_noted(locked: Repository, *, drifted: bool) -> None:
    if drifted:
        locked.write(
            "environment.yml", locked.read("environment.yml").replace("requests==2.31.0", "requests==2.32.0")
        )
    locked.git("add", "-A")
    locked.git("commit", "-q", "-m", "x")
    locked.git("sparse-checkout", "set", "--no-cone", "/mixlock.toml")
    assert not (locked.root / "environment.yml").exists()
    assert not (locked.root / "locks").exists()
    done = locked.mixlock("drift", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.status, found["environments"]) == (
        1 if drifted else 0,
        {"environment": "drifted" if drifted else "fresh"},
    )
    checked = json.loads(locked.mixlock("check", "--format", "json").stdout)["problems"]
    assert [(each["code"], each["severity"], each["path"]) for each in checked] == [
        ("MIX001", "note", "environment.yml")
    ]


HOOKS = {
    "mixlock-drift": ("drift", "--quiet", "--tracked"),
    "mixlock-lock": ("lock", "--quiet", "--no-build", "--fail-on-change"),
    "mixlock-wheelhouse": ("wheelhouse", "--quiet", "--no-build", "--digests-only", "--fail-on-change"),
}


@pytest.mark.parametrize("words", [("check", "--quiet", "plain.py"), *HOOKS.values()], ids=["mixlock-check", *HOOKS])
def test_a_hook_with_nothing_to_look_at_passes(repository: Repository, words: tuple[str, ...]) -> None:
    repository.git("rm", "-q", "-f", "environment.yml")
    repository.write("plain.py", "x = 1\n")
    done = repository.mixlock(*words)
    assert (done.status, done.stdout) == (0, "")


@pytest.mark.parametrize("words", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize("specs", ['["envs/*.yaml"]', "[]"])
def test_a_hook_does_not_pass_where_specs_are_configured_and_none_is_there(
    repository: Repository, words: tuple[str, ...], specs: str
) -> None:
    repository.write("mixlock.toml", f"specs = {specs}\n{repository.read('mixlock.toml')}")
    done = repository.mixlock(*words)
    assert (done.status, "git tracks no file that `specs` names" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("words", [("drift", "--tracked"), ("lock", "--fail-on-change")], ids=" ".join)
@pytest.mark.parametrize("drifted", [False, True], ids=["fresh", "drifted"])
def test_outside_of_git_nothing_tells_whether_a_lock_is_tracked(
    locked: Repository, words: tuple[str, ...], *, drifted: bool
) -> None:
    if drifted:
        locked.write("environment.yml", locked.read("environment.yml").replace("==2.31.0", "==2.32.0"))
    shutil.rmtree(locked.root / ".git")
    before = locked.locks()
    done = locked.mixlock(*words)
    assert (done.status, "nothing tells whether git tracks a lock" in done.stderr) == (3, True), done.stderr
    assert locked.locks() == before
    assert locked.mixlock("drift").status == int(drifted)
