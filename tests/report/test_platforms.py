"""What holds on several platforms is told once."""

from __future__ import annotations

from dataclasses import replace

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.report.platforms import with_platforms
from mixlock_hooks.report.screen import PLAIN

LINUX = Problem(
    code=Code.NO_FILE, place=at("e.yml", 3), claim="no file fits", hint="ask for another", platform=Subdir("linux-64")
)
MAC = replace(LINUX, platform=Subdir("osx-arm64"))


def test_what_differs_in_nothing_else_is_one() -> None:
    (told,) = with_platforms([LINUX, MAC], PLAIN)
    assert (told.claim, told.platform) == ("no file fits [linux-64, osx-arm64]", None)


def test_another_claim_place_or_reason_is_told_by_itself() -> None:
    others = [replace(MAC, claim="none"), replace(MAC, place=at("e.yml", 4)), replace(MAC, detail="because")]
    bare = replace(LINUX, platform=None, claim="of all")
    told = [each.claim for each in with_platforms([LINUX, *others, bare], PLAIN)]
    assert told == [
        "no file fits [linux-64]",
        "none [osx-arm64]",
        "no file fits [osx-arm64]",
        "no file fits [osx-arm64]",
        "of all",
    ]


def test_of_an_engines_words_only_those_count_that_are_shown() -> None:
    words = "first\nCaused by: the folder {}\nCaused by: refused"
    found = [replace(LINUX, detail=words.format("linux-64")), replace(MAC, detail=words.format("noarch"))]
    assert [each.detail for each in with_platforms(found, PLAIN)] == ["first\nCaused by: refused"]
    assert len(with_platforms(found, replace(PLAIN, in_full=True))) == len(found)
