"""``mixlock resolve``: a lock outside the configured set, names for it, and names that must not move."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands.parsing import parse
from mixlock_hooks.formats import toml_text
from mixlock_hooks.formats.aliases_toml import HEADER
from mixlock_hooks.model.digest import digest
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import CONFIGURATION, new_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository, TableWorld, World

_SPEC = "dependencies:\n- python=3.12\n- pip: [colors]\n"
_FLOW = """\
from metaflow import FlowSpec, named_env, step
class F(FlowSpec):
    @named_env(name="%s")
    @step
    def start(self): ...
"""


def _unresolved(root: Path, world: World) -> Repository:
    """Make a repository whose configured set is one flow; ``extra.yml`` is outside of it."""
    configuration = CONFIGURATION.replace('["linux-64", "osx-arm64"]', '["linux-64"]')
    made = new_repository(root, world, configuration='specs = ["flows/*.py"]\n' + configuration)
    made.write("extra.yml", _SPEC)
    made.write("flows/f.py", _FLOW % "mlp/ml-team/torch-cuda:v1")
    return made


@pytest.fixture(name="unresolved")
def _unresolved_fixture(tmp_path: Path, shared_world: World) -> Repository:
    return _unresolved(tmp_path / "unresolved", shared_world)


@pytest.fixture(name="resolved_once", scope="session")
def _resolved_once(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock and name ``extra.yml`` once, and commit; nobody may change this repository."""
    made = _unresolved(tmp_path_factory.mktemp("resolved") / "repository", shared_world)
    status, told = _resolve(made, "mlp/ml-team/torch-cuda:v1", "a", "a:candidate", "a:stable")
    assert status == 0, told
    _commit(made)
    made.git("checkout", "-q", "-b", "branch")
    return made


@pytest.fixture(name="made")
def _made(tmp_path: Path, resolved_once: Repository) -> Repository:
    shutil.copytree(resolved_once.root, tmp_path / "made")
    return replace(resolved_once, root=tmp_path / "made")


def _resolve(repository: Repository, *aliases: str, file: str = "extra.yml") -> tuple[int, str]:
    words = [word for each in aliases for word in ([each] if each.startswith("--") else ["--alias", each])]
    done = repository.mixlock("resolve", "-f", file, *words)
    return done.status, done.stdout + done.stderr


def _check(repository: Repository) -> tuple[int, list[str]]:
    done = repository.mixlock("check", "--format", "json")
    return done.status, [problem["message"] for problem in json.loads(done.stdout)["problems"]]


def _commit(repository: Repository, message: str = "x") -> None:
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", message)


def test_a_file_outside_of_the_configured_set_is_locked_and_named(unresolved: Repository) -> None:
    assert _check(unresolved) == (1, ["no alias `mlp/ml-team/torch-cuda:v1` is known"])
    status, told = _resolve(unresolved, "mlp/ml-team/torch-cuda:v1", "mlp/ml-team/torch-cuda")
    assert status == 0
    names = "mlp/ml-team/torch-cuda:v1, mlp/ml-team/torch-cuda:latest"
    assert f"extra: known as {names} in locks/aliases.toml\n" in told
    assert {name for name in unresolved.locks() if not name.startswith("extra/")} == {"aliases.toml"}
    assert _check(unresolved) == (0, [])
    assert unresolved.mixlock("drift").status == 0


def test_it_is_named_without_a_solve_where_it_is_fresh(made: Repository) -> None:
    assert _resolve(made, "b:v1") == (0, "extra: known as b:v1 in locks/aliases.toml\nextra: fresh\n")


def test_aliases_are_listed_and_show_their_lock(resolved_once: Repository) -> None:
    listed = resolved_once.mixlock("list").stdout.splitlines()
    assert [line.split() for line in listed] == [
        ["ENVIRONMENT", "STATE", "MODE", "PLATFORMS", "SPEC"],
        ["extra", "fresh", "pypi", "linux-64", "extra.yml"],
        *([name, "alias", "of", "extra"] for name in ("a:candidate", "a:latest", "a:stable")),
        ["mlp/ml-team/torch-cuda:v1", "alias", "of", "extra"],
    ]
    as_json = json.loads(resolved_once.mixlock("list", "--format", "json").stdout)
    assert as_json["aliases"]["mlp/ml-team/torch-cuda:v1"] == "extra"
    for name in ("mlp/ml-team/torch-cuda:v1", "a", "extra", "extra.yml"):
        shown = resolved_once.mixlock("show", name)
        assert (shown.status, "pip   colors  1.0" in shown.stdout) == (0, True)


def test_a_file_that_drifted_is_told_though_it_is_outside_of_the_set(made: Repository) -> None:
    made.write("extra.yml", _SPEC.replace("[colors]", "[colors, idna]"))
    done = made.mixlock("drift")
    assert (done.status, "extra.yml:3:17: MIX202" in done.stdout) == (1, True)


def test_the_command_that_drift_prints_gives_a_new_tag_and_the_old_one_keeps_its_lock(made: Repository) -> None:
    made.write("extra.yml", _SPEC.replace("[colors]", "[colors, idna]"))
    before = made.locks()["extra/conda-lock.yml"]
    printed = "mixlock resolve -f extra.yml --alias mlp/ml-team/torch-cuda:NEW_TAG"
    assert f"run `{printed}`" in made.mixlock("drift").stdout
    refused = made.mixlock("lock", "extra")
    assert (refused.status, f"`{printed}`" in refused.stderr) == (1, True)
    status, told = _resolve(made, "mlp/ml-team/torch-cuda:v2")
    assert (status, "mlp/ml-team/torch-cuda:v1 keeps its lock, in extra@v1" in told) == (0, True)
    assert made.locks()["extra@v1/conda-lock.yml"] == before
    assert "idna" in made.mixlock("show", "mlp/ml-team/torch-cuda:v2").stdout
    assert "idna" not in made.mixlock("show", "mlp/ml-team/torch-cuda:v1").stdout
    _commit(made)
    assert _check(made) == (0, [])
    drifted = made.mixlock("drift", "--tracked")
    assert (drifted.status, drifted.stdout) == (0, "")


@pytest.mark.parametrize(
    "words", [("--upgrade",), ("--force",), ("--upgrade-package", "colors"), ("--exclude-newer", "2025-01-31")]
)
def test_what_would_solve_the_lock_of_an_immutable_tag_again_is_refused_with_a_way_out(
    made: Repository, words: tuple[str, ...]
) -> None:
    before = made.locks()
    refused = made.mixlock("lock", *words, "extra")
    printed = "mixlock resolve -f extra.yml --alias mlp/ml-team/torch-cuda:NEW_TAG --upgrade"
    assert (refused.status, f"`{printed}`" in refused.stderr, made.locks()) == (1, True, before)
    assert _resolve(made, "mlp/ml-team/torch-cuda:v1", "--upgrade")[0] == 2
    assert made.locks() == before


def test_a_new_tag_is_given_to_an_upgrade_and_the_old_one_keeps_its_lock(made: Repository, world: TableWorld) -> None:
    made = replace(made, world=world)
    before = made.locks()["extra/conda-lock.yml"]
    made.world.add(render_wheel(SyntheticProject(name="colors", version="1.1")))
    status, told = _resolve(made, "mlp/ml-team/torch-cuda:v2", "--upgrade")
    assert (status, "mlp/ml-team/torch-cuda:v1 keeps its lock, in extra@v1" in told) == (0, True)
    assert made.locks()["extra@v1/conda-lock.yml"] == before
    assert "colors  1.1" in made.mixlock("show", "mlp/ml-team/torch-cuda:v2").stdout
    _commit(made)
    assert _check(made) == (0, [])


@pytest.mark.parametrize("name", ["conda-lock.yml", "conda-linux-64.lock", "pip-linux-64.txt"])
@pytest.mark.parametrize("words", [["drift"], ["drift", "--verify"], ["drift", "--since", "main"]])
def test_a_lock_that_only_an_alias_stands_for_is_believed_as_a_copy_of_one_that_was_committed(
    made: Repository, name: str, words: list[str]
) -> None:
    made.write("extra.yml", _SPEC.replace("[colors]", "[colors, idna]"))
    assert _resolve(made, "mlp/ml-team/torch-cuda:v2")[0] == 0
    made.git("add", ".")
    assert made.mixlock(*words).status == 0
    forged = made.root / "locks/extra@v1" / name
    forged.write_bytes(forged.read_bytes() + b"# by hand\n")
    aliases = made.read("locks/aliases.toml")
    old = toml_text.loads(aliases)["mlp/ml-team/torch-cuda:v1"]["lock"]
    lock = made.root / "locks/extra@v1/conda-lock.yml"
    made.write("locks/aliases.toml", aliases.replace(old, digest(lock.read_bytes())))
    made.git("checkout", "-q", "-b", "topic")
    made.git("add", ".")
    done = made.mixlock(*words)
    assert done.status == 1
    assert f"{name} is none that was committed before" in done.stdout


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda text: text.replace("'extra@v1'", "'extra'").replace('"extra@v1"', '"extra"'), id="repointed"
        ),
        pytest.param(lambda _text: HEADER, id="removed"),
    ],
)
@pytest.mark.parametrize("commits", [0, 1])
def test_the_lock_of_an_immutable_tag_that_a_hand_repointed_is_not_to_be_deleted(
    made: Repository, change: Callable[[str], str], commits: int
) -> None:
    made.write("extra.yml", _SPEC.replace("[colors]", "[colors, idna]"))
    assert _resolve(made, "mlp/ml-team/torch-cuda:v2")[0] == 0
    _commit(made)
    made.git("branch", "-f", "main", "HEAD")
    made.git("checkout", "-q", "-B", "topic")
    made.write("locks/aliases.toml", change(made.read("locks/aliases.toml")))
    for _number in range(commits):
        _commit(made)
    told = made.mixlock("drift").stdout
    assert "MIX209 no alias leads to `extra@v1` any more, which `mlp/ml-team/torch-cuda:v1` stands for" in told
    assert "(keep it, and restore the entry of `mlp/ml-team/torch-cuda:v1` in locks/aliases.toml)" in told
    assert "delete locks" not in told


def test_a_resolved_environment_is_one_of_all(made: Repository) -> None:
    made.write("extra.yml", _SPEC.replace("python=3.12", "python>=3.12"))
    made.write("flows/f.py", _FLOW % "a:stable")
    made.git("rm", "-q", "-f", "--cached", "locks/aliases.toml")
    (made.root / "locks/aliases.toml").unlink()
    _commit(made)
    made.git("branch", "-f", "main", "HEAD")
    assert made.mixlock("lock").status == 0
    listed = json.loads(made.mixlock("list", "--format", "json").stdout)["environments"]
    assert [(found["name"], found["state"]) for found in listed] == [("extra", "fresh")]


@pytest.mark.parametrize("depth", ["1", "full"])
def test_an_immutable_tag_is_compared_with_the_default_branch_or_exit_3_says_why(
    made: Repository, tmp_path: Path, depth: str
) -> None:
    made.git("checkout", "-q", "-b", "develop", "main")
    _commit_to(made, "flows/g.py", "x = 1\n")
    words = ("--depth", "1") if depth == "1" else ()
    made.git("clone", "-q", *words, "--branch", "develop", made.root.as_uri(), str(tmp_path / "clone"))
    clone = replace(made, root=tmp_path / "clone")
    clone.git("remote", "rename", "origin", "company")
    clone.git("symbolic-ref", "--delete", "refs/remotes/company/HEAD")
    path, lock = "locks/aliases.toml", "locks/extra/conda-lock.yml"
    clone.write(path, clone.read(path).partition('["mlp/ml-team/torch-cuda:v1"]')[0])
    assert lock in clone.git("ls-files")
    done = clone.mixlock("check")
    if depth == "1":
        assert (done.status, "fetch-depth: 0" in done.stderr) == (3, True)
        assert clone.mixlock("check", "--base", "HEAD").status == 1
    else:
        assert (done.status, "MIX010" in done.stdout) == (1, True)


@pytest.mark.parametrize("branches", ["of a remote", "local"])
def test_a_default_branch_that_is_not_there_is_told_as_what_is_set(
    made: Repository, tmp_path: Path, branches: str
) -> None:
    if branches == "of a remote":
        made.git("clone", "-q", made.root.as_uri(), str(tmp_path / "clone"))
        made = replace(made, root=tmp_path / "clone")
    made.write("mixlock.toml", f'default-branch = "nope"\n{made.read("mixlock.toml")}')
    done = made.mixlock("check")
    assert (done.status, "`default-branch` is `nope`, and there is no such branch here" in done.stderr) == (3, True)
    assert made.mixlock("check", "--base", "HEAD").status == 0


def _commit_to(repository: Repository, path: str, text: str) -> None:
    repository.write(path, text)
    _commit(repository)


def test_three_tags_may_move_to_another_lock(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    made.write("flows/f.py", _FLOW % "a:stable")
    made.write("extra.yml", _SPEC.replace("python", "libblas\n- python"))
    before = made.locks()
    status, told = _resolve(made, "a:stable")
    assert (status, "`mlp/ml-team/torch-cuda:v1` is immutable and stands for the lock of extra" in told) == (2, True)
    assert made.locks() == before
    made.git("checkout", "-q", "HEAD", "--", "extra.yml")
    made.write("other.yml", _SPEC.replace("python", "libblas\n- python"))
    words = [word for alias in ("a", "a:candidate", "a:stable") for word in ("--alias", alias)]
    assert made.mixlock("resolve", "-f", "other.yml", *words).status == 0
    assert made.read("locks/aliases.toml").count('environment = "other"') == 3


def test_an_immutable_alias_may_move_until_it_is_committed_where_the_branch_begins(made: Repository) -> None:
    assert _resolve(made, "b:v1")[0] == 0
    _commit(made, "b:v1")
    aliases = made.read("locks/aliases.toml")
    head, mark, tail = aliases.partition('["b:v1"]')
    made.write(
        "locks/aliases.toml", head + mark + tail.replace('fingerprint = "sha256:', 'fingerprint = "sha256:0', 1)
    )
    assert _resolve(made, "b:v1")[0] == 0
    assert made.read("locks/aliases.toml") == aliases
    assert _check(made) == (0, [])


_V1 = "alias `mlp/ml-team/torch-cuda:v1`"


@pytest.mark.parametrize(
    ("change", "claims"),
    [
        pytest.param("lock", [f"{_V1} is immutable, and the lock of `extra` changed"], id="its lock changed"),
        pytest.param(
            "moved",
            [
                f"{_V1} is immutable, and the lock of `extra` changed",
                f"{_V1} stands for another lock of `extra` now",
            ],
            id="it moved",
        ),
        pytest.param("removed", [f"{_V1} was removed"], id="it was removed"),
        pytest.param("deleted", [f"{_V1} was removed"], id="the file was deleted"),
        pytest.param("garbled", ["cannot be read: "], id="the file cannot be read"),
        pytest.param("merging", ["aliases.toml holds the markers of a merge conflict"], id="a merge conflict"),
    ],
)
def test_a_branch_that_changed_an_immutable_alias_is_told(made: Repository, change: str, claims: list[str]) -> None:
    made.write("flows/f.py", _FLOW.replace("named_env", "conda").replace('name="%s"', 'libraries={"libblas": ""}'))
    path, lock = "locks/aliases.toml", "locks/extra/conda-lock.yml"
    if change == "lock":
        made.write(lock, made.read(lock) + "# more\n")
    elif change == "deleted":
        made.git("rm", "-qf", path)
    else:
        head, mark, tail = made.read(path).partition('["mlp/ml-team/torch-cuda:v1"]')
        moved = head + mark + tail.replace('lock = "', 'lock = "x')
        made.write(path, {"moved": moved, "removed": head, "garbled": "[\n", "merging": "<<<<<<<\n"}[change])
    _commit(made, "y")
    status, found = _check(made)
    assert status == 1
    assert len(found) == len(claims)
    assert all(message.startswith(claim) for message, claim in zip(sorted(found), claims, strict=True))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("--alias", "A"), "a name holds lower-case letters", id="a bad name"),
        pytest.param(("--alias", "a:1.0"), "a tag holds lower-case letters", id="a bad tag"),
        pytest.param(("--platform", "win-64"), "no environment asks for it", id="another platform"),
    ],
)
def test_wrong_calls(unresolved: Repository, words: tuple[str, ...], told: str) -> None:
    done = unresolved.mixlock("resolve", "-f", "extra.yml", *words)
    assert (done.status, told in done.stderr, (unresolved.root / "locks").exists()) == (2, True, False)


@pytest.mark.parametrize(
    ("file", "text", "status", "told"),
    [
        pytest.param("no.yml", None, 2, "no.yml: no such file", id="no such file"),
        pytest.param("x.py", "x = 1\n", 2, "x.py: asks for no environment", id="no flow"),
        pytest.param("x.yml", "dependencies: [git+https://g.example/x]\n", 1, "MIX101", id="a policy problem"),
        pytest.param("x.yml", "dependencies: [nothing-like-it]\n", 3, "MIX304", id="no such package"),
    ],
)
def test_what_cannot_be_locked_is_not_named(
    unresolved: Repository, file: str, text: str | None, status: int, told: str
) -> None:
    if text is not None:
        unresolved.write(file, text)
    done = unresolved.mixlock("resolve", "-f", file, "--alias", "a:v1")
    assert (done.status, told in done.stderr) == (status, True)
    assert not (unresolved.root / "locks/aliases.toml").exists()


def test_requirements_are_resolved_too(unresolved: Repository) -> None:
    unresolved.write("reqs.txt", "--conda-pkg python=3.12\n--conda-pkg numpy=1.26\ncolors==1.0\n")
    assert _resolve(unresolved, "reqs:v1", file="reqs.txt")[0] == 0
    assert "numpy" in unresolved.mixlock("show", "reqs:v1").stdout


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-f", "a.yml", "--root", ".", "--root", ".."], id="two roots"),
    ],
)
def test_what_is_given_twice_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse(["resolve", *words])
    assert leaving.value.code == 2
    assert "is given twice, but takes only one" in capsys.readouterr().err
