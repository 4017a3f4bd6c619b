"""Which environment a lock of another tool's is for, and what the configuration must say."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.adoption import FoundLock
from mixlock_hooks.model.lock_paths import LockPlaces
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.adoption import may_be_lock, plan

LINUX, MACOS, WINDOWS = Subdir("linux-64"), Subdir("osx-arm64"), Subdir("win-64")
BOTH = (LINUX, MACOS)


def _lock(path: str, *sources: str, platforms: tuple[Subdir, ...] = BOTH, named: bool = False) -> FoundLock:
    return FoundLock(path=path, sources=sources, platforms=platforms, names_platforms=named)


@pytest.mark.parametrize(
    ("lock", "name", "is_configured"),
    [
        (_lock("conda-lock.yml", "environment.yml"), "environment", False),
        (_lock("conda-lock.yml", "hcg.yml"), "hcg", True),
        (_lock("ci/conda-lock.yml", "ci/environment.yml"), "ci/environment", False),
        (_lock("environment.lock.yml", "environment.yml"), "environment", False),
        (_lock("envs/base.lock.yml", "envs/base.yaml"), "envs/base", True),
        (_lock("ml/conda-lock.yml", "base/environment.yml", "ml/environment.yml"), "ml", True),
        (_lock("conda-lock.yml", "environment.yml", "environment-dev.yml"), "environment", True),
        (_lock("conda-lock-python-3.14.yaml", "environment.yml", "python-3.14.yaml"), "python-3.14", True),
        (_lock("gpu.conda-lock.yml", "environment.yml", "gpu.yml"), "gpu", True),
        (_lock("locks/environment/conda-lock.yml", "environment.yml"), "environment", False),
        (_lock("conda-lock.yml", "environment.yml", "pyproject.toml"), "environment", True),
        (_lock("conda-lock.yml", "pyproject.toml"), "pyproject", True),
    ],
    ids=lambda value: f"{value.path} of {', '.join(value.sources)}" if isinstance(value, FoundLock) else str(value),
)
def test_an_environment_is_named_by_its_spec_or_by_where_its_lock_lies(
    lock: FoundLock, name: str, *, is_configured: bool
) -> None:
    (adoption,) = plan([lock], lock.sources, Settings(), ()).adoptions
    assert (adoption.environment, adoption.is_configured) == (name, is_configured)
    assert adoption.target == f"locks/{name}/conda-lock.yml"
    assert adoption.specs == lock.sources


def test_a_second_lock_of_one_spec_is_a_variant_named_by_its_file() -> None:
    found = [_lock("conda-lock.yml", "environment.yml"), _lock("conda-lock-gpu.yml", "environment.yml")]
    adoptions = plan(found, ["environment.yml"], Settings(), ()).adoptions
    assert {each.environment for each in adoptions} == {"environment", "gpu"}
    assert [each.specs for each in adoptions] == [("environment.yml",)] * 2


@pytest.mark.parametrize(
    ("lock", "why"),
    [
        (_lock("conda-lock.yml"), "does not say which spec"),
        (_lock("conda-lock.yml", "gone.yml"), "git does not track gone.yml"),
        (_lock("conda-lock.yml", "environment.yml", "gone.yml"), "git does not track gone.yml"),
        (_lock("conda-lock.yml", "notes.md"), "notes.md cannot be read as a spec"),
    ],
)
def test_a_lock_of_which_nobody_knows_what_it_is_for_is_left_out(lock: FoundLock, why: str) -> None:
    planned = plan([lock], ["environment.yml", "notes.md"], Settings(), ())
    assert planned.adoptions == ()
    assert [(each.path, why in each.why, each.is_lock) for each in planned.left_out] == [(lock.path, True, True)]


def test_an_environment_that_has_a_lock_keeps_it() -> None:
    found = [_lock("conda-lock.yml", "environment.yml")]
    planned = plan(found, ["environment.yml"], Settings(), {"environment"})
    assert (planned.adoptions, planned.left_out[0].path) == ((), "conda-lock.yml")


@pytest.mark.parametrize(
    ("platforms", "written", "own"),
    [
        ([BOTH, BOTH], (), {}),
        ([(LINUX,), (LINUX,)], (LINUX,), {}),
        ([(LINUX,), (LINUX,), BOTH], (LINUX,), {"c/environment": BOTH}),
        ([BOTH, BOTH, (WINDOWS,)], (), {"c/environment": (WINDOWS,)}),
    ],
)
def test_platforms_are_written_where_no_spec_names_them(
    platforms: list[tuple[Subdir, ...]], written: tuple[Subdir, ...], own: dict[str, tuple[Subdir, ...]]
) -> None:
    names = ("a", "b", "c")
    found = [
        _lock(f"{name}/conda-lock.yml", f"{name}/environment.yml", platforms=each)
        for name, each in zip(names, platforms, strict=False)
    ]
    tracked = [source for lock in found for source in lock.sources]
    planned = plan(found, tracked, Settings(), ())
    assert planned.platforms == written
    assert {each.environment: each.platforms for each in planned.adoptions if each.platforms} == own


def test_platforms_that_a_spec_or_the_configuration_names_are_nobody_elses_to_say() -> None:
    named = plan(
        [_lock("conda-lock.yml", "environment.yml", platforms=(LINUX,), named=True)],
        ["environment.yml"],
        Settings(),
        (),
    )
    configured = plan(
        [_lock("conda-lock.yml", "environment.yml", platforms=(LINUX,))],
        ["environment.yml"],
        Settings(platforms=BOTH),
        (),
    )
    assert (named.platforms, configured.platforms) == ((), ())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("conda-lock.yml", True),
        ("a/b/conda-lock.yaml", True),
        ("environment.lock.yml", True),
        ("locks/web/conda-lock.yml", True),
        ("environment.yml", False),
        ("pnpm-lock.yaml", True),
        ("conda-linux-64.lock", False),
    ],
)
def test_names_of_locks(path: str, *, expected: bool) -> None:
    assert may_be_lock(path, LockPlaces("locks")) is expected
