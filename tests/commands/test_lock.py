"""``mixlock lock`` as a process, against the world on loopback: what it writes, keeps, and does not ask for."""

from __future__ import annotations

import bz2
import getpass
import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import LOOSE, versions
from tests.conftest import CHANNEL, CONFIGURATION, INDEX, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, World

HEAD = "dependencies:\n  - python=3.12\n"


def test_a_mixed_spec_is_locked_for_every_platform_and_is_fresh_afterwards(locked: Repository) -> None:
    assert sorted(locked.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/conda-osx-arm64.lock",
        "environment/pip-linux-64.txt",
        "environment/pip-osx-arm64.txt",
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


def test_the_same_spec_gives_the_same_bytes_elsewhere(locked_once: Repository, repository: Repository) -> None:
    """Another folder, other caches, other ports of channel and index, one solve at a time."""
    assert repository.mixlock("lock", "--jobs", "1").status == 0
    assert repository.locks() == locked_once.locks()


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


@pytest.mark.usefixtures("offline")
def test_nothing_drifted_so_nothing_is_asked_of_the_network(locked: Repository) -> None:
    before = locked.locks()
    done = locked.mixlock("lock", PIP_DEFAULT_TIMEOUT="1")
    assert (done.status, done.stdout, done.stderr) == (0, "", "environment: fresh\n")
    assert locked.locks() == before


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("path", ["conda-linux-64.lock", "pip-osx-arm64.txt"])
@pytest.mark.parametrize("damage", ["edited", "deleted", "conflict"])
def test_exports_are_rendered_again_without_a_solve(locked: Repository, path: str, damage: str) -> None:
    before = locked.locks()
    file = locked.root / "locks/environment" / path
    if damage == "deleted":
        file.unlink()
    else:
        file.write_text({"edited": "mine\n", "conflict": "<<<<<<< a\n=======\n>>>>>>> b\n"}[damage], encoding="utf-8")
    done = locked.mixlock("lock", PIP_DEFAULT_TIMEOUT="1")
    assert (done.status, done.stdout) == (0, "environment: wrote 1 files: no package changed\n"), done.stderr
    assert locked.locks() == before


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
        "environment: wrote 5 files: 1 added\n  + pip   colors 1.0  [linux-64, osx-arm64]\n",
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
    assert done.stdout.startswith("environment: would write 5 files: 2 upgraded\n"), done.stderr
    assert "^ conda numpy 1.26.4 -> 2.2.6" in done.stdout
    assert (done.status, loosened.locks()) == (0, before)
    assert loosened.git("status", "--porcelain", "--ignored", "--", "locks") == "?? locks/\n"


def test_fail_on_change_exits_with_1(loosened: Repository) -> None:
    loosened.git("add", "locks")
    assert loosened.mixlock("lock", "--fail-on-change").status == 0
    assert loosened.mixlock("lock", "--upgrade", "--fail-on-change").status == 1


def test_only_the_platform_that_drifted_is_solved(locked: Repository, faults: dict[str, Fault]) -> None:
    before = locked.locks()["environment/pip-linux-64.txt"]
    faults["/science/linux-64"] = Fault(status=500)
    locked.write("environment.yml", f"{locked.read('environment.yml')}    - colors  # [osx]\n")
    done = locked.mixlock("lock")
    assert (done.status, done.stdout) == (
        0,
        "environment: wrote 4 files: 1 added\n  + pip   colors 1.0  [osx-arm64]\n",
    ), done.stderr
    assert "[linux-64]" not in done.stderr
    assert locked.locks()["environment/pip-linux-64.txt"] == before
    assert locked.mixlock("drift").status == 0


def test_a_platform_that_is_asked_for_no_more_loses_its_files(locked: Repository, faults: dict[str, Fault]) -> None:
    faults["/"] = Fault(status=500)
    locked.write("mixlock.toml", locked.read("mixlock.toml").replace(', "osx-arm64"', ""))
    done = locked.mixlock("lock")
    assert done.status == 0, done.stderr
    assert sorted(locked.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/pip-linux-64.txt",
    ]
    assert locked.mixlock("drift").status == 0


def test_a_platform_more_is_solved_alone(locked: Repository, faults: dict[str, Fault]) -> None:
    faults["/science/linux-64"] = Fault(status=500)
    locked.write("mixlock.toml", locked.read("mixlock.toml").replace('"osx-arm64"', '"osx-arm64", "win-64"'))
    done = locked.mixlock("lock")
    assert done.status == 0, done.stderr
    assert "environment/conda-win-64.lock" in locked.locks()
    assert "[linux-64]" not in done.stderr


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
    assert "envs/a/broken: not locked; the old lock is unchanged" in done.stderr
    assert versions(locked, "envs/a/b")["conda numpy"] == "2.2.6"
    assert "  - ../../../../envs/a/b.yml\n" in locked.read("locks/envs/a/b/conda-lock.yml")
    assert {name: content for name, content in locked.locks().items() if not name.startswith("envs/")} == before
    listed = json.loads(locked.mixlock("list", "--format", "json").stdout)["environments"]
    assert {each["name"]: each["state"] for each in listed} == {
        "environment": "fresh",
        "envs/a/b": "fresh",
        "envs/a/broken": "missing",
    }


SPECS = {
    "conda alone": (f"{HEAD}  - numpy\n", {"conda libblas", "conda numpy", "conda python"}),
    "conda without python": ("dependencies: [libblas]\n", {"conda libblas"}),
    "PyPI with conda's python": (f"{HEAD}  - pip: [colors]\n", {"conda python", "pip colors"}),
    "PyPI with the python that conda's pip brings": (
        "dependencies: [pip, {pip: [colors]}]\n",
        {"conda python", "pip colors"},
    ),
    "PyPI alone": ("dependencies: [{pip: [colors]}]\n", {"conda python", "pip colors"}),
    "conda's pip in the version that PyPI's side asks for": (
        f"{HEAD}  - pip: [colors, 'pip==25.2']\n",
        {"conda python", "pip colors"},
    ),
    "a noarch package": (f"{HEAD}  - tzdata\n", {"conda python", "conda tzdata"}),
    "a marker that holds nowhere": (
        f"{HEAD}  - pip: [colors, 'requests; python_version < \"3\"']\n",
        {"conda python", "pip colors"},
    ),
    "a marker of one platform": (
        f"platforms: [linux-64, osx-arm64]\n{HEAD}  - pip: ['colors; sys_platform == \"darwin\"']\n",
        {"conda python", "pip colors"},
    ),
    "an sdist with static metadata": (f"{HEAD}  - pip: [tiny-log]\n", {"conda python", "pip tiny-log", "pip colors"}),
    "an sdist that has to be built": (
        f"{HEAD}  - pip: [old-style]\n",
        {"conda python", "pip old-style", "pip colors"},
    ),
    "frames takes the numpy that conda has": (
        f"{HEAD}  - numpy=1.26\n  - pip: [frames]\n",
        {"conda libblas", "conda numpy", "conda python", "pip frames"},
    ),
    "conda gives way to frames": (
        f"{HEAD}  - numpy\n  - pip: [frames==1.0]\n",
        {"conda libblas", "conda numpy", "conda python", "pip frames"},
    ),
    "a package of a named channel": (
        f"{HEAD}  - {CHANNEL}::numpy\n",
        {"conda libblas", "conda numpy", "conda python"},
    ),
}


@pytest.fixture(scope="session")
def specs_once(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock every spec of the table in one run."""
    made = new_repository(tmp_path_factory.mktemp("specs") / "repository", shared_world)
    made.write("mixlock.toml", made.read("mixlock.toml").replace(', "osx-arm64"', ""))
    made.git("rm", "-q", "-f", "environment.yml")
    for number, (spec, _expected) in enumerate(SPECS.values()):
        made.write(f"env-{number}.yml", spec)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    made.write("told.txt", done.stderr)
    return made


@pytest.mark.parametrize(("number", "expected"), [(n, row[1]) for n, row in enumerate(SPECS.values())], ids=SPECS)
def test_a_lock_holds_what_is_asked_and_needed(specs_once: Repository, number: int, expected: set[str]) -> None:
    implied = {"conda pip"} if any(name.startswith("pip ") for name in expected) else set()
    assert set(versions(specs_once, f"env-{number}")) == expected | implied


def test_every_spec_just_locked_is_fresh(specs_once: Repository) -> None:
    done = specs_once.mixlock("drift", "--verify", "--strict")
    assert (done.status, done.stderr) == (0, f"{len(SPECS)} fresh, 0 drifted\n")


def test_a_marker_is_judged_for_each_platform(specs_once: Repository) -> None:
    number = list(SPECS).index("a marker of one platform")
    locks = specs_once.locks()
    assert b"colors" not in locks[f"env-{number}/pip-linux-64.txt"]
    assert b"colors==1.0 --hash=sha256:" in locks[f"env-{number}/pip-osx-arm64.txt"]


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


def test_conda_gave_way(specs_once: Repository) -> None:
    assert versions(specs_once, f"env-{list(SPECS).index('conda gives way to frames')}")["conda numpy"] == "1.26.4"
    one = f"env-{list(SPECS).index('frames takes the numpy that conda has')}"
    assert versions(specs_once, one)["pip frames"] == "1.0"


@pytest.mark.parametrize("name", ["tiny-log 0.3.2", "old-style 0.1"])
def test_a_locked_sdist_is_told(specs_once: Repository, name: str) -> None:
    assert f"  note: {name} has no wheel that fits; pip will build it\n" in specs_once.read("told.txt")


UNSOLVABLE = {
    "a conda pin that blocks a PyPI requirement": (
        f"{HEAD}  - numpy=1.26\n  - pip:\n    - frames==2.0\n",
        (
            r"environment\.yml:5:7: MIX303 conda holds numpy 1\.26\.4 \(`numpy=1\.26`, line 3\), "
            r"but frames 2\.0 needs numpy>=2 "
        ),
    ),
    "a conda package nobody has": (
        f"{HEAD}  - nopkg\n",
        r"environment\.yml:3:5: MIX304 `nopkg` is in none of the",
    ),
    "a conda version nobody has": (f"{HEAD}  - numpy=9\n", r"environment\.yml:3:5: MIX301 no package fits `numpy=9`"),
    "conda packages that exclude each other": (
        "dependencies:\n  - python=3.12\n  - pandas\n  - libblas=2\n",
        r"environment\.yml:4:5: MIX301 no package fits `libblas=2`",
    ),
    "a project nobody has": (
        f"{HEAD}  - pip:\n    - nopkg\n",
        r"environment\.yml:4:7: MIX304 no index has a file of `nopkg`",
    ),
    "a PyPI version nobody has": (
        f"{HEAD}  - pip:\n    - requests==9\n",
        r"environment\.yml:4:7: MIX302 no version of `requests` fits `==9`",
    ),
    "a wheel for another platform": (
        f"{HEAD}  - pip:\n    - wheels-only\n",
        r"environment\.yml:4:7: MIX305 no file of `wheels-only` 1\.0 fits linux-64",
    ),
    "a hash of another file": (
        f"{HEAD}  - pip:\n    - requests==2.31.0 --hash=sha256:{'0' * 64}\n",
        r"environment\.yml:4:7: MIX302 the index's file of `requests` 2\.31\.0 has none of the hashes",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), UNSOLVABLE.values(), ids=UNSOLVABLE)
def test_a_solve_without_an_answer_says_why_and_keeps_the_old_lock(
    locked: Repository, spec: str, expected: str
) -> None:
    before = locked.locks()
    locked.write("environment.yml", spec)
    done = locked.mixlock("lock", "--platform", "linux-64")
    told = [line for line in done.stderr.splitlines() if not re.match(r"\S+ \[[\w-]+\]: ", line)]
    assert re.match(expected, told[0]), done.stderr
    assert "Traceback" not in done.stderr
    assert (done.status, locked.locks()) == (3, before)


def test_a_hash_of_the_spec_is_checked_and_accepted(locked: Repository) -> None:
    known = re.search(r"requests==2.31.0 --hash=(\S+)", locked.read("locks/environment/pip-linux-64.txt"))
    assert known is not None
    locked.write("environment.yml", f"{HEAD}  - pip:\n    - requests==2.31.0 --hash={known[1]}\n")
    assert locked.mixlock("lock").status == 0


def _sdist_that_tells(folder: Path) -> tuple[RenderedFile, Path]:
    """Make an sdist of the old style whose build code leaves a trace."""
    trace = folder / "build code ran"
    sdist = render_sdist(SyntheticProject(name="traced", version="1.0"), static_metadata=False)
    old, new = b"_TREE = Path", f"Path({str(trace)!r}).touch(); _TREE = Path".encode()
    return RenderedFile(name=sdist.name, content=_rewritten(sdist.content, old, new)), trace


def _rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    import io
    import tarfile

    from mixlock_hooks.synthetic.archives import render_gzip, render_tar

    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
        members = {}
        for member in archive:
            file = archive.extractfile(member)
            members[member.name] = file.read().replace(old, new) if file else b""
    return render_gzip(render_tar(members))


def test_without_builds_no_build_code_runs(repository: Repository, tmp_path: Path) -> None:
    sdist, trace = _sdist_that_tells(tmp_path)
    repository.world.add(sdist)
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - traced\n")
    done = repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert "environment.yml:5:7: MIX402 `traced` 1.0 must be built to learn what it needs" in done.stderr
    assert (done.status, repository.locks(), trace.exists()) == (3, {}, False)
    assert repository.mixlock("lock", "--platform", "linux-64").status == 0
    assert trace.exists()


def test_without_builds_static_metadata_is_enough(repository: Repository) -> None:
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n")
    done = repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert done.status == 0, done.stderr
    assert versions(repository)["pip colors"] == "1.0"


def test_only_the_projects_that_are_named_may_be_built(repository: Repository, tmp_path: Path) -> None:
    sdist, trace = _sdist_that_tells(tmp_path)
    repository.world.add(sdist)
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - old-style\n")
    repository.write("mixlock.toml", CONFIGURATION + 'build-sdists = ["traced"]\n')
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert "environment.yml:5:7: MIX402 `old-style` 0.1 must be built to learn what it needs" in done.stderr
    assert done.status == 3
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - traced\n")
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, trace.exists()) == (0, True), done.stderr
    assert versions(repository)["pip traced"] == "1.0"


def test_without_builds_a_locked_sdist_is_kept(repository: Repository, tmp_path: Path) -> None:
    sdist, trace = _sdist_that_tells(tmp_path)
    repository.world.add(sdist, render_wheel(SyntheticProject(name="traced", version="0.9")))
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - traced\n")
    assert repository.mixlock("lock", "--platform", "linux-64").status == 0
    trace.unlink()
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - traced\n    - colors\n")
    done = repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert (done.status, trace.exists()) == (0, False), done.stderr
    assert {"pip traced": "1.0", "pip colors": "1.0"}.items() <= versions(repository).items()


def test_a_build_takes_what_it_requires_from_the_index_whatever_conda_holds(repository: Repository) -> None:
    sdist = render_sdist(SyntheticProject(name="needs-numpy", version="1.0"), static_metadata=False)
    content = _rewritten(sdist.content, b"requires = []", b'requires = ["numpy>=2"]')
    repository.world.add(
        RenderedFile(name=sdist.name, content=content), render_wheel(SyntheticProject(name="numpy", version="2.2.6"))
    )
    repository.write("environment.yml", f"{HEAD}  - numpy=1.26\n  - pip:\n    - needs-numpy\n")
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, "note: solved against" in done.stderr) == (0, False), done.stderr
    found = versions(repository)
    assert (found["conda numpy"], found["pip needs-numpy"], "pip numpy" in found) == ("1.26.4", "1.0", False)


def test_an_sdist_of_the_old_format_is_proposed_and_locked_as_it_is(repository: Repository) -> None:
    sdist = render_sdist(SyntheticProject(name="aged", version="1.0"), static_metadata=False)
    aged = RenderedFile(name="aged-1.0.tar.bz2", content=bz2.compress(gzip.decompress(sdist.content)))
    repository.world.add(aged)
    repository.write("environment.yml", f"{HEAD}  - pip:\n    - aged==1.0\n")
    done = repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, "note: solved against" in done.stderr) == (0, False), done.stderr
    locked = repository.read("locks/environment/pip-linux-64.txt")
    assert "aged-1.0.tar.bz2" in repository.read("locks/environment/conda-lock.yml")
    assert f"aged==1.0 --hash=sha256:{aged.sha256}" in locked


SECRET_SPEC = f"""\
channels:
  - {CHANNEL.replace("://", "://me:${PASSWORD}@")}
pypi-indices:
  - {INDEX.replace("://", "://me:${PASSWORD}@")}
dependencies:
  - python=3.12
  - numpy
  - pip:
    - requests
"""
TOKEN_SPEC = SECRET_SPEC.replace("me:${PASSWORD}@conda.example/", "conda.example/t/${PASSWORD}/")


@pytest.mark.parametrize("spec", [SECRET_SPEC, TOKEN_SPEC], ids=["passwords", "a conda token"])
def test_a_secret_is_used_but_never_locked_and_may_change(locked: Repository, spec: str) -> None:
    locked.write("environment.yml", spec)
    done = locked.mixlock("lock", PASSWORD="hunter2")
    assert done.status == 0, done.stderr
    told = b"\n".join(locked.locks().values()).decode() + done.stdout + done.stderr
    assert [word for word in ("hunter2", "PASSWORD", "//me", "/t/") if word in told] == []
    assert locked.mixlock("drift", PASSWORD="rotated").status == 0
    assert locked.mixlock("lock", "--force", PASSWORD="rotated").stdout == ""


def test_a_secret_that_is_not_set_is_told_at_its_line(repository: Repository) -> None:
    repository.write(
        "environment.yml", SECRET_SPEC.replace("conda.example", "other.example").replace("PASSWORD", "NEVER_SET")
    )
    done = repository.mixlock("lock")
    assert "environment.yml:2:5: MIX301 `https://me:${NEVER_SET}@other.example/science` names a var" in done.stderr
    assert (done.status, repository.locks()) == (3, {})
