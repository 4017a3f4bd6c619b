"""One project from both managers, and what only bears its name: from the lock to its verification."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.pipeline.drift.fast import drift as drift_of
from mixlock_hooks.pipeline.drift.vouched import Vouched
from mixlock_hooks.pipeline.load import load
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.worktree import WorkTree, read_settings
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import versions
from tests.conftest import CONFIGURATION, looked_up_world, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import Drift
    from tests.conftest import Repository

_PYTHON = "python >=3.12,<3.13.0a0"
_CONDA = (
    SyntheticCondaPackage(name="uv", version="0.9.0", depends=("libblas",)),
    SyntheticCondaPackage(name="brotli-python", version="1.1.0", depends=(_PYTHON,)),
    SyntheticCondaPackage(name="pytorch-cpu", version="2.5.0", depends=("libblas",)),
)
_PROJECTS = (
    SyntheticProject(name="uv", version="0.8.0"),
    SyntheticProject(name="hatch", version="1.0", requires=("uv>=0.5",)),
    SyntheticProject(name="brotli", version="1.2.0"),
    SyntheticProject(name="web", version="1.0", requires=("brotli>=1",)),
    SyntheticProject(name="torch", version="2.5.0"),
    SyntheticProject(name="nets", version="1.0", requires=("torch>=2",)),
)
_CASES = {
    "no project: both stand": ("uv", "hatch", {"conda uv": "0.9.0", "pip uv": "0.8.0", "pip hatch": "1.0"}),
    "the project under another name: conda's": ("brotli-python", "web", {"conda brotli-python": "1.1.0"}),
    "the project, without python: conda's": ("pytorch-cpu", "nets", {"conda pytorch-cpu": "2.5.0"}),
}


@pytest.fixture(name="twins", scope="module")
def _twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """Lock every case in one run; nobody may change this repository."""
    with looked_up_world(tmp_path_factory.mktemp("twins")) as world:
        world.add_conda(*_CONDA)
        world.add(*map(render_wheel, _PROJECTS))
        configuration = CONFIGURATION.replace('"linux-64", "osx-arm64"', '"linux-64"')
        root = tmp_path_factory.mktemp("locked") / "twins"
        made = new_repository(root, world, "dependencies: [python]\n", configuration)
        for conda, pip, _expected in _CASES.values():
            spec = f"dependencies:\n  - python=3.12\n  - {conda}\n  - pip:\n    - {pip}\n"
            made.write(f"environment-{conda}.yml", spec)
        done = made.mixlock("lock")
        assert done.status == 0, done.stderr
        (made.root / "said.txt").write_text(done.stderr, encoding="utf-8")
        yield made


@pytest.mark.parametrize(("conda", "pip", "expected"), _CASES.values(), ids=_CASES)
def test_a_project_is_locked_once(twins: Repository, conda: str, pip: str, expected: dict[str, str]) -> None:
    found = versions(twins, f"environment-{conda}")
    beside = {"conda python": "3.12.11", "conda pip": "25.2", "conda libblas": "3.11.0"}
    assert found == {**{name: found[name] for name in beside if name in found}, f"pip {pip}": "1.0", **expected}


def test_what_holds_is_verified(twins: Repository, drift: Drift) -> None:
    assert drift(twins.root, "--verify") == (0, [])


def test_a_note_names_what_both_may_bring(twins: Repository) -> None:
    notes = [line for line in twins.read("said.txt").splitlines() if "note:" in line]
    assert [line.partition(",")[0] for line in notes] == ["  note: conda's uv 0.9.0 is not PyPI's uv 0.8.0"]


def test_condas_pip_is_locked_and_why_is_told(twins: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "--root", str(twins.root), "environment-uv", "pip"]) == 0
    assert "environment-uv.yml:5 asks for PyPI packages, which implies pip\n" in capsys.readouterr().out
    inputs = [line for line in twins.read("locks/environment-uv/conda-lock.yml").splitlines() if "implied" in line]
    assert inputs


def test_list_shows_what_was_written(twins: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--root", str(twins.root), "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["environments"]}
    assert rows["environment-uv"]["conda"] == {"uv": ""}


def test_a_lock_of_another_name_map_is_no_drift_by_that_alone(twins: Repository) -> None:
    tree = WorkTree(twins.root)
    other = replace(shipped(), digest="sha256:other")
    project = Project(settings=read_settings(twins.root), files=tree, repository=tree, names=lambda: other)
    (environment,) = load(project, "environment-uv.yml").environments
    for by in (None, Vouched()):
        report = drift_of(project, environment, by=by)
        assert (report.environment, report.reasons, report.stale) == (EnvironmentName("environment-uv"), (), ())
