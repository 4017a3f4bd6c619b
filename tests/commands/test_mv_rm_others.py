"""``mixlock mv`` and ``rm`` where others hang on the environment: tables that name it, files that include it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from tests.conftest import Repository

TABLES = """
[environments.dev]
specs = ["environment.yml", "dev.txt"]
like = "environment"
[environments.tools]
specs = ["tools.txt"]
[environments.more]
specs = ["environment.yml", "tools.txt"]
like = "tools"
"""


@pytest.fixture
def committed(locked: Repository) -> Repository:
    """Commit a repository of which each file and each environment is used by another, unlocked but for one."""
    locked.write("mixlock.toml", f'specs = ["environment.yml", "web.txt", "envs/*"]\n{CONFIGURATION}{TABLES}')
    locked.write("dev.txt", "colors\n")
    locked.write("tools.txt", "colors\n")
    locked.write("web.txt", "-r base.txt\ncolors\n")
    locked.write("base.txt", "idna\n")
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


REFUSED = {
    "another must match it": (
        ("rm", "tools"),
        ("[environments.more] must match it (`like`)", "run `mixlock rm more`"),
    ),
    "another must match it, and has other files": (
        ("rm", "environment"),
        ("[environments.dev] must match it (`like`)",),
    ),
    "it is the only file of another": (("rm", "tools.txt"), ("tools.txt: is a part of tools",)),
    "another includes it": (("rm", "base.txt"), ("web.txt:1:1: MIX105", "base: cannot be removed")),
    "another includes it where it is": (("mv", "base.txt", "envs/base.txt"), ("MIX105", "base: cannot move to")),
    "it includes another by a relative path": (("mv", "web.txt", "envs/web.txt"), ("MIX105", "web: cannot move to")),
}


@pytest.mark.parametrize(("words", "told"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["", "dry-run"])
def test_what_would_leave_something_broken_is_refused_before_anything_changes(
    committed: Repository, words: tuple[str, ...], told: tuple[str, ...], more: tuple[str, ...]
) -> None:
    done = committed.mixlock(*words, *more)
    assert (done.status, [each for each in told if each not in done.stderr + done.stdout]) == (2, []), done.stderr
    assert committed.git("status", "--short") == ""
    assert committed.mixlock("check").status == 0


def test_a_variant_keeps_its_only_file(committed: Repository) -> None:
    variant = '[environments.gpu]\nspecs = ["environment.yml"]\n'
    committed.write("mixlock.toml", f'specs = ["environment.yml"]\n{CONFIGURATION}{variant}')
    done = committed.mixlock("rm", "environment")
    told = "[environments.gpu] has no other file; run `mixlock rm gpu` first, or edit mixlock.toml"
    assert (done.status, told in done.stderr) == (2, True), done.stderr
    assert (committed.root / "environment.yml").exists()


def test_a_move_after_which_a_spec_asks_for_something_else_is_refused(committed: Repository) -> None:
    committed.write("envs/base.txt", "requests\n")
    done = committed.mixlock("mv", "web.txt", "envs/web.txt")
    assert (done.status, "it would ask for something else there" in done.stderr) == (2, True), done.stderr
    assert (committed.root / "web.txt").exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_taken_out_of_the_configuration_is_said(committed: Repository, *, dry_run: bool) -> None:
    committed.git("mv", "dev.txt", "extra.txt")
    committed.write("mixlock.toml", committed.read("mixlock.toml").replace('"dev.txt"', '"extra.txt"'))
    committed.git("commit", "-qam", "extra")
    done = committed.mixlock("rm", "extra.txt", *(["--dry-run"] if dry_run else []))
    verb = "would take" if dry_run else "took"
    told = f"{verb} extra.txt out of `specs` of [environments.dev]\n`mixlock lock dev` locks what is left\n"
    assert (done.status, told in done.stdout) == (0, True), done.stderr
    assert (committed.root / "extra.txt").exists() is dry_run
    assert ("extra.txt" in committed.read("mixlock.toml")) is dry_run
    assert committed.mixlock("check").status == 0


def test_the_last_spec_goes_and_that_none_is_left_is_said(locked: Repository) -> None:
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    for more in (["--dry-run"], []):
        done = locked.mixlock("rm", "environment", *more)
        assert (done.status, "no spec is left" in done.stdout) == (0, True), done.stderr


MOVES = {
    "a file of another": (
        ("mv", "environment", "envs/web.yml"),
        'specs = ["envs/web.yml", "dev.txt"]\nlike = "envs/web"',
    ),
    "one of several files": (("mv", "tools", "kit"), 'specs = ["environment.yml", "tools.txt"]\nlike = "kit"'),
}


@pytest.mark.parametrize(("words", "written"), MOVES.values(), ids=MOVES)
def test_what_names_an_environment_follows_it_and_its_lock_holds(
    committed: Repository, words: tuple[str, ...], written: str
) -> None:
    committed.write("tools.txt", "colors\n")
    committed.write(
        "mixlock.toml", committed.read("mixlock.toml").replace('"tools.txt"]\n[', '"environment.yml"]\n[')
    )
    assert committed.mixlock("lock").status == 0
    committed.git("add", ".")
    committed.git("commit", "-qm", "lock")
    shown = committed.mixlock(*words, "--dry-run")
    assert (shown.status, "as `like` of" in shown.stdout, committed.git("status", "--short")) == (0, True, "")
    done = committed.mixlock(*words)
    assert (done.status, "solving" in done.stderr) == (0, False), done.stderr
    assert written in committed.read("mixlock.toml")
    committed.git("add", "mixlock.toml")
    assert [line for line in committed.git("status", "--short").splitlines() if line[1] != " "] == []
    for asked in (("drift", "--verify", "--strict", "--tracked"), ("check",)):
        found = committed.mixlock(*asked)
        assert found.status == 0, found.stdout


MEANT = {
    "both paths, from a folder": ("deep", ("../environment.yml", "../envs/web.yml"), "envs/web.yml"),
    "a name, and a path from a folder": ("envs", ("environment", "web.yml"), "envs/web.yml"),
    "both paths, with a root elsewhere": (
        "..",
        ("--root", "locked", "locked/environment.yml", "envs/web.yml"),
        "envs/web.yml",
    ),
}


@pytest.mark.parametrize(("folder", "words", "path"), MEANT.values(), ids=MEANT)
def test_paths_are_meant_from_where_the_user_is(
    committed: Repository, folder: str, words: tuple[str, ...], path: str
) -> None:
    place = committed.root / folder
    place.mkdir(exist_ok=True)
    done = committed.world.mixlock(place, ("mv", *words), {})
    assert (done.status, (committed.root / path).is_file()) == (0, True), done.stderr


def test_the_name_of_an_environment_of_several_files_is_no_path(committed: Repository) -> None:
    place = committed.root / "deep"
    place.mkdir()
    done = committed.world.mixlock(place, ("mv", "dev", "team/dev"), {})
    assert (done.status, "moved dev to team/dev" in done.stdout) == (0, True), done.stderr
