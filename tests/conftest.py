"""Fixtures: a repository in git, and a world of small packages to lock against.

Most tests meet a world of tables: mixlock runs in the test's process, its engines are ``tests.fakes``. Where the real
engines, or processes, are what is tested, the names begin with ``served``: channel and index are on loopback then.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, settings

from mixlock_hooks.commands import main
from mixlock_hooks.shell.index.loopback import Fault, serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import RenderedFile
from tests.tables import CHANNEL, CONDA_PACKAGES, INDEX, INDEX_FILES, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
    from mixlock_hooks.synthetic.projects import RenderedFile
    from tests.fakes import FakeEngines


settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")  # a busy machine is no failure; speed is measured in benchmarks/

pytest.register_assert_rewrite("tests.team.half_year", "tests.team.two_branches")
"""Events assert in modules of their own."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command left."""

    status: int
    stdout: str
    stderr: str


class World(Protocol):
    """What mixlock meets outside of a repository: a machine, a channel and an index."""

    environment: Mapping[str, str]

    def add(self, *files: RenderedFile) -> None:
        """Have more files on the index, beside all that are there."""

    def mixlock(self, root: Path, words: Sequence[str], environment: Mapping[str, str]) -> Done:
        """Run mixlock in a folder."""


@dataclass(kw_only=True)
class TableWorld:
    """A world of tables: mixlock runs in this process, and what it would solve is looked up."""

    environment: Mapping[str, str]
    engines: FakeEngines

    def add(self, *files: RenderedFile) -> None:
        """Have more files on the index, beside all that are there."""
        self.engines.indices[INDEX] += files

    def mixlock(self, root: Path, words: Sequence[str], environment: Mapping[str, str]) -> Done:
        """Run mixlock in this process."""
        return run_here(lambda: main(words, self.engines), root, {**self.environment, **environment})


def table_world(home: Path) -> TableWorld:
    """Return a world of tables; caches and the machine's configuration lie in ``home``."""
    return TableWorld(environment=_machine(home), engines=tables())


@dataclass(kw_only=True)
class ServedWorld:
    """A channel and an index on loopback: mixlock runs as a process, with the real engines.

    ``faults`` may be changed while it is served: path prefixes (``/index/simple/requests``, ``/science``) and what
    goes wrong there.
    """

    folder: Path
    environment: Mapping[str, str]
    faults: dict[str, Fault] = field(default_factory=dict)
    base: str = ""

    def add(self, *files: RenderedFile) -> None:
        """Serve more files from the index, beside all that are there."""
        write_index(self.folder / "index", [*INDEX_FILES, *files])

    def mixlock(self, root: Path, words: Sequence[str], environment: Mapping[str, str]) -> Done:
        """Run mixlock as a process."""
        return run_there([sys.executable, "-m", "mixlock_hooks", *words], root, {**self.environment, **environment})


@dataclass(kw_only=True)
class LookedUpWorld(ServedWorld):
    """A served world whose locks are looked up in this process: for tests of what comes after a lock."""

    engines: FakeEngines

    def add(self, *files: RenderedFile) -> None:
        """Serve more files from the index, beside all that are there, and have them in its table."""
        ServedWorld.add(self, *files)
        self.engines.indices[INDEX] = [*INDEX_FILES, *files]

    def add_conda(self, *packages: SyntheticCondaPackage) -> None:
        """Serve more packages from the channel, beside all that are there, and have them in its table."""
        self.engines.channels[CHANNEL] = [*CONDA_PACKAGES, *packages]
        write_channel(self.folder / "science", self.engines.channels[CHANNEL])

    def mixlock(self, root: Path, words: Sequence[str], environment: Mapping[str, str]) -> Done:
        """Run ``mixlock lock`` in this process, and any other command as a process."""
        if words[0] != "lock":
            return ServedWorld.mixlock(self, root, words, environment)
        return run_here(lambda: main(words, self.engines), root, {**self.environment, **environment})


@contextmanager
def served_world(home: Path) -> Iterator[ServedWorld]:
    """Serve a world; caches and the machine's configuration lie in ``home``."""
    made = ServedWorld(folder=home / "world", environment=_machine(home))
    with _serving(made):
        yield made


@contextmanager
def looked_up_world(home: Path) -> Iterator[LookedUpWorld]:
    """Serve a world whose locks are looked up."""
    made = LookedUpWorld(folder=home / "world", environment=_machine(home), engines=tables())
    with _serving(made):
        yield made


@contextmanager
def _serving(world: ServedWorld) -> Iterator[None]:
    write_channel(world.folder / "science", CONDA_PACKAGES)
    world.add()
    with serve(world.folder, faults=world.faults) as base:
        world.base = base
        mirrors = f'"{CHANNEL}" = ["{base}/science"]\n"{INDEX}" = ["{base}/index/simple"]\n'
        Path(world.environment["MIXLOCK_CONFIG_FILE"]).write_text(f"[mirrors]\n{mirrors}")
        yield


_OTHERS = ("PIP_", "UV_", "CONDA_", "NO_COLOR", "FORCE_COLOR")
"""Variables of whoever runs the tests that would change what mixlock does or shows."""


def _machine(home: Path) -> dict[str, str]:
    """Return the environment of a machine that is configured, and keeps its caches, in a folder."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)},
        "MIXLOCK_CONFIG_FILE": str(home / "machine.toml"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PIP_DEFAULT_TIMEOUT": "5",
        "PIP_CONFIG_FILE": os.devnull,
    }


def run_there(command: Sequence[str], root: Path, environment: Mapping[str, str], *, check: bool = False) -> Done:
    """Run a program in a folder."""
    done = subprocess.run(command, cwd=root, env=dict(environment), capture_output=True, text=True, check=check)
    return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def run_here(command: Callable[[], int], root: Path, environment: Mapping[str, str]) -> Done:
    """Run what would be a program in this process, which is in a folder and has another environment meanwhile."""
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", write_through=True) for _ in "oe")
    with _as_there(root, environment), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            status = command()
        except SystemExit as ended:  # argparse ends a process
            status = int(ended.code or 0)
    return Done(status=status, stdout=_written(stdout), stderr=_written(stderr))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _as_there(root: Path, environment: Mapping[str, str]) -> Iterator[None]:
    folder, variables = Path.cwd(), dict(os.environ)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(variables)


@pytest.fixture(scope="session", autouse=True)
def colors_are_not_forced() -> None:
    """Forget what whoever runs the tests wishes of colours, as nox does."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Hear Ctrl-C whoever started pytest.

    A background job of a shell ignores it, and every program that such a pytest starts would ignore it too.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def world(tmp_path: Path) -> TableWorld:
    """Return a world of tables of this test's own."""
    return table_world(tmp_path)


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> TableWorld:
    """Return one world of tables for tests that do not change it."""
    return table_world(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    """Serve a world of this test's own."""
    with served_world(tmp_path) as made:
        yield made


@pytest.fixture
def looked_up(tmp_path: Path) -> Iterator[LookedUpWorld]:
    """Serve a world of this test's own whose locks are looked up."""
    with looked_up_world(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def shared_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWorld]:
    """Serve one world for tests that leave it as it was."""
    with served_world(tmp_path_factory.mktemp("served")) as made:
        yield made


@dataclass(kw_only=True)
class Repository:
    """A git repository whose configuration leads to a world, and the commands a person would type in it."""

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
        """Run mixlock as the repository's world does: in this process, or as one of its own with the real engines."""
        return self.world.mixlock(self.root, words, environment)

    def process(self, *words: str, **environment: str) -> Done:
        """Run mixlock as a process, whatever the world is."""
        return self.run([sys.executable, "-m", "mixlock_hooks", *words], environment)

    def locks(self) -> dict[str, bytes]:
        """Return every file below ``locks/``."""
        folder = self.root / "locks"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def run(self, command: list[str], environment: Mapping[str, str] | None = None, *, check: bool = False) -> Done:
        """Run any program in the repository."""
        return run_there(command, self.root, {**self.world.environment, **(environment or {})}, check=check)


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
def repository(tmp_path: Path, world: TableWorld) -> Repository:
    """Make a repository with one mixed spec, not locked yet, beside a world of its own."""
    return new_repository(tmp_path / "repository", world)


@pytest.fixture
def served_repository(tmp_path: Path, served: ServedWorld) -> Repository:
    """Make a repository with one mixed spec, not locked yet, beside a served world of its own."""
    return new_repository(tmp_path / "repository", served)


@pytest.fixture(scope="session")
def locked_once(tmp_path_factory: pytest.TempPathFactory, shared_world: TableWorld) -> Repository:
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


@pytest.fixture
def served_locked(tmp_path: Path, locked_once: Repository, shared_served: ServedWorld) -> Repository:
    """Copy the locked repository, for a test to change with the real engines, which would lock the same bytes."""
    root = tmp_path / "locked"
    shutil.copytree(locked_once.root, root)
    return Repository(root=root, world=shared_served)
