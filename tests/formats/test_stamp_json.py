"""``stamp.json``: written and read back, refused where it is anything else, and read for its making in a conflict."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mixlock_hooks.formats import stamp_json
from mixlock_hooks.model.names import Fingerprint, Subdir
from mixlock_hooks.model.stamp import Making, Stamp

LINUX, MAC = Subdir("linux-64"), Subdir("osx-arm64")
STAMP = Stamp(
    making=Making(engine="uv 1", name_map="sha256:1", cutoffs={LINUX: "2026-01-01T00:00:00Z"}),
    fingerprints={LINUX: Fingerprint("sha256:2"), MAC: Fingerprint("sha256:3")},
    digests={"conda-lock.yml": "sha256:4"},
)
TEXT = stamp_json.render(STAMP)


def test_what_is_written_is_read_back() -> None:
    assert stamp_json.parse(TEXT) == STAMP


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="an empty table"),
        pytest.param(TEXT.replace(b'"schema": 2', b'"schema": true'), id="a schema that is not a number"),
        pytest.param(TEXT.replace(b'"engine"', b'"motor"'), id="another key"),
        pytest.param(TEXT.replace(b'"uv 1"', b"1"), id="a number for a text"),
        pytest.param(TEXT.replace(b'"uv 1"', b'"uv\\u001b[2J"'), id="what clears a terminal"),
        pytest.param(TEXT.replace(b'"cutoff"', b'"cutof"'), id="another fact of a platform"),
        pytest.param(TEXT.replace(b'"fingerprint"', b'"print"', 1), id="a platform without a fingerprint"),
        pytest.param(TEXT.replace(b'"sha256:4"', b'["sha256:4"]'), id="a list for a digest"),
        pytest.param(re.sub(rb'"cutoff": "[^"]*"', b'"cutoff": "tomorrow"', TEXT), id="a cutoff that is none"),
        pytest.param(b"[" * 100_000, id="nesting without end"),
        pytest.param(TEXT + b" " * (1 << 20), id="more bytes than any stamp has"),
    ],
)
def test_anything_else_is_no_stamp_and_says_nothing(content: bytes) -> None:
    with pytest.raises(stamp_json.NotAStampError):
        stamp_json.parse(content)
    assert stamp_json.making_of(content) == Making()


def _conflict(ours: Making, theirs: Making) -> bytes:
    mine, other = (stamp_json.render(replace(STAMP, making=each)) for each in (ours, theirs))
    return b"<<<<<<< ours\n" + mine + b"=======\n" + other + b">>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "cutoffs"),
    [
        pytest.param(
            {LINUX: "2026-01-01T00:00:00Z"},
            {LINUX: "2026-02-01T00:00:00Z"},
            {LINUX: "2026-02-01T00:00:00Z"},
            id="the later one",
        ),
        pytest.param(
            {LINUX: "2026-03-01T00:00:00Z"},
            {LINUX: "2026-02-01T00:00:00Z"},
            {LINUX: "2026-03-01T00:00:00Z"},
            id="the later one is ours",
        ),
        pytest.param({LINUX: "2026-01-01T00:00:00Z"}, {}, {}, id="none where one side had none"),
    ],
)
def test_of_a_conflict_our_making_counts_with_the_later_cutoffs(
    ours: dict[Subdir, str], theirs: dict[Subdir, str], cutoffs: dict[Subdir, str]
) -> None:
    mine, other = Making(engine="a", name_map="m", cutoffs=ours), Making(engine="b", name_map="n", cutoffs=theirs)
    assert stamp_json.making_of(_conflict(mine, other)) == replace(mine, cutoffs=cutoffs)
