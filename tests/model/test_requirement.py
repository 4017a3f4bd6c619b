"""``canonical_version``: the user's operators in operators that mean one thing to every conda tool."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.conda_constraint import canonical_version
from mixlock_hooks.model.names import conda_name, pypi_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        pytest.param("", "", id="nothing is any"),
        pytest.param("*", "", id="a star is any"),
        pytest.param("==*", "", id="equal to a star is any"),
        pytest.param("=1.2", "1.2.*", id="one equals sign is a prefix"),
        pytest.param("=1.2.*", "1.2.*", id="one equals sign with a star is the same"),
        pytest.param("==1.2.*", "1.2.*", id="two with a star too"),
        pytest.param("=1.2*", "1.2*", id="a star without a dot stays a glob"),
        pytest.param("==1.2", "==1.2", id="two equals signs are exact"),
        pytest.param("1.2", "==1.2", id="a bare version is exact"),
        pytest.param(">=1,<2", "<2,>=1", id="clauses are sorted"),
        pytest.param(">=1,>=1", ">=1", id="a clause twice is said once"),
        pytest.param(">=1,*", ">=1", id="a star beside a clause says nothing"),
        pytest.param(">=1.2.*", ">=1.2", id="a star behind an order says nothing"),
        pytest.param("!=1.5.*", "!=1.5.*", id="a star behind `!=` is kept"),
        pytest.param("~=1.4", "~=1.4", id="compatible release is conda's too"),
        pytest.param("=1.2|>3", "1.2.*|>3", id="alternatives are read one by one"),
        pytest.param("=1|*", "1.*|*", id="any among alternatives is kept"),
        pytest.param("=1!2.0+cu116", "1!2.0+cu116.*", id="epoch and local version are part of it"),
    ],
)
def test_canonical_version(asked: str, version: str) -> None:
    assert canonical_version(asked) == version


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        pytest.param("=1.2", "==1.2", id="one equals sign is exact"),
        pytest.param("=1.2.*", "1.2.*", id="a star is still a prefix"),
        pytest.param(">=1,=1.2|=3", "==1.2,>=1|==3", id="in every clause and alternative"),
    ],
)
def test_with_a_build_or_by_configuration(asked: str, version: str) -> None:
    assert canonical_version(asked, has_build=True) == version
    assert canonical_version(asked, exact_equals=True) == version


@pytest.mark.parametrize("asked", ["=", ">=", ">=1,", ",", "1<2", ">=1,,<2", "=1|>"])
def test_what_is_no_constraint_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match="is not a version constraint"):
        canonical_version(asked)


def test_a_conda_requirement_is_keyed_by_channel_and_name() -> None:
    torch = CondaRequirement(name=conda_name("pytorch"), channel="pytorch", build="*cuda*", place=at("e.yml"))
    assert (torch.key, torch.constraint) == ("pytorch::pytorch", "* *cuda*")


def test_a_pypi_requirement_is_keyed_by_name_and_extras() -> None:
    airflow = PypiRequirement(name=pypi_name("Apache_Airflow"), extras=("a", "b"), place=at("e.yml"))
    assert airflow.key == "apache-airflow[a,b]"


def test_requirements_are_equal_wherever_they_stand() -> None:
    first, second = (CondaRequirement(name=conda_name("numpy"), place=at("e.yml", line)) for line in (1, 2))
    assert first == second
