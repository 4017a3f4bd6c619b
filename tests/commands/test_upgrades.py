"""Upgrades arrive or say why not, a cutoff is a policy of the next solve, and verification judges what is locked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.lock import record
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import versions
from tests.commands.upload_times import NEW, OLD, date_index, milliseconds
from tests.conftest import CONFIGURATION, new_repository
from tests.tables import CONDA_PACKAGES

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.locked import Lockfile
    from tests.commands.conftest import Drift
    from tests.conftest import Repository, ServedWorld

SPEC = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - libssl\n  - pip:\n    - requests\n"


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, served: ServedWorld) -> Repository:
    ssl = [
        SyntheticCondaPackage(name="libssl", version=version, subdir="linux-64", timestamp_ms=milliseconds(moment))
        for version, moment in (("1.0", OLD), ("1.1", NEW))
    ]
    write_channel(served.folder / "science", [*CONDA_PACKAGES, *ssl])
    date_index(served)
    cutoff = 'exclude-newer = "2025-01-15"\n'
    return new_repository(tmp_path / "repository", served, SPEC, CONFIGURATION + cutoff)


def test_what_is_locked_stays_though_it_is_newer_than_the_cutoff(repository: Repository, drift: Drift) -> None:
    """Case F3, and F5: moving the cutoff is no drift, and rewrites nothing."""
    assert repository.mixlock("lock").status == 0
    assert _both(repository) == ("1.0", "2.31.0")
    names = ("--upgrade-package", "libssl", "--upgrade-package", "requests>=2.32")
    done = repository.mixlock("lock", *names, "--exclude-newer", "2025-04-15")
    assert done.status == 0, done.stderr
    assert _both(repository) == ("1.1", "2.32.0")
    repository.write("environment.yml", f"{SPEC}    - colors\n")
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert (*_both(repository), versions(repository)["pip colors"]) == ("1.1", "2.32.0", "1.0")
    before = repository.locks()
    repository.write("mixlock.toml", CONFIGURATION + 'exclude-newer = "2025-02-01"\n')
    assert drift(repository.root, "--strict") == (0, [])
    assert repository.mixlock("lock").status == 0
    assert repository.locks() == before
    verified = repository.mixlock("lock", "--verify")
    assert verified.status == 0, verified.stdout + verified.stderr


def _both(repository: Repository) -> tuple[str, str]:
    found = versions(repository)
    return found["conda libssl"], found["pip requests"]


CAPPED = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - app\n  - pip:\n    - fastapi\n    - colors\n"


@pytest.fixture(name="capped")
def _capped(tmp_path: Path, served: ServedWorld) -> Repository:
    """Make a repository where fastapi holds starlette back, as app does libssl; older ones of both would not."""
    projects = (
        SyntheticProject(name="starlette", version="0.45"),
        SyntheticProject(name="starlette", version="0.46"),
        SyntheticProject(name="fastapi", version="0.0.1", requires=("starlette",)),
        SyntheticProject(name="fastapi", version="0.1", requires=("starlette<0.46",)),
    )
    served.add(*map(render_wheel, projects))
    conda = (("libssl", "1.0", ()), ("libssl", "1.1", ()), ("app", "1", ()), ("app", "2", ("libssl <1.1",)))
    packages = [
        SyntheticCondaPackage(name=name, version=version, subdir="linux-64", depends=depends)
        for name, version, depends in conda
    ]
    write_channel(served.folder / "science", [*CONDA_PACKAGES, *packages])
    made = new_repository(tmp_path / "repository", served, CAPPED)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


def test_an_upgrade_that_does_not_come_names_who_holds_it_back(capped: Repository) -> None:
    """Case F4."""
    done = capped.mixlock("lock", "--upgrade-package", "starlette", "--upgrade-package", "colors")
    assert done.status == 0, done.stderr
    assert "environment: nothing newer" in done.stderr
    assert "note: `starlette` stays 0.45: fastapi 0.1 needs <0.46" in done.stderr
    assert "note: `colors` stays 1.0, nothing newer was found" in done.stderr


@pytest.mark.parametrize(
    ("bound", "code", "held"),
    [
        pytest.param("starlette>=0.46", "MIX302", "`starlette` stays 0.45: fastapi 0.1 needs <0.46;", id="PyPI"),
        pytest.param("libssl>=1.1", "MIX301", "`libssl` stays 1.0: app 2 needs <1.1;", id="conda"),
    ],
)
def test_an_upgrade_that_must_reach_a_version_fails_where_it_cannot(
    capped: Repository, bound: str, code: str, held: str
) -> None:
    """It fails although it could be reached: by taking what holds it back to an older version."""
    before = capped.locks()
    done = capped.mixlock("lock", "--upgrade-package", bound)
    assert (done.status, capped.locks()) == (3, before)
    assert code in done.stderr
    assert f"note: {held}" in done.stderr


def test_a_new_constraint_takes_nothing_back_either(capped: Repository) -> None:
    before = capped.locks()
    capped.write("mixlock.toml", CONFIGURATION + 'constraints = [\n  "starlette>=0.46",  # a fix\n]\n')
    done = capped.mixlock("lock")
    assert (done.status, capped.locks()) == (3, before)
    assert "note: `starlette` stays 0.45: fastapi 0.1 needs <0.46;" in done.stderr
    capped.write("mixlock.toml", CONFIGURATION + 'constraints = [\n  "starlette<0.46",  # a cap\n]\n')
    assert capped.mixlock("lock").status == 0
    assert (
        "mixlock.toml:5 binds it to starlette<0.46 (constraint)"
        in capped.mixlock("why", "environment", "starlette").stdout
    )


def test_an_environment_without_the_package_is_not_solved(capped: Repository) -> None:
    capped.write("environment-other.yml", "platforms: [linux-64]\ndependencies:\n  - libblas\n")
    assert capped.mixlock("lock").status == 0
    done = capped.mixlock("lock", "--upgrade-package", "starlette")
    assert "environment-other: fresh" in done.stderr


def test_what_is_gone_from_a_channel_or_an_index_is_told(capped: Repository, served: ServedWorld) -> None:
    write_channel(served.folder / "science", [*CONDA_PACKAGES, SyntheticCondaPackage(name="app", version="1")])
    shown = capped.mixlock("outdated", MIXLOCK_CACHE_DIR=str(capped.root.parent / "anew"))
    assert shown.status == 0, shown.stderr
    assert "app 2, which is locked, is gone: its channel lists that file no more" in shown.stdout


def _sealed(repository: Repository, lockfile: Lockfile) -> None:
    """Write an edited lock with all digests made to fit."""
    inputs = {platform: record.recorded_inputs(lockfile, platform) for platform in lockfile.platforms}
    known = {platform: found for platform, found in inputs.items() if found}
    made = record.with_record(lockfile, known, lockfile.making)
    for name, content in record.render(EnvironmentName("environment"), "environment.yml", Settings(), made).items():
        repository.write(f"locks/environment/{name}", content.decode())


def test_verification_finds_a_hash_that_the_channel_does_not_have(locked: Repository) -> None:
    """Offline nobody can tell; the channel and the index can."""
    lockfile = conda_lock_yml.parse(locked.read("locks/environment/conda-lock.yml").encode())
    first, *others = lockfile.packages
    assert locked.mixlock("lock", "--verify").status == 0
    _sealed(locked, replace(lockfile, packages=(replace(first, sha256="1" * 64), *others)))
    done = locked.mixlock("lock", "--verify")
    assert (done.status, "is not what channels and indices offer now" in done.stdout) == (1, True), done.stderr


def test_verification_finds_a_package_that_was_taken_out_with_all_mention_of_it(locked: Repository) -> None:
    lockfile = conda_lock_yml.parse(locked.read("locks/environment/conda-lock.yml").encode())
    packages = tuple(
        replace(each, dependencies={name: text for name, text in each.dependencies.items() if name != "idna"})
        for each in lockfile.packages
        if each.name != "idna"
    )
    _sealed(locked, replace(lockfile, packages=packages))
    done = locked.mixlock("lock", "--verify")
    assert (done.status, "idna" in done.stdout) == (1, True), done.stderr


@pytest.mark.parametrize("words", [("--upgrade-package", "a b"), ("--upgrade-package", "x=="), ("--from-scratch",)])
def test_nonsense_is_refused(locked_once: Repository, words: tuple[str, ...]) -> None:
    assert locked_once.mixlock("lock", *words).status == 2
