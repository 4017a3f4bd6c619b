"""Exceptions from the cutoff, by package and by source, on both sides: applied, recorded, told, and no drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from tests.commands.conftest import versions
from tests.commands.upload_times import NEW, OLD, date_index, milliseconds
from tests.conftest import CONFIGURATION, new_repository
from tests.tables import CHANNEL, CONDA_PACKAGES, INDEX

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, ServedWorld

SPEC = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - libssl\n  - libold\n  - pip:\n    - requests\n"
NOWHERE = "https://no.where/x"
CUTOFF = 'exclude-newer = "2025-01-15"\n'


def _served(tmp_path: Path, served: ServedWorld) -> Repository:
    """Serve libssl 1.1, libold 1.1 and requests 2.32.0, all of them newer than the cutoff."""
    both = [
        SyntheticCondaPackage(name=name, version=version, subdir="linux-64", timestamp_ms=milliseconds(moment))
        for name in ("libssl", "libold")
        for version, moment in (("1.0", OLD), ("1.1", NEW))
    ]
    write_channel(served.folder / "science", [*CONDA_PACKAGES, *both])
    date_index(served)
    return new_repository(tmp_path / "repository", served, SPEC, CONFIGURATION + CUTOFF)


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, served: ServedWorld) -> Repository:
    return _served(tmp_path, served)


def _locked(repository: Repository) -> tuple[str, str, str]:
    found = versions(repository)
    return found["conda libssl"], found["conda libold"], found["pip requests"]


@pytest.mark.parametrize(
    ("exceptions", "expected", "told"),
    [
        pytest.param('LibSSL = "0 days"', ("1.1", "1.0", "2.31.0"), "of libssl nothing newer than", id="conda"),
        pytest.param("requests = false", ("1.0", "1.0", "2.32.0"), "of requests whatever its age", id="PyPI"),
        pytest.param(
            f'"{CHANNEL}" = "0 days"', ("1.1", "1.1", "2.31.0"), f"of {CHANNEL} nothing newer", id="channel"
        ),
        pytest.param(f'"{INDEX}" = false', ("1.0", "1.0", "2.32.0"), f"of {INDEX} whatever its age", id="index"),
        pytest.param(
            f'"{CHANNEL}" = "0", libssl = "2025-01-15"',
            ("1.0", "1.1", "2.31.0"),
            "of libssl",
            id="package first",
        ),
    ],
)
def test_an_exception_holds_for_what_it_names(
    repository: Repository, exceptions: str, expected: tuple[str, str, str], told: str
) -> None:
    repository.write("mixlock.toml", f"{CONFIGURATION}{CUTOFF}exclude-newer-for = {{ {exceptions} }}\n")
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert _locked(repository) == expected
    assert told in done.stderr


def test_exceptions_are_policy_recorded_and_known_to_every_verb(repository: Repository) -> None:
    assert repository.mixlock("lock").status == 0
    assert _locked(repository) == ("1.0", "1.0", "2.31.0")
    before = repository.locks()
    exceptions = (
        'exclude-newer-for = { libssl = "0 days", requests = false, requets = "7 days", "https://no.where/x" = "1" }'
    )
    repository.write("mixlock.toml", f"{CONFIGURATION}{CUTOFF}{exceptions}\n")
    assert repository.mixlock("drift", "--strict").status == 0
    assert (repository.mixlock("lock").status, repository.locks() == before) == (0, True)
    newer = repository.mixlock("outdated").stdout
    assert ("libssl" in newer, "requests" in newer, "libold" in newer) == (True, True, False)
    done = repository.mixlock("lock", "--upgrade")
    assert done.status == 0, done.stderr
    assert _locked(repository) == ("1.1", "1.0", "2.32.0")
    assert "names `requets`, which nothing asks for or has locked; did you mean `requests`?" in done.stderr
    assert "names `https://no.where/x`, where nothing is looked for" in done.stderr
    repository.write("mixlock.toml", CONFIGURATION)
    verified = repository.mixlock("lock", "--verify", "--from-scratch")
    assert verified.status == 0, verified.stdout + verified.stderr


def test_a_name_that_is_bound_to_an_index_and_that_nothing_has_is_told(repository: Repository) -> None:
    repository.write("mixlock.toml", f'{CONFIGURATION}index-of = {{ reqests = "{INDEX}x" }}\n')
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert "note: `index-of` names `reqests`, which nothing asks for or has locked" in done.stderr
