"""What mixlock says to type works where it is read: below the root, from another folder, and in a hook."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.report.standpoint import Standpoint
from tests.conftest import run_there

if TYPE_CHECKING:
    from tests.conftest import Done, Repository

_LOCK = "locks/environment/conda-lock.yml"
_PIP = "locks/environment/pip-linux-64.txt"
_COMMAND = re.compile(r"`((?:git|mixlock) [^`]+)`")


@pytest.fixture(name="kept")
def _kept(locked: Repository) -> Repository:
    locked.git("add", "-A")
    locked.git("commit", "-q", "-m", "x")
    for folder in ("sub/sub", "../elsewhere"):
        (locked.root / folder).mkdir(parents=True, exist_ok=True)
    return locked


def _from(kept: Repository, folder: str, *words: str, **variables: str) -> Done:
    return kept.world.mixlock(kept.root / folder, words, variables)


def _edited(kept: Repository) -> None:
    kept.write(_LOCK, kept.read(_LOCK).replace("version: 1.26.4", "version: 1.26.5"))


def _differing(kept: Repository) -> None:
    kept.write(_PIP, f"{kept.read(_PIP)}mine==1\n")


def _untracked(kept: Repository) -> None:
    kept.git("rm", "-rq", "--cached", "locks")


FOLDERS = [
    pytest.param("sub/sub", (), id="below the root"),
    pytest.param("../elsewhere", ("--root", "../locked"), id="elsewhere"),
    pytest.param("sub", ("--root", ".."), id="a root that is found anyway"),
]


@pytest.mark.parametrize(("folder", "root"), FOLDERS)
@pytest.mark.parametrize("damage", [_edited, _differing, _untracked])
def test_what_drift_says_to_type_works_there(
    kept: Repository, damage: object, folder: str, root: tuple[str, ...]
) -> None:
    damage(kept)  # type: ignore[operator]
    found = _from(kept, folder, "drift", "--tracked", *root)
    assert found.status == 1
    for command in dict.fromkeys(_COMMAND.findall(found.stdout)):
        program, *words = shlex.split(command)
        if program == "git":
            done = run_there([program, *words], kept.root / folder, kept.world.environment)
        else:
            done = _from(kept, folder, *words)
        assert done.status == 0, (command, done)
    assert _from(kept, folder, "drift", "--tracked", *root).status == 0


def test_a_hook_speaks_to_who_committed_in_a_subfolder(kept: Repository) -> None:
    """Git runs its hooks at the top, and names the folder that it was called in."""
    _edited(kept)
    assert "`git -C ../.. restore" in _from(kept, ".", "drift", GIT_PREFIX="sub/sub/").stdout


@pytest.mark.parametrize(
    ("folder", "root"),
    [
        pytest.param(".", ("--root", "sub"), id="named from the top"),
        pytest.param("sub", (), id="stood in"),
        pytest.param("sub/sub", ("--root", ".."), id="named from below"),
        pytest.param("../elsewhere", ("--root", "../locked/sub"), id="named from elsewhere"),
    ],
)
def test_services_get_paths_of_what_they_checked_out(kept: Repository, folder: str, root: tuple[str, ...]) -> None:
    kept.write("sub/mixlock.toml", "")
    kept.write("sub/environment.yml", "dependencies:\n- numpy=1.26\n")
    asked = [_from(kept, folder, "drift", *root, "--format", form).stdout for form in ("github", "gitlab", "sarif")]
    github, gitlab, sarif = asked
    assert "file=sub/environment.yml," in github
    assert {each["location"]["path"] for each in json.loads(gitlab)} == {"sub/environment.yml"}
    result = json.loads(sarif)["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/environment.yml"
    of_json = json.loads(_from(kept, folder, "drift", *root, "--format", "json").stdout)["problems"]
    assert {each["path"] for each in of_json} == {"environment.yml"}


def test_check_takes_a_path_as_places_and_hints_name_it(kept: Repository) -> None:
    assert _from(kept, "sub", "check", "environment.yml").status == 0


TEXTS = [
    pytest.param("run `mixlock lock x`", "run `mixlock --root 'a b' lock x`", id="a command of mixlock"),
    pytest.param("run `git add x`, then", "run `git -C 'a b' add x`, then", id="a command of git"),
    pytest.param("`mixlock explain MIX101`", "`mixlock explain MIX101`", id="about no repository"),
    pytest.param("`mixlock --root x lock`", "`mixlock --root x lock`", id="a root that is named"),
    pytest.param("or `git init` here", "or `git init` here", id="git for a new repository"),
]


@pytest.mark.parametrize(("told", "read"), TEXTS)
def test_a_text_is_spelled_for_another_folder(told: str, read: str) -> None:
    assert Standpoint(root="a b", unfound=True).text(told) == read
    assert Standpoint().text(told) == told


IGNORED = [
    pytest.param(".gitignore", "locks/", ".gitignore:1, `locks/`", id="the folder"),
    pytest.param(".gitignore", "# x\n*.lock\nconda-lock.*", ".gitignore:3, `conda-lock.*`", id="a name"),
    pytest.param("locks/.gitignore", "*", "locks/.gitignore:1, `*`", id="in the folder"),
]


@pytest.mark.parametrize(("path", "rules", "told"), IGNORED)
def test_a_lock_that_git_ignores_is_told_with_the_rule(kept: Repository, path: str, rules: str, told: str) -> None:
    kept.git("rm", "-rq", "--cached", "locks")
    (kept.root / path).write_text(f"{rules}\n", encoding="utf-8")
    found = _from(kept, "sub", "drift", "--tracked")
    assert f"git ignores it by {told} (take that rule out, or run `git -C .. add --force locks" in found.stdout
    kept.git("add", "--force", "locks/environment")
    assert kept.mixlock("drift", "--tracked").status == 0


def test_what_is_locked_into_an_ignored_folder_is_staged_by_force(kept: Repository) -> None:
    kept.git("rm", "-rqf", "locks")
    kept.write(".gitignore", "locks/\n")
    told = kept.mixlock("drift", "--tracked").stdout
    assert "`mixlock lock environment`, then `git add --force environment.yml locks/environment`" in told
