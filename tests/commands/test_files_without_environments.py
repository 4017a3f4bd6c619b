"""A file that asks for no environment: who names it is told, whatever the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

FILES = {
    "no Python at all": "",
    "Python without a flow": "print(1)\n",
    "a flow without an environment": "from metaflow import FlowSpec, step\nclass F(FlowSpec):\n    @step\n"
    "    def start(self): ...\n",
}


@pytest.fixture(params=[*FILES.values()], ids=[*FILES])
def named(locked: Repository, request: pytest.FixtureRequest) -> Repository:
    """Make a repository with such a file beside its spec."""
    locked.write("foo.py", request.param)
    return locked


@pytest.mark.parametrize("words", [("resolve", "-f"), ("lock",), ("drift",)], ids=" ".join)
def test_what_would_do_nothing_is_refused(named: Repository, words: tuple[str, ...]) -> None:
    done = named.mixlock(*words, "foo.py")
    assert (done.status, "foo.py: asks for no environment" in done.stderr) == (2, True), done.stderr


def test_a_check_says_so_and_passes(named: Repository) -> None:
    done = named.mixlock("check", "foo.py", "environment.yml")
    assert (done.status, done.stderr.startswith("note: foo.py: asks for no environment")) == (0, True), done.stderr
    assert "environment.yml" not in done.stderr
    hook = named.mixlock("check", "--quiet", "foo.py", "environment.yml")
    assert (hook.status, hook.stdout, hook.stderr) == (0, "", "")
