"""The command line: options before or after the command, and the word that was meant where one is unknown."""

from __future__ import annotations

import subprocess

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.commands.parsing import COMMANDS, parse


@pytest.mark.parametrize(
    "words",
    [
        ["-q", "check"],
        ["check", "-q"],
        ["--quiet", "-v", "--no-color", "--root", "x", "check"],
        ["--root=x", "check", "--format", "json"],
        ["-v", "run", "environment", "--", "python", "-v"],
    ],
    ids=" ".join,
)
def test_common_options_stand_before_or_after_the_command(words: list[str]) -> None:
    command = next(word for word in words if word in COMMANDS)
    leading = words[: words.index(command)]
    assert parse(words) == parse([command, *leading, *words[len(leading) + 1 :]])


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
        (["zzz"], "there is no command `zzz`\n"),
        (["lock", "--platfrom", "linux-64"], "lock takes no `--platfrom`; did you mean `--platform`?"),
        (["drift", "--sinec=main"], "drift takes no `--sinec=main`; did you mean `--since`?"),
        (["list", "--zzz"], "list takes no `--zzz`; `mixlock list --help` tells the options"),
        (["list", "surplus"], "list takes no `surplus`; `mixlock list --help` tells the options"),
    ],
)
def test_an_unknown_word_is_told_with_the_one_that_was_meant(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in _refused(words, capsys)


@pytest.mark.parametrize("words", [[], ["--help"], ["-q"]])
def test_without_a_command_help_is_given(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if words == ["-q"]:
        assert "required: COMMAND" in _refused(words, capsys)
        return
    with pytest.raises(SystemExit) as raised:
        main(words)
    assert (raised.value.code, "usage: mixlock" in capsys.readouterr().out) == (0 if words else 2, True)


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
