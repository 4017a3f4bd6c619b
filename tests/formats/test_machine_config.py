"""The mirrors of a machine: channels and indices by URL, wherever their content comes from."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.machine_config import parse_mirrors, parse_solvers

_CHANNEL = "https://conda.anaconda.org/conda-forge"


@pytest.mark.parametrize(
    ("text", "mirrors"),
    [
        pytest.param("", {}, id="an empty file"),
        pytest.param(
            f'[mirrors]\n"{_CHANNEL}/" = ["http://127.0.0.1:8000/cf/", "https://m.example/cf"]\n',
            {_CHANNEL: ("http://127.0.0.1:8000/cf", "https://m.example/cf")},
            id="a list, without last slashes",
        ),
        pytest.param(
            f'[mirrors]\n"{_CHANNEL}" = "https://m.example"\n', {_CHANNEL: ("https://m.example",)}, id="one URL"
        ),
    ],
)
def test_mirrors_are_read(text: str, mirrors: dict[str, tuple[str, ...]]) -> None:
    assert parse_mirrors(text) == mirrors


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("mirrors = 1", "must be a table", id="no table"),
        pytest.param("[mirror]\nx = 1\n", r"unknown table \[mirror\]", id="another table"),
        pytest.param(
            '[mirrors]\n"conda-forge" = ["http://m.example"]', "must be the URL", id="a name to be mirrored"
        ),
        pytest.param('[mirrors]\n"x" = []', "must be a list of URLs", id="an empty list"),
        pytest.param('[mirrors]\n"x" = [1]', "must be a list of URLs", id="a number"),
        pytest.param('[mirrors]\n"x" = ["conda-forge"]', "must be a list of URLs", id="a name"),
        pytest.param("[mirrors", "Expected", id="no TOML"),
    ],
)
def test_what_is_wrong_is_told(text: str, claim: str) -> None:
    with pytest.raises(ValueError, match=claim):
        parse_mirrors(text)


def test_solvers_are_read() -> None:
    assert parse_solvers('[solvers]\nmicromamba = "/opt/bin/micromamba"\n') == {"micromamba": "/opt/bin/micromamba"}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("[solvers]\nrattler = '/x'\n", "must be one of conda, mamba, micromamba", id="the embedded one"),
        pytest.param("[solvers]\nconda = 1\n", "must be a path", id="a number"),
        pytest.param("solvers = 1\n", "must be a table", id="no table"),
    ],
)
def test_what_is_no_table_of_solvers_is_refused(text: str, claim: str) -> None:
    with pytest.raises(ValueError, match=claim):
        parse_solvers(text)
