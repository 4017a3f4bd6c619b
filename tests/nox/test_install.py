"""``nox_plugin.install()``: the real nox, and a session that runs in the locked environment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.synthetic.archives import render_zip
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_wheel
from tests.conftest import CONFIGURATION, Done, Repository, looked_up_world, new_repository
from tests.host_python import host_python
from tests.hosts import PYTHON, is_running
from tests.shell.build.sdists import backend, tar_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import LookedUpWorld

HOST = host_platform()
OWN_PYTHON = ".".join(PYTHON.split(".")[:2])
OLD_PYTHON = SyntheticCondaPackage(name="python", version="3.7.1", subdir=HOST)
TOOL = SyntheticCondaPackage(
    name="greeter",
    version="1.0",
    subdir=HOST,
    more={
        "bin/greet": b"#!/bin/sh\necho hello from conda\n",
        "etc/conda/env_vars.d/greeter.json": b'{"GREETING": "set"}',
        "etc/conda/activate.d/greeter.sh": b'export SEEN="$GREETING, seen"\n',
    },
)
OLD_SETUPTOOLS = SyntheticCondaPackage(
    name="setuptools",
    version="60.0",
    depends=("python",),
    more={"site-packages/setuptools-60.0.dist-info/METADATA": b"Name: setuptools\nVersion: 60.0\n"},
)
SPEC = f"""\
dependencies:
  - python={PYTHON}
  - greeter
  - setuptools
  - pip:
    - tiny-log
    - requests==2.31.0
"""
NOXFILE = """\
import nox
import nox_plugin as mixlock

nox.options.default_venv_backend = "uv"  # the quickest, where the backend is not what is tested

@nox.session{arguments}
def tests(session):
    mixlock.install(session, "{environment}")
    session.run("greet")
    session.run("python", "-c", "import tiny_log, requests, os; print('prefix', os.environ['CONDA_PREFIX'])")
    session.run("python", "-c", "import sys; print('version', sys.version.split()[0])")
    {more}
"""


@pytest.fixture(scope="module")
def python_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookedUpWorld]:
    """Serve a world whose channel has a python that runs."""
    with looked_up_world(tmp_path_factory.mktemp("python")) as made:
        made.add_conda(host_python(), TOOL, OLD_SETUPTOOLS, OLD_PYTHON)
        yield made


@pytest.fixture(scope="module")
def locked_once(tmp_path_factory: pytest.TempPathFactory, python_world: LookedUpWorld) -> Repository:
    """Lock the environment once; nobody may change this repository."""
    configuration = CONFIGURATION.replace('"linux-64", "osx-arm64"', f'"{HOST}"')
    made = new_repository(tmp_path_factory.mktemp("nox") / "repository", python_world, SPEC, configuration)
    made.write("env_old.yml", "dependencies: [python=3.7]\n")
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture
def nox(tmp_path: Path, locked_once: Repository) -> Callable[..., Done]:
    """Return what writes a noxfile, and runs its session."""
    root = tmp_path / "repository"
    shutil.copytree(locked_once.root, root)

    def run(
        *words: str, arguments: str = "", environment: str = "environment", more: str = "", **others: str
    ) -> Done:
        (root / "noxfile.py").write_text(NOXFILE.format(arguments=arguments, environment=environment, more=more))
        command = [sys.executable, "-m", "nox", "--no-color", "-s", "tests", *words]
        there = {**locked_once.world.environment, "MIXLOCK_CACHE_DIR": str(tmp_path / "cache"), **others}
        done = subprocess.run(command, cwd=root, env=there, capture_output=True, text=True, check=False)
        return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


@pytest.fixture(autouse=True)
def _world_as_it_was(python_world: LookedUpWorld) -> Iterator[None]:
    yield
    python_world.faults.clear()


@pytest.mark.parametrize("backend", ["virtualenv", "venv", "uv"])
def test_a_session_runs_in_the_locked_environment_and_needs_no_network_again(
    nox: Callable[..., Done], python_world: LookedUpWorld, backend: str
) -> None:
    """Its own setuptools does not go before the locked one, and an installer keeps to what is locked."""
    arguments = f'(venv_backend="{backend}")'
    shown = "import setuptools, requests, os; print(setuptools.__version__, requests.__version__, os.environ['SEEN'])"
    more = f'session.install("-q", "--index-url", "{python_world.base}/index/simple/", "requests")'
    first = nox(arguments=arguments, more=f'{more}; session.run("python", "-c", {shown!r})')
    assert first.status == 0, first.stderr + first.stdout
    assert "hello from conda" in first.stdout
    assert f"version {PYTHON}" in first.stdout
    assert "60.0 2.31.0 set, seen" in first.stdout
    assert f"environment for {HOST}: installed" in first.stderr
    python_world.faults["/"] = Fault(status=500)
    for words in (("-r",), ()) if backend == "uv" else (("-r",),):
        again = nox(*words, arguments=arguments)
        assert again.status == 0, again.stderr + again.stdout
        assert f"environment for {HOST}: already as locked" in again.stderr


def test_what_would_go_before_the_lock_does_not_reach_a_session(nox: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "tiny_log.py").write_text("raise SystemExit('shadowed')")
    done = nox(PYTHONPATH=str(tmp_path))
    assert (done.status, "note: PYTHONPATH is not passed on" in done.stderr) == (0, True), done.stderr


def test_what_a_session_installs_beside_stays_the_sessions(nox: Callable[..., Done], tmp_path: Path) -> None:
    wheel = render_wheel(SyntheticProject(name="beside", version="1.0"))
    (tmp_path / wheel.name).write_bytes(wheel.content)
    beside = f'session.install("--no-index", "--no-deps", {str(tmp_path / wheel.name)!r}); '
    done = nox(more=beside + 'session.run("python", "-c", "import beside, requests")')
    assert done.status == 0, done.stderr + done.stdout
    (meta,) = (tmp_path / "repository/.nox/.cache/mixlock").rglob("conda-meta")
    assert not list(meta.parent.rglob("beside*"))
    assert list((tmp_path / "repository/.nox/tests").rglob("beside.py"))


def test_a_script_runs_with_the_sessions_python(
    nox: Callable[..., Done], python_world: LookedUpWorld, tmp_path: Path
) -> None:
    about = "scripted-1.0.dist-info"
    members = {
        "scripted.py": b"def main():\n    import beside\n    print('beside is seen')\n",
        f"{about}/METADATA": b"Metadata-Version: 2.1\nName: scripted\nVersion: 1.0\n",
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": b"[console_scripts]\ntell = scripted:main\n",
    }
    rows = "".join(f"{name},,\n" for name in (*members, f"{about}/RECORD"))
    content = render_zip({**members, f"{about}/RECORD": rows.encode()})
    python_world.add(RenderedFile(name="scripted-1.0-py3-none-any.whl", content=content))
    root = tmp_path / "repository"
    (root / "environment.yml").write_text(SPEC + "    - scripted\n")
    made = Repository(root=root, world=python_world)
    assert made.mixlock("lock").status == 0
    wheel = render_wheel(SyntheticProject(name="beside", version="1.0"))
    (tmp_path / wheel.name).write_bytes(wheel.content)
    more = f'session.install("--no-index", "--no-deps", {str(tmp_path / wheel.name)!r}); session.run("tell")'
    for words in ((), ("-r",)):
        done = nox(*words, more=more)
        assert (done.status, "beside is seen" in done.stdout) == (0, True), done.stderr + done.stdout


def test_what_is_installed_into_the_locked_environment_itself_is_noticed(
    nox: Callable[..., Done], tmp_path: Path
) -> None:
    assert nox().status == 0
    (meta,) = (tmp_path / "repository/.nox/.cache/mixlock").rglob("conda-meta")
    (library,) = (meta.parent / "lib").glob("python*/site-packages")
    (library / "intruder-1.0.dist-info").mkdir()
    (library / "intruder-1.0.dist-info/METADATA").write_text("Name: intruder\n")
    again = nox("-r").stderr
    assert "intruder-1.0.dist-info/METADATA is of no locked package" in again
    assert f"environment for {HOST}: installed" in again
    assert not (library / "intruder-1.0.dist-info").exists()


def test_a_python_that_is_locked_no_more_is_told(
    nox: Callable[..., Done], python_world: LookedUpWorld, tmp_path: Path
) -> None:
    assert nox().status == 0
    root = tmp_path / "repository"
    (root / "environment.yml").write_text("dependencies:\n  - greeter\n")
    assert Repository(root=root, world=python_world).mixlock("lock").status == 0
    done = nox("-r")
    assert (done.status, "is for a python that is no longer locked" in done.stderr) == (1, True), done.stderr


def test_ctrl_c_ends_a_build_too(nox: Callable[..., Done], python_world: LookedUpWorld, tmp_path: Path) -> None:
    hang = "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)#nox'])"
    about = {"PKG-INFO": b"Metadata-Version: 2.2\nName: odd\nVersion: 1.0\n"}
    python_world.add(tar_of({**about, **backend(hang)}))
    root = tmp_path / "repository"
    (root / "environment.yml").write_text(SPEC + "    - odd\n")
    assert Repository(root=root, world=python_world).mixlock("lock", "--no-build").status == 0
    (root / "noxfile.py").write_text(NOXFILE.format(arguments="", environment="environment", more=""))
    variables = {**python_world.environment, "MIXLOCK_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "nox", "-s", "tests"]
    with subprocess.Popen(command, cwd=root, env=variables, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not is_running("time.sleep(600)#nox") and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _nothing, said = running.communicate(timeout=30)
    assert (running.returncode, is_running("time.sleep(600)#nox")) == (130, False), said


def test_a_changed_lock_is_installed_anew_if_it_holds(
    nox: Callable[..., Done], tmp_path: Path, locked_once: Repository
) -> None:
    assert nox().status == 0
    changed = replace(locked_once, root=tmp_path / "repository")
    pip = changed.root / "locks" / "environment" / f"pip-{HOST}.txt"
    before = pip.read_text()
    pip.write_text(before + "# changed\n")
    assert "MIX207" in nox("-r").stderr
    pip.write_text(before)
    changed.write("environment.yml", f"{SPEC}    - colors\n")
    assert changed.mixlock("lock").status == 0
    assert f"environment for {HOST}: installed" in nox("-r").stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ("", "nothing", "mixlock.install('nothing'): nothing: no lock of that name"),
        ('(venv_backend="none")', "environment", "needs a session with an environment of its own"),
        (f'(python="{OWN_PYTHON}")', "env_old", f"env_old for {HOST} has python 3.7.1"),
    ],
)
def test_what_cannot_be_installed_ends_the_session_with_words(
    nox: Callable[..., Done], arguments: str, environment: str, words: str
) -> None:
    done = nox(arguments=arguments, environment=environment)
    assert (done.status, words in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr


def test_a_package_that_cannot_be_fetched_leaves_no_stamp(
    nox: Callable[..., Done], python_world: LookedUpWorld
) -> None:
    python_world.faults["/index/files/requests"] = Fault(status=404)
    done = nox()
    assert (done.status, "requests-2.31.0-py3-none-any.whl: cannot be read" in done.stderr) == (1, True), done.stderr
    python_world.faults.clear()
    assert f"environment for {HOST}: installed" in nox("-r").stderr
