"""The command line: options before or after the command, and the word that was meant where one is unknown."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.commands.parsing import COMMANDS, OF_OTHER_TOOLS, command_parser, parse

if TYPE_CHECKING:
    from tests.conftest import Repository


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        ("-q", "check", ""),
        ("--quiet -v --no-color --root x", "check", ""),
        ("--root=x", "check", "--format json"),
        ("-v", "run", "environment -- python -v"),
        ("-vvq --color never", "list", ""),
        ("--format json", "drift", "environment"),
        ("--root check", "check", ""),
        ("--upgrade-package lock --force", "lock", "environment"),
        ("--platform=linux-64 --jobs 2", "lock", ""),
    ],
)
def test_options_stand_before_or_after_the_command(before: str, command: str, after: str) -> None:
    expected = parse([command, *before.split(), *after.split()])
    assert parse([*before.split(), command, *after.split()]) == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_two_examples_that_can_be_typed(command: str) -> None:
    examples = shown_examples(command)
    assert len(examples) >= 2
    for words in examples:
        assert parse(words).command == command


def shown_examples(command: str) -> list[list[str]]:
    """Return the command lines that a command's help shows, without ``mixlock`` and what the shell takes."""
    _, _, shown = str(command_parser(command).description).partition("Examples:\n")
    lines = [line.partition("mixlock ")[2].partition(" >")[0] for line in shown.splitlines() if "mixlock " in line]
    return [shlex.split(line.rstrip("'")) for line in lines]


@pytest.mark.parametrize(
    ("words", "environment", "command"),
    [
        ("run env --prefix there -- python -c 1", "env", "python -c 1"),
        ("run --prefix there env -- python --prefix here", "env", "python --prefix here"),
        ("run env --prefix=there -- python", "env", "python"),
    ],
)
def test_options_of_run_stand_on_both_sides_of_the_environment(words: str, environment: str, command: str) -> None:
    found = parse(words.split())
    assert (found.environment, str(found.prefix)) == (environment, "there")
    assert found.words[-len(command.split()) :] == command.split()


@pytest.mark.parametrize("options", ["", "--prefix there", "-q", "-qq", "-vv --prefix=x"])
def test_run_needs_no_environment_before_the_two_dashes(options: str) -> None:
    found = parse(f"run {options} -- python -c 1".split())
    assert (found.environment, found.words[-3:]) == (None, ["python", "-c", "1"])


@pytest.mark.parametrize("words", ["", "--platform linux-64", "--format=json --platform linux-64", "-qq", "-vv -q"])
@pytest.mark.parametrize("names", [["openssl"], ["environment", "openssl"]])
def test_options_stand_anywhere_among_the_names(words: str, names: list[str]) -> None:
    options, expected = words.split(), [None, *names][-2:]
    for place in range(len(names) + 1):
        found = parse(["why", *names[:place], *options, *names[place:]])
        assert [found.environment, found.package] == expected
        assert found.platforms == (["linux-64"] if "linux-64" in words else [])


@pytest.mark.parametrize("words", ["environment -oFILE --to pylock", "-o FILE environment --to pylock"])
def test_a_short_option_may_be_joined_with_its_value(words: str) -> None:
    found = parse(["export", *words.split()])
    assert (found.environment, found.output) == ("environment", "FILE")


def test_several_names_may_stand_on_both_sides_of_an_option() -> None:
    assert parse(["check", "a.yml", "--format", "json", "b.yml"]).paths == ["a.yml", "b.yml"]


@pytest.mark.parametrize("words", ["why environment --platform", "why --platform --format json environment numpy"])
def test_an_option_without_its_value_takes_no_name_for_one(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "argument --platform: expected one argument" in _refused(words.split(), capsys)


@pytest.mark.parametrize("words", ["lock --all", "lock --allow", "install --dry", "drift --verif", "check --stric"])
def test_an_option_has_its_full_name(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A guess such as ``--all`` would else be short for ``--allow-unboxed``."""
    assert f"does not take `{words.split()[1]}`" in " ".join(_refused(words.split(), capsys).split())


@pytest.mark.parametrize("word", OF_OTHER_TOOLS)
def test_what_other_tools_call_a_command_leads_to_the_one_that_is_here(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert word not in COMMANDS
    assert f"there is no command `{word}`; {OF_OTHER_TOOLS[word]}" in " ".join(_refused([word, "x"], capsys).split())
    for shown in re.findall(r"`mixlock ([^`]*)`", OF_OTHER_TOOLS[word]):
        assert parse(shlex.split(shown)).command in COMMANDS


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("run environment --frobnicate -- echo a", "run does not take `--frobnicate`"),
        ("run --platfrom linux-64 -- echo a", "run does not take `--platfrom`; did you mean `--platform`?"),
        ("run environment --prefix -- echo a", "argument --prefix: expected one argument"),
    ],
)
def test_an_option_that_run_does_not_take_is_not_what_it_runs(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in " ".join(_refused(words.split(), capsys).split())


@pytest.mark.parametrize(
    "words",
    [
        ["drift", "--since", ""],
        ["drift", "--base="],
        ["show", ""],
        ["show", "--html", ""],
        ["export", "--to", "pylock", "-o", ""],
        ["why", "", "requests"],
        ["run", "", "--", "true"],
        ["check", ""],
        ["lock", "environment", ""],
        ["lock", "--upgrade-package", ""],
        ["list", "--root", ""],
    ],
)
def test_an_empty_value_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that is not set must not mean all, or the default."""
    assert "is empty; leave it out, or give it a value" in " ".join(_refused(words, capsys).split())


def test_an_empty_program_is_none(locked_once: Repository) -> None:
    done = locked_once.mixlock("run", "--", "")
    assert (done.status, "name a command to run" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", ["check", "drift", "lock"])
def test_a_base_that_is_no_revision_is_refused(locked_once: Repository, command: str) -> None:
    done = locked_once.mixlock(command, "--base", "nope")
    assert (done.status, "nope" in done.stderr) == (2, True), done.stderr


def test_without_two_dashes_all_that_follows_the_environment_is_the_programs() -> None:
    assert parse(["run", "env", "python", "--prefix", "x"]).words == ["python", "--prefix", "x"]


def test_what_follows_two_dashes_is_the_programs() -> None:
    assert parse(["run", "environment", "--", "python", "-q", "--root"]).words[-3:] == ["python", "-q", "--root"]


def _refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as raised:
        main(words)
    assert raised.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chekc"], "there is no command `chekc`; did you mean `check`?"),
        (["-q", "dirft"], "there is no command `dirft`; did you mean `drift`?"),
        (["zzz"], "there is no command `zzz`; `mixlock --help` lists the commands"),
        (["--color", "never", "dirft"], "there is no command `dirft`; did you mean `drift`?"),
        (["--format", "json", "chekc"], "there is no command `chekc`; did you mean `check`?"),
        (["--format", "json", "explain"], "explain does not take `--format`"),
        (["--jobs", "2", "list"], "list does not take `--jobs`"),
        (["-C", ".", "drift"], "drift does not take `-C`"),
        (["-n", "5", "drift"], "drift does not take `-n`"),
        (["-"], "there is no command `-`"),
        ([""], "the command is empty"),
        (["-q"], "name a command: `-q` alone does nothing"),
        (["--root", "list"], "name a command: `--root list` alone does nothing"),
        (["--zzz"], "name a command: `--zzz` alone does nothing"),
        (["lock", "--platfrom", "linux-64"], "lock does not take `--platfrom`; did you mean `--platform`?"),
        (["drift", "--sinec=main"], "drift does not take `--sinec=main`; did you mean `--since`?"),
        (["list", "--zzz"], "list does not take `--zzz`; `mixlock list --help` lists the options"),
        (["list", "surplus"], "list does not take `surplus`; `mixlock list --help` lists the options"),
    ],
)
def test_an_unknown_word_is_told_with_the_one_that_was_meant(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in _refused(words, capsys)


@pytest.mark.parametrize(("words", "status"), [([], 2), (["--help"], 0), (["-h", "-v"], 0)])
def test_without_a_command_help_is_given(words: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was done, so the status is 2, and the help goes to stderr, where nobody takes it for a result."""
    with pytest.raises(SystemExit) as raised:
        main(words)
    out, err = capsys.readouterr()
    assert (raised.value.code, (err if status else out).startswith("usage: mixlock")) == (status, True)


@pytest.mark.parametrize("words", [["drift", "-"], ["drift", "-q", "-"], ["-q", "drift", "-", "--strict"]])
def test_one_dash_is_a_name(words: list[str]) -> None:
    assert parse(words).environments == ["-"]


def test_help_of_a_command_may_be_asked_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help", "drift"])
    assert capsys.readouterr().out.startswith("usage: mixlock drift")


_TYPED = """
source /dev/stdin
COMP_WORDS=({words}); COMP_CWORD={place}; COMP_LINE="{words}"; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9
_shtab_mixlock
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mixlock dri", "drift"),
        ("mixlock out", "outdated"),
        ("mixlock drift --ver", "--verify"),
        ("mixlock lock --upgrade-p", "--upgrade-package"),
    ],
)
def test_bash_completes_commands_and_options(words: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    typed = _TYPED.format(words=words, place=len(words.split()) - 1)
    done = subprocess.run(["bash", "-c", typed], input=script, capture_output=True, text=True, check=False)
    assert expected in done.stdout.split(), done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_get_a_script_that_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)
