"""PEP 508 requirements: two spellings of one give one value, and a fault is pointed at."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.pip_requirement import NotARequirementError, parse
from mixlock_hooks.model.place import at


@pytest.mark.parametrize(
    ("text", "key", "specifier", "marker"),
    [
        pytest.param("numpy", "numpy", "", "", id="a name"),
        pytest.param("Ruamel_YAML", "ruamel-yaml", "", "", id="a name is normalized"),
        pytest.param("torch==1.12.0+cu116", "torch", "==1.12.0+cu116", "", id="a local version"),
        pytest.param("a >= 1, < 2", "a", "<2,>=1", "", id="clauses are sorted, spaces dropped"),
        pytest.param("a (>=1)", "a", ">=1", "", id="parentheses"),
        pytest.param("a~=1.4", "a", "~=1.4", "", id="compatible release"),
        pytest.param("a==1.2.*", "a", "==1.2.*", "", id="a prefix"),
        pytest.param("airflow[B_c, a]", "airflow[a,b-c]", "", "", id="extras are normalized and sorted"),
        pytest.param("a[]==1", "a", "==1", "", id="no extras"),
        pytest.param("a; python_version<'3.9'", "a", "", 'python_version < "3.9"', id="a marker is requoted"),
        pytest.param(
            "a>=1 ; os_name=='nt' and (extra=='x' or platform_machine=='AMD64')",
            "a",
            ">=1",
            'os_name == "nt" and (extra == "x" or platform_machine == "AMD64")',
            id="a marker of several parts",
        ),
        pytest.param("a==1  # because", "a", "==1", "", id="a comment"),
    ],
)
def test_a_requirement_is_read(text: str, key: str, specifier: str, marker: str) -> None:
    requirement = parse(text, at("e.yml"))
    assert (requirement.key, requirement.specifier, requirement.marker) == (key, specifier, marker)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a==1 --hash=sha256:BB --hash=sha256:00", id="lower-cased and sorted"),
        pytest.param("a==1 --hash sha256:00 --hash=sha256:bb  # two", id="by a space, with a comment"),
    ],
)
def test_hashes_are_kept(text: str) -> None:
    assert parse(text, at("e.yml")).hashes == ("sha256:00", "sha256:bb")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("-x", 0, id="an option nobody knows"),
        pytest.param("a=1", 1, id="conda's operator"),
        pytest.param("a>=1 <2", 5, id="two clauses without a comma"),
        pytest.param("a b", 2, id="two names"),
        pytest.param("a; foo=='x'", 3, id="an unknown marker variable"),
        pytest.param("a==1 --no-deps", 5, id="an option behind"),
        pytest.param("a; os_name ~= 'posix'", 2, id="a marker that compares what has no order"),
        pytest.param("a; os_name == 'nt' and python_version ~= '3.x'", 2, id="and one that does so in a part"),
    ],
)
def test_a_fault_is_pointed_at(text: str, offset: int) -> None:
    with pytest.raises(NotARequirementError) as raised:
        parse(text, at("e.yml"))
    assert raised.value.offset == offset
