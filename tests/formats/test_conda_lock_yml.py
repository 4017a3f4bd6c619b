"""What a lockfile says of itself, and what it must not hold."""

from __future__ import annotations

from typing import Any

import pytest

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import Subdir

LINUX = Subdir("linux-64")


def lockfile(
    *,
    name: str = "numpy",
    version: str = "1.0",
    url: str = "https://c.example/linux-64/numpy-1.0-0.conda",
    manager: Manager = Manager.CONDA,
) -> Lockfile:
    """Make a lock of one package."""
    found = LockedPackage(
        name=name, version=version, url=url, manager=manager, platform=LINUX, dependencies={}, md5="a" * 32
    )
    return Lockfile(packages=(found,), channels=("c",), platforms=(LINUX,), content_hash={}, facts={})


@pytest.mark.parametrize("source", ["../../environment.yml", "../../my env.yml", "../../a #b.yml", "../../é: x.yml"])
def test_the_spec_that_a_lock_was_made_from_is_read_back(source: str) -> None:
    assert conda_lock_yml.source_of(conda_lock_yml.render(lockfile(), source)) == source


@pytest.mark.parametrize("content", [b"", b"metadata:\n  sources: []\n", b"metadata:\n  sources:\n  - [\n"])
def test_a_lock_that_says_none_has_no_source(content: bytes) -> None:
    assert conda_lock_yml.source_of(content) == ""


def test_what_is_rendered_is_read_back() -> None:
    assert conda_lock_yml.parse(conda_lock_yml.render(lockfile(), "x")) == lockfile()


@pytest.mark.parametrize(
    "before", ["...\n", "---\nversion: 1\n...\n", "x: '\n"], ids=["an end", "two", "an open quote"]
)
def test_packages_behind_something_else_are_read_as_yaml_reads_them(before: str) -> None:
    head, package, body = conda_lock_yml.render(lockfile(), "x").partition(b"package:\n")
    with pytest.raises(conda_lock_yml.NotALockfileError):
        conda_lock_yml.parse(head + before.encode() + package + body)


def test_the_last_packages_count_as_they_do_for_yaml() -> None:
    head, package, body = conda_lock_yml.render(lockfile(), "x").partition(b"package:\n")
    assert conda_lock_yml.parse(head + b"package: []\n" + package + body) == lockfile()


@pytest.mark.parametrize("field", ["name", "version", "url"])
@pytest.mark.parametrize("letter", ["\n", "\x1b", "\x07", "\u202e"], ids=["line", "escape", "bell", "right to left"])
def test_what_would_do_something_to_a_report_is_no_lock(field: str, letter: str) -> None:
    changes: dict[str, Any] = {field: f"a{letter}::error::b"}
    content = conda_lock_yml.render(lockfile(**changes), "x")
    with pytest.raises(conda_lock_yml.NotALockfileError, match="holds what nobody can read"):
        conda_lock_yml.parse(content)


ODD: dict[str, dict[str, Any]] = {
    "a name": {"manager": Manager.PIP, "name": "<img src=x>"},
    "a version": {"manager": Manager.PIP, "version": "1.0; os_name=='nt'"},
    "no version": {"manager": Manager.PIP, "version": ""},
    "an open bracket": {"url": "https://[::1/x"},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_what_is_no_name_version_or_url_is_no_lock(changes: dict[str, Any]) -> None:
    content = conda_lock_yml.render(lockfile(**changes), "x")
    with pytest.raises(conda_lock_yml.NotALockfileError):
        conda_lock_yml.parse(content)
