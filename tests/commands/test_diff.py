"""``mixlock diff``: what changed between two versions of the locks, for a terminal, a pull request and a program."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.model.package_change import ChangeKind, LockDelta, PackageChange
from mixlock_hooks.pipeline.lock.record import render_beside
from mixlock_hooks.report import lock_deltas

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from tests.conftest import Repository

LOCK = "locks/environment/conda-lock.yml"


@pytest.fixture
def committed(locked: Repository) -> Repository:
    """Commit the locked repository."""
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


def rewrite(repository: Repository, change: Callable[[Lockfile], Lockfile]) -> None:
    """Write another lock in the work tree, with all that is rendered from it."""
    lock = repository.root / LOCK
    lockfile = change(conda_lock_yml.parse(lock.read_bytes()))
    lock.write_bytes(conda_lock_yml.render(lockfile, "../../environment.yml"))
    for platform in ("linux-64", "osx-arm64"):
        for name in (f"conda-{platform}.lock", f"pip-{platform}.txt"):
            (lock.parent / name).unlink()
    for name, content in render_beside(lockfile, lock.read_bytes()).items():
        (lock.parent / name).write_bytes(content)


def each(change: Callable[[LockedPackage], LockedPackage | None]) -> Callable[[Lockfile], Lockfile]:
    """Change every package, or take it out."""

    def changed(lockfile: Lockfile) -> Lockfile:
        packages = (change(package) for package in lockfile.packages)
        return replace(lockfile, packages=tuple(package for package in packages if package))

    return changed


def newer(package: LockedPackage) -> LockedPackage:
    """Upgrade numpy everywhere, requests for Linux alone."""
    if package.name == "numpy" or (package.name == "requests" and package.platform == "linux-64"):
        return replace(package, version="9.0", url=package.url.replace(package.version, "9.0"))
    return package


def without_idna(package: LockedPackage) -> LockedPackage | None:
    """Take a package out."""
    return None if package.name == "idna" else package


def test_nothing_changed(committed: Repository) -> None:
    done = committed.mixlock("diff")
    assert (done.status, done.stdout) == (0, "no lock changed\n")
    assert committed.mixlock("diff", "--format", "markdown").stdout == "No lock changed.\n"


def test_the_work_tree_is_compared_with_the_last_commit(committed: Repository) -> None:
    rewrite(committed, each(newer))
    assert committed.mixlock("diff").stdout == (
        "environment: 2 upgraded\n"
        "  ^ conda numpy 1.26.4 -> 9.0  [linux-64, osx-arm64]\n"
        "  ^ pip   requests 2.31.0 -> 9.0  [linux-64]\n"
    )


def test_two_revisions_are_compared_and_the_work_tree_does_not_matter(committed: Repository) -> None:
    rewrite(committed, each(newer))
    committed.git("commit", "-qam", "upgrade")
    rewrite(committed, each(without_idna))
    assert committed.mixlock("diff", "HEAD~1", "HEAD").stdout.startswith("environment: 2 upgraded\n")
    assert committed.mixlock("diff", "HEAD", "HEAD~1").stdout.startswith("environment: 2 downgraded\n")
    assert committed.mixlock("diff").stdout.startswith("environment: 1 removed\n")


def test_a_pull_request_begins_where_its_branch_began(committed: Repository) -> None:
    committed.git("checkout", "-qb", "topic")
    rewrite(committed, each(newer))
    committed.git("commit", "-qam", "mine")
    committed.git("checkout", "-q", "main")
    rewrite(committed, each(without_idna))
    committed.git("commit", "-qam", "theirs")
    committed.git("checkout", "-q", "topic")
    assert committed.mixlock("diff", "--merge-base", "main").stdout.startswith("environment: 2 upgraded\n")
    assert committed.mixlock("diff", "main").stdout.startswith("environment: 1 added, 2 upgraded\n")


def test_two_branches_are_compared_from_where_they_parted(committed: Repository) -> None:
    for branch, change in (("a", newer), ("b", without_idna)):
        committed.git("checkout", "-q", "-B", branch, "main")
        rewrite(committed, each(change))
        committed.git("commit", "-qam", branch)
    committed.git("checkout", "-q", "main")
    assert committed.mixlock("diff", "a", "b", "--merge-base").stdout.startswith("environment: 1 removed\n")


def test_markdown_puts_in_front_what_needs_an_eye(committed: Repository) -> None:
    def elsewhere(package: LockedPackage) -> LockedPackage:
        if package.name != "requests":
            return package
        return replace(package, url="https://other.example/requests-2.31.0.tar.gz", sha256="ab" * 32)

    rewrite(committed, each(elsewhere))
    assert committed.mixlock("diff", "--format", "markdown").stdout == (
        "## Locks that changed\n\n"
        "### `environment`: 1 rebuilt\n\n"
        "- :warning: new host: `other.example`\n"
        "- :warning: no wheel fits, pip will build: `requests 2.31.0`\n\n"
        "| | package | from | before | after | platforms |\n"
        "|---|---|---|---|---|---|\n"
        "| rebuilt | `requests` | PyPI | `2.31.0` | `2.31.0` (another build) | all |\n"
    )


def _elsewhere(package: LockedPackage) -> LockedPackage:
    if package.name != "numpy":
        return package
    return replace(package, url=package.url.replace("https://", "https://mirror.example/"))


def _rehashed(package: LockedPackage) -> LockedPackage:
    return replace(package, md5="0" * 32, sha256="0" * 64) if package.name == "numpy" else package


def _other_needs(package: LockedPackage) -> LockedPackage:
    return replace(package, dependencies={}) if package.name == "numpy" else package


def _other_channels(lockfile: Lockfile) -> Lockfile:
    return replace(lockfile, channels=(*lockfile.channels, "conda-forge"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(each(_elsewhere), "(the same file from another address)", id="address"),
        pytest.param(each(_elsewhere), "! new channel: https://mirror.example/", id="channel"),
        pytest.param(each(_elsewhere), "! new host: mirror.example", id="host"),
        pytest.param(each(_rehashed), "! conda numpy 1.26.4 (the same file name with another hash)", id="hash"),
        pytest.param(each(_other_needs), "! `numpy` 1.26.4 needs other packages on linux-64", id="needs"),
        pytest.param(_other_channels, ", conda-forge now, were ", id="order of channels"),
    ],
)
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_changes_without_a_version_is_told_as_what_it_is(
    committed: Repository, change: Callable[[Lockfile], Lockfile], told: str, form: str
) -> None:
    rewrite(committed, change)
    shown = committed.mixlock("diff", "--format", form).stdout
    if form == "text":
        assert told in shown
    else:
        assert shown != {"markdown": "No lock changed.\n", "json": ""}[form]


@pytest.mark.parametrize(
    "name", ["conda-linux-64.lock", "pip-linux-64.txt", "conda-win-64.lock", "pip-win-64.txt", "conda-lock.yml"]
)
def test_a_file_that_does_not_say_what_its_lock_says_is_told(committed: Repository, name: str) -> None:
    file = committed.root / "locks/environment" / name
    before = file.read_bytes() if file.exists() else b""
    file.write_bytes(before + b"# by hand\n")
    told = committed.mixlock("diff").stdout
    assert "files that do not say what the lock says: " in told
    assert name in told
    committed.git("add", ".")
    committed.git("commit", "-qm", "by hand")
    assert committed.mixlock("diff", "HEAD~1", "HEAD").stdout == told
    document: dict[str, Any] = json.loads(committed.mixlock("diff", "HEAD~1", "--format", "json").stdout)
    assert name in document["environments"][0]["disagreeing_files"]


def test_environments_and_platforms_that_come_and_go(committed: Repository) -> None:
    def without_mac(lockfile: Lockfile) -> Lockfile:
        packages = tuple(package for package in lockfile.packages if package.platform == "linux-64")
        return replace(lockfile, packages=packages, platforms=lockfile.platforms[:1])

    shutil.copytree(committed.root / "locks/environment", committed.root / "locks/envs/gpu")
    rewrite(committed, without_mac)
    document: dict[str, Any] = json.loads(committed.mixlock("diff", "--format", "json").stdout)
    changed, came = document["environments"]
    assert (document["version"], changed["name"], came["name"]) == (1, "environment", "envs/gpu")
    assert (changed["state"], changed["removed_platforms"], came["state"]) == ("changed", ["osx-arm64"], "added")
    assert {change["kind"] for change in changed["changes"]} == {"removed"}
    assert all(change["platforms"] == ["osx-arm64"] for change in changed["changes"])
    only = committed.mixlock("diff", "--environment", "envs/gpu").stdout
    assert only.startswith("envs/gpu: new lock, ")
    shutil.rmtree(committed.root / "locks/environment")
    assert "environment: lock removed\n" in committed.mixlock("diff").stdout


def test_what_a_stranger_wrote_into_a_lock_is_no_markup(committed: Repository) -> None:
    def hostile(package: LockedPackage) -> LockedPackage:
        return replace(package, version="1 | <img src=x> @team `x`") if package.name == "libblas" else package

    rewrite(committed, each(hostile))
    assert "| `1 \\| <img src=x> @team 'x'` |" in committed.mixlock("diff", "--format", "markdown").stdout


@pytest.mark.parametrize(("name", "status"), [("environment.yml", 0), ("environment", 0), ("nowhere", 2)])
def test_an_environment_is_named_as_everywhere(committed: Repository, name: str, status: int) -> None:
    rewrite(committed, each(newer))
    done = committed.mixlock("diff", "--environment", name)
    assert (done.status, "2 upgraded" in done.stdout) == (status, status == 0)


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:environment.yml"])
def test_a_revision_that_is_none_is_a_usage_error(
    committed: Repository, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    assert main(["diff", "--root", str(committed.root), "--", revision]) == 2
    assert "git knows no such revision" in capsys.readouterr().err


def test_a_lock_that_cannot_be_read_is_told(committed: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (committed.root / LOCK).write_text("version: 7\n")
    assert main(["diff", "--root", str(committed.root)]) == 3
    assert f"mixlock: {LOCK}: version 7 of conda-lock's format is not known" in capsys.readouterr().err


def test_outside_of_git_there_is_no_revision(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(locked.root / ".git")
    assert main(["diff", "--root", str(locked.root)]) == 2
    assert "is not in a git repository; change to yours, or run `git init` here" in capsys.readouterr().err
    locked.git("init", "-q")
    assert main(["diff", "--root", str(locked.root)]) == 2
    assert "HEAD: nothing is committed here yet" in capsys.readouterr().err


@pytest.mark.parametrize(("environments", "packages"), [(1, 5_000), (10, 400), (60, 60), (2_000, 3)])
def test_markdown_stays_below_the_limit_of_a_comment_and_says_what_it_leaves_out(
    environments: int, packages: int
) -> None:
    changes = tuple(
        PackageChange(
            kind=ChangeKind.UPGRADED,
            manager=Manager.CONDA,
            name=f"package-{number}-é",
            before="1.0",
            after="2.0",
            platforms=(Subdir("linux-64"),),
        )
        for number in range(packages)
    )
    deltas = [
        LockDelta(environment=EnvironmentName(f"envs/{number}"), platforms=(Subdir("linux-64"),), changes=changes)
        for number in range(environments)
    ]
    text = lock_deltas.markdown(deltas)
    assert len(text.encode()) <= 65_000
    assert "too many for a comment" in text
    shown = text.count("### `envs/")
    assert shown == environments or f"…and {environments - shown} more environments" in text
