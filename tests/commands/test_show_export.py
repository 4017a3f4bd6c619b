"""``mixlock show`` and ``mixlock export``: a lock in other words, without the network."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.shell.host import host_platform
from tests.conftest import SPEC, new_repository
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.locked import Lockfile
    from tests.conftest import Repository

pytestmark = pytest.mark.usefixtures("locked_once")


def _lock(repository: Repository) -> Lockfile:
    return conda_lock_yml.parse((repository.root / "locks/environment/conda-lock.yml").read_bytes())


def test_a_lock_is_shown_as_text(locked_once: Repository) -> None:
    shown = locked_once.mixlock("show", "environment")
    assert shown.stdout.splitlines()[:4] == [
        "linux-64 (6 packages)",
        "  conda libblas   3.11.0",
        "  conda numpy     1.26.4",
        "  conda pip       25.2",
    ]
    assert "osx-arm64 (6 packages)" in shown.stdout


def test_a_lock_is_shown_as_json_with_all_that_metaflow_needs(locked_once: Repository) -> None:
    shown = json.loads(locked_once.mixlock("show", "environment", "--format", "json").stdout)
    assert (shown["version"], shown["name"]) == (1, "environment")
    assert list(shown["platforms"]) == ["linux-64", "osx-arm64"]
    packages = {(each["manager"], each["name"]): each for each in shown["platforms"]["linux-64"]}
    assert {name for _manager, name in packages} == {"libblas", "numpy", "pip", "python", "requests", "idna"}
    for each in packages.values():
        assert each["url"].startswith("https://")
        assert len(each["sha256"]) == 64
    assert packages["conda", "numpy"]["url"].startswith(f"{CHANNEL}/linux-64/numpy-1.26.4-")
    assert len(packages["conda", "numpy"]["md5"]) == 32
    assert packages["pip", "requests"]["dependencies"] == {"idna": ">=3"}


@pytest.mark.parametrize(
    ("words", "platforms"),
    [
        pytest.param((), ["linux-64", "osx-arm64"], id="all"),
        pytest.param(("--platform", "osx-arm64"), ["osx-arm64"], id="one"),
        pytest.param(("--platform", "osx-arm64", "--platform", "linux-64"), ["osx-arm64", "linux-64"], id="both"),
    ],
)
def test_platforms_are_chosen(locked_once: Repository, words: tuple[str, ...], platforms: list[str]) -> None:
    shown = json.loads(locked_once.mixlock("show", "environment", "--format", "json", *words).stdout)
    assert list(shown["platforms"]) == platforms


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("show", "nothing"), "nothing: no lock of that name", id="no such lock"),
        pytest.param(("show", "nothing:v1"), "nothing:v1: no lock of that name", id="no such alias"),
        pytest.param(
            ("show", "environment", "--platform", "win-64"),
            "is not locked for win-64; locked for: linux-64",
            id="show",
        ),
        pytest.param(
            ("export", "environment", "--to", "explicit", "--platform", "win-64"),
            "environment: is not locked for win-64; locked for: linux-64, osx-arm64",
            id="export",
        ),
        pytest.param(("export", "environment"), "--to", id="no format"),
        pytest.param(
            ("export", "environment", "--to", "nonsense"),
            "`nonsense` is none of its values; choose from explicit,",
            id="no such format",
        ),
    ],
)
def test_wrong_calls(locked_once: Repository, words: tuple[str, ...], told: str) -> None:
    done = locked_once.mixlock(*words)
    assert (done.status, done.stdout, told in done.stderr) == (2, "", True)


@pytest.mark.parametrize(
    "words", ["show", "why numpy", "why --platform linux-64 numpy", "export --to explicit", "install --dry-run"]
)
def test_where_one_environment_is_locked_it_need_not_be_named(locked_once: Repository, words: str) -> None:
    command, *others = words.split()
    done = locked_once.mixlock(command, *others)
    assert done.status == 0, done.stderr
    assert done.stdout == locked_once.mixlock(command, "environment", *others).stdout


def test_the_folder_of_one_environment_names_it(repository: Repository) -> None:
    repository.write("train/environment.yml", repository.read("environment.yml"))
    assert repository.mixlock("lock", "train/environment").status == 0
    shown = repository.mixlock("show", "train")
    assert (shown.status, shown.stdout) == (0, repository.mixlock("show", "train/environment").stdout), shown.stderr
    for words in (("rm", "train"), ("mv", "train/", "other.yml")):
        done = repository.mixlock(*words)
        assert (done.status, "a folder of environments, name them: train/environment" in done.stderr) == (2, True)


def test_where_several_are_locked_they_are_named(repository: Repository) -> None:
    repository.write("envs/env-b.yml", repository.read("environment.yml"))
    assert repository.mixlock("lock").status == 0
    done = repository.mixlock("show")
    told = "mixlock: 2 environments are locked, name one: environment, envs/env-b\n"
    assert (done.status, done.stdout, done.stderr) == (2, "", told)


NOT_LOCKED = {
    "not yet": ("dependencies: [python]\n", "environment: is not locked yet; `mixlock lock environment` locks it"),
    "never": (
        "dependencies:\n  - pip:\n    - git+https://git.example/a\n",
        "environment: cannot be locked (environment.yml:3:7: MIX101), so no lock; pip can install it",
    ),
    "refused": (
        "dependencies:\n  - python\n  - numpy\n  - pip:\n    - git+https://git.example/a\n",
        "environment: is not locked, and has errors; `mixlock check environment.yml`",
    ),
    "unreadable": ("a: [\n", "environment: is not locked, and has errors; `mixlock check environment.yml`"),
}


@pytest.mark.parametrize("row", NOT_LOCKED.values(), ids=NOT_LOCKED)
def test_why_an_environment_has_no_lock_is_said(repository: Repository, row: tuple[str, str]) -> None:
    repository.write("environment.yml", row[0])
    done = repository.mixlock("install", "environment")
    assert (done.status, row[1] in done.stderr) == (2, True), done.stderr
    nothing = repository.mixlock("install")
    assert (nothing.status, "nothing is locked here; `mixlock list`" in nothing.stderr) == (2, True)


def test_a_lock_that_is_kept_for_an_alias_is_not_another_environment(locked: Repository) -> None:
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    assert locked.mixlock("resolve", "-f", "environment.yml", "--alias", "team/ml:v1").status == 0
    locked.git("add", ".")
    locked.git("commit", "-qm", "alias")
    assert locked.mixlock("mv", "environment", "env-new.yml").status == 0
    assert any("environment@" in path for path in locked.locks()), locked.locks().keys()
    done = locked.mixlock("show", "--format", "json")
    assert (done.status, json.loads(done.stdout)["name"]) == (0, "env-new"), done.stderr


def test_why_without_a_package_says_so(locked_once: Repository) -> None:
    done = locked_once.mixlock("why", "environment")
    assert (done.status, "name a package: mixlock why environment PACKAGE" in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [("lock", "numpy"), ("lock", "--upgrade", "numpy"), ("drift", "Requests")])
def test_a_package_named_for_an_environment_is_told_with_how_to_upgrade_it(
    locked_once: Repository, words: tuple[str, ...]
) -> None:
    done = locked_once.mixlock(*words)
    told = f"`mixlock lock --upgrade-package {words[-1]}` upgrades this package"
    assert (done.status, told in done.stderr) == (2, True), done.stderr
    assert locked_once.mixlock("lock", "--dry-run", "--upgrade-package", words[-1]).status == 0


@pytest.mark.parametrize("command", ["show", "install", "why numpy", "export --to pylock"])
def test_a_lock_in_conflict_is_told_as_one(locked: Repository, command: str) -> None:
    lock = locked.root / "locks/environment/conda-lock.yml"
    lock.write_text(f"<<<<<<< HEAD\n{lock.read_text()}")
    done = locked.mixlock(*command.split())
    told = "it holds the markers of a merge conflict; merge the spec, then run `mixlock lock`"
    assert (done.status, told in done.stderr) == (2, True), done.stderr


def test_a_lock_that_cannot_be_read_is_a_wrong_call(tmp_path: Path, locked_once: Repository) -> None:
    root = tmp_path / "copy"
    shutil.copytree(locked_once.root, root)
    (root / "locks/environment/conda-lock.yml").write_text("{")
    done = locked_once.mixlock("show", "environment", "--root", str(root))
    assert (done.status, "conda-lock.yml" in done.stderr) == (2, True)


@pytest.mark.parametrize("platform", ["linux-64", "osx-arm64"])
def test_the_explicit_export_lists_what_the_lock_holds_in_its_order(locked_once: Repository, platform: str) -> None:
    exported = locked_once.mixlock("export", "environment", "--to", "explicit", "--platform", platform).stdout
    committed = locked_once.read(f"locks/environment/conda-{platform}.lock")
    assert _without_comments(exported) == _without_comments(committed)
    assert [line for line in exported.splitlines() if line.startswith("# pip ")] == [
        line for line in committed.splitlines() if line.startswith("# pip ")
    ]


def _without_comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_requirements_export_is_the_locks_own_file(locked_once: Repository) -> None:
    done = locked_once.mixlock("export", "environment", "--to", "requirements", "--platform", "linux-64")
    assert done.stdout == locked_once.read("locks/environment/pip-linux-64.txt")


def test_the_environment_export_pins_every_package(locked_once: Repository) -> None:
    done = locked_once.mixlock("export", "environment.yml", "--to", "environment", "--platform", "linux-64")
    exported = yaml.safe_load(done.stdout)
    packages = [package for package in _lock(locked_once).packages if package.platform == "linux-64"]
    *conda, pip = exported["dependencies"]
    assert exported["channels"] == [CHANNEL]
    assert exported["platforms"] == ["linux-64"]
    assert [entry.rpartition("=")[0] for entry in conda] == [
        f"{package.name}={package.version}"
        for package in sorted(packages, key=lambda found: found.name)
        if package.manager is Manager.CONDA
    ]
    assert all(f"/{entry.replace('=', '-')}." in " ".join(package.url for package in packages) for entry in conda)
    assert pip == {"pip": ["idna==3.10", "requests==2.31.0"]}


def test_the_environment_export_is_a_spec_that_locks_to_the_same_packages(
    tmp_path: Path, locked_once: Repository
) -> None:
    exported = locked_once.mixlock("export", "environment", "--to", "environment", "--platform", "linux-64").stdout
    other = new_repository(tmp_path / "other", locked_once.world, spec=exported)
    assert other.mixlock("check").status == 0
    done = other.mixlock("lock")
    assert done.status == 0, done.stderr
    packages = [package for package in _lock(locked_once).packages if package.platform == "linux-64"]
    assert [(found.name, found.url, found.sha256) for found in _lock(other).packages] == [
        (found.name, found.url, found.sha256) for found in packages
    ]


def test_the_only_platform_is_taken_and_the_specs_own_indices_are_named(
    tmp_path: Path, locked_once: Repository
) -> None:
    spec = f"pypi-indices: ['{INDEX}']\nplatforms: [win-64]\n" + SPEC
    made = new_repository(tmp_path / "win", locked_once.world, spec=spec)
    assert made.mixlock("lock").status == 0
    assert "# platform: win-64\n" in made.mixlock("export", "environment", "--to", "explicit").stdout
    exported = yaml.safe_load(made.mixlock("export", "environment", "--to", "environment").stdout)
    assert exported["pypi-indices"] == [INDEX]


def test_of_several_platforms_the_machines_is_taken(locked_once: Repository) -> None:
    done = locked_once.mixlock("export", "environment", "--to", "explicit")
    if host_platform() in {"linux-64", "osx-arm64"}:
        assert f"# platform: {host_platform()}\n" in done.stdout
    else:
        assert (done.status, "name one of its platforms with --platform" in done.stderr) == (2, True)


def test_nothing_is_fetched(locked_once: Repository) -> None:
    proxies = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    for words in (
        ("show", "environment"),
        *(("export", "environment", "--to", form) for form in ("explicit", "requirements", "environment")),
    ):
        assert locked_once.mixlock(*words, **proxies).status == 0
