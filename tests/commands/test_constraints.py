"""Constraints bind what is there and add nothing: configured ones both sides, those of pip's files PyPI's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml

if TYPE_CHECKING:
    from tests.conftest import Repository

SPEC = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - numpy\n  - pip:\n    - requests\n"


def _versions(repository: Repository) -> dict[str, str]:
    lockfile = conda_lock_yml.parse((repository.root / "locks/environment/conda-lock.yml").read_bytes())
    return {package.name: package.version for package in lockfile.packages}


def constrained(repository: Repository, *texts: str) -> None:
    named = ", ".join(f'"{text}"' for text in texts)
    repository.write("mixlock.toml", f"constraints = [{named}]\n" + repository.read("mixlock.toml"))


def test_both_sides_keep_to_the_configured_constraints(served_repository: Repository) -> None:
    repository = served_repository
    repository.write("environment.yml", SPEC)
    constrained(repository, "numpy<2", "requests<2.32", "pandas<1", "colors>5")
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    locked = _versions(repository)
    assert (locked["numpy"], locked["requests"]) == ("1.26.4", "2.31.0")
    assert not {"pandas", "colors"} & locked.keys()
    verified = repository.mixlock("drift", "--verify", "--strict")
    assert (verified.status, verified.stdout) == (0, "")


def test_a_constraint_that_a_lock_answers_is_no_drift_and_one_that_it_does_not_is(
    served_repository: Repository,
) -> None:
    repository = served_repository
    repository.write("environment.yml", SPEC)
    assert repository.mixlock("lock").status == 0
    assert _versions(repository)["requests"] == "2.32.0"
    before = repository.read("mixlock.toml")
    constrained(repository, "requests>=2.32")
    stale = repository.mixlock("drift")
    assert (stale.status, "constraint `requests>=2.32` was added" in stale.stdout) == (0, True)
    assert repository.mixlock("lock").status == 0
    assert repository.mixlock("drift", "--strict").status == 0
    repository.write("mixlock.toml", before)
    constrained(repository, "requests<2.32")
    drifted = repository.mixlock("drift")
    assert (drifted.status, "constraint `requests<2.32` was added" in drifted.stdout) == (1, True)
    assert repository.mixlock("lock").status == 0
    assert _versions(repository)["requests"] == "2.31.0"


def test_what_cannot_be_met_is_told(served_repository: Repository) -> None:
    served_repository.write("environment.yml", SPEC)
    constrained(served_repository, "requests>9")
    done = served_repository.mixlock("lock")
    assert (done.status, served_repository.locks()) == (3, {})
    assert "MIX302" in done.stderr
    assert "requests" in done.stderr


def test_a_file_of_pips_binds_pypis_side_alone(served_repository: Repository) -> None:
    repository = served_repository
    repository.write(
        "pins.txt", "# what we tested with\nrequests==2.31.0\nnumpy<2\nidna==3.10; python_version >= '3'\n"
    )
    repository.write("environment.yml", SPEC + "    - -c pins.txt\n")
    assert repository.mixlock("check").status == 0
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    locked = _versions(repository)
    assert (locked["numpy"], locked["requests"], locked["idna"]) == ("2.2.6", "2.31.0", "3.10")
    repository.write("pins.txt", "requests>=2.32\n")
    drifted = repository.mixlock("drift")
    assert (drifted.status, "pins.txt:1:1: MIX202 constraint `requests>=2.32` was added" in drifted.stdout) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    "content", ["-r other.txt\n", "requests[security]==1\n", "-e .\n", "git+https://x.example/y\n"]
)
def test_a_file_that_is_more_than_constraints_is_not_read_as_one(served_repository: Repository, content: str) -> None:
    served_repository.write("pins.txt", content)
    served_repository.write("environment.yml", SPEC + "    - -c pins.txt\n")
    done = served_repository.mixlock("check")
    assert (done.status, "MIX105" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "text", ["urllib3", "urllib3[x]>1", "urllib3>1; os_name=='posix'", "urllib3 @ https://x.example/y", "=1"]
)
def test_what_is_no_constraint_is_refused(served_repository: Repository, text: str) -> None:
    constrained(served_repository, text)
    done = served_repository.mixlock("check")
    assert (done.status, "`constraints` must be made of" in done.stderr) == (2, True)
