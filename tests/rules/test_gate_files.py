"""What a gate offers of a project: of each version the best wheel that fits and the sdist, within the cutoff."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from packaging.version import Version

from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.model.target import make_target
from mixlock_hooks.rules.gate_files import offered_files

TARGET = make_target(Subdir("linux-64"), (("__glibc", "2.27"),), {"python": "3.12.11"}, {})
CUTOFF = "2025-06-01T00:00:00Z"


def _file(name: str, version: str, month: int) -> IndexFile:
    uploaded = datetime(2025, month, 1, tzinfo=timezone.utc)
    file = ProposedFile(name=name, url=f"https://files.example/{name}", sha256=f"sha of {name}")
    return IndexFile(file=file, version=Version(version), uploaded=uploaded)


OLD, NEW = _file("p-1-py3-none-any.whl", "1", 3), _file("p-2-py3-none-any.whl", "2", 9)
NEWEST, SOURCE = _file("p-3-py3-none-any.whl", "3", 10), _file("p-2.tar.gz", "2", 9)


@pytest.mark.parametrize("wheels_for", ["", None], ids=["wheels first", "sdists too"])
@pytest.mark.parametrize(
    ("cutoff", "kept", "offered"),
    [
        ("", [], [OLD, NEW, SOURCE, NEWEST]),
        (CUTOFF, [], [OLD]),
        (CUTOFF, [NEW], [OLD, NEW]),
        (CUTOFF, [SOURCE], [OLD, SOURCE]),
        (CUTOFF, [OLD], [OLD]),
    ],
    ids=["no cutoff", "a cutoff", "a newer wheel is locked", "a newer sdist is locked", "an older wheel is locked"],
)
def test_what_is_locked_stays_though_it_is_newer_than_the_cutoff(
    cutoff: str, kept: list[IndexFile], offered: list[IndexFile], wheels_for: str | None
) -> None:
    hashes = {each.file.sha256 for each in kept}
    found = offered_files([OLD, NEW, SOURCE, NEWEST], TARGET, Cutoff(moment=cutoff), wheels_for, hashes)
    assert [each for _name, each in found] == offered
