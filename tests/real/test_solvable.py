"""Real mixed specs are locked against real channel metadata and the real index, and the peers accept the locks.

The user's own complete example is one of them (``specs.EXAMPLE`` says what had to be replaced in it).
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest
from pypi_simple import PyPISimple

from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.pipeline.lock.record import recorded_inputs
from mixlock_hooks.rules.conflicts import conflicts
from mixlock_hooks.rules.lock_graph import locked_target
from mixlock_hooks.rules.platform_tags import rank_of, uv_platform
from mixlock_hooks.shell.index.indices import machine_index
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.tools import find_uv
from tests.real.conftest import new_repository
from tests.real.shared_channels import ENVS
from tests.real.specs import CASES, EXAMPLE, NOT_LOCKED, Case

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from tests.real.conftest import RealRepository

pytestmark = pytest.mark.real

_ALL = (*CASES, EXAMPLE)
every_case = pytest.mark.parametrize("case", _ALL, ids=[case.name for case in _ALL])
every_lock = pytest.mark.parametrize(
    ("case", "platform"),
    [(case, platform) for case in _ALL for platform in case.platforms],
    ids=[f"{case.name}-{platform}" for case in _ALL for platform in case.platforms],
)


def _lines(file: Path, *prefixes: str) -> list[str]:
    """Return the lines of a file that begin so; the order of an installation is each program's own."""
    return sorted(line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(prefixes))


def test_the_table_holds_every_solvable_spec() -> None:
    with (ENVS / "solvable.tsv").open(encoding="utf-8", newline="") as file:
        solvable = [row["file"] for row in csv.DictReader(file, delimiter="\t")]
    assert sorted((*(case.file for case in CASES), *NOT_LOCKED)) == sorted(solvable)


@every_case
def test_it_is_locked_for_every_platform_that_has_an_answer(case: Case, locked: RealRepository) -> None:
    files = {file.name for file in locked.lock_folder(case.name).iterdir()}
    per_platform = {name for platform in case.platforms for name in (f"conda-{platform}.lock", f"pip-{platform}.txt")}
    assert files == {"conda-lock.yml", "stamp.json", *per_platform}


@every_case
def test_it_is_fresh_once_it_is_locked(case: Case, locked: RealRepository) -> None:
    done = locked.mixlock("drift", "--verify", "--strict", case.name)
    assert (done.returncode, done.stdout) == (0, "")


def test_osx_arm64_has_no_answer_where_the_table_says_so(tmp_path: Path, real_machine: dict[str, str]) -> None:
    repository = new_repository(tmp_path / "repository", real_machine)
    repository.write("mixlock.toml", b'specs = ["*.yml"]\n')
    blocked = [case for case in _ALL if case.blocked]
    for case in blocked:
        repository.write(case.path, case.spec("osx-arm64"))
    done = repository.mixlock("lock")
    told = re.findall(r"^(\S+)\.yml:\d+:\d+: MIX30[15] (.*) \[osx-arm64\]$", done.stderr, re.MULTILINE)
    assert done.returncode == 3
    assert dict(told) == {case.name: case.blocked for case in blocked}


@every_case
def test_conda_lock_renders_the_same_explicit_file(case: Case, locked: RealRepository, tmp_path: Path) -> None:
    folder = locked.lock_folder(case.name)
    platforms = [word for platform in case.platforms for word in ("--platform", platform)]
    template = str(tmp_path / "conda-{platform}.lock")
    command = ["render", "--kind", "explicit", *platforms, "--filename-template", template]
    done = locked.python("-m", "conda_lock", *command, str(folder / "conda-lock.yml"))
    assert done.returncode == 0, done.stderr
    for platform in case.platforms:
        file = f"conda-{platform}.lock"
        assert _lines(tmp_path / file, "https:", "# pip ") == _lines(folder / file, "https:", "# pip ")


_READ_WITH_RATTLER = """\
import os, sys
from pathlib import Path
from rattler import MatchSpec
from rattler.explicit_environment import ExplicitEnvironmentSpec
read = ExplicitEnvironmentSpec.from_path(Path(sys.argv[1]))
print(read.platform)
for entry in read.packages:
    spec = MatchSpec.from_url(entry.url)
    print(spec.name.normalized, spec.md5.hex(), entry.url.partition("#")[0])
sys.stdout.flush()
os._exit(0)  # py-rattler may crash while an interpreter shuts down
"""


@every_lock
def test_rattler_reads_the_explicit_file(case: Case, platform: str, locked: RealRepository) -> None:
    file = locked.lock_folder(case.name) / f"conda-{platform}.lock"
    done = locked.python("-c", _READ_WITH_RATTLER, str(file))
    assert done.returncode == 0, done.stderr
    told, *read = done.stdout.splitlines()
    expected = [
        f"{package.name} {package.md5} {package.url}"
        for package in _packages(locked.lockfile(case.name), platform, Manager.CONDA)
    ]
    assert told == platform
    assert sorted(read) == sorted(expected)


@every_lock
def test_no_project_stands_on_both_sides(case: Case, platform: str, locked: RealRepository) -> None:
    packages = [package for package in locked.lockfile(case.name).packages if package.platform == platform]
    assert conflicts(packages, shipped()) == ()


@every_case
def test_no_file_names_the_mirror(case: Case, locked: RealRepository) -> None:
    files = locked.lock_folder(case.name).iterdir()
    assert [file.name for file in files if b"127.0.0.1" in file.read_bytes()] == []


@every_case
def test_pip_accepts_the_wheels_for_linux(case: Case, locked: RealRepository, tmp_path: Path) -> None:
    """Pip chooses and fetches every wheel for the lock's python and glibc, and checks its hash."""
    lockfile = locked.lockfile(case.name)
    sdists = {package.name for package in _sdists(lockfile)}
    pins = (locked.lock_folder(case.name) / "pip-linux-64.txt").read_text(encoding="utf-8").splitlines()
    wheels = tmp_path / "wheels.txt"
    wheels.write_text("".join(f"{pin}\n" for pin in pins if pin.partition("==")[0] not in sdists))
    options = ["--dry-run", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-input"]
    target = ["--target", str(tmp_path / "target"), "--python-version", _python(lockfile), "--implementation", "cp"]
    tags = [word for tag in _GLIBC_2_27 for word in ("--platform", tag)]
    done = locked.python("-m", "pip", "install", *options, *target, *tags, "-r", str(wheels))
    assert done.returncode == 0, done.stderr


@every_case
def test_the_index_lists_every_sdist_with_the_locked_hash(case: Case, locked: RealRepository) -> None:
    """Pip would build an sdist to read its name, with this interpreter: so only the index is asked."""
    with PyPISimple(machine_index()) as index:
        for package in _sdists(locked.lockfile(case.name)):
            listed = {file.filename: file.digests for file in index.get_project_page(package.name).packages}
            digests = listed[package.url.rpartition("/")[2].partition("#")[0]]
            assert digests.get("sha256") == package.sha256, package.url


_GLIBC_2_27 = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(27, 4, -1)),
    *("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"),
)
"""What a linux with glibc 2.27 accepts (PEP 600), newest first: mixlock's default for ``linux-64``."""


def _packages(lockfile: Lockfile, platform: str, manager: Manager) -> list[LockedPackage]:
    return [found for found in lockfile.packages if found.platform == platform and found.manager is manager]


def _sdists(lockfile: Lockfile) -> list[LockedPackage]:
    return [package for package in _packages(lockfile, "linux-64", Manager.PIP) if package.is_sdist]


def _python(lockfile: Lockfile) -> str:
    return next(found.version for found in _packages(lockfile, "linux-64", Manager.CONDA) if found.name == "python")


UNLIKE_UV = {"quantum-prize": "uv refuses the only file of python-constraint 1.4.0, whose name is of an old kind"}
"""The locks whose PyPI part uv alone would not choose beside conda's versions, and why."""


@every_lock
def test_pypis_part_is_what_uv_chooses_beside_condas_versions(
    case: Case, platform: str, locked: RealRepository, tmp_path: Path
) -> None:
    lockfile = locked.lockfile(case.name)
    conda = _packages(lockfile, platform, Manager.CONDA)
    pip = {package.name: package.version for package in _packages(lockfile, platform, Manager.PIP)}
    if not pip or case.name in UNLIKE_UV:
        return
    held = {
        project: package.version for package in conda for project in shipped().projects(package.name, (package.url,))
    }
    asked = recorded_inputs(lockfile, Subdir(platform))
    assert asked is not None
    (tmp_path / "asked.in").write_text("\n".join(asked.pypi))
    (tmp_path / "held.txt").write_text("".join(f"{name}=={version}\n" for name, version in held.items()))
    locked_for = locked_target(Subdir(platform), asked.virtual_packages.items(), conda)
    target = uv_platform(locked_for)
    assert target is not None
    sdists = [
        name for package in _packages(lockfile, platform, Manager.PIP) if package.is_sdist for name in [package.name]
    ]
    command = [
        *(find_uv() or "uv", "pip", "compile", "-q", "--no-header", "--no-annotate", "--no-config"),
        *("--constraints", str(tmp_path / "held.txt"), "--default-index", machine_index()),
        *("--python-version", _python(lockfile), "--python-platform", target.name),
        *(["--no-build"] if not sdists else []),
        str(tmp_path / "asked.in"),
    ]
    done = locked.run(*command)
    assert done.returncode == 0, done.stderr
    chosen = dict(line.split(" ")[0].partition("==")[::2] for line in done.stdout.splitlines() if "==" in line)
    alone = {name: version for name, version in chosen.items() if name not in held}
    unlike = {name: alone.get(name) for name in {*pip, *alone} if pip.get(name) != alone.get(name)}
    with PyPISimple(machine_index()) as index:
        loadable = {
            f"{name} {version}": [file for file in files if rank_of(file, locked_for) is not None]
            for name, version in unlike.items()
            for files in [_wheels_of(index, name, version)]
        }
    assert not {what for what, files in loadable.items() if files or "None" in what}, "uv found what fits, too"


def _wheels_of(index: PyPISimple, name: str, version: str | None) -> list[str]:
    packages = index.get_project_page(name).packages if version else []
    return [file.filename for file in packages if file.version == version and file.filename.endswith(".whl")]
