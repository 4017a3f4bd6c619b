"""Options of pip under ``pip:`` are read as pip reads them, and files that it includes in their place (case C5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats.environment_yml import parse
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.synthetic.projects import SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import versions
from tests.conftest import new_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mixlock_hooks.model.environment import PlatformSpec
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
        ([f"'--extra-index-url {A}  # ours'"], [A], None),
        (["'--pre  # needs -i foo'"], [], None),
        ([f"--extra-index-url {B}", f"-i {A}"], [], A),
        ([f"-i {B}", f"--extra-index-url {B}", f"-i {A}"], [], A),
    ],
)
def test_where_to_look(lines: list[str], indices: list[str], default: str | None) -> None:
    document = parse(HEAD + "".join(f"    - {line}\n" for line in (*lines, "requests")), "environment.yml")
    assert (document.problems, document.references) == ((), ())
    assert [entry.value for entry in document.index_options.extra] == indices
    assert [entry.value for entry in document.index_options.default] == ([default] if default else [])
    assert [entry.place.line for entry in document.index_options.extra][:1] in ([], [5], [6])


@pytest.mark.parametrize(
    "line", ["--extra-index-url", "-i", "--pre=1", "--no-deps", "-f", "'--no-binary :all:'", "--only-binary"]
)
def test_what_a_lock_cannot_say_is_told(repository: Repository, line: str) -> None:
    repository.write("environment.yml", f"{HEAD}    - {line}\n    - requests\n")
    done = repository.mixlock("check")
    assert (done.status, "environment.yml:5:7: MIX109" in done.stdout + done.stderr) == (1, True)


@pytest.mark.parametrize("option", ["-i", "--index-url", "--extra-index-url", "-f"])
@pytest.mark.parametrize(
    "value", ["./simple", "/srv/simple", "file:///srv/simple", "index.example/simple", "../x", "'pypi'"]
)
def test_an_index_that_is_a_folder_is_a_local_path(repository: Repository, option: str, value: str) -> None:
    repository.write("environment.yml", f"{HEAD}    - {option} {value}\n    - requests\n")
    done = repository.mixlock("check")
    assert (done.status, "environment.yml:5:7: MIX102" in done.stdout) == (1, True), done.stdout
    repository.write("requirements.txt", f"{option} {value}\nrequests\n")
    done = repository.mixlock("check", "requirements.txt")
    assert "requirements.txt:1:1: MIX102 note" in done.stdout, done.stdout


@pytest.mark.parametrize(
    "line",
    [
        f"--extra-index-url {A} {B}",
        f"-i {A} requests",
        "--trusted-host a b",
        f"-f {A} {B}",
    ],
)
def test_a_second_value_is_not_passed_over(repository: Repository, line: str) -> None:
    repository.write("environment.yml", f"{HEAD}    - '{line}'\n    - requests\n")
    done = repository.mixlock("check")
    (told,) = [each for each in done.stdout.splitlines() if "environment.yml:5:7: MIX109" in each]
    assert (done.status, f"pip reads `{line.split()[1]}` alone" in told) == (1, True), done.stdout


def test_what_pip_forgets_is_told(repository: Repository) -> None:
    lines = f"    - --extra-index-url {A}\n    - -i {B}\n    - requests\n"
    repository.write("environment.yml", f"{HEAD}{lines}")
    told = f"environment.yml:5:7: MIX109 warning: pip forgets `{A}`, because `{B}` is named as the index after it"
    assert told in repository.mixlock("check").stdout


@pytest.mark.parametrize(
    ("line", "look"),
    [
        (f"-i {A}", lambda spec: spec.default_index == A),
        (f"--extra-index-url {A}", lambda spec: A in spec.indices),
        ("--pre", lambda spec: spec.prereleases),
        (f"-f {A}", lambda spec: A in spec.find_links),
    ],
)
def test_an_option_holds_where_its_selector_does(line: str, look: Callable[[PlatformSpec], bool]) -> None:
    text = f"platforms: [linux-64, win-64]\n{HEAD}    - {line}  # [win]\n    - requests\n"
    specs = merge(parse(text, "environment.yml"), Settings()).platforms
    assert [(spec.platform, look(spec)) for spec in specs] == [("linux-64", False), ("win-64", True)]


def test_a_host_is_trusted_where_its_selector_says_so(repository: Repository) -> None:
    index = "--extra-index-url http://a.example/s"
    for selector, status in (("", 0), ("  # [win]", 1)):
        lines = f"    - {index}\n    - --trusted-host a.example{selector}\n    - requests\n"
        repository.write("environment.yml", f"{HEAD}{lines}")
        assert repository.mixlock("check").status == status


INCLUDED = {
    "a later one goes first": ("-i {A}\n-r r.txt\n", "-i {B}\n", "{B}", []),
    "an earlier one is replaced": ("-r r.txt\n-i {A}\n", "-i {B}\n--extra-index-url {B}\n", "{A}", []),
    "what stands before is forgotten": ("--extra-index-url {A}\n-r r.txt\n", "-i {B}\n", "{B}", []),
    "what stands after stays": ("-r r.txt\n--extra-index-url {A}\n", "-i {B}\n", "{B}", ["{A}"]),
    "of constraints too": ("-i {A}\n-c r.txt\n", "-i {B}\n", "{B}", []),
}


@pytest.mark.parametrize("case", INCLUDED)
def test_options_of_an_included_file_stand_where_it_is_included(repository: Repository, case: str) -> None:
    own, other, default, extra = INCLUDED[case]
    repository.write("requirements.txt", own.format(A=A, B=B) + "python==3.12.*\nrequests\n")
    repository.write("r.txt", other.format(A=A, B=B))
    repository.write("mixlock.toml", 'specs = ["requirements.txt"]\n' + repository.read("mixlock.toml"))
    listed = json.loads(repository.mixlock("list", "--format", "json").stdout)
    (found,) = [each for each in listed["environments"] if each["name"] == "requirements"]
    assert found["indices"] == [each.format(A=A, B=B) for each in (*extra, default)]


NOT_IN_PLACE = {
    "not tracked": ("-r other.txt", "git does not track other.txt", "`git add other.txt`"),
    "not there": ("-r gone.txt", "there is no file gone.txt", "correct the path"),
    "not in the work tree": (
        "-r lost.txt",
        "lost.txt is not in the work tree",
        "`git restore lost.txt` brings it back",
    ),
    "constraints not in the work tree": ("-c lost.txt", "lost.txt is not in the work tree", "`git restore lost.txt`"),
    "a circle": ("-r r.txt", "r.txt includes itself", "take the line out"),
    "elsewhere": ("-r ../x.txt", "../x.txt leads out of the repository", "keep the file in the repository"),
    "on the web": ("-r https://a.example/r.txt", "it is on the web", "keep the file in the repository"),
    "no text": ("-r latin.txt", "latin.txt: not UTF-8", ""),
    "hashes": ("-c hashes.txt", "line 1 of hashes.txt has hashes", "take the line out"),
    "an extra": ("-c extra.txt", "line 2 of extra.txt has extras", "take the line out"),
    "a URL": ("-c url.txt", "line 1 of url.txt asks for more than a version", "take the line out"),
    "python": ("-c python.txt", "line 1 of python.txt binds nothing", "take the line out"),
}


@pytest.mark.parametrize("case", NOT_IN_PLACE)
def test_a_file_that_is_not_read_in_place_is_told_with_the_reason(repository: Repository, case: str) -> None:
    line, why, way_out = NOT_IN_PLACE[case]
    files = {"r.txt": line, "lost.txt": "idna", "hashes.txt": f"idna==3 --hash=sha256:{64 * 'a'}"}
    files |= {
        "extra.txt": "idna\nrequests[x]",
        "url.txt": "x @ https://a.example/x.whl",
        "python.txt": "python==3.12.*",
    }
    for path, text in files.items():
        repository.write(path, f"{text}\n")
    (repository.root / "latin.txt").write_bytes("# \xe9\nidna\n".encode("latin-1"))
    repository.git("add", "latin.txt")
    (repository.root / "other.txt").write_text("idna\n")
    (repository.root / "lost.txt").unlink()
    repository.write("environment.yml", f"{HEAD}    - -r r.txt\n    - requests\n")
    done = repository.mixlock("check")
    (told,) = [each for each in done.stdout.splitlines() if "MIX105" in each]
    assert (done.status, why in told, way_out in told) == (1, True, True), told


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
