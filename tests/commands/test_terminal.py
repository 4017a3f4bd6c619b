"""What stands at a terminal, and what a pipe gets: one form for people, one for programs."""

from __future__ import annotations

import argparse
import io
import re
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands.telling import screen_of
from tests.at_terminal import at_terminal
from tests.conftest import SPEC

if TYPE_CHECKING:
    from tests.conftest import Repository


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("asked", "variables", "stream", "colored"),
    [
        pytest.param("auto", {}, _Terminal(), True, id="a terminal"),
        pytest.param("auto", {}, io.StringIO(), False, id="a pipe"),
        pytest.param("auto", {"TERM": "dumb"}, _Terminal(), False, id="a dumb terminal"),
        pytest.param("auto", {"NO_COLOR": "1"}, _Terminal(), False, id="NO_COLOR"),
        pytest.param("auto", {"NO_COLOR": ""}, _Terminal(), True, id="an empty NO_COLOR is none"),
        pytest.param("auto", {"FORCE_COLOR": "1"}, io.StringIO(), True, id="FORCE_COLOR"),
        pytest.param("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, _Terminal(), False, id="NO_COLOR goes first"),
        pytest.param("always", {"NO_COLOR": "1"}, io.StringIO(), True, id="the option goes before variables"),
        pytest.param("never", {"FORCE_COLOR": "1"}, _Terminal(), False, id="never"),
    ],
)
def test_who_decides_about_colours(
    asked: str,
    variables: dict[str, str],
    stream: io.StringIO,
    colored: bool,  # noqa: FBT001 - a row
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ({"TERM": "xterm"} | variables).items():
        monkeypatch.setenv(name, value)
    args = argparse.Namespace(color=asked, verbose=0)
    assert screen_of(args, stream).color == colored
    assert (screen_of(args, stream).width > 0) == stream.isatty()


def _at_terminal(repository: Repository, columns: int, *words: str, **variables: str) -> str:
    """Run mixlock at a terminal, and return what it shows."""
    command = [sys.executable, "-m", "mixlock_hooks", *words]
    return at_terminal(command, repository.root, {**repository.world.environment, **variables}, columns)


@pytest.fixture(name="refused")
def _refused(repository: Repository) -> Repository:
    repository.write("environment.yml", SPEC.replace("requests==2.31.0", "x @ git+https://git.example/x.git"))
    return repository


def test_a_person_sees_the_line_with_carets_and_a_closing_line(refused: Repository) -> None:
    told = _at_terminal(refused, 60, "check", "--color", "never").splitlines()
    assert told[0] == "environment.yml"
    assert told[1].startswith("  5:7 MIX101 ")
    assert "     5 |     - x @ git+https://git.example/x.git" in told
    assert "       |       " + "^" * 33 in told
    assert any(line.startswith("      help: publish a wheel or sdist") for line in told)
    assert told[-2] == "checked 1 spec: 1 error;"
    assert told[-1].endswith("run `mixlock explain MIX101` for more")
    assert max(map(len, told)) <= 60


@pytest.mark.parametrize(("words", "colored"), [((), True), (("--color", "never"), False)])
def test_a_terminal_gets_colours_unless_it_is_told_not_to(
    refused: Repository,
    words: tuple[str, ...],
    colored: bool,  # noqa: FBT001 - a row
) -> None:
    assert ("\x1b[" in _at_terminal(refused, 80, "check", *words)) == colored


def test_a_pipe_gets_one_line_a_finding(refused: Repository) -> None:
    done = refused.process("check")
    (line,) = done.stdout.splitlines()
    assert line.startswith("environment.yml:5:7: MIX101 ")
    assert "explain" not in done.stderr


def test_hooks_do_not_repeat_what_check_tells(refused: Repository) -> None:
    """The entry of ``mixlock-drift`` is quiet: beside ``mixlock-check`` it counts what that tells."""
    full, brief = refused.mixlock("drift"), refused.mixlock("drift", "--quiet")
    assert (full.status, brief.status) == (1, 1)
    assert "comes from version control" in full.stdout
    assert brief.stdout.splitlines()[-1] == (
        "environment.yml:5:7: MIX101 1 error in this file (`mixlock check` explains)"
    )


def test_a_first_lock_is_counted_and_listed_for_who_asks(repository: Repository) -> None:
    more = "".join(f"    - {name}\n" for name in ("colors", "tiny-log", "frames<2"))
    repository.write("environment.yml", SPEC.replace("  - pip:\n", "  - pandas\n  - pip:\n") + more)
    counted = repository.mixlock("lock", "--dry-run").stdout
    assert counted == "environment: would write 6 files: 10 added: 5 conda, 5 PyPI (`-v` lists them)\n"
    listed = repository.mixlock("lock", "--dry-run", "-v").stdout.splitlines()
    assert len(listed) == 11
    assert "  + conda pandas 2.2.3  [linux-64, osx-arm64]" in listed


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("lock", "--help"),
        ("list",),
        ("drift",),
        ("doctor",),
        ("explain",),
        ("explain", "MIX101"),
        ("show", "nothing"),
        ("chek",),
    ],
    ids=" ".join,
)
def test_a_line_is_wider_than_the_terminal_only_for_one_word(
    refused: Repository, columns: int, words: tuple[str, ...]
) -> None:
    assert _too_wide(refused, columns, *words) == []


@pytest.mark.parametrize("columns", [60, 120])
@pytest.mark.parametrize(
    "words",
    [
        ("lock", "--force"),
        ("lock", "--upgrade", "--dry-run"),
        ("outdated",),
        ("diff", "HEAD"),
        ("show", "environment"),
        ("why", "environment", "idna"),
        ("init", "--dry-run"),
        ("adopt",),
        ("mv", "environment", "a/folder/that/has/quite/a/long/name/environment.yml", "--dry-run"),
        ("rm", "environment", "--dry-run"),
        ("publish", "--branch", "main"),
        ("install", "nothing"),
        ("cache", "clean", "--dry-run"),
    ],
    ids=" ".join,
)
def test_so_is_a_line_of_what_a_lock_is_used_for(
    served_locked: Repository, columns: int, words: tuple[str, ...]
) -> None:
    served_locked.git("add", ".")
    served_locked.git("commit", "-qm", "Lock")
    relaxed = served_locked.read("environment.yml").replace("requests==2.31.0", "requests")
    served_locked.write("environment.yml", relaxed)
    extra = "https://extra.example/simple https://another.example/simple"
    assert _too_wide(served_locked, columns, *words, PIP_EXTRA_INDEX_URL=extra) == []


def _too_wide(repository: Repository, columns: int, *words: str, **variables: str) -> list[str]:
    """Return the lines of sentences that a terminal would break; what is to be copied stays whole."""
    shown = re.sub(r"\r|\x1b\[\d*[AK]", "\n", _at_terminal(repository, columns, *words, **variables))
    told = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown)
    return [
        line
        for line in told.splitlines()
        if len(line) > columns and len(line.split()) > 1 and not line.startswith("  git config ")
    ]


def test_root_decides_where_lines_are_read(refused: Repository) -> None:
    told = _at_terminal(refused, 80, "--root", str(refused.root), "check")
    assert "git.example" in told
