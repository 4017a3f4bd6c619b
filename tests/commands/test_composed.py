"""Environments of several files: joined as conda-lock joins its ``-f a -f b``, known to every verb."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import conda_lock_yml

if TYPE_CHECKING:
    from tests.conftest import Repository

CONFIGURED = """
[environments.dev]
specs = ["environment.yml", "extra/dev.yml", "tools.txt"]
[environments."gpu/cuda12"]
specs = ["environment.yml"]
virtual-packages.linux-64 = { __cuda = "12.6", __glibc = "2.28" }
"""


@pytest.fixture
def composed(repository: Repository) -> Repository:
    """Return a repository with two configured environments of three files."""
    repository.write("environment.yml", "dependencies:\n- python=3.12\n- numpy>=1.26\n- pip: [idna]\n")
    repository.write("extra/dev.yml", "dependencies:\n- numpy<2\n- pandas\n- pip: [colors]\n")
    repository.write("tools.txt", "requests==2.31.0\n")
    repository.write("mixlock.toml", repository.read("mixlock.toml") + CONFIGURED)
    return repository


def _locked(repository: Repository, name: str) -> dict[str, str]:
    lock = conda_lock_yml.parse((repository.root / f"locks/{name}/conda-lock.yml").read_bytes())
    return {package.name: package.version for package in lock.packages if package.platform == "linux-64"}


def test_every_verb_knows_them(composed: Repository) -> None:
    assert composed.mixlock("check").status == 0
    done = composed.mixlock("lock")
    assert done.status == 0, done.stderr
    assert {path.rpartition("/")[0] for path in composed.locks()} == {"dev", "gpu/cuda12"}
    dev = _locked(composed, "dev")
    assert {name: dev[name] for name in ("numpy", "requests")} == {"numpy": "1.26.4", "requests": "2.31.0"}
    assert {"pandas", "colors", "idna"} <= dev.keys()
    assert _locked(composed, "gpu/cuda12")["numpy"] == "2.2.6"
    drifted = composed.mixlock("drift", "--verify", "--strict")
    assert (drifted.status, drifted.stdout) == (0, "")
    listed: dict[str, Any] = json.loads(composed.mixlock("list", "--format", "json").stdout)
    assert [(each["name"], each["state"]) for each in listed["environments"]] == [
        ("dev", "fresh"),
        ("gpu/cuda12", "fresh"),
    ]
    assert listed["environments"][1]["virtual_packages"]["linux-64"]["__cuda"] == "12.6"
    assert "extra/dev.yml:3 asks for pandas" in composed.mixlock("why", "dev", "pandas").stdout
    assert composed.mixlock("lock", "dev").stderr.startswith("dev: fresh")


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("extra/dev.yml", "dependencies:\n- numpy<2\n- pandas\n- tzdata\n- pip: [colors]\n", "extra/dev.yml:4:3"),
        ("tools.txt", "requests==2.32.0\n", "tools.txt:1:1"),
        (
            "environment.yml",
            "dependencies:\n- python=3.12\n- numpy>=1.26,<2\n- tzdata\n- pip: [idna]\n",
            "environment.yml:4:3",
        ),
    ],
)
def test_drift_stands_in_the_file_that_changed_and_since_knows_them_all(
    composed: Repository, file: str, text: str, place: str
) -> None:
    assert composed.mixlock("lock").status == 0
    composed.git("add", ".")
    composed.git("commit", "-qm", "lock")
    composed.write(file, text)
    for words in (["drift"], ["drift", "--since", "HEAD"], ["drift", "dev"]):
        done = composed.mixlock(*words)
        assert done.status == 1
        assert f"{place}: MIX202" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "extra/dev.yml",
            "dependencies: [numpy<1]\n",
            "MIX006 `numpy` is asked for as `numpy<1` here and as `numpy>=1.26` in environment.yml:3",
        ),
        ("extra/dev.yml", "dependencies: [\n", "extra/dev.yml:1:16: MIX001"),
    ],
)
def test_files_that_do_not_go_together_are_told_with_both_places(
    composed: Repository, file: str, text: str, told: str
) -> None:
    composed.write(file, text)
    done = composed.mixlock("check")
    if told:
        assert (done.status, told in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("channels: [x, c]", "channels: [c]", ""),
        ("channels: [c]", "channels: [x, c]", ""),
        (
            "channels: [c, x]",
            "channels: [c]",
            "MIX006 channels c here and c, x in environment.yml:1:12 have no common order",
        ),
        ("platforms: [linux-64, win-64]", "platforms: [win-64, osx-64]", ""),
        (
            "platforms: [linux-64]",
            "platforms: [win-64]",
            "MIX006 the files of this environment have no platform in common",
        ),
    ],
)
def test_channels_and_platforms_are_joined_as_conda_lock_does(
    composed: Repository, first: str, second: str, told: str
) -> None:
    composed.write("environment.yml", f"{first}\ndependencies: [python=3.12]\n")
    composed.write("extra/dev.yml", f"{second}\ndependencies: [pandas]\n")
    done = composed.mixlock("check")
    assert (done.status, told in done.stdout) == (1 if told else 0, True), done.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[environments.x]\n", "`x` needs `specs`"),
        ("[environments.x]\nspecs = []\n", "`x` needs `specs`"),
        ('[environments.x]\nspecs = ["../a.yml"]\n', "made of files of the repository, not `../a.yml`"),
        ('[environments."../x"]\nspecs = ["environment.yml"]\n', "made of names"),
        ('[environments.x]\nspecs = ["environment.yml"]\nnonsense = 1\n', "`x` needs `specs`"),
        ("[environments]\nx = 1\n", "`x` needs `specs`"),
    ],
)
def test_what_is_no_environment_is_refused(repository: Repository, text: str, told: str) -> None:
    repository.write("mixlock.toml", repository.read("mixlock.toml") + text)
    done = repository.mixlock("check")
    assert (done.status, told in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("path", ["nowhere.yml", "flow.py", "pyproject.toml"])
def test_a_file_that_cannot_be_part_is_told(repository: Repository, path: str) -> None:
    repository.write("mixlock.toml", repository.read("mixlock.toml") + f'[environments.x]\nspecs = ["{path}"]\n')
    done = repository.mixlock("check")
    assert (done.status, path in done.stdout) == (1, True), done.stdout


def test_a_file_that_is_listed_is_an_environment_of_its_own_too(composed: Repository) -> None:
    composed.write("mixlock.toml", 'specs = ["environment.yml"]\n' + composed.read("mixlock.toml"))
    listed: dict[str, Any] = json.loads(composed.mixlock("list", "--format", "json").stdout)
    assert sorted(each["name"] for each in listed["environments"]) == ["dev", "environment", "gpu/cuda12"]


def test_resolve_takes_several_files_where_they_are_one_environment(composed: Repository) -> None:
    words = ("-f", "environment.yml", "-f", "extra/dev.yml", "-f", "tools.txt")
    done = composed.mixlock("resolve", *words, "--alias", "team/dev:v1")
    assert done.status == 0, done.stderr
    assert "colors" in composed.mixlock("show", "team/dev:v1").stdout
    composed.git("add", ".")
    composed.git("commit", "-qm", "all")
    assert composed.mixlock("drift", "team/dev:v1").status == 0
    assert composed.mixlock("drift").status == 1  # gpu/cuda12 has no lock yet
    refused = composed.mixlock("resolve", "-f", "environment.yml", "-f", "tools.txt")
    assert (refused.status, '`specs = ["environment.yml", "tools.txt"]`' in refused.stderr) == (2, True)


def test_a_part_that_is_checked_by_its_path_is_checked_as_a_part(composed: Repository) -> None:
    """pre-commit names the files of a commit; a part need not name a python of its own."""
    done = composed.mixlock("check", "tools.txt", "extra/dev.yml")
    assert (done.status, done.stdout) == (0, "")
    composed.write("tools.txt", "requests<2,>3\n")
    assert composed.mixlock("check", "tools.txt").status == 1


def test_an_environment_may_have_a_python_of_its_own(repository: Repository) -> None:
    repository.write("tools.txt", "requests==2.31.0\n")
    table = '[environments.web]\nspecs = ["tools.txt"]\npython = "3.12"\n'
    repository.write("mixlock.toml", repository.read("mixlock.toml") + table)
    assert (repository.mixlock("check", "--strict").status, repository.mixlock("lock", "web").status) == (0, 0)
    assert _locked(repository, "web")["python"].startswith("3.12.")
    assert repository.mixlock("drift", "web", "--verify", "--strict").status == 0
    repository.write("mixlock.toml", repository.read("mixlock.toml").replace("3.12", "3.11"))
    assert repository.mixlock("drift", "web").status == 1
    repository.write("tools.txt", "requests==2.31.0\npython==3.12.*\n")
    done = repository.mixlock("check")
    assert (done.status, "MIX006 `python` is asked for as `python=3.11`" in done.stdout) == (1, True), done.stdout
