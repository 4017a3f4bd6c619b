"""``mixlock merge-driver`` on files as git hands them over: ancestors with markers, older forms, tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import aliases_toml, conda_lock_yml, conflict_markers, marked_lock, wheelhouse_json
from mixlock_hooks.model.alias import AliasTarget, alias
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.pipeline.lock import record
from mixlock_hooks.pipeline.lock.merge import merge_locks
from tests.pipeline.lock.test_merge import LINUX, held, lock, package

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import Lockfile
    from tests.conftest import Repository

_SOURCE = "../../environment.yml"
_LOCK = "locks/environment/conda-lock.yml"
_EMPTY = b""


@dataclass(frozen=True)
class Merged:
    """What the driver left, and said."""

    status: int
    content: bytes
    told: str


def driven(repository: Repository, path: str, base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Let the driver merge three versions of a file."""
    places = [repository.root / name for name in ("base", "ours", "theirs")]
    for place, content in zip(places, (base, ours, theirs), strict=True):
        place.write_bytes(content)
    done = repository.mixlock("merge-driver", *map(str, places), path)
    return Merged(done.status, places[1].read_bytes(), done.stderr)


def written(lockfile: Lockfile) -> bytes:
    """Render a lock as it stands in a repository."""
    return conda_lock_yml.render(lockfile, _SOURCE)


def upgraded(version: str, *others: str) -> Lockfile:
    """Return a lock that answers `a` with a version, and others."""
    locked = lock("a", *others)
    kept = (each for each in locked.packages if each.name != "a")
    return replace(locked, packages=(package(f"a={version}", LINUX), *kept))


def aged(lockfile: Lockfile) -> bytes:
    """Render a lock as mixlock 0.2 wrote it."""
    inputs = record.recorded_inputs(lockfile, LINUX)
    assert inputs
    facts = {"mixlock.schema": "1", "mixlock.linux-64.inputs": json.dumps(inputs.as_table())}
    return written(replace(lockfile, facts=facts))


def test_an_ancestor_with_markers_is_read_as_it_would_be_completed(repository: Repository) -> None:
    """Branches that were merged into each other have such a one: git merges their ancestors with the driver first."""
    inner = merge_locks(upgraded("2.0"), upgraded("3.0"), upgraded("4.0"))
    base = marked_lock.render(inner.ours(), inner.theirs(), _SOURCE)
    assert conflict_markers.first_line(base)
    done = driven(repository, _LOCK, base, written(upgraded("4.0", "b")), written(upgraded("5.0")))
    assert (done.status, done.told) == (0, "")
    assert held(conda_lock_yml.parse(done.content)) == ["linux-64 a 5.0", "linux-64 b 1.0"]


def test_an_ancestor_that_is_no_lock_leaves_whole_entries(repository: Repository) -> None:
    done = driven(repository, _LOCK, b"no: lock\n", written(lock("a=2.0", "b")), written(lock("a=3.0", "b")))
    assert "both sides changed the request of conda a, conda a (2.0 in ours, 3.0 in theirs)" in done.told
    for side, version in (("ours", "2.0"), ("theirs", "3.0")):
        kept = conda_lock_yml.parse(conflict_markers.side(done.content, side))  # type: ignore[arg-type]
        assert held(kept) == [f"linux-64 a {version}", "linux-64 b 1.0"]


@pytest.mark.parametrize("old", [{"ours"}, {"theirs"}, {"base", "theirs"}, {"base", "ours", "theirs"}])
def test_a_side_of_an_older_form_is_merged_too(repository: Repository, old: set[str]) -> None:
    """It stays in conflict, for no stamp vouches for it."""
    sides = {"base": lock("a"), "ours": lock("a", "b"), "theirs": lock("a", "c")}
    contents = [aged(each) if name in old else written(each) for name, each in sides.items()]
    done = driven(repository, _LOCK, *contents)
    assert (done.status, "in the form of an older mixlock" in done.told) == (1, True)
    assert written(conda_lock_yml.parse(done.content)) == written(lock("a", "b", "c"))


def aliases(**known: str) -> bytes:
    """Render aliases of tags, each to the lock of an environment."""
    return aliases_toml.render(
        {
            alias(f"team/x:{tag}"): AliasTarget(environment=name, source="x.yml", fingerprint="f", lock="l")
            for tag, name in known.items()
        }
    )


@pytest.mark.parametrize("base", [_EMPTY, aliases(v0="old")], ids=["both made the file", "both added"])
def test_aliases_are_merged_name_by_name(repository: Repository, base: bytes) -> None:
    known = {"v0": "old"} if base else {}
    done = driven(repository, "locks/aliases.toml", base, aliases(v1="a", **known), aliases(v2="b", **known))
    assert (done.status, done.content) == (0, aliases(v1="a", v2="b", **known))


def test_an_alias_that_both_moved_is_left_to_a_person(repository: Repository) -> None:
    old, ours, theirs = (aliases(stable=name, v1="a") for name in ("old", "b", "c"))
    done = driven(repository, "locks/aliases.toml", old, ours, theirs)
    told = "both sides changed the alias `team/x:stable`; keep one entry of each name, then `git add locks`"
    assert (done.status, told in done.told) == (1, True)
    assert conflict_markers.side(done.content, "ours") == ours
    assert conflict_markers.side(done.content, "theirs") == theirs


def wheel(version: str, sha256: str = "a") -> BuiltWheel:
    """Return a wheel of a version."""
    return BuiltWheel(
        name=pypi_name("tool"),
        version=version,
        sdist_sha256=version[0] * 64,
        file=f"tool-{version}-py3-none-any.whl",
        sha256=sha256 * 64,
        tags=("py3-none-any",),
        platforms=(Subdir("linux-64"),),
        python="3.12",
        glibc="",
        requires=(),
        epoch=315532800,
        builder="mixlock",
    )


def test_records_of_wheels_are_merged_wheel_by_wheel(repository: Repository) -> None:
    one, two, ours, theirs = wheel("1.0"), wheel("2.0"), wheel("3.0"), wheel("3.0", "b")
    path = "locks/environment/wheelhouse.json"
    sides = [wheelhouse_json.render(each) for each in ([one], [one, two, ours], [theirs])]
    done = driven(repository, path, *sides)
    assert (done.status, done.content) == (0, wheelhouse_json.render([two, ours]))


@pytest.mark.parametrize("name", ["stamp.json", "pip-linux-64.txt", "imported.json"])
def test_what_is_made_anew_is_left_as_ours(repository: Repository, name: str) -> None:
    """In conflict, so that nobody takes it for merged."""
    done = driven(repository, f"locks/environment/{name}", b"a\n", b"b\n", b"c\n")
    assert (done.status, done.content) == (1, b"b\n")
    assert ("it is rendered from conda-lock.yml" in done.told) == (name != "imported.json")
