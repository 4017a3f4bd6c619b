"""What an extra of a project of conda's needs is PyPI's part of the lock (case B1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import versions
from tests.tables import CONDA_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Repository, ServedWorld

HEAD = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - uvicorn\n  - pip:\n"
SERVER = (
    SyntheticProject(name="httptools", version="0.6"),
    SyntheticProject(name="httptools", version="0.7"),
    SyntheticProject(name="watchfiles", version="1.0", requires=("idna",)),
    SyntheticProject(name="winloop", version="1.0"),
    SyntheticProject(name="fastapi", version="0.1", extras=(("standard", ("uvicorn[standard]>=0.12",)),)),
    SyntheticProject(name="fastapi", version="0.2", requires=("uvicorn[Standard]>=0.12; python_version>='3'",)),
    SyntheticProject(name="outer", version="1.0", requires=("fastapi[standard]==0.1",)),
    SyntheticProject(name="typo", version="1.0", requires=("uvicorn[stanard]", "idna[nothing]")),
)


def uvicorn(version: str) -> SyntheticProject:
    """Return the project that conda holds, as PyPI has it: with an extra that refers to another of its own."""
    return SyntheticProject(
        name="uvicorn",
        version=version,
        requires=("unheard-of>=1",),
        extras=(
            ("watch", ("watchfiles>=1",)),
            ("standard", ("httptools<0.7", "uvicorn[watch]", "winloop; sys_platform == 'win32'")),
        ),
    )


@pytest.fixture(name="repository")
def _repository(served_repository: Repository, served: ServedWorld) -> Repository:
    held = SyntheticCondaPackage(name="uvicorn", version="0.30.1", depends=("python >=3.12,<3.13.0a0",))
    write_channel(served.folder / "science", [*CONDA_PACKAGES, held])
    return served_repository


def lock(repository: Repository, projects: Sequence[SyntheticProject], *asked: str) -> tuple[int, str]:
    repository.world.add(*map(render_wheel, projects))
    repository.write("environment.yml", HEAD + "".join(f"    - {each}\n" for each in asked))
    done = repository.mixlock("lock")
    return done.status, done.stderr


@pytest.mark.parametrize("asked", ["fastapi[standard]==0.1", "fastapi==0.2", "outer"])
def test_what_the_extra_needs_is_locked_from_pypi(repository: Repository, asked: str) -> None:
    status, told = lock(repository, (*SERVER, uvicorn("0.30.1"), uvicorn("0.31")), asked)
    assert status == 0, told
    found = versions(repository)
    assert {found.get(f"pip {name}") for name in ("uvicorn", "winloop", "unheard-of")} == {None}
    assert (found["conda uvicorn"], found["pip httptools"], found["pip watchfiles"]) == ("0.30.1", "0.6", "1.0")
    assert found["pip idna"] == "3.10"
    assert repository.mixlock("drift", "--verify").status == 0
    assert "fastapi" in repository.mixlock("why", "environment", "httptools").stdout


def test_a_version_that_pypi_lacks_is_refused_by_name(repository: Repository) -> None:
    status, told = lock(repository, (*SERVER, uvicorn("0.31")), "fastapi[standard]==0.1")
    assert status == 3, told
    assert (
        "MIX303 `uvicorn[standard]` 0.30.1 is needed, that version of `uvicorn` is conda's, and no index tells"
        in told
    )


def test_an_extra_that_a_project_does_not_have_is_told(repository: Repository) -> None:
    status, told = lock(repository, (*SERVER, uvicorn("0.30.1")), "typo")
    assert status == 0, told
    assert "`idna` 3.10 has no extra `nothing`, which something asks for" in told
    assert "`uvicorn` 0.30.1 has no extra `stanard`, which something asks for" in told


@pytest.mark.parametrize(("asked", "status"), [("fastapi==0.2", 3), ("idna", 0)])
def test_where_conda_lock_alone_answers_an_extra_is_refused_and_not_lost(
    served_repository: Repository, served: ServedWorld, asked: str, status: int
) -> None:
    """No uv knows PyPy, so conda-lock solves against the whole index there."""
    pypy = SyntheticCondaPackage(name="python", version="3.11.13", build="0_73_pypy", subdir="linux-64")
    held = SyntheticCondaPackage(name="uvicorn", version="0.30.1", depends=("python",))
    pip = SyntheticCondaPackage(name="pip", version="25.2", depends=("python",))
    write_channel(served.folder / "science", [pypy, held, pip])
    served.add(*map(render_wheel, (*SERVER, uvicorn("0.30.1"))))
    served_repository.write("environment.yml", HEAD.replace("3.12", "3.11") + f"    - {asked}\n")
    done = served_repository.mixlock("lock")
    assert done.status == status, done.stderr
    assert "full index" in done.stderr
    if status:
        assert "MIX303 `uvicorn[standard]` 0.30.1 is needed" in done.stderr
        assert served_repository.locks() == {}
