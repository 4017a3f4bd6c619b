"""The command line: options before or after the command, and the word that was meant where one is unknown."""

from __future__ import annotations

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
