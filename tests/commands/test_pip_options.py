"""Options of pip under ``pip:`` are read as pip reads them, and files that it includes in their place (case C5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats.environment_yml import parse
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.synthetic.projects import SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import versions
from tests.conftest import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Drift
    from tests.conftest import Repository, ServedWorld, TableWorld

HEAD = "dependencies:\n  - python=3.12\n  - numpy\n  - pip:\n"
A, B = "https://a.example/simple", "https://b.example/simple"


@pytest.mark.parametrize(
    ("lines", "indices", "default"),
    [
        ([f"--extra-index-url {A}"], [A], None),
        ([f"--extra-index-url={A}", f"--extra-index-url '{B}'"], [A, B], None),
        ([f"--extra-index-url {A} --extra-index-url {B}"], [A, B], None),
        ([f"-i {A}", f"--extra-index-url {B}"], [B], A),
        ([f"--index-url {A}"], [], A),
        ([f"-i {A} --trusted-host a.example"], [], A),
    ],
)
def test_where_to_look(lines: list[str], indices: list[str], default: str | None) -> None:
    document = parse(HEAD + "".join(f"    - {line}\n" for line in (*lines, "requests")), "environment.yml")
    assert (document.problems, document.references) == ((), ())
    assert [entry.value for entry in document.indices] == indices
    assert (document.default_index.value if document.default_index else None) == default
    assert [entry.place.line for entry in document.indices][:1] in ([], [5], [6])


@pytest.mark.parametrize(
    "line", ["--extra-index-url", "-i", "--pre=1", "--no-deps", "-f", "'--no-binary :all:'", "--only-binary"]
)
def test_what_a_lock_cannot_say_is_told(repository: Repository, line: str) -> None:
    repository.write("environment.yml", f"{HEAD}    - {line}\n    - requests\n")
    done = repository.mixlock("check")
    assert (done.status, "environment.yml:5:7: MIX109" in done.stdout + done.stderr) == (1, True)


def test_an_index_of_pips_is_part_of_the_inputs(repository: Repository, drift: Drift) -> None:
    repository.write("environment.yml", f"{HEAD}    - requests\n")
    assert repository.mixlock("lock").status == 0
    repository.write("environment.yml", f"{HEAD}    - --extra-index-url {B}\n    - requests\n")
    status, found = drift(repository.root)
    assert (status, found) == (1, [f"MIX204 environment.yml:5 index `{B}` was added on linux-64, osx-arm64"])


def test_an_included_file_is_read_in_place(repository: Repository, drift: Drift) -> None:
    repository.write("environment.yml", f"{HEAD}    - -r deps/all.txt\n")
    repository.write("deps/all.txt", "requests==2.31.0\n-r more.txt\n")
    repository.write("deps/more.txt", "colors  # as of today\n")
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    found = versions(repository)
    assert (found["pip requests"], found["pip colors"]) == ("2.31.0", "1.0")
    assert drift(repository.root) == (0, [])
    repository.git("add", ".")
    repository.git("commit", "-qm", "lock")
    repository.write("deps/more.txt", "")
    expected = "MIX202 environment.yml:1 PyPI requirement `colors` was removed on linux-64, osx-arm64"
    assert drift(repository.root, "--since", "HEAD") == (1, [expected])
    repository.write("deps/more.txt", "colors\nfrmaes==\n")
    assert [each.rpartition(" not a")[0] for each in drift(repository.root)[1]] == ["MIX005 deps/more.txt:2"]


@pytest.mark.parametrize(
    "spelling", ["-r file:deps/all.txt", "--requirement=./deps/../deps/all.txt", "-rdeps/all.txt"]
)
def test_an_included_file_is_found_as_pip_finds_it(repository: Repository, spelling: str) -> None:
    repository.write("environment.yml", f"{HEAD}    - {spelling}\n")
    repository.write("deps/all.txt", "requests==2.31.0\n")
    assert repository.mixlock("check").status == 0
    shown = repository.mixlock("list", "--format", "json").stdout
    assert json.loads(shown)["environments"][0]["pypi"] == {"requests": "==2.31.0"}


@pytest.mark.parametrize(
    "name",
    [
        "missing.txt",
        "file:missing.txt",
        "file:///etc/hosts",
        "untracked.txt",
        "../outside.txt",
        "/etc/hosts",
        "https://a.example/r.txt",
        "itself.txt",
    ],
)
def test_a_file_that_cannot_be_read_in_place_is_told(repository: Repository, name: str) -> None:
    (repository.root / "untracked.txt").write_text("colors\n")
    (repository.root.parent / "outside.txt").write_text("colors\n")
    repository.write("itself.txt", "colors\n-r itself.txt\n")
    repository.write("environment.yml", f"{HEAD}    - requests\n    - -r {name}\n")
    done = repository.mixlock("check", "environment.yml")
    assert (done.status, "MIX105" in done.stdout + done.stderr) == (1, True)


def test_pre_admits_prereleases_and_is_part_of_the_inputs(served_repository: Repository, drift: Drift) -> None:
    repository = served_repository
    repository.world.add(render_wheel(SyntheticProject(name="idna", version="4.0rc1")))
    repository.write("environment.yml", f"{HEAD}    - requests\n")
    assert repository.mixlock("lock").status == 0
    assert versions(repository)["pip idna"] == "3.10"
    repository.write("environment.yml", f"{HEAD}    - --pre\n    - requests\n")
    status, found = drift(repository.root)
    assert (status, any("pre-releases are admitted now (`--pre`)" in line for line in found)) == (1, True)
    assert repository.mixlock("lock", "--upgrade-package", "idna").status == 0
    assert versions(repository)["pip idna"] == "4.0rc1"
    verified = repository.mixlock("drift", "--verify", "--strict")
    assert (verified.status, verified.stdout) == (0, "")


def test_pre_stands_in_a_requirements_file_too(repository: Repository) -> None:
    repository.write("requirements.txt", "--pre\nidna\npython==3.12.*\n")
    assert repository.mixlock("check", "requirements.txt").status == 0


@pytest.mark.parametrize(
    ("line", "allowed", "named"),
    [
        ("'--only-binary :all:'", False, False),
        ("--only-binary=colors,old-style", False, False),
        ("--no-binary Old_Style", True, True),
        ("'--only-binary :all: --no-binary old-style'", True, True),
    ],
)
def test_what_may_be_built_is_told_as_pip_is_told_it(
    repository: Repository, world: TableWorld, line: str, *, allowed: bool, named: bool
) -> None:
    repository.write("environment.yml", f"{HEAD}    - {line}\n    - colors\n")
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    name = pypi_name("old-style")
    builds = [request.builds for request in world.engines.requests]
    assert {(each.allows(name), name in each.names) for each in builds} == {(allowed, named)}
    repository.write("environment.yml", f"{HEAD}    - colors\n")
    assert repository.mixlock("drift").status == 0


def test_no_binary_takes_the_sdist_although_there_is_a_wheel_as_pip_does(
    tmp_path: Path, served: ServedWorld, drift: Drift
) -> None:
    lib = SyntheticProject(name="lib", version="1.0", requires=("idna",))
    older = render_wheel(SyntheticProject(name="lib", version="0.9"))
    served.add(render_wheel(lib), render_sdist(lib), older)
    spec = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - pip:\n    - lib\n"
    repository = new_repository(tmp_path / "repository", served, spec)
    assert repository.mixlock("lock").status == 0
    assert "lib-1.0-py3-none-any.whl" in repository.read("locks/environment/conda-lock.yml")
    repository.write("environment.yml", f"{spec}    - --no-binary lib\n")
    done = repository.mixlock("lock", "--no-build")
    assert done.status == 0, done.stderr
    assert "lib-1.0.tar.gz" in repository.read("locks/environment/conda-lock.yml")
    assert {"pip lib", "pip idna"} <= versions(repository).keys()
    assert drift(repository.root, "--verify", "--strict") == (0, [])
    assert "environment: fresh" in repository.mixlock("lock").stderr


def test_conda_gives_way_also_where_the_index_has_no_use_for_it(tmp_path: Path, served: ServedWorld) -> None:
    """What an index has of numpy needs what only conda has, so nobody can choose numpy there."""
    numpy = [SyntheticProject(name="numpy", version=each, requires=("libnumeric",)) for each in ("1.26.4", "2.2.6")]
    picky = SyntheticProject(name="picky", version="1.0", requires=("numpy<2",))
    served.add(*map(render_wheel, (*numpy, picky)))
    spec = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - numpy\n  - pip: [picky]\n"
    repository = new_repository(tmp_path / "repository", served, spec)
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert versions(repository)["conda numpy"] == "1.26.4"
