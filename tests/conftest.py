"""Fixtures: a repository in git, and a world of tiny packages on loopback to lock against."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.index.loopback import Fault, serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CHANNEL = "https://conda.example/science"
INDEX = "https://index.example/simple"

_PYTHON = "python >=3.12,<3.13.0a0"
CONDA_PACKAGES = (
    *(
        SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)
        for subdir in ("linux-64", "osx-arm64", "win-64")
        for name, version, depends in (
            ("libblas", "3.11.0", ()),
            ("python", "3.12.11", ()),
            ("numpy", "1.26.4", (_PYTHON, "libblas >=3.9")),
            ("numpy", "2.2.6", (_PYTHON, "libblas >=3.9")),
            ("pandas", "2.2.3", (_PYTHON, "numpy >=1.26,<3")),
        )
    ),
    SyntheticCondaPackage(name="pip", version="25.2", depends=("python >=3.9",)),
    SyntheticCondaPackage(name="tzdata", version="2026c"),
)
PROJECTS = (
    SyntheticProject(name="requests", version="2.31.0", requires=("idna>=3",)),
    SyntheticProject(name="requests", version="2.32.0", requires=("idna>=3",)),
    SyntheticProject(name="idna", version="3.10"),
    SyntheticProject(name="colors", version="1.0"),
    SyntheticProject(name="frames", version="1.0", requires=("numpy<2",)),
    SyntheticProject(name="frames", version="2.0", requires=("numpy>=2",)),
    SyntheticProject(name="wheels-only", version="1.0", tag="cp312-cp312-win_amd64"),
)
SDISTS = (
    render_sdist(SyntheticProject(name="tiny-log", version="0.3.2", requires=("colors",))),
    render_sdist(SyntheticProject(name="old-style", version="0.1", requires=("colors",)), static_metadata=False),
)


@dataclass(kw_only=True)
class World:
    """A channel and an index on loopback, and the environment that makes programs see them.

    ``faults`` may be changed while it is served: path prefixes (``/index/simple/requests``, ``/science``) and what
    goes wrong there.
    """

    folder: Path
    environment: Mapping[str, str]
    faults: dict[str, Fault] = field(default_factory=dict)
    base: str = ""

    channel: str = CHANNEL
    index: str = INDEX

    def add(self, *files: RenderedFile) -> None:
        """Serve more files from the index, beside all that are there."""
        known = [*map(render_wheel, PROJECTS), *SDISTS]
        write_index(self.folder / "index", [*known, *files])


@contextmanager
def served_world(home: Path) -> Iterator[World]:
    """Serve the world; caches and the machine's configuration lie in ``home``."""
    folder = home / "world"
    write_channel(folder / "science", CONDA_PACKAGES)
    machine = home / "machine.toml"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "CONDA_"))},
        "MIXLOCK_CONFIG_FILE": str(machine),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PIP_DEFAULT_TIMEOUT": "5",
        "PIP_CONFIG_FILE": os.devnull,
    }
    made = World(folder=folder, environment=environment)
    made.add()
    with serve(folder, faults=made.faults) as base:
        made.base = base
        machine.write_text(f'[mirrors]\n"{CHANNEL}" = ["{base}/science"]\n"{INDEX}" = ["{base}/index/simple"]\n')
        yield made


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Hear Ctrl-C whoever started pytest.

    A background job of a shell ignores it, and every program that such a pytest starts would ignore it too.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Serve a world of this test's own."""
    with served_world(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve one world for tests that do not change it."""
    with served_world(tmp_path_factory.mktemp("shared")) as made:
        yield made


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command left."""

    status: int
    stdout: str
    stderr: str


@dataclass(kw_only=True)
class Repository:
    """A git repository whose configuration leads to the world, and the commands a person would type in it."""

    root: Path
    world: World

    def write(self, path: str, text: str) -> None:
        """Write a file and add it to git."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        self.git("add", path)

    def read(self, path: str) -> str:
        """Read a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def git(self, *words: str) -> str:
        """Run git, which must succeed."""
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", *words]
        return self.run(command, check=True).stdout

    def mixlock(self, *words: str, **environment: str) -> Done:
        """Run mixlock as a process."""
        return self.run([sys.executable, "-m", "mixlock_hooks", *words], environment)

    def locks(self) -> dict[str, bytes]:
        """Return every file below ``locks/``."""
        folder = self.root / "locks"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def run(self, command: list[str], environment: Mapping[str, str] | None = None, *, check: bool = False) -> Done:
        """Run any program in the repository."""
        env = {**self.world.environment, **(environment or {})}
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=check)
        return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


SPEC = """\
dependencies:
  - python=3.12
  - numpy=1.26
  - pip:
    - requests==2.31.0
"""
CONFIGURATION = f"""\
platforms = ["linux-64", "osx-arm64"]
channels = ["{CHANNEL}"]
default-index = "{INDEX}"
"""


def new_repository(root: Path, world: World, spec: str = SPEC, configuration: str = CONFIGURATION) -> Repository:
    """Make a repository with one spec, not locked yet."""
    made = Repository(root=root, world=world)
    made.root.mkdir(parents=True)
    made.git("init", "-q", "-b", "main")
    made.write("mixlock.toml", configuration)
    made.write("environment.yml", spec)
    return made


@pytest.fixture
def repository(tmp_path: Path, world: World) -> Repository:
    """Make a repository with one mixed spec, not locked yet, beside a world of its own."""
    return new_repository(tmp_path / "repository", world)


@pytest.fixture(scope="session")
def locked_once(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock the mixed spec once; nobody may change this repository."""
    made = new_repository(tmp_path_factory.mktemp("locked") / "repository", shared_world)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture
def locked(tmp_path: Path, locked_once: Repository) -> Repository:
    """Copy the locked repository, for a test to change."""
    root = tmp_path / "locked"
    shutil.copytree(locked_once.root, root)
    return Repository(root=root, world=locked_once.world)
