"""Locks of two branches: merged entry by entry, or refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import conda_lock_yml, conflict_markers, marked_lock, pip_requirement
from mixlock_hooks.formats.environment_yml import parse
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import at
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.stamp import Making
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.pipeline.lock.merge import merge_locks, no_answer
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.three_way import CannotMergeError
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from mixlock_hooks.model.requirement import PypiRequirement

LINUX, MAC = Subdir("linux-64"), Subdir("osx-arm64")


def asked_of_pip(text: str) -> PypiRequirement:
    """Read a requirement of PyPI."""
    return pip_requirement.parse(text, at("mixlock.toml"))


def lock(*asked: str, platforms: tuple[Subdir, ...] = (LINUX,), **settings: Any) -> Lockfile:
    """Make a lock that answers conda requests, `name` (then 1.0 is locked) or `name=version`."""
    text = "dependencies:\n" + "".join(f"  - {each}\n" for each in asked)
    specs = merge(parse(text, "environment.yml"), Settings(platforms=platforms, **settings)).platforms
    packages = [package(each, spec.platform) for spec in specs for each in asked]
    inputs = {spec.platform: inputs_of(spec) for spec in specs}
    bare = Lockfile(
        packages=tuple(packages),
        channels=("conda-forge",),
        platforms=platforms,
        content_hash=lock_set.content_hash(inputs),
        facts={},
    )
    return lock_set.with_record(bare, inputs, Making(engine="e", name_map="n"))


def package(asked: str, platform: Subdir) -> LockedPackage:
    """Make the package that answers a request."""
    name, _equals, version = asked.partition("=")
    version = version or "1.0"
    return LockedPackage(
        name=name,
        version=version,
        manager=Manager.CONDA,
        platform=platform,
        dependencies={},
        url=f"https://conda.anaconda.org/conda-forge/{platform}/{name}-{version}-0.conda",
        md5="a" * 32,
    )


def held(lockfile: Lockfile) -> list[str]:
    """Return what a lock holds, sorted."""
    return sorted(f"{found.platform} {found.name} {found.version}" for found in lockfile.packages)


def test_what_each_side_added_is_there() -> None:
    merged = merge_locks(lock("a"), lock("a", "b"), lock("a", "c"))
    assert (merged.disputes(), no_answer(merged.ours(), shipped())) == ((), "")
    assert held(merged.ours()) == held(merged.theirs()) == held(lock("a", "b", "c"))
    assert lock_set.recorded_inputs(merged.ours(), LINUX) == lock_set.recorded_inputs(lock("a", "b", "c"), LINUX)


def test_two_locks_without_an_ancestor_are_joined() -> None:
    assert held(merge_locks(None, lock("a", "b"), lock("a", "c")).ours()) == held(lock("a", "b", "c"))


def test_a_platform_that_one_side_added_is_there() -> None:
    merged = merge_locks(lock("a"), lock("a", platforms=(LINUX, MAC)), lock("a", "b"))
    assert held(merged.ours()) == ["linux-64 a 1.0", "linux-64 b 1.0", "osx-arm64 a 1.0"]


DISPUTED = {
    "one version each": (
        lock("a"),
        lock("a=2.0"),
        lock("a=3.0"),
        ("the request of conda a", "conda a (2.0 in ours, 3.0 in theirs)"),
        ["linux-64 a 3.0"],
    ),
    "no ancestor and another version": (
        None,
        lock("a=3.0", "b"),
        lock("a=2.0", "c"),
        ("the request of conda a", "conda a (3.0 in ours, 2.0 in theirs)"),
        ["linux-64 a 3.0", "linux-64 b 1.0", "linux-64 c 1.0"],
    ),
    "changed by one, taken out by the other": (
        lock("a", "b"),
        lock("a", "b=2.0"),
        lock("a"),
        ("the request of conda b", "conda b (2.0 in ours, gone in theirs)"),
        ["linux-64 a 1.0", "linux-64 b 2.0"],
    ),
    "a platform that both added, each with another version": (
        lock("a=1.0"),
        lock("a=1.0", "b=1.0", platforms=(LINUX, MAC)),
        lock("a=1.0", "b=2.0", platforms=(LINUX, MAC)),
        ("the request of conda b", "conda b (1.0 in ours, 2.0 in theirs)"),
        ["linux-64 a 1.0", "linux-64 b 2.0", "osx-arm64 a 1.0", "osx-arm64 b 2.0"],
    ),
}


def test_constraints_are_joined_one_by_one() -> None:
    """Each side added one; what is a list in the configuration is no single value."""
    sides = [lock("a", constraints=tuple(map(asked_of_pip, each))) for each in ([], ["b>=1"], ["c>=2"])]
    merged = merge_locks(*sides)
    asked = lock_set.recorded_inputs(merged.ours(), LINUX)
    assert (merged.disputes(), asked.constraints if asked else ()) == ((), ("b>=1", "c>=2"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"constraints": (asked_of_pip("b"),)}, ("the constraint of `b`",)),
        ({"channels": ("x",)}, ("the channels",)),
        ({"default_index": "https://index.example/simple"}, ("the default index",)),
    ],
)
def test_settings_that_both_changed_have_a_users_words(settings: dict[str, Any], told: tuple[str, ...]) -> None:
    others: dict[str, Any] = {
        "constraints": (asked_of_pip("b>=1"),),
        "channels": ("y",),
        "default_index": "https://other.example/simple",
    }
    (key,) = settings
    assert merge_locks(lock("a"), lock("a", **settings), lock("a", **{key: others[key]})).disputes() == told


@pytest.mark.parametrize(("base", "ours", "theirs", "told", "newest"), DISPUTED.values(), ids=DISPUTED)
def test_what_both_changed_is_named_and_never_goes_back(
    base: Lockfile | None, ours: Lockfile, theirs: Lockfile, told: tuple[str, ...], newest: list[str]
) -> None:
    merged = merge_locks(base, ours, theirs)
    assert merged.disputes() == told
    assert held(merged.newer()) == newest


def test_conflicts_stand_around_whole_entries() -> None:
    """Each side of each hunk is a list of whole packages, or of whole lines of what is asked."""
    merged = merge_locks(lock("a", "b", "c"), lock("a", "b=2.0", "c"), lock("a", "b=3.0", "c", "d"))
    content = marked_lock.render(merged.ours(), merged.theirs(), "../environment.yml")
    assert content.count(b"<<<<<<< ours\n") == 2
    for wanted, version in (("ours", "2.0"), ("theirs", "3.0")):
        side = conda_lock_yml.parse(conflict_markers.side(content, wanted))  # type: ignore[arg-type]
        assert held(side) == [f"linux-64 {name}" for name in ("a 1.0", f"b {version}", "c 1.0", "d 1.0")]


REFUSED = {
    "a platform less on each side": (
        lock("a", platforms=(LINUX, MAC)),
        lock("a", platforms=(LINUX,)),
        lock("a", platforms=(MAC,)),
        "no platform is left",
    ),
    "a record changed by hand": (
        lock("a"),
        replace(lock("a", "b"), facts={**lock("a", "b").facts, "mixlock.linux-64.inputs": "{}"}),
        lock("a", "c"),
        "a side is not as this mixlock would write it",
    ),
    "a newer mixlock": (
        lock("a"),
        replace(lock("a", "b"), facts={**lock("a", "b").facts, "mixlock.schema": "9"}),
        lock("a", "c"),
        "a side is not as this mixlock would write it",
    ),
    "a lock of plain conda-lock": (lock("a"), replace(lock("a", "b"), facts={}), lock("a", "c"), "a side is not as"),
}


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_joined_is_refused(base: Lockfile, ours: Lockfile, theirs: Lockfile, expected: str) -> None:
    with pytest.raises(CannotMergeError, match=expected):
        merge_locks(base, ours, theirs)
