"""``mixlock install`` and ``mixlock run``: exactly the lock, both halves, and what is installed runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from tests.conftest import CONFIGURATION, Done, Repository, looked_up_world, new_repository
from tests.host_python import host_python
from tests.hosts import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import LookedUpWorld

HOST = host_platform()
GREETER = SyntheticCondaPackage(
    name="greeter",
    version="1.0",
    subdir=HOST,
    more={
        "bin/greet": b"#!/bin/sh\necho hello from conda\n",
        "bin/.greeter-post-link.sh": b'touch "$PREFIX/linked"\n',
        "etc/conda/env_vars.d/greeter.json": b'{"GREETING": "it\'s set"}',
        "etc/conda/activate.d/greeter.sh": b'export SEEN="$GREETING, $(basename "$CONDA_PREFIX")"\necho noise\n',
    },
)
ONCE_MORE = SyntheticCondaPackage(
    name="once-more", version="1.0", subdir=HOST, more={"share/kept.txt": b"kept", "bin/old": b"#!/bin/sh\n"}
)
PLACEHOLDER = "/placehold_" + "placehold_" * 7
RELOCATED = SyntheticCondaPackage(
    name="relocated",
    version="1.0",
    subdir=HOST,
    placeholder=PLACEHOLDER,
    more={
        "bin/where": f"#!/bin/sh\necho {PLACEHOLDER}/share\n".encode(),
        "lib/where.bin": b"\x7f\0" + PLACEHOLDER.encode() + b"/lib\0end",
    },
)
"""A package of old whose files leave 81 bytes for a prefix, where conda-build leaves 255 today."""
CLASSIC = SyntheticCondaPackage(
    name="classic",
    version="1.0",
    subdir=HOST,
    is_old=True,
    more={"bin/classic": b"#!/bin/sh\necho of old\n"},
    links={"bin/alias": "classic"},
)
POINTED = SyntheticCondaPackage(
    name="pointed",
    version="1.0",
    depends=("python",),
    entry_points=("pointed = pointed_program:main",),
    more={"site-packages/pointed_program.py": b"def main():\n    print('from an entry point')\n"},
)
NEWER = replace(ONCE_MORE, version="2.0", more={"share/kept.txt": b"new!"})
SPEC = f"dependencies:\n  - python={PYTHON}\n  - greeter\n  - pip:\n    - tiny-log\n    - requests==2.31.0\n"
KILLED_AT_A_STEP = """\
import os, signal, sys
prefix, last = sys.argv[1], int(sys.argv[2])
steps = 0
def watch(event, words):
    global steps
    touches = event in {"open", "os.mkdir", "os.remove", "os.rmdir", "os.rename"} and str(words[0]).startswith(prefix)
    if touches or event == "subprocess.Popen":
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from mixlock_hooks.commands import main
status = main(sys.argv[3:])
print(steps)
sys.stdout.flush()
os._exit(status)
"""
LISTED = (
    "import importlib.metadata as m, json, tiny_log, requests; "
    "print(json.dumps(sorted((d.name, d.version) for d in m.distributions())))"
)


@pytest.fixture(name="python_world", scope="module")
def _python_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookedUpWorld]:
    with looked_up_world(tmp_path_factory.mktemp("python")) as made:
        made.add_conda(host_python(), GREETER, ONCE_MORE, NEWER, RELOCATED, CLASSIC, POINTED)
        yield made


@pytest.fixture(name="once", scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory, python_world: LookedUpWorld) -> Repository:
    configuration = CONFIGURATION.replace('"linux-64", "osx-arm64"', f'"{HOST}"')
    made = new_repository(tmp_path_factory.mktemp("install") / "it's a repository", python_world, SPEC, configuration)
    made.write("env_small.yml", "dependencies: [greeter]\n")
    made.write("env_relocated.yml", "dependencies: [relocated]\n")
    made.write("env_kinds.yml", f"dependencies: [python={PYTHON}, classic, pointed]\n")
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, once: Repository) -> Repository:
    """Copy the locked repository, to a path with a space and an apostrophe."""
    root = tmp_path / "it's a repository"
    shutil.copytree(once.root, root)
    return replace(once, root=root)


def run(repository: Repository, *command: str) -> Done:
    return repository.process("run", "environment", "--", *command)


def test_what_is_installed_is_exactly_the_lock_and_runs(repository: Repository) -> None:
    done = repository.process("install", "environment")
    assert done.status == 0, done.stderr
    prefix = repository.root / ".mixlock/environment"
    lock = conda_lock_yml.parse((repository.root / "locks/environment/conda-lock.yml").read_bytes())
    conda = {(each.name, each.version) for each in lock.packages if each.manager is Manager.CONDA}
    meta = [json.loads(file.read_text()) for file in (prefix / "conda-meta").glob("*.json")]
    assert {(each["name"], each["version"]) for each in meta} == conda
    shown = run(repository, "python", "-c", LISTED)
    assert shown.status == 0, shown.stderr
    pip = sorted([each.name, each.version] for each in lock.packages if each.manager is Manager.PIP)
    assert [pair for pair in json.loads(shown.stdout) if pair[0] != "pip"] == pip
    checked = repository.run([sys.executable, "-m", "pip", "--python", str(prefix / "bin/python"), "check"])
    assert checked.status == 0, checked.stdout
    assert not [path for path in prefix.rglob("*") if path.is_file() and path.lstat().st_nlink > 1]
    assert repository.git("status", "--porcelain", ".mixlock") == ""
    again = repository.process("install", "environment")
    assert (again.status, "already as locked" in again.stderr) == (0, True)


def test_a_spec_that_drifted_is_not_installed_from_its_old_lock(repository: Repository) -> None:
    """Also where the prefix is as it was locked, or nothing is to be installed yet."""
    assert repository.process("install").status == 2  # several are locked
    repository.write("env_small.yml", "dependencies: [greeter=99]\n")
    for words in ("install env_small --dry-run", "install env_small"):
        done = repository.process(*words.split())
        assert (done.status, "env_small.yml:1:16: MIX202" in done.stderr) == (3, True), done.stderr
    repository.write("env_small.yml", "dependencies: [greeter]\n")
    assert repository.process("install", "env_small").status == 0
    repository.write("env_small.yml", "dependencies: [greeter=99]\n")
    for words in ("install env_small", "run env_small -- true"):
        done = repository.process(*words.split())
        assert (done.status, "env_small.yml:1:16: MIX202" in done.stderr) == (3, True), done.stderr
    for broken in ("a: [\n", "dependencies: [greeter, python, {pip: ['git+https://a.example/b']}]\n"):
        repository.write("env_small.yml", broken)
        for words in ("install env_small", "install env_small --dry-run"):
            done = repository.process(*words.split())
            assert (done.status, "env_small.yml:" in done.stderr) == (3, True), done.stderr
    repository.write("env_small.yml", "dependencies: [greeter]  # a comment\n")
    assert repository.process("run", "env_small", "--", "true").status == 0


def test_a_command_runs_activated_and_its_status_is_passed_on(repository: Repository) -> None:
    done = run(repository, "sh", "-c", 'greet; echo "$SEEN"; exit 7')
    assert (done.status, done.stdout) == (7, "hello from conda\nit's set, environment\n"), done.stderr
    killed = run(repository, "sh", "-c", "kill -TERM $$")
    assert killed.status == -signal.SIGTERM
    assert run(repository, "no-such-program").status == 3
    assert repository.process("run", "environment").status == 2


def test_the_shells_of_the_hints_activate(repository: Repository) -> None:
    done = repository.process("install", "environment")
    hint = dict(line.split(": ", 1) for line in done.stdout.splitlines())["bash, zsh"]
    shown = subprocess.run(
        ["sh", "-c", f'{hint} >&2; greet; echo "$SEEN"'], capture_output=True, text=True, check=True, cwd="/"
    )
    assert shown.stdout == "hello from conda\nit's set, environment\n"


def test_what_would_go_before_the_lock_is_not_passed_on_and_told(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "tiny_log.py").write_text("raise SystemExit('shadowed')")
    variables = {"PYTHONPATH": str(tmp_path), "VIRTUAL_ENV": str(tmp_path), "LD_LIBRARY_PATH": str(tmp_path)}
    shown = "import os, tiny_log; print([os.environ.get(each) for each in ('PYTHONPATH', 'VIRTUAL_ENV', 'GREETING')])"
    done = repository.process("run", "environment", "--", "python", "-c", shown, **variables)
    assert (done.status, done.stdout) == (0, '[None, None, "it\'s set"]\n'), done.stderr
    assert f"note: PYTHONPATH is not passed on: what it names, {tmp_path}," in done.stderr
    assert f"note: LD_LIBRARY_PATH stays: libraries of {tmp_path} go before the locked ones" in done.stderr
    asked = ("run", "environment", "--", "env", f"PYTHONPATH={tmp_path}", "python", "-c", "import tiny_log")
    assert "shadowed" in repository.process(*asked).stderr
    hint = dict(line.split(": ", 1) for line in repository.process("install", "environment").stdout.splitlines())
    script = ["sh", "-ec", f'{hint["bash, zsh"]}; python -c "import tiny_log"; echo "${{PYTHONHOME-none}}"']
    there = {**os.environ, **variables, "PYTHONHOME": "/nowhere"}
    sourced = subprocess.run(script, env=there, cwd="/", capture_output=True, text=True, check=True)
    assert sourced.stdout == "noise\nnone\n"
    assert "mixlock: PYTHONHOME is dropped" in sourced.stderr


def test_nothing_of_others_is_deleted(repository: Repository, tmp_path: Path) -> None:
    """A folder that mixlock did not make is refused, whatever it holds."""
    mine = tmp_path / "mine"
    (mine / "conda-meta").mkdir(parents=True)
    (mine / "thesis.txt").write_text("years of work")
    link = tmp_path / "link"
    link.symlink_to(mine)
    file = tmp_path / "file"
    file.write_text("")
    for prefix in (mine, link, file):
        done = repository.process("install", "environment", "--prefix", str(prefix))
        assert done.status in {2, 3}, done.stderr
        assert "nothing is installed there" in done.stderr
        assert not Path(f"{prefix}.lock").exists()
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_a_prefix_that_git_tracks_is_not_believed(repository: Repository) -> None:
    """Its stamp says what anybody wrote, though it says that all is as locked."""
    assert repository.process("install", "env_small").status == 0
    repository.git("add", "--force", ".mixlock/env_small/.mixlock-stamp")
    for words in ("install env_small", "run env_small -- greet"):
        done = repository.process(*words.split())
        assert (done.status, done.stdout) == (3, ""), done.stderr
        assert "the repository brings .mixlock/env_small/.mixlock-stamp" in done.stderr
        assert "`git rm -r .mixlock/env_small/.mixlock-stamp`" in done.stderr


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "outside of git"])
@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param(".mixlock", "outside", id="the folder of prefixes"),
        pytest.param(".mixlock/env_small", "outside", id="the prefix"),
        pytest.param(".mixlock/env_small.lock", "outside/lock", id="its lock"),
        pytest.param(".mixlock/.gitignore", "outside/ignore", id="what git ignores"),
    ],
)
def test_nothing_is_written_behind_a_link_of_the_repository(
    repository: Repository, tmp_path: Path, path: str, target: str, *, committed: bool
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = repository.root / path
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / target)
    if committed:
        repository.git("add", "--force", path)
    else:
        shutil.rmtree(repository.root / ".git")
    done = repository.process("install", "env_small")
    assert done.status in ({0} if path.endswith("ignore") else {2, 3}), done.stderr
    assert not list(outside.iterdir())


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory, once: Repository) -> Repository:
    """Commit the lock; then build its sdist into the repository's wheelhouse, and record it."""
    root = tmp_path_factory.mktemp("built") / "repository"
    shutil.copytree(once.root, root)
    made = replace(once, root=root)
    made.git("add", ".")
    made.git("commit", "-qm", "a lock")
    done = made.process("wheelhouse", "environment")
    assert done.status == 0, done.stderr
    return made


@pytest.mark.parametrize(
    ("situation", "status"),
    [
        ("anybody's record and wheel", 3),
        ("built on this machine", 0),
        ("the last commit has the record", 0),
        ("the user names the folder", 0),
    ],
)
def test_a_wheel_replaces_a_locked_sdist_only_where_somebody_vouches_for_it(
    built: Repository, tmp_path: Path, python_world: LookedUpWorld, situation: str, status: int
) -> None:
    """The sdist is gone, so that nothing can be built."""
    root = tmp_path / "repository"
    shutil.copytree(built.root, root)
    repository = replace(built, root=root)
    if situation == "the last commit has the record":
        repository.git("add", "locks")
        repository.git("commit", "-qm", "its wheels")
    words = ["--wheelhouse", "wheelhouse"] if situation == "the user names the folder" else []
    machine = {} if situation == "built on this machine" else {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    python_world.faults["/index/files/tiny_log-0.3.2.tar.gz"] = Fault(status=404)
    try:
        done = repository.process("install", "environment", *words, **machine)
    finally:
        python_world.faults.clear()
    assert (done.status, "tiny-log" in done.stderr) == (status, status == 3), done.stderr


@pytest.mark.parametrize("why", ["a folder of others", "a spec that drifted"])
def test_a_refusal_leaves_nothing_beside_the_prefix(repository: Repository, tmp_path: Path, why: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if why == "a folder of others":
        (place / "mine").mkdir()
        (place / "mine/thesis.txt").write_text("years of work")
    else:
        repository.write("env_small.yml", "dependencies: [greeter=99]\n")
    before = list(place.iterdir())
    assert repository.process("install", "env_small", "--prefix", str(place / "mine")).status in {2, 3}
    assert list(place.iterdir()) == before


def test_a_lock_that_does_not_hold_is_not_installed(repository: Repository) -> None:
    lock = "locks/environment/conda-lock.yml"
    repository.write(lock, repository.read(lock).replace("2.31.0", "2.30.0"))
    done = repository.process("install", "environment")
    assert (done.status, "MIX206" in done.stderr) == (3, True)
    assert not [*(repository.root / ".mixlock").glob("environment*")]


@pytest.mark.parametrize("prefix", [".git", ".git/env", "locks", "locks/env"])
def test_nothing_is_installed_among_the_locks_or_into_what_is_gits(repository: Repository, prefix: str) -> None:
    before = repository.locks()
    named = ("environment", "--prefix", prefix)
    for words in (["install", *named], ["run", *named, "--", "true"]):
        done = repository.process(*words)
        assert (done.status, f"--prefix {prefix}: " in done.stderr) == (2, True), done.stderr
    assert repository.locks() == before
    assert not [*(repository.root / ".git").glob("env*")]


def test_a_prefix_that_is_too_long_is_refused_by_its_length(repository: Repository, tmp_path: Path) -> None:
    long = tmp_path / ("a" * 120) / ("b" * 120)
    done = repository.process("install", "environment", "--prefix", str(long))
    assert (done.status, "254 bytes" in done.stderr) == (2, True)


def test_packages_of_every_kind_run_and_are_whole(repository: Repository) -> None:
    """A `.tar.bz2` file, symbolic links, a noarch Python package with an entry point."""
    for program, told in (("classic", "of old"), ("alias", "of old"), ("pointed", "from an entry point")):
        done = repository.process("run", "env_kinds", "--", program)
        assert (done.status, done.stdout) == (0, f"{told}\n"), done.stderr
    again = repository.process("install", "env_kinds")
    assert (again.status, "already as locked" in again.stdout + again.stderr) == (0, True), again


def test_the_prefix_is_written_where_a_package_holds_its_place(repository: Repository) -> None:
    """In texts as it is, in programs with zeros behind it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        prefix = Path(short, "p")
        done = repository.process("install", "env_relocated", "--prefix", str(prefix))
        assert done.status == 0, done.stderr
        shown = repository.process("run", "env_relocated", "--prefix", str(prefix), "--", "where")
        assert shown.stdout == f"{prefix}/share\n"
        binary = (prefix / "lib/where.bin").read_bytes()
        assert binary.startswith(b"\x7f\0" + str(prefix).encode() + b"/lib\0")
        assert (len(binary), PLACEHOLDER.encode() in binary) == (len(PLACEHOLDER) + 10, False)


def test_a_prefix_that_does_not_fit_into_one_package_is_refused_with_its_name(
    repository: Repository, tmp_path: Path
) -> None:
    prefix = tmp_path / ("a" * 90)
    done = repository.process("install", "env_relocated", "--prefix", str(prefix))
    assert (done.status, "relocated" in done.stderr) == (3, True)
    assert "`--prefix` names a shorter one" in done.stderr
    assert repository.process("run", "env_relocated", "--prefix", str(prefix), "--", "where").status == 3


def test_a_prefix_that_path_cannot_hold_is_refused(repository: Repository, tmp_path: Path) -> None:
    done = repository.process("install", "environment", "--prefix", str(tmp_path / f"a{os.pathsep}b"))
    assert (done.status, "separates folders in PATH" in done.stderr) == (2, True)


@pytest.mark.parametrize(("name", "moments"), [("env_small", 20), ("environment", 3)])
def test_what_was_broken_off_is_made_again(repository: Repository, name: str, moments: int) -> None:
    """Killed at some of the steps that touch the prefix or start a program; the next run completes."""
    prefix = repository.root / ".mixlock" / name
    steps = int(_until(repository, prefix, step=0).stdout.splitlines()[-1])
    shutil.rmtree(prefix)
    for moment in range(moments):
        killed = _until(repository, prefix, step=1 + moment * (steps - 1) // (moments - 1))
        assert killed.status == -signal.SIGKILL, killed.stderr
    assert repository.process("run", name, "--", "greet").stdout == "hello from conda\n"
    assert "already as locked" in repository.process("install", name).stderr


def _until(repository: Repository, prefix: Path, *, step: int) -> Done:
    """Install, and be killed at a step; count the steps where it is none."""
    script = [sys.executable, "-c", KILLED_AT_A_STEP, str(prefix), str(step)]
    return repository.run([*script, "install", prefix.name])


def test_two_at_once_wait_for_each_other(repository: Repository) -> None:
    environment = {**os.environ, **repository.world.environment}
    command = [sys.executable, "-m", "mixlock_hooks", "install", "env_small"]
    both = [
        subprocess.Popen(command, cwd=repository.root, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = sorted(running.communicate()[1] for running in both)
    assert [running.returncode for running in both] == [0, 0], told
    assert ["already as locked" in words for words in told] in ([True, False], [False, True])


def test_what_was_deleted_replaced_or_put_before_is_told_and_made_again(repository: Repository) -> None:
    prefix = repository.root / ".mixlock/environment"
    assert repository.process("install", "environment").status == 0
    (library,) = prefix.glob("lib/python*/site-packages")
    (library / "requests.py").unlink()
    (prefix / "bin/greet").write_text("#!/bin/sh\necho another\n")
    (library / "tiny_log").mkdir()
    (library / "tiny_log/__init__.py").write_text("shadows = True\n")
    done = repository.process("install", "environment")
    assert (done.status, "requests.py is gone" in done.stderr, "3 more" in done.stderr) == (0, True, False)
    assert "bin/greet was changed" in done.stderr
    assert "tiny_log/__init__.py is of no locked package" in done.stderr
    shown = run(repository, "sh", "-c", "greet; python -c 'import requests, tiny_log; print(vars(tiny_log).keys())'")
    assert (shown.stdout.startswith("hello from conda"), "shadows" in shown.stdout) == (True, False), shown.stderr


BEFORE = SPEC.replace("  - greeter\n", "  - greeter\n  - once-more=1.0\n")
AFTER = BEFORE.replace("once-more=1.0", "once-more=2.0").replace("    - tiny-log\n", "")


@pytest.fixture(name="both_locks", scope="module")
def _both_locks(tmp_path_factory: pytest.TempPathFactory, once: Repository) -> Repository:
    """Commit one lock in ``before/``, another in ``after/``."""
    root = tmp_path_factory.mktemp("changed") / "it's a repository"
    shutil.copytree(once.root, root)
    made = replace(once, root=root)
    for name, spec in (("before", BEFORE), ("after", AFTER)):
        made.write(f"env_{name}.yml", spec)
    done = made.mixlock("lock", "env_before", "env_after")
    assert done.status == 0, done.stderr
    return made


def _install_at(repository: Repository, name: str, prefix: Path, *words: str) -> Done:
    return repository.process("install", name, "--prefix", str(prefix), *words)


def _inodes(prefix: Path) -> dict[str, int]:
    return {path.relative_to(prefix).as_posix(): path.lstat().st_ino for path in prefix.rglob("*") if path.is_file()}


def test_a_changed_lock_is_installed_in_place(both_locks: Repository, tmp_path: Path) -> None:
    """What is in both stays as it lies; what is in neither, or in the old one alone, goes, compiled remains too."""
    prefix = tmp_path / "it's a prefix"
    assert _install_at(both_locks, "env_before", prefix).status == 0
    python = str(prefix / "bin/python")
    subprocess.run([python, "-c", "import requests, colors, tiny_log"], check=True)
    (prefix / "share/mine.txt").write_text("mine")
    before = _inodes(prefix)
    done = _install_at(both_locks, "env_after", prefix)
    assert done.status == 0, done.stderr
    after = _inodes(prefix)
    kept = {path for path in before if path.endswith(("greet", "requests.py", "bin/python", "os.py"))}
    assert len(kept) >= 4
    assert {path: after.get(path) for path in kept} == {path: before[path] for path in kept}
    assert (prefix / "share/kept.txt").read_text() == "new!"
    assert not {path for path in after if "mine" in path or "tiny_log" in path or path == "bin/old"}
    assert subprocess.run([python, "-c", "import tiny_log"], check=False, capture_output=True).returncode == 1
    fresh = tmp_path / "fresh"
    assert _install_at(both_locks, "env_after", fresh).status == 0
    assert {path for path in after if "__pycache__" not in path} == {
        path for path in _inodes(fresh) if "__pycache__" not in path
    }
    assert "already as locked" in _install_at(both_locks, "env_after", prefix).stderr


@pytest.mark.parametrize("moments", [4])
def test_an_update_that_is_broken_off_is_completed(both_locks: Repository, tmp_path: Path, moments: int) -> None:
    """Killed at steps that touch the prefix or start a program: the next run makes just what the lock says."""
    prefix = tmp_path / "prefix"
    assert _install_at(both_locks, "env_before", prefix).status == 0
    steps = int(_killed_at(both_locks, prefix, step=0).stdout.splitlines()[-1])
    for moment in range(moments):
        assert _install_at(both_locks, "env_before", prefix).status == 0
        killed = _killed_at(both_locks, prefix, step=1 + moment * (steps - 1) // (moments - 1))
        assert killed.status == -signal.SIGKILL, killed.stderr
        done = _install_at(both_locks, "env_after", prefix)
        assert done.status == 0, done.stderr
        assert (prefix / "share/kept.txt").read_text() == "new!"
        subprocess.run([prefix / "bin/python", "-c", "import requests"], check=True)
        assert not list(prefix.rglob("colors.py"))


def _killed_at(repository: Repository, prefix: Path, *, step: int) -> Done:
    script = [sys.executable, "-c", KILLED_AT_A_STEP, str(prefix), str(step)]
    return repository.run([*script, "install", "env_after", "--prefix", str(prefix)])


def test_what_the_lock_does_not_hold_goes_or_is_kept_as_asked(repository: Repository) -> None:
    prefix = repository.root / ".mixlock/env_small"
    assert repository.process("install", "env_small").status == 0
    extra = prefix / "share/mine.txt"
    extra.parent.mkdir(exist_ok=True)
    extra.write_text("mine")
    assert repository.process("install", "env_small", "--keep-extra").status == 0
    assert extra.exists()
    assert "installed in" in repository.process("install", "env_small").stderr
    assert not extra.exists()


def test_scripts_of_packages_run_where_that_is_asked_for(repository: Repository) -> None:
    done = repository.process("install", "env_small")
    assert "note: greeter: a script for after linking was not run" in done.stderr
    prefix = repository.root / ".mixlock/env_small"
    assert not (prefix / "linked").exists()
    done = repository.process("install", "env_small", "--link-scripts")
    assert (done.status, "note" in done.stderr) == (0, False)
    assert (prefix / "linked").exists()


def test_a_platform_that_is_not_locked_is_refused(repository: Repository) -> None:
    done = repository.process("install", "environment", "--platform", "win-64")
    assert (done.status, "environment is not locked for win-64; locked for: " in done.stderr) == (2, True)


def test_what_would_be_installed_is_listed(repository: Repository) -> None:
    done = repository.process("install", "environment", "--dry-run")
    assert (done.status, "pip requests 2.31.0" in done.stdout.splitlines()) == (0, True)
    assert not (repository.root / ".mixlock").exists()
