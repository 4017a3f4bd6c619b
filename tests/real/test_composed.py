"""Real environments of several files: what mixlock joins is what conda-lock's own aggregation joins."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.model.settings import ComposedEnvironment, Settings
from mixlock_hooks.pipeline.load import load_composed
from tests.fakes import memory_project
from tests.real.shared_channels import ENVS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.real

SEVERAL = {
    "Cantera__cantera-papers__conda-lock": ("", ("environment.yml", "dev-environment.yml")),
    "DavidT3__XGA__conda_envs__conda-lock": ("conda_envs", ("environment.yml", "mac_arm_environment.yml")),
    "conda__conda-lock__tests__test-multiple-categories__conda-lock": (
        "tests/test-multiple-categories",
        ("main.yml", "dev.yml", "test.yml"),
    ),
    "conda__conda-lock__environments__conda-lock-python-3.10": (
        "",
        ("environments/dev-environment.yaml", "environments/python-3.10.yaml", "pyproject.toml"),
    ),
    "conda__conda-lock__environments__conda-lock-python-3.14": (
        "",
        ("environments/dev-environment.yaml", "environments/python-3.14.yaml", "pyproject.toml"),
    ),
    **dict.fromkeys(
        (
            "conda__conda-lock__tests__test-v2-to-v3-upgrade__conda-lock-v2.5.8",
            "conda__conda-lock__tests__test-v2-to-v3-upgrade__conda-lock-v3.0.2",
        ),
        (
            "tests/test-v2-to-v3-upgrade",
            ("environment.yml", "test-dependencies.yml", "dev-dependencies.yml", "pyproject.toml"),
        ),
    ),
}
"""Every pair of ../shared/data that was locked from several files."""
OTHERWISE = {"python-build": "build"}
"""conda-lock's name of a project, and mixlock's: both packages hold it, and mixlock asks for the one of its name."""


@pytest.mark.filterwarnings("ignore")  # conda-lock and what it bundles warn at their import
@pytest.mark.parametrize("pair", sorted(SEVERAL))
def test_the_files_of_a_real_lock_are_joined_as_conda_lock_joins_them(pair: str, tmp_path: Path) -> None:
    from conda_lock.src_parser import make_lock_spec

    folder, names = SEVERAL[pair]
    sources = ENVS.parent / "pairs" / pair / folder
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(sources / name, tmp_path / name)
    mapping = (ENVS.parent / "grayskull_pypi_mapping.json").as_uri()
    theirs = make_lock_spec(src_files=[tmp_path / name for name in names], mapping_url=mapping)
    settings = Settings(
        environments={EnvironmentName("all"): ComposedEnvironment(specs=names)},
        platforms=tuple(map(Subdir, theirs.platforms)),
        source="mixlock.toml",
    )
    project = memory_project({name: (tmp_path / name).read_bytes() for name in names}, settings)
    (ours,) = load_composed(project, EnvironmentName("all")).environments
    assert not has_errors(ours.document.problems)
    assert sorted(spec.platform for spec in ours.platforms) == sorted(theirs.platforms)
    assert list(ours.platforms[0].channels) == [channel.url for channel in theirs.channels]
    for spec in ours.platforms:
        wanted = theirs.dependencies[spec.platform]
        elsewhere = {entry.value.name for entry in ours.document.references}
        conda, pypi = {each.name for each in spec.conda}, {each.name for each in spec.pypi} | elsewhere
        assert _alike(conda) == _alike(each.name for each in wanted if each.manager == "conda")
        assert pypi == {each.name for each in wanted if each.manager == "pip"}


def _alike(names: Iterable[str]) -> set[str]:
    return {OTHERWISE.get(name, name) for name in names}
