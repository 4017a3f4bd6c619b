"""``mixlock drift --since REV``: only what the branch touched, and all of that."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main

if TYPE_CHECKING:
    from tests.commands.conftest import Drift
    from tests.conftest import Repository

FLOW = """\
from metaflow import FlowSpec, conda, step
from versions import NUMPY

class TrainFlow(FlowSpec):
    @conda(libraries={"numpy": NUMPY}, python="3.12")
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
ORPHAN = "locks/gone/conda-lock.yml"


@pytest.fixture
def branch(locked: Repository) -> Repository:
    """Commit a fresh lock, a spec and a flow without one, and an orphan; branch off."""
    locked.write("old.yml", "dependencies:\n  - python=3.12\n")
    locked.write("flows/train.py", FLOW)
    locked.write("flows/versions.py", 'NUMPY = "1.26"\n')
    locked.write("mixlock.toml", locked.read("mixlock.toml") + 'specs = ["*.yml", "flows/*.py"]\n')
    shutil.copytree(locked.root / "locks/environment", locked.root / "locks/gone")
    text = (locked.root / ORPHAN).read_text().replace("../../environment.yml", "../../gone.yml")
    locked.write(ORPHAN, text)
    locked.write("gone.yml", "dependencies:\n  - python=3.12\n")
    locked.git("add", ".")
    locked.git("commit", "-qm", "all")
    locked.git("checkout", "-qb", "topic")
    return locked


def places(found: list[str]) -> set[str]:
    """Return the code and path of each problem."""
    return {" ".join(each.split(":")[0].split(" ")[:2]) for each in found}


def test_what_the_branch_did_not_touch_is_not_its_matter(branch: Repository, drift: Drift) -> None:
    assert drift(branch.root)[0] == 1
    assert drift(branch.root, "--since", "main") == (0, [])


TOUCHED = {
    "a spec": ("environment.yml", "numpy=1.26", "numpy=2", {"MIX202 environment.yml"}),
    "a spec without a lock": ("old.yml", "3.12", "3.13", {"MIX201 old.yml"}),
    "a comment in a spec without a lock": ("old.yml", "dep", "# new\ndep", {"MIX201 old.yml"}),
    "a constant in another module": ("flows/versions.py", "1.26", "2.2", {"MIX201 flows/train.py"}),
    "a flow": ("flows/train.py", "3.12", "3.13", {"MIX201 flows/train.py"}),
    "a lock": (
        "locks/environment/conda-linux-64.lock",
        "libblas-3.11.0",
        "libblas-3.12.0",
        {"MIX207 locks/environment/conda-linux-64.lock"},
    ),
    "a comment in the configuration": ("mixlock.toml", "platforms", "# new\nplatforms", set()),
    "a file that no environment reads": ("README.md", "", "new", set()),
}


@pytest.mark.parametrize(("path", "old", "new", "expected"), TOUCHED.values(), ids=TOUCHED)
def test_what_the_branch_touched_is_told(  # noqa: PLR0913, PLR0917 - a row of the table
    branch: Repository, drift: Drift, path: str, old: str, new: str, expected: set[str]
) -> None:
    before = branch.read(path) if (branch.root / path).exists() else ""
    branch.write(path, before.replace(old, new, 1))
    assert places(drift(branch.root, "--since", "main")[1]) == expected
    branch.git("commit", "-qam", "mine")
    assert places(drift(branch.root, "--since", "main")[1]) == expected


def test_the_configuration_touches_every_environment(branch: Repository, drift: Drift) -> None:
    branch.write("mixlock.toml", branch.read("mixlock.toml") + 'channel-priority = "flexible"\n')
    found = places(drift(branch.root, "--since", "main")[1])
    assert found >= {"MIX205 mixlock.toml", "MIX201 old.yml", "MIX201 flows/train.py"}


def test_a_spec_that_the_branch_deletes_leaves_an_orphan(branch: Repository, drift: Drift) -> None:
    branch.git("rm", "-q", "environment.yml")
    assert places(drift(branch.root, "--since", "main")[1]) == {"MIX209 locks/environment/conda-lock.yml"}


def test_a_renamed_spec_leaves_an_orphan_and_has_no_lock(branch: Repository, drift: Drift) -> None:
    branch.git("mv", "environment.yml", "renamed.yml")
    expected = {"MIX209 locks/environment/conda-lock.yml", "MIX201 renamed.yml"}
    assert places(drift(branch.root, "--since", "main")[1]) == expected


def test_a_renamed_module_touches_the_flow_that_reads_it(branch: Repository, drift: Drift) -> None:
    branch.git("mv", "flows/versions.py", "flows/pins.py")
    assert places(drift(branch.root, "--since", "main")[1]) == {"MIX007 flows/train.py"}


def test_a_link_is_read_through(branch: Repository, drift: Drift) -> None:
    (branch.root / "real.txt").write_text(branch.read("environment.yml"))
    (branch.root / "environment.yml").unlink()
    (branch.root / "environment.yml").symlink_to("real.txt")
    branch.git("add", ".")
    branch.git("commit", "-qm", "a link")
    branch.git("checkout", "-qb", "later")
    (branch.root / "real.txt").write_text(branch.read("real.txt").replace("numpy=1.26", "numpy=2"))
    branch.git("commit", "-qam", "through the link")
    assert places(drift(branch.root, "--since", "topic")[1]) == {"MIX202 environment.yml"}


def test_what_the_other_branch_did_meanwhile_is_not_ours(branch: Repository, drift: Drift) -> None:
    branch.git("checkout", "-q", "main")
    branch.write("environment.yml", branch.read("environment.yml").replace("1.26", "2"))
    branch.git("commit", "-qam", "theirs")
    branch.git("checkout", "-q", "topic")
    assert drift(branch.root, "--since", "main") == (0, [])


def test_a_revision_that_is_none_is_a_usage_error(branch: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", "--root", str(branch.root), "--since", "nowhere"]) == 2
    assert "nowhere: git knows no such revision; a shallow clone may lack it" in capsys.readouterr().err


def test_lock_verifies_only_what_the_branch_touched(branch: Repository) -> None:
    untouched = branch.mixlock("lock", "--verify", "--since", "main")
    assert (untouched.status, "no environment changed on this branch" in untouched.stderr) == (0, True)
    assert "environment: fresh" not in untouched.stderr
    branch.write("environment.yml", branch.read("environment.yml") + "# a remark\n")
    touched = branch.mixlock("lock", "--verify", "--since", "main")
    assert (touched.status, "environment: fresh" in touched.stderr) == (0, True)
