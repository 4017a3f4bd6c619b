"""``mixlock-conda`` answers what conda-lock asks of a conda executable, from tiny channels on disk and loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.shell.index.loopback import Fault, serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDIN = shutil.which("mixlock-conda", path=sysconfig.get_path("scripts")) or "mixlock-conda"
LINUX = "linux-64"


def package(name: str, version: str, *depends: str, subdir: str = LINUX) -> SyntheticCondaPackage:
    return SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)


FIRST = (
    package("a", "1.0"),
    package("b", "1.0", "a"),
    package("gpu", "1.0", "__cuda >=11"),
    package("old", "1.0", "__glibc >=2.99"),
)
SECOND = (package("a", "2.0"), package("c", "1.0", "a >=2"), package("only", "1.0", subdir="noarch"))


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write two channels: ``first`` and ``second``, which has the newer ``a``."""
    folder = tmp_path_factory.mktemp("channels")
    write_channel(folder / "first", FIRST)
    write_channel(folder / "second", SECOND)
    write_channel(folder / "virtual", [package("__glibc", "2.99", subdir="noarch")])
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def conda(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Conda:
    """Give the shim with a cache of its own and no configuration."""
    monkeypatch.setenv("MIXLOCK_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("CONDA_SUBDIR", LINUX)
    monkeypatch.delenv("CONDA_CHANNEL_PRIORITY", raising=False)
    return Conda()


class Conda:
    """The stub as a program."""

    def __call__(self, *words: str, **variables: str) -> tuple[int, Any]:
        done = subprocess.run(
            [STANDIN, *words], env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout

    def create(self, *words: str, **variables: str) -> tuple[int, Any]:
        flags = ["--prefix", "none", "--dry-run", "--json", "--override-channels"]
        return self("create", *flags, *words, **variables)

    def names(self, *words: str, **variables: str) -> list[str]:
        status, answer = self.create(*words, **variables)
        assert (status, answer["success"]) == (0, True), answer
        return [f"{record['name']} {record['version']}" for record in answer["actions"]["FETCH"]]


def at(folder: Path, *names: str) -> list[str]:
    return [word for name in names for word in ("--channel", (folder / name).as_uri())]


def test_it_tells_a_version_that_conda_lock_accepts(conda: Conda) -> None:
    assert conda("--version") == (0, "conda 25.1.0\n")


def test_without_a_command_it_says_who_it_is_for(conda: Conda) -> None:
    assert conda() == (2, "")


@pytest.mark.parametrize("command", ["info", "config"])
def test_it_tells_where_packages_are_kept(conda: Conda, command: str, tmp_path: Path) -> None:
    status, answer = conda(command, "--json", CONDA_PKGS_DIRS=str(tmp_path))
    assert (status, answer["pkgs_dirs"]) == (0, [str(tmp_path)])


def test_create_answers_records_with_urls_and_hashes(conda: Conda, channels: Path) -> None:
    _status, answer = conda.create(*at(channels, "first"), "b")
    a, b = answer["actions"]["FETCH"]
    assert answer["actions"]["LINK"] == [a, b]
    assert (a["fn"], b["depends"]) == ("a-1.0-0.conda", ["a"])
    assert a["url"] == (channels / "first/linux-64/a-1.0-0.conda").as_uri()
    assert (len(a["md5"]), len(a["sha256"]), a["dist_name"]) == (32, 64, "a-1.0-0")


@pytest.mark.parametrize(
    ("priority", "order", "expected"),
    [
        ("strict", ("first", "second"), ["a 1.0"]),
        ("strict", ("second", "first"), ["a 2.0"]),
        ("flexible", ("first", "second"), ["a 1.0"]),
        ("disabled", ("first", "second"), ["a 2.0"]),
    ],
)
def test_priority_of_channels(
    conda: Conda, channels: Path, priority: str, order: tuple[str, ...], expected: list[str]
) -> None:
    assert conda.names(*at(channels, *order), "a", CONDA_CHANNEL_PRIORITY=priority) == expected


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("a>=3", {"versions": ["2.0", "1.0"]}),
        ("only=9", {"versions": ["1.0"]}),
        ("onyl", {"versions": [], "near": "only"}),
        ("zzzzzz", {"versions": [], "near": ""}),
        ("old", {}),
        ("a=1.0=zz*", {"versions": ["2.0", "1.0"]}),
    ],
)
def test_what_the_channels_have_instead_is_part_of_a_refusal(
    conda: Conda, channels: Path, asked: str, known: dict[str, Any]
) -> None:
    status, answer = conda.create(*at(channels, "first", "second"), asked, CONDA_CHANNEL_PRIORITY="disabled")
    assert (status, answer["kind"], answer["known"]) == (1, "unsatisfiable", known), answer


def test_what_is_there_for_another_platform_is_part_of_a_refusal(
    conda: Conda, channels: Path, tmp_path: Path
) -> None:
    """A name that is right must not be called misspelt."""
    status, answer = conda.create(*at(channels, "first"), "gpu=1", CONDA_SUBDIR="osx-arm64")
    assert (status, answer["known"]) == (1, {"versions": [], "platforms": [LINUX]}), answer
    brief = tmp_path / "brief.json"
    brief.write_text(json.dumps({"other-platforms": ["win-64"], "specs": ["gpu"]}))
    other = {"CONDA_SUBDIR": "osx-arm64", "MIXLOCK_CONDA_BRIEF": str(brief)}
    _status, answer = conda.create(*at(channels, "first"), **other)
    assert answer["known"] == {"versions": [], "near": ""}, answer


def test_the_channel_that_cannot_be_read_is_part_of_a_refusal(conda: Conda, channels: Path) -> None:
    _status, answer = conda.create(*at(channels, "first", "nowhere"), "a")
    assert (answer["kind"], answer["known"]) == ("channel", {"channel": (channels / "nowhere").as_uri()})


def test_a_mirror_serves_no_channel_whose_name_only_begins_like_its_own(
    conda: Conda, channels: Path, tmp_path: Path
) -> None:
    write_channel(tmp_path / "served/fir", FIRST)
    write_channel(tmp_path / "served/fir/st", FIRST)
    config, channel = tmp_path / "config.toml", "http://127.0.0.1:9/fir"
    with serve(tmp_path / "served") as base:
        config.write_text(f'[mirrors]\n"{channel}" = ["{base}/fir"]\n')
        variables = {"MIXLOCK_CONFIG_FILE": str(config)}
        assert conda.names("--channel", channel, "a", **variables) == ["a 1.0"]
        _status, answer = conda.create("--channel", f"{channel}st", "a", **variables)
    assert answer["known"] == {"channel": f"{channel}st"}, answer


EARLY, LATE = "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("cutoff", "expected"),
    [
        pytest.param(f"{LATE}; other never", ["a 1.0"], id="old enough"),
        pytest.param(f"{EARLY}; a {LATE}", ["a 1.0"], id="let by a package"),
        pytest.param(f"{EARLY}; a never", ["a 1.0"], id="let by a package, of any age"),
        pytest.param(f"{EARLY}; FIRST {LATE}", ["a 1.0"], id="let by a channel"),
        pytest.param(f"{EARLY}; SECOND {LATE}", [], id="what is too new in a channel hides a later one's"),
        pytest.param(f"never; a {EARLY}", [], id="too new by itself"),
    ],
)
def test_exceptions_from_a_cutoff_leave_priority_as_it_is(
    conda: Conda, channels: Path, tmp_path: Path, cutoff: str, expected: list[str]
) -> None:
    for name in ("first", "second"):
        cutoff = cutoff.replace(name.upper(), (channels / name).as_uri())
    brief = tmp_path / "brief.json"
    brief.write_text(json.dumps({"cutoff": cutoff}))
    variables = {"CONDA_CHANNEL_PRIORITY": "strict", "MIXLOCK_CONDA_BRIEF": str(brief)}
    status, answer = conda.create(*at(channels, "first", "second"), "a", **variables)
    found = answer["actions"]["FETCH"] if status == 0 else []
    assert [f"{record['name']} {record['version']}" for record in found] == expected, answer


def test_strict_priority_hides_what_a_later_channel_could_answer_and_disabled_does_not(
    conda: Conda, channels: Path
) -> None:
    both = at(channels, "first", "second")
    status, answer = conda.create(*both, "c", CONDA_CHANNEL_PRIORITY="strict")
    assert (status, answer["success"], answer["kind"]) == (1, False, "unsatisfiable")
    assert conda.names(*both, "c", CONDA_CHANNEL_PRIORITY="disabled") == ["a 2.0", "c 1.0"]


def test_a_package_of_a_named_channel(conda: Conda, channels: Path) -> None:
    second = (channels / "second").as_uri()
    assert conda.names(*at(channels, "first", "second"), f"{second}::a") == ["a 2.0"]
    assert conda.names(*at(channels, "first"), f"{second}::only", "a") == ["a 1.0", "only 1.0"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param("a[build_number='0']", ["a 1.0"], id="a build number"),
        pytest.param("a[subdir='linux-64']", ["a 1.0"], id="the folder it is in"),
        pytest.param("a (>=1,<2)|>=5", ["a 1.0"], id="groups"),
    ],
)
def test_what_stands_in_brackets_is_applied(conda: Conda, channels: Path, spec: str, expected: list[str]) -> None:
    assert conda.names(*at(channels, "first"), spec) == expected


@pytest.mark.parametrize("form", ["a[subdir='noarch']", "{}/noarch::a"], ids=["in brackets", "with the channel"])
def test_an_answer_from_another_folder_than_is_asked_for_is_none(conda: Conda, channels: Path, form: str) -> None:
    first = (channels / "first").as_uri()
    status, answer = conda.create(*at(channels, "first"), form.format(first))
    assert (status, answer["kind"]) == (1, "unsatisfiable")
    assert "a is asked of noarch" in answer["message"]


def test_virtual_packages_are_mixlocks_own_and_never_the_hosts(conda: Conda, channels: Path) -> None:
    assert conda.names(*at(channels, "first"), "gpu", CONDA_OVERRIDE_CUDA="") == ["gpu 1.0"]
    assert conda.create(*at(channels, "first"), "old", CONDA_OVERRIDE_GLIBC="2.99")[0] == 1
    assert conda.create(*at(channels, "first"), "gpu", CONDA_SUBDIR="osx-arm64")[0] == 1


def test_virtual_packages_come_as_one_more_channel(conda: Conda, channels: Path) -> None:
    assert conda.names(*at(channels, "first", "virtual"), "old") == ["old 1.0"]
    assert conda.create(*at(channels, "first", "virtual"), "gpu")[0] == 1


@pytest.mark.parametrize(
    ("specs", "kind", "words"),
    [
        (("nowhere",), "unsatisfiable", "No candidates were found for nowhere"),
        (("a>=3",), "unsatisfiable", "No candidates were found for a >=3"),
        (("b", "a!=1.0"), "unsatisfiable", "a"),
        (("a=[",), "spec", "is not a match spec"),
    ],
)
def test_an_impossible_solve_is_explained(
    conda: Conda, channels: Path, specs: tuple[str, ...], kind: str, words: str
) -> None:
    status, answer = conda.create(*at(channels, "first"), *specs)
    assert (status, answer["success"], answer["kind"]) == (1, False, kind)
    assert words in answer["message"]


def test_a_channel_that_is_not_there_is_told(conda: Conda, tmp_path: Path) -> None:
    status, answer = conda.create(*at(tmp_path, "nowhere"), "a")
    assert (status, answer["kind"]) == (1, "channel")
    assert "nowhere" in answer["message"]


def test_a_platform_nobody_knows_is_told(conda: Conda, channels: Path) -> None:
    status, answer = conda.create(*at(channels, "first"), "a", CONDA_SUBDIR="linux-65")
    assert (status, answer["message"]) == (1, f"CONDA_SUBDIR=linux-65 is not one of {', '.join(KNOWN_PLATFORMS)}")


@pytest.fixture
def prefix(tmp_path: Path, conda: Conda, channels: Path) -> Path:
    """Make a prefix as conda-lock fakes it for an update: what was locked, in ``conda-meta``."""
    _status, answer = conda.create(*at(channels, "first"), "b")
    (tmp_path / "prefix/conda-meta").mkdir(parents=True)
    for record in answer["actions"]["FETCH"]:
        (tmp_path / f"prefix/conda-meta/{record['dist_name']}.json").write_text(json.dumps(record))
    return tmp_path / "prefix"


def test_list_tells_what_a_prefix_holds(conda: Conda, prefix: Path) -> None:
    status, answer = conda("list", "--json", "-p", str(prefix))
    assert (status, [record["dist_name"] for record in answer]) == (0, ["a-1.0-0", "b-1.0-0"])


@pytest.mark.parametrize(
    ("named", "expected"), [("a", ["a 2.0", "b 1.0"]), ("b", ["a 1.0", "b 1.0"]), ("a >=1.0", ["a 2.0", "b 1.0"])]
)
def test_an_update_moves_only_what_is_named(
    conda: Conda, channels: Path, prefix: Path, named: str, expected: list[str]
) -> None:
    words = ["-p", str(prefix), "--dry-run", "--json", "--override-channels", *at(channels, "second", "first"), named]
    for command in ("install", "update"):
        _status, answer = conda(command, *words, CONDA_CHANNEL_PRIORITY="disabled")
        assert [f"{record['name']} {record['version']}" for record in answer["actions"]["FETCH"]] == expected


@pytest.fixture
def served(channels: Path) -> Iterator[tuple[str, dict[str, Fault]]]:
    faults: dict[str, Fault] = {}
    with serve(channels, faults=faults) as base:
        yield base, faults


def test_repodata_is_kept_between_runs(conda: Conda, served: tuple[str, dict[str, Fault]], tmp_path: Path) -> None:
    base, _faults = served
    cold = {"XDG_CACHE_HOME": str(tmp_path)}
    assert conda.names("--channel", f"{base}/first", "b", **cold) == ["a 1.0", "b 1.0"]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json") if path.is_file()}
    assert kept
    assert conda.names("--channel", f"{base}/first", "b", **cold) == ["a 1.0", "b 1.0"]
    assert {path.stat().st_size > 0 for path in kept} == {True}


def test_a_mirror_serves_and_the_channels_own_url_is_answered(
    conda: Conda, served: tuple[str, dict[str, Fault]], tmp_path: Path
) -> None:
    base, _faults = served
    (tmp_path / "config.toml").write_text(f'[mirrors]\n"https://conda.example/x" = ["{base}/first"]\n')
    variables = {"MIXLOCK_CONFIG_FILE": str(tmp_path / "config.toml"), "XDG_CACHE_HOME": str(tmp_path)}
    _status, answer = conda.create("--channel", "https://conda.example/x", "a", **variables)
    assert [record["url"] for record in answer["actions"]["FETCH"]] == [
        "https://conda.example/x/linux-64/a-1.0-0.conda"
    ]


def test_credentials_of_a_channel_are_not_answered(conda: Conda, served: tuple[str, dict[str, Fault]]) -> None:
    base, _faults = served
    secret = f"{base}/first".replace("://", "://me:hunter2@")
    _status, answer = conda.create("--channel", secret, "a")
    assert "hunter2" not in json.dumps(answer)
    assert answer["actions"]["FETCH"][0]["url"].startswith(f"{base}/first/")


def test_a_crash_is_an_answer_too(conda: Conda, channels: Path, tmp_path: Path) -> None:
    (tmp_path / "brief.json").write_text("no json")
    status, answer = conda.create(*at(channels, "first"), "a", MIXLOCK_CONDA_BRIEF=str(tmp_path / "brief.json"))
    assert (status, answer["success"], answer["kind"]) == (1, False, "crash")


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.real)])
def test_many_runs_end_without_a_crash(conda: Conda, channels: Path, times: int) -> None:
    """py-rattler may abort while an interpreter shuts down; two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        runs = [pool.submit(conda.names, *at(channels, "first"), "b") for _ in range(times)]
    assert {tuple(run.result()) for run in runs} == {("a 1.0", "b 1.0")}


def test_it_runs_as_a_module_too(channels: Path) -> None:
    command = [sys.executable, "-m", "mixlock_hooks.shell.solver.conda_shim", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "conda 25.1.0\n"
