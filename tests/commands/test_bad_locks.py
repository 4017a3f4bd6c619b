"""Locks that are no locks: each is told with its place and a way out, none is taken for fresh."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.conftest import Drift
    from tests.conftest import Repository

LOCK = "locks/environment/conda-lock.yml"
BAD: dict[str, tuple[Callable[[str], str], str]] = {
    "version 0": (lambda text: re.sub(r"(?m)^version: 1$", "version: 0", text), "version 0 of conda-lock's format"),
    "version 2": (lambda text: re.sub(r"(?m)^version: 1$", "version: 2", text), "version 2 of conda-lock's format"),
    "no version": (lambda text: re.sub(r"(?m)^version: 1\n", "", text), "'version' is missing"),
    "truncated": (lambda text: text[: len(text) * 2 // 3], f"{LOCK}:"),
    "truncated within a word": (
        lambda text: text[: text.rindex("sha256:") + 4],
        "cannot be read: not a conda-lock.yml: a value",
    ),
    "empty": (lambda _text: "", "cannot be read"),
    "a list": (lambda _text: "- a\n- b\n", "cannot be read: not a conda-lock.yml"),
    "text": (lambda _text: "hello", "cannot be read: not a conda-lock.yml"),
    "a bomb of aliases": (
        lambda _text: (
            "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        ),
        "cannot be read",
    ),
    "nested without end": (lambda _text: "[" * 100_000, "cannot be read: not YAML"),
    "control characters": (lambda text: text.replace("name: idna", "name: id\x07na"), "cannot be read: not YAML"),
    "one package twice": (
        lambda text: text + text[text.rindex("- name: ") :],
        "conda-lock.yml was changed by hand",
    ),
    "conflict markers": (
        lambda text: f"<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n",
        "markers of a merge conflict",
    ),
}


@pytest.mark.parametrize(("damage", "expected"), BAD.values(), ids=BAD)
def test_a_lock_that_is_none_is_drift_and_says_what_to_do(
    locked: Repository, drift: Drift, damage: Callable[[str], str], expected: str
) -> None:
    (locked.root / LOCK).write_bytes(damage(locked.read(LOCK)).encode())
    status, found = drift(locked.root)
    assert (status, any(expected in each for each in found)) == (1, True), found


@pytest.mark.parametrize(("damage", "expected"), BAD.values(), ids=BAD)
def test_every_command_that_reads_it_says_so_without_a_traceback(
    locked: Repository, capfd: pytest.CaptureFixture[str], damage: Callable[[str], str], expected: str
) -> None:
    assert expected
    (locked.root / LOCK).write_bytes(damage(locked.read(LOCK)).encode())
    for words in (["list"], ["show", "environment"], ["why", "environment", "idna"], ["diff"], ["drift", "--verify"]):
        status = main([*words, "--root", str(locked.root)])
        assert status in {0, 1, 2, 3}, words
    assert "Traceback" not in capfd.readouterr().err


def test_line_endings_of_another_system_are_no_damage(locked: Repository, drift: Drift) -> None:
    for name, content in locked.locks().items():
        (locked.root / "locks" / name).write_bytes(content.replace(b"\n", b"\r\n"))
    assert drift(locked.root, "--strict", "--verify") == (0, [])


def test_a_lock_of_fifty_megabytes_is_judged(locked: Repository, drift: Drift) -> None:
    text = locked.read(LOCK)
    package = text[text.rindex("- name: ") :]
    many = "".join(package.replace("name: requests", f"name: requests-{number}") for number in range(165_000))
    (locked.root / LOCK).write_text(text + many, encoding="utf-8")
    assert (locked.root / LOCK).stat().st_size > 45_000_000
    status, found = drift(locked.root, "--platform", "linux-64")
    assert (status, found[0]) == (1, f"MIX206 {LOCK}:1 conda-lock.yml was changed by hand: it is not what was solved")


def test_a_folder_in_place_of_the_lock_is_no_lock(locked: Repository, drift: Drift) -> None:
    (locked.root / LOCK).unlink()
    (locked.root / LOCK).mkdir()
    assert drift(locked.root)[0] == 1


@pytest.mark.parametrize("text", ["x = [\n", "<<<<<<< HEAD\n"])
def test_aliases_that_cannot_be_read_are_told_in_their_own_file(locked: Repository, text: str) -> None:
    locked.write("locks/aliases.toml", text)
    locked.write("environment.yml", locked.read("environment.yml").replace("2.31.0", "2.32.0"))
    done = locked.mixlock("lock")
    assert done.status == 1, done.stderr
    assert re.search(r"^locks/aliases\.toml:\d+:\d+: MIX(?:010|210) ", done.stderr, re.MULTILINE), done.stderr
    assert "environment.yml:1:1" not in done.stderr
