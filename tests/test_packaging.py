"""What the wheel holds, and what an installation without the extra ``lock`` can do."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks import __version__
from mixlock_hooks.commands.parsing import COMMANDS
from tests.conftest import Done
from tests.installing import build, closure, install_offline, make_venv

if TYPE_CHECKING:
    from tests.conftest import Repository

DIST_INFO = f"mixlock-{__version__}.dist-info"
NOT_FOR_A_CHECK = {
    *("rattler", "conda_lock", "rich", "filelock", "tomlkit", "pypi_simple"),
    *("socket", "ssl", "http", "urllib.request", "asyncio"),
}
"""What makes a start slow, or could reach the network."""

WATCHER = """\
import json, sys
events = []
sys.addaudithook(lambda event, _: events.append(event) if event.startswith("socket.") else None)
from mixlock_hooks.commands import main
status = main(sys.argv[1:])
print(json.dumps({"status": status, "modules": sorted(sys.modules), "events": events}))
"""


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("dist"))


@pytest.fixture(name="base", scope="module")
def _base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with its base requirements only; return the folder of its programs."""
    python = make_venv(tmp_path_factory.mktemp("base"))
    install_offline(python, wheel, _requirements(wheel))
    return python.parent


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _metadata(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"{DIST_INFO}/METADATA").decode()
    return HeaderParser().parsestr(text).get_all("Requires-Dist", [])


def _requirements(wheel: Path) -> list[str]:
    return [requirement for requirement in _metadata(wheel) if "extra ==" not in requirement]


def _run(base: Path, repository: Repository, *words: str) -> Done:
    """Run a program of the base installation in the repository."""
    command = [str(base / words[0]), *words[1:]]
    env = dict(repository.world.environment)
    done = subprocess.run(command, cwd=repository.root, env=env, capture_output=True, text=True, check=False)
    return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in _names(wheel)} == {"mixlock_hooks", "nox_plugin", DIST_INFO}


@pytest.mark.parametrize(
    "name",
    [
        "mixlock_hooks/py.typed",
        "mixlock_hooks/data/name_map.tsv",
        "mixlock_hooks/data/name_map.LICENSE",
        "mixlock_hooks/data/ci/github.yml",
        "mixlock_hooks/data/ci/gitlab.yml",
        "nox_plugin/py.typed",
        f"{DIST_INFO}/licenses/LICENSE",
        f"{DIST_INFO}/entry_points.txt",
    ],
)
def test_the_wheel_holds(wheel: Path, name: str) -> None:
    assert name in _names(wheel)


def test_the_wheel_built_from_the_sdist_holds_the_same(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("mixlock-*")
    assert _names(build("wheel", tmp_path / "wheel", source)) == _names(wheel)


def test_a_base_installation_needs_few_distributions_and_no_conda_lock(wheel: Path) -> None:
    assert closure(_requirements(wheel)) <= {"packaging", "platformdirs", "py-rattler", "pyyaml", "tomli"}


def test_the_version_is_told(base: Path, repository: Repository) -> None:
    assert _run(base, repository, "mixlock", "--version").stdout == f"mixlock {__version__}\n"


@pytest.mark.parametrize("words", [(), *((command,) for command in COMMANDS)], ids=" ".join)
def test_help_needs_no_extra(base: Path, repository: Repository, words: tuple[str, ...]) -> None:
    done = _run(base, repository, "mixlock", *words, "--help")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {' '.join(('mixlock', *words))} ")


def test_without_the_extra_specs_are_checked_listed_and_compared(base: Path, repository: Repository) -> None:
    assert _run(base, repository, "mixlock", "check").status == 0
    assert _run(base, repository, "mixlock", "list").status == 0
    drifted = _run(base, repository, "mixlock", "drift")
    assert drifted.status == 1
    assert "MIX201" in drifted.stdout


def test_without_the_extra_a_solve_is_refused_in_one_line(base: Path, repository: Repository) -> None:
    done = _run(base, repository, "mixlock", "lock")
    assert (done.status, done.stdout) == (3, "")
    hint = r"`pip install 'mixlock\[lock\] @ file://\S+\.whl'` brings it\n"
    assert re.fullmatch(rf"mixlock: the extra `lock` is not installed here: {hint}", done.stderr)


def test_without_the_extra_the_demo_is_refused_before_it_begins(base: Path, repository: Repository) -> None:
    done = _run(base, repository, "mixlock", "demo", "told")
    assert (done.status, done.stdout) == (3, "")
    assert "pip install 'mixlock[lock] @ file://" in done.stderr
    assert not (repository.root / "told").exists()


def test_without_the_extra_a_fresh_lock_needs_no_solve(base: Path, repository: Repository) -> None:
    assert repository.mixlock("lock").status == 0
    assert _run(base, repository, "mixlock", "lock").status == 0
    assert _run(base, repository, "mixlock", "drift").status == 0


@pytest.mark.parametrize("command", ["check", "drift"])
def test_the_fast_path_imports_no_solver_and_opens_no_socket(
    base: Path, repository: Repository, command: str
) -> None:
    assert repository.mixlock("lock").status == 0
    repository.git("add", ".")
    repository.git("commit", "-qm", "lock")  # a commit vouches for it
    done = _run(base, repository, "python", "-c", WATCHER, command)
    seen = json.loads(done.stdout)
    assert seen["status"] == 0
    assert not seen["events"]
    assert sorted(NOT_FOR_A_CHECK & set(seen["modules"])) == []


def test_the_sdist_holds_what_the_readme_and_the_noxfile_name(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    root = Path(__file__).parents[1]
    readme = (root / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((?!https?:)([\w./-]+)", readme))
    named = {"noxfile.py", ".pre-commit-hooks.yaml", "benchmarks/__main__.py", "tests/reference_page.py"}
    assert linked
    missing = {path for path in linked | named if not any(name.startswith(path) for name in held)}
    assert missing == set()
