"""A table fits its terminal as far as words allow it."""

from __future__ import annotations

import pytest

from mixlock_hooks.report.screen import Screen
from mixlock_hooks.report.table import table

HEADER = ("ENVIRONMENT", "STATE", "PLATFORMS")
ROWS = [("environment", "fresh", "linux-64, osx-arm64"), ("envs/machine-learning/gpu", "drifted", "linux-64")]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        pytest.param(
            0,
            [
                "ENVIRONMENT                STATE    PLATFORMS",
                "environment                fresh    linux-64, osx-arm64",
                "envs/machine-learning/gpu  drifted  linux-64",
            ],
            id="a pipe",
        ),
        pytest.param(
            40,
            [
                "ENVIRONMENT       STATE    PLATFORMS",
                "environment       fresh    linux-64,",
                "                           osx-arm64",
                "envs/machine-     drifted  linux-64",
                "learning/gpu",
            ],
            id="narrow",
        ),
    ],
)
def test_cells_are_folded_where_they_must(width: int, lines: list[str]) -> None:
    assert table(HEADER, ROWS, Screen(width=width)).splitlines() == lines


def test_a_header_of_five_columns_fits_sixty() -> None:
    header = ("ENVIRONMENT", "STATE", "MODE", "PLATFORMS", "SPEC")
    rows = [("flows/train/TrainFlow/start", "unlockable", "mixed", "linux-64, osx-arm64", "flows/train.py")]
    assert max(map(len, table(header, rows, Screen(width=60)).splitlines())) <= 60
