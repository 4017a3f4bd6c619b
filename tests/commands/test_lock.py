"""``mixlock lock``: what it writes, keeps, and does not ask for; ``test_engines.py`` has the real engines."""

from __future__ import annotations

import getpass
import json
import re
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import LOOSE, versions
from tests.commands.specs import HEAD, SPECS, UNSOLVABLE, lock_table
from tests.conftest import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.solving import SolveRequest
    from tests.conftest import Repository, TableWorld


def test_a_mixed_spec_is_locked_for_every_platform_and_is_fresh_afterwards(locked: Repository) -> None:
    assert sorted(locked.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/conda-osx-arm64.lock",
        "environment/pip-linux-64.txt",
        "environment/pip-osx-arm64.txt",
        "environment/stamp.json",
    ]
    assert versions(locked) == {
        "conda libblas": "3.11.0",
        "conda numpy": "1.26.4",
        "conda pip": "25.2",
        "conda python": "3.12.11",
        "pip idna": "3.10",
        "pip requests": "2.31.0",
    }
    assert locked.mixlock("drift", "--verify").status == 0


def test_a_lock_names_nothing_of_the_machine_that_made_it(locked: Repository) -> None:
    told = b"\n".join(locked.locks().values())
    words = [
        str(locked.root.parents[2]),
        "127.0.0.1",
        "localhost",
        getpass.getuser(),
        str(locked.root),
        "2026-",
        "stub",
        "mixlock-conda",
    ]
    assert [word for word in words if re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)".encode(), told)] == []
    assert {url.split("/")[2] for url in re.findall(r"https?://\S+", told.decode())} == {
        "conda.example",
        "index.example",
    }


def test_every_file_is_utf_8_with_line_feeds(locked: Repository) -> None:
    for content in locked.locks().values():
        assert content.decode("utf-8").endswith("\n")
        assert b"\r" not in content


def test_nothing_drifted_so_nothing_is_asked(locked: Repository, asked: list[SolveRequest]) -> None:
    before = locked.locks()
    done = locked.mixlock("lock")
    assert (done.status, done.stdout, done.stderr) == (0, "", "environment: fresh\n")
    assert (locked.locks(), asked) == (before, [])


@pytest.mark.parametrize("path", ["conda-linux-64.lock", "pip-osx-arm64.txt"])
@pytest.mark.parametrize("damage", ["edited", "deleted", "conflict"])
def test_exports_are_rendered_again_without_a_solve(
    locked: Repository, asked: list[SolveRequest], path: str, damage: str
) -> None:
    before = locked.locks()
    file = locked.root / "locks/environment" / path
    if damage == "deleted":
        file.unlink()
    else:
        file.write_text({"edited": "mine\n", "conflict": "<<<<<<< a\n=======\n>>>>>>> b\n"}[damage], encoding="utf-8")
    done = locked.mixlock("lock")
    assert (done.status, done.stdout) == (0, "environment: wrote 1 file: no package changed\n"), done.stderr
    assert (locked.locks(), asked) == (before, [])


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        pytest.param(r"sha256: [0-9a-f]{64}", f"sha256: {'0' * 64}", id="a hash"),
        pytest.param(r"(?m)^package:$", "<<<<<<< a\n=======\n>>>>>>> b\npackage:", id="conflict markers"),
        pytest.param(r"(?s).*", "no lock", id="all of it"),
    ],
)
def test_a_lock_changed_by_hand_is_solved_again(locked: Repository, pattern: str, new: str) -> None:
    before = locked.locks()
    path = "locks/environment/conda-lock.yml"
    locked.write(path, re.sub(pattern, new, locked.read(path), count=1))
    assert locked.mixlock("lock").status == 0
    assert locked.locks() == before


def test_force_solves_again_and_changes_nothing(locked: Repository) -> None:
    before = locked.locks()
    done = locked.mixlock("lock", "--force")
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "solving conda packages" in done.stderr
    assert locked.locks() == before


def test_what_still_fits_is_kept(loosened: Repository) -> None:
    assert versions(loosened)["conda numpy"] == "1.26.4"
    assert versions(loosened)["pip requests"] == "2.31.0"


def test_one_requirement_more_changes_only_it(loosened: Repository) -> None:
    loosened.write("environment.yml", f"{LOOSE}    - colors\n")
    done = loosened.mixlock("lock")
    assert (done.status, done.stdout) == (
        0,
        "environment: wrote 6 files: 1 added\n  + pip   colors 1.0  [linux-64, osx-arm64]\n",
    ), done.stderr


@pytest.mark.parametrize(
    ("words", "numpy", "requests"),
    [
        pytest.param(["--upgrade"], "2.2.6", "2.32.0", id="everything"),
        pytest.param(["--upgrade-package", "numpy"], "2.2.6", "2.31.0", id="a conda package"),
        pytest.param(["--upgrade-package", "Requests"], "1.26.4", "2.32.0", id="a PyPI package, spelled otherwise"),
        pytest.param(["--upgrade-package", "libblas"], "1.26.4", "2.31.0", id="one that has nothing newer"),
    ],
)
def test_upgrade(loosened: Repository, words: list[str], numpy: str, requests: str) -> None:
    done = loosened.mixlock("lock", *words)
    assert done.status == 0, done.stderr
    found = versions(loosened)
    assert (found["conda numpy"], found["pip requests"]) == (numpy, requests)


def test_a_dry_run_prints_and_writes_nothing(loosened: Repository) -> None:
    before = loosened.locks()
    done = loosened.mixlock("lock", "--dry-run", "--upgrade")
    assert done.stdout.startswith("environment: would write 6 files: 2 upgraded\n"), done.stderr
    assert "^ conda numpy 1.26.4 -> 2.2.6" in done.stdout
    assert (done.status, loosened.locks()) == (0, before)
    assert loosened.git("status", "--porcelain", "--ignored", "--", "locks") == "?? locks/\n"


def test_fail_on_change_exits_with_1(loosened: Repository) -> None:
    loosened.git("add", "locks")
    assert loosened.mixlock("lock", "--fail-on-change").status == 0
    assert loosened.mixlock("lock", "--upgrade", "--fail-on-change").status == 1


def test_only_the_platform_that_drifted_is_solved(locked: Repository, asked: list[SolveRequest]) -> None:
    before = locked.locks()["environment/pip-linux-64.txt"]
    locked.write("environment.yml", f"{locked.read('environment.yml')}    - colors  # [osx]\n")
    done = locked.mixlock("lock")
    assert (done.status, done.stdout) == (
        0,
        "environment: wrote 4 files: 1 added\n  + pip   colors 1.0  [osx-arm64]\n",
    ), done.stderr
    assert [request.spec.platform for request in asked] == ["osx-arm64"]
    assert locked.locks()["environment/pip-linux-64.txt"] == before
    assert locked.mixlock("drift").status == 0


def test_a_platform_that_is_asked_for_no_more_loses_its_files(locked: Repository, asked: list[SolveRequest]) -> None:
    locked.write("mixlock.toml", locked.read("mixlock.toml").replace(', "osx-arm64"', ""))
    done = locked.mixlock("lock")
    assert (done.status, asked) == (0, []), done.stderr
    assert sorted(locked.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/pip-linux-64.txt",
        "environment/stamp.json",
    ]
    assert locked.mixlock("drift").status == 0


def test_a_platform_more_is_solved_alone(locked: Repository, asked: list[SolveRequest]) -> None:
    locked.write("mixlock.toml", locked.read("mixlock.toml").replace('"osx-arm64"', '"osx-arm64", "win-64"'))
    done = locked.mixlock("lock")
    assert done.status == 0, done.stderr
    assert "environment/conda-win-64.lock" in locked.locks()
    assert [request.spec.platform for request in asked] == ["win-64"]


def test_one_platform_is_locked_alone_where_it_is_named(locked: Repository) -> None:
    locked.write("environment.yml", f"{locked.read('environment.yml')}    - colors\n")
    done = locked.mixlock("lock", "--platform", "osx-arm64")
    assert (done.status, "[linux-64]" in done.stderr) == (0, False), done.stderr
    assert locked.mixlock("drift", "--platform", "osx-arm64").status == 0
    told = locked.mixlock("drift").stdout
    assert "MIX202 PyPI requirement `colors` was added [linux-64]" in told
    assert locked.mixlock("lock").stdout.endswith("+ pip   colors 1.0  [linux-64]\n")
    assert locked.mixlock("drift").status == 0


def test_the_first_lock_of_one_platform_holds_only_it(locked_once: Repository, tmp_path: Path) -> None:
    made = new_repository(tmp_path / "repository", locked_once.world, f"{HEAD}  - numpy\n")
    assert made.mixlock("lock", "--platform", "linux-64").status == 0
    assert sorted(made.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/pip-linux-64.txt",
        "environment/stamp.json",
    ]
    assert "MIX203" in made.mixlock("drift").stdout


def test_environments_are_locked_beside_each_other_and_one_failure_stops_no_other(locked: Repository) -> None:
    locked.write("envs/a/b.yml", f"{HEAD}  - numpy\n")
    locked.write("envs/a/broken.yml", f"{HEAD}  - nowhere-to-be-found\n")
    locked.write("mixlock.toml", locked.read("mixlock.toml") + 'specs = ["environment.yml", "envs/**/*.yml"]\n')
    before = locked.locks()
    done = locked.mixlock("lock")
    assert done.status == 3
    assert "envs/a/broken.yml:3:5: MIX304 `nowhere-to-be-found` is in none of the channels" in done.stderr
    assert "envs/a/broken: not locked; no lock file was written" in done.stderr
    assert versions(locked, "envs/a/b")["conda numpy"] == "2.2.6"
    assert "  - ../../../../envs/a/b.yml\n" in locked.read("locks/envs/a/b/conda-lock.yml")
    assert {name: content for name, content in locked.locks().items() if not name.startswith("envs/")} == before
    listed = json.loads(locked.mixlock("list", "--format", "json").stdout)["environments"]
    assert {each["name"]: each["state"] for each in listed} == {
        "environment": "fresh",
        "envs/a/b": "fresh",
        "envs/a/broken": "missing",
    }


@pytest.fixture(scope="session")
def specs_once(tmp_path_factory: pytest.TempPathFactory, shared_world: TableWorld) -> Repository:
    """Lock every spec of the table in one run."""
    return lock_table(tmp_path_factory.mktemp("specs") / "repository", shared_world, SPECS)


@pytest.mark.parametrize("name", SPECS)
def test_a_lock_holds_what_is_asked_and_needed(specs_once: Repository, name: str) -> None:
    assert set(versions(specs_once, f"env-{name}")) == SPECS[name].locked


def test_every_spec_just_locked_is_fresh(specs_once: Repository) -> None:
    done = specs_once.mixlock("drift", "--verify", "--strict")
    assert (done.status, done.stderr) == (0, f"{len(SPECS)} fresh, 0 drifted\n")


def test_a_marker_is_judged_for_each_platform(specs_once: Repository) -> None:
    locks = specs_once.locks()
    assert b"colors" not in locks["env-a-marker-of-one-platform/pip-linux-64.txt"]
    assert b"colors==1.0 --hash=sha256:" in locks["env-a-marker-of-one-platform/pip-osx-arm64.txt"]


@pytest.mark.parametrize(
    ("needs", "in_index"),
    [
        pytest.param("numpy<2", True, id="an upper bound, the index has numpy too"),
        pytest.param("numpy>=1,!=2.2.6", True, id="all but one version, the index has numpy too"),
        pytest.param("numpy>=1,!=2.2.6", False, id="all but one version, only conda has numpy"),
    ],
)
def test_conda_gives_way_to_whatever_a_pypi_package_needs(
    repository: Repository, needs: str, *, in_index: bool
) -> None:
    numpy = [render_wheel(SyntheticProject(name="numpy", version=version)) for version in ("1.26.4", "2.2.6")]
    picky = render_wheel(SyntheticProject(name="picky", version="1.0", requires=(needs,)))
    repository.world.add(picky, *(numpy if in_index else ()))
    repository.write("environment.yml", f"{HEAD}  - numpy\n  - pip: [picky]\n")
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert done.status == 0, done.stderr
    assert versions(repository)["conda numpy"] == "1.26.4"
    assert "pip numpy" not in versions(repository)


def test_one_side_gave_way(specs_once: Repository) -> None:
    assert versions(specs_once, "env-conda-gives-way-to-frames")["conda numpy"] == "1.26.4"
    assert versions(specs_once, "env-frames-takes-the-numpy-that-conda-has")["pip frames"] == "1.0"


@pytest.mark.parametrize("name", ["tiny-log 0.3.2", "old-style 0.1"])
def test_a_locked_sdist_is_told(specs_once: Repository, name: str) -> None:
    assert f"  note: {name} has no wheel that fits; pip will build it" in specs_once.read("said.txt")


@pytest.mark.parametrize(
    ("conda", "pip"),
    [
        pytest.param("numpy", "numpy>=1  # mixlock: allow MIX106 on purpose", id="allowed"),
        pytest.param("pandas", "numpy", id="as what conda needs"),
    ],
)
def test_a_pypi_requirement_that_condas_package_answers_is_told(locked: Repository, conda: str, pip: str) -> None:
    """Nothing of it stands in the pip files, so who asked must hear why."""
    locked.write("environment.yml", f"{HEAD}  - {conda}\n  - pip:\n    - {pip}\n")
    done = locked.mixlock("lock", "--platform", "linux-64")
    assert done.status == 0, done.stderr
    held = versions(locked)
    assert "pip numpy" not in held
    told = (
        f"note: environment.yml:5:7: conda's numpy {held['conda numpy']} answers `numpy`, "
        "which is asked for from PyPI; no pip file holds it"
    )
    assert done.stderr.count(told) == 1, done.stderr
    unasked = "numpy; sys_platform == 'win32'"
    locked.write("environment.yml", f"{HEAD}  - pandas\n  - pip:\n    - {unasked}\n    - colors\n")
    other = locked.mixlock("lock", "--platform", "linux-64")
    assert (other.status, "asked for from PyPI" in other.stderr) == (0, False), other.stderr


@pytest.mark.parametrize("name", UNSOLVABLE)
def test_a_solve_without_an_answer_says_why_and_keeps_the_old_lock(locked: Repository, name: str) -> None:
    before = locked.locks()
    locked.write("environment.yml", UNSOLVABLE[name].text)
    done = locked.mixlock("lock", "--platform", "linux-64")
    said = [line for line in done.stderr.splitlines() if not re.match(r"\S+ \[[\w-]+\]: ", line)]
    assert re.match(UNSOLVABLE[name].told, said[0]), done.stderr
    assert (done.status, locked.locks()) == (3, before)


def test_what_keeps_an_engine_from_an_answer_keeps_the_old_lock_and_stops_no_other(
    locked: Repository, world: TableWorld
) -> None:
    """Whatever an engine raises because of the world: a disk that is full, a program that is not there."""
    locked.world = world
    world.engines.failing = lambda request: (
        CannotDoError("the scratch folder cannot be written") if request.spec.platform == "osx-arm64" else None
    )
    before = locked.locks()
    locked.write("envs/env.yml", f"platforms: [linux-64]\n{HEAD}")
    done = locked.mixlock("lock", "--force")
    assert (done.status, "environment: not locked; no lock file was written" in done.stderr) == (3, True)
    assert "environment: the scratch folder cannot be written\n" in done.stderr
    after = locked.locks()
    assert {name: content for name, content in after.items() if name in before} == before
    assert "envs/env/conda-lock.yml" in after


DAMAGES = {
    "another hash": ("conda-lock.yml", "sha256: ", "sha256: 0"),
    "another hash in a pip file": ("pip-linux-64.txt", "sha256:", "sha256:0"),
    "no lock at all": ("conda-lock.yml", "", "junk"),
    "no stamp": ("stamp.json", "", "{}"),
}


@pytest.mark.parametrize("more", [(), ("--from-scratch",), ("--since", "HEAD~")])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_verified_is_the_lock_as_it_is(
    locked: Repository, damage: tuple[str, str, str], more: tuple[str, ...]
) -> None:
    """An older lock that git has must not stand for one that was damaged, also where that is committed."""
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    assert locked.mixlock("lock", "--verify").status == 0
    name, old, new = damage
    file = locked.root / "locks/environment" / name
    file.write_text(file.read_text().replace(old, new, 1) if old else new)
    locked.git("add", ".")
    locked.git("commit", "-qm", "damage")
    done = locked.mixlock("lock", "--verify", "--no-build", *more)
    assert (done.status, "MIX20" in done.stderr) == (1, True), done.stderr
