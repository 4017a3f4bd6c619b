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
    from pathlib import Path

pytestmark = pytest.mark.real

SEVERAL = {
    "Cantera__cantera-papers__conda-lock": ("", ("environment.yml", "dev-environment.yml")),
    "DavidT3__XGA__conda_envs__conda-lock": ("conda_envs", ("environment.yml", "mac_arm_environment.yml")),
    "conda__conda-lock__tests__test-multiple-categories__conda-lock": (
        "tests/test-multiple-categories",
        ("main.yml", "dev.yml", "test.yml"),
    ),
}
"""The pairs of ../shared/data that were locked from several files, all of them YAML."""


@pytest.mark.filterwarnings("ignore")  # conda-lock and what it bundles warn at their import
@pytest.mark.parametrize("pair", sorted(SEVERAL))
def test_the_files_of_a_real_lock_are_joined_as_conda_lock_joins_them(pair: str, tmp_path: Path) -> None:
    from conda_lock.src_parser import make_lock_spec

    folder, names = SEVERAL[pair]
    sources = ENVS.parent / "pairs" / pair / folder
    for name in names:
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
        assert {each.name for each in spec.conda} == {each.name for each in wanted if each.manager == "conda"}
        assert {each.name for each in spec.pypi} == {each.name for each in wanted if each.manager == "pip"}
