"""``mixlock wheelhouse`` as a process: what it builds, reuses, records and lays out, and what pip makes of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mixlock_hooks.shell.build.readable import own_python
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import CONFIGURATION, Repository, looked_up_world, new_repository
from tests.host_python import host_python
from tests.hosts import PYTHON, is_running
from tests.shell.build.sdists import backend, tar_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.conftest import Drift
    from tests.conftest import LookedUpWorld, TableWorld

HOST = host_platform()
OTHER = "win-64"
HEAD = f"dependencies:\n  - python={PYTHON}\n"
SPEC = f"{HEAD}  - pip:\n    - tiny-log\n    - old-style\n"
CONFIGURED = CONFIGURATION.replace('"linux-64", "osx-arm64"', f'"{HOST}", "{OTHER}"')
ODD = {"PKG-INFO": b"Metadata-Version: 2.2\nName: odd\nVersion: 1.0\n"}
WHEELS = {"tiny_log-0.3.2-py3-none-any.whl", "old_style-0.1-py3-none-any.whl"}


PYTHONS = [SyntheticCondaPackage(name="python", version=PYTHON, subdir=subdir) for subdir in sorted({HOST, OTHER})]


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookedUpWorld]:
    """Serve one world whose channel has this python."""
    with looked_up_world(tmp_path_factory.mktemp("sdists")) as made:
        made.add_conda(*PYTHONS)
        yield made


@pytest.fixture(name="faults")
def _faults(shared: LookedUpWorld) -> Iterator[dict[str, Fault]]:
    yield shared.faults
    shared.faults.clear()


@pytest.fixture(name="world")
def _world(looked_up: LookedUpWorld) -> LookedUpWorld:
    """Serve a world of this test's own whose channel has this python."""
    looked_up.add_conda(*PYTHONS)
    return looked_up


@pytest.fixture(scope="module")
def locked_sdists_once(tmp_path_factory: pytest.TempPathFactory, shared: LookedUpWorld) -> Repository:
    """Lock two sdists, one of them with static metadata, once; nobody may change this repository."""
    made = new_repository(tmp_path_factory.mktemp("sdists") / "repository", shared, SPEC, CONFIGURED)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture
def locked_sdists(tmp_path: Path, locked_sdists_once: Repository) -> Repository:
    """Copy the locked repository, for a test to change, with a cache of its own."""
    shutil.copytree(locked_sdists_once.root, tmp_path / "repository")
    made = Repository(root=tmp_path / "repository", world=locked_sdists_once.world)
    made.git("add", ".")
    return made


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    """Give the variable that names an empty cache."""
    return {"MIXLOCK_CACHE_DIR": str(tmp_path / "cache")}


def _record(repository: Repository) -> list[dict[str, Any]]:
    document: dict[str, Any] = json.loads(repository.read("locks/environment/wheelhouse.json"))
    wheels: list[dict[str, Any]] = document["wheels"]
    return wheels


def _wheels(repository: Repository) -> set[str]:
    return {file.name for file in (repository.root / "wheelhouse").glob("*")}


def test_every_locked_sdist_is_built_once_recorded_and_laid_out(
    locked_sdists: Repository, cache: dict[str, str]
) -> None:
    done = locked_sdists.mixlock("wheelhouse", **cache)
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 built"), done.stderr
    assert _wheels(locked_sdists) == WHEELS
    assert {(wheel["name"], wheel["version"], tuple(wheel["platforms"])) for wheel in _record(locked_sdists)} == {
        ("tiny-log", "0.3.2", tuple(sorted([HOST, OTHER]))),
        ("old-style", "0.1", tuple(sorted([HOST, OTHER]))),
    }
    again = locked_sdists.mixlock("wheelhouse", **cache)
    assert (again.status, again.stdout) == (0, "environment: 2 cached\n")


def test_a_second_machine_builds_the_recorded_wheel_again(
    locked_sdists: Repository, cache: dict[str, str], tmp_path: Path
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    recorded = locked_sdists.locks()
    shutil.rmtree(locked_sdists.root / "wheelhouse")
    done = locked_sdists.mixlock("wheelhouse", MIXLOCK_CACHE_DIR=str(tmp_path / "second"))
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 built"), done.stderr
    assert (_wheels(locked_sdists), locked_sdists.locks()) == (WHEELS, recorded)


def test_a_shared_cache_saves_the_build_and_the_index(
    locked_sdists: Repository, cache: dict[str, str], tmp_path: Path, faults: dict[str, Fault]
) -> None:
    shared = ("--cache", (tmp_path / "shared").as_uri())
    assert locked_sdists.mixlock("wheelhouse", *shared, **cache).status == 0
    (locked_sdists.root / "locks/environment/wheelhouse.json").unlink()
    faults["/"] = Fault(status=500)
    done = locked_sdists.mixlock("wheelhouse", *shared, MIXLOCK_CACHE_DIR=str(tmp_path / "second"))
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 fetched"), done.stderr
    for blob in (tmp_path / "shared" / "blobs").rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"another")
    faults.clear()
    done = locked_sdists.mixlock("wheelhouse", *shared, MIXLOCK_CACHE_DIR=str(tmp_path / "third"))
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 built"), done.stderr


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run an S3-compatible server on loopback with an empty bucket, and give the variables that lead to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        variables = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "hush",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        try:
            _make_bucket(variables["AWS_ENDPOINT_URL"])
            yield variables
        finally:
            server.terminate()


def _make_bucket(url: str) -> None:
    deadline = time.monotonic() + 30
    while not _has_bucket(url):
        assert time.monotonic() < deadline, "the server does not start"
        time.sleep(0.1)


def _has_bucket(url: str) -> bool:
    with suppress(requests.ConnectionError):
        return requests.put(f"{url}/wheels", timeout=5).ok
    return False


def test_a_bucket_is_a_shared_cache(
    locked_sdists: Repository,
    cache: dict[str, str],
    tmp_path: Path,
    bucket: dict[str, str],
    faults: dict[str, Fault],
) -> None:
    shared = ("--cache", "s3://wheels/team")
    assert (
        locked_sdists.mixlock("wheelhouse", *shared, **cache, **bucket).stdout.splitlines()[0]
        == "environment: 2 built"
    )
    faults["/"] = Fault(status=500)
    for number, record in enumerate((True, False)):
        if not record:
            (locked_sdists.root / "locks/environment/wheelhouse.json").unlink()
        done = locked_sdists.mixlock("wheelhouse", *shared, MIXLOCK_CACHE_DIR=str(tmp_path / f"{number}"), **bucket)
        assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 fetched"), done.stderr
    wrong = {**bucket, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = locked_sdists.mixlock("wheelhouse", *shared, MIXLOCK_CACHE_DIR=str(tmp_path / "last"), **wrong)
    assert (done.status, "the shared cache s3://wheels/team cannot be used" in done.stderr) == (3, True), done.stderr
    assert "hush" not in done.stderr


def test_pip_installs_from_the_folder_alone(
    locked_sdists: Repository, cache: dict[str, str], tmp_path: Path, faults: dict[str, Fault]
) -> None:
    done = locked_sdists.mixlock("wheelhouse", "--all", **cache)
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 built, 1 wheel from the indices")
    faults["/"] = Fault(status=500)
    target = str(tmp_path / "site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--isolated",
        "--quiet",
        "--target",
        target,
        "--no-index",
        "--no-deps",
    ]
    found = ["--find-links", "wheelhouse", "--require-hashes", "-r", f"locks/environment/pip-{HOST}.txt"]
    installed = locked_sdists.run([*pip, "--disable-pip-version-check", *found])
    assert installed.status == 0, installed.stderr
    subprocess.run([sys.executable, "-c", "import tiny_log, old_style, colors"], cwd=target, check=True)


def test_without_builds_nothing_is_built_and_the_way_out_is_told(
    locked_sdists: Repository, cache: dict[str, str]
) -> None:
    before = locked_sdists.locks()
    done = locked_sdists.mixlock("wheelhouse", "--no-build", **cache)
    assert (done.status, done.stdout, locked_sdists.locks()) == (3, "", before)
    assert "MIX402 `old-style` 0.1 has no wheel in the cache, and may not be built here" in done.stderr
    assert "nothing was recorded; what stood there is unchanged" in done.stderr
    locked_sdists.write("mixlock.toml", CONFIGURED + 'build-sdists = ["old-style"]\n')
    done = locked_sdists.mixlock("wheelhouse", **cache)
    assert (done.status, "`old-style`" in done.stderr, "MIX402 `tiny-log`" in done.stderr) == (3, False, True)


def test_drift_knows_the_recorded_wheels(locked_sdists: Repository, cache: dict[str, str], drift: Drift) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    assert drift(locked_sdists.root) == (0, [])
    assert drift(locked_sdists.root, "--verify", "--strict") == (0, [])
    wheel = "wheelhouse/old_style-0.1-py3-none-any.whl"
    content = (locked_sdists.root / wheel).read_bytes()
    locked_sdists.write(wheel, "another")
    assert drift(locked_sdists.root) == (
        1,
        [f"MIX401 {wheel}:1 {wheel[11:]} is another wheel than wheelhouse.json records"],
    )
    done = locked_sdists.mixlock("wheelhouse", **cache)
    assert (done.status, (locked_sdists.root / wheel).read_bytes()) == (0, content)


def test_a_record_that_a_hand_changed_is_drift_and_made_again(
    locked_sdists: Repository, cache: dict[str, str], drift: Drift
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    path, before = "locks/environment/wheelhouse.json", locked_sdists.locks()
    right = locked_sdists.read(path)
    wrong = right.replace(_record(locked_sdists)[0]["sha256"], "../../../etc/hostname")
    locked_sdists.write(path, wrong)
    status, found = drift(locked_sdists.root)
    assert (status, len(found)) == (1, 1), found
    assert found[0].startswith(f"MIX401 {path}:1 wheelhouse.json does not hold: "), found
    done = locked_sdists.mixlock("wheelhouse", **cache)
    assert (done.status, "take it back from git, or record anew with --force" in done.stderr) == (1, True)
    assert locked_sdists.mixlock("lock", **cache).status == 0
    assert locked_sdists.read(path) == wrong
    assert locked_sdists.mixlock("wheelhouse", "--force", **cache).status == 0
    assert locked_sdists.locks() == before


def test_a_record_that_was_deleted_or_is_in_conflict_is_drift(
    locked_sdists: Repository, cache: dict[str, str], drift: Drift
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    path = "locks/environment/wheelhouse.json"
    right = locked_sdists.read(path)
    locked_sdists.write(path, f"<<<<<<< ours\n{right}=======\n{right}>>>>>>> theirs\n")
    assert drift(locked_sdists.root) == (
        1,
        [f"MIX210 {path}:1 wheelhouse.json holds the markers of a merge conflict"],
    )
    (locked_sdists.root / path).unlink()
    status, found = drift(locked_sdists.root)
    assert (status, {each.partition(" ")[0] for each in found}) == (1, {"MIX207"})
    assert locked_sdists.mixlock("lock", **cache).status == 0
    assert drift(locked_sdists.root) == (0, [])


def test_what_lies_in_the_cache_is_not_believed(locked_sdists: Repository, cache: dict[str, str]) -> None:
    assert locked_sdists.mixlock("wheelhouse", "--all", **cache).status == 0
    before = {file.name: file.read_bytes() for file in (locked_sdists.root / "wheelhouse").iterdir()}
    folder = Path(cache["MIXLOCK_CACHE_DIR"])
    for kept in (*(folder / "wheels" / "blobs").glob("*/*"), *(folder / "pypi" / "files").glob("*/*")):
        kept.write_bytes(b"another")
    shutil.rmtree(locked_sdists.root / "wheelhouse")
    done = locked_sdists.mixlock("wheelhouse", "--all", **cache)
    assert (done.status, done.stdout.splitlines()[0]) == (0, "environment: 2 built, 1 wheel from the indices"), (
        done.stderr
    )
    assert {file.name: file.read_bytes() for file in (locked_sdists.root / "wheelhouse").iterdir()} == before


def test_a_key_of_the_cache_that_is_of_another_sdist_is_not_believed(
    locked_sdists: Repository, cache: dict[str, str]
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    before = locked_sdists.locks()
    first, second = (Path(cache["MIXLOCK_CACHE_DIR"]) / "wheels" / "keys").glob("*/*.json")
    first.write_bytes(second.read_bytes())
    (locked_sdists.root / "locks/environment/wheelhouse.json").unlink()
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    assert locked_sdists.locks() == before


@pytest.mark.parametrize("url", ["file:///proc/nowhere/x", "file:///etc/hostname"])
def test_a_shared_cache_that_cannot_be_written_is_told(
    locked_sdists: Repository, cache: dict[str, str], url: str
) -> None:
    done = locked_sdists.mixlock("wheelhouse", "--cache", url, **cache)
    assert (done.status, f"the shared cache {url} cannot be used" in done.stderr) == (3, True), done.stderr


def test_a_wheel_that_is_known_here_is_shared_too(
    locked_sdists: Repository, cache: dict[str, str], tmp_path: Path
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    shared = ("--cache", (tmp_path / "shared").as_uri())
    assert locked_sdists.mixlock("wheelhouse", *shared, **cache).stdout == "environment: 2 cached\n"
    done = locked_sdists.mixlock("wheelhouse", *shared, MIXLOCK_CACHE_DIR=str(tmp_path / "second"))
    assert done.stdout.splitlines()[0] == "environment: 2 fetched"


def test_a_lock_keeps_the_record_of_what_stays_and_drops_the_rest(
    locked_sdists: Repository, cache: dict[str, str], drift: Drift
) -> None:
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    locked_sdists.write("environment.yml", SPEC.replace("    - old-style\n", ""))
    assert locked_sdists.mixlock("lock", **cache).status == 0
    assert [wheel["name"] for wheel in _record(locked_sdists)] == ["tiny-log"]
    assert drift(locked_sdists.root, "--strict") == (0, [])
    locked_sdists.write("environment.yml", SPEC)
    assert locked_sdists.mixlock("lock", **cache).status == 0
    path = "locks/environment/wheelhouse.json"
    claim = f"no wheel of `old-style` is recorded on {', '.join(sorted([HOST, OTHER]))}"
    assert drift(locked_sdists.root) == (0, [f"MIX401 {path}:1 {claim}"])
    assert drift(locked_sdists.root, "--strict")[0] == 1
    assert locked_sdists.mixlock("wheelhouse", **cache).stdout.splitlines()[0] == "environment: 2 cached"
    locked_sdists.write("environment.yml", f"{HEAD}  - pip:\n    - colors\n")
    assert locked_sdists.mixlock("lock", **cache).status == 0
    assert not (locked_sdists.root / path).exists()


def _odd_repository(tmp_path: Path, world: LookedUpWorld, body: str) -> Repository:
    world.add(tar_of({**ODD, **backend(body)}))
    made = new_repository(tmp_path / "odd", world, f"{HEAD}  - pip:\n    - odd==1.0\n", CONFIGURED)
    done = made.mixlock("lock", "--no-build")
    assert done.status == 0, done.stderr
    return made


def test_a_build_that_is_another_each_time_is_told_by_its_members(tmp_path: Path, world: LookedUpWorld) -> None:
    name = "odd-1.0-py3-none-any.whl"
    stamped = f"shutil.copy(HERE / {name!r}, target); import zipfile; z = zipfile.ZipFile(target / {name!r}, 'a'); "
    made = _odd_repository(
        tmp_path, world, stamped + f"z.writestr('stamp.py', str(time.time_ns())); z.close(); return {name!r}"
    )
    done = made.mixlock("wheelhouse", "--verify-reproducible")
    assert "MIX401 `odd` 1.0 built twice gives two wheels; they differ in stamp.py" in done.stderr
    assert (done.status, [path for path in made.locks() if "wheelhouse" in path]) == (1, [])
    assert made.mixlock("wheelhouse").status == 0
    shutil.rmtree(made.root / "wheelhouse")
    done = made.mixlock("wheelhouse", MIXLOCK_CACHE_DIR=str(tmp_path / "second"))
    assert "MIX401 `odd` 1.0 built here is odd-1.0-py3-none-any.whl with sha256" in done.stderr
    assert (done.status, made.mixlock("wheelhouse", "--force").status) == (1, 0)


def test_the_environments_own_python_builds_where_it_can_be_installed(tmp_path: Path, world: LookedUpWorld) -> None:
    world.add_conda(host_python())
    told = "print(sys.base_prefix); assert 'interpreters' in sys.base_prefix, sys.base_prefix"
    world.add(tar_of({**ODD, **backend(told)}))
    configured = CONFIGURED.replace(f', "{OTHER}"', "")
    made = new_repository(tmp_path / "odd", world, f"{HEAD}  - pip:\n    - odd==1.0\n", configured)
    assert made.mixlock("lock", "--no-build").status == 0
    done = made.mixlock("wheelhouse")
    assert (done.status, "note:" in done.stderr) == (0, False), done.stderr


def test_another_python_builds_where_it_cannot_and_that_is_said(
    locked_sdists: Repository, cache: dict[str, str]
) -> None:
    done = locked_sdists.mixlock("wheelhouse", **cache)
    why = f"it does not run as python {PYTHON.rpartition('.')[0]} in the sandbox"
    assert f"note: conda's python cannot be installed here ({why}); {own_python()} built instead" in done.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_build_and_leaves_nothing(tmp_path: Path, world: LookedUpWorld, times: int) -> None:
    started = tmp_path / "cache"
    sleep = f"time.sleep(600)#{os.getpid()}-{times}"  # the other test may run beside this one
    made = _odd_repository(tmp_path, world, f"subprocess.run([sys.executable, '-c', 'import time; {sleep}'])")
    before = made.locks()
    command = [sys.executable, "-m", "mixlock_hooks", "wheelhouse"]
    variables = {**made.world.environment, "MIXLOCK_CACHE_DIR": str(started)}
    with subprocess.Popen(command, cwd=made.root, env=variables, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not is_running(sleep) and time.monotonic() < deadline:
            time.sleep(0.05)
        for _time in range(times):
            running.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _nothing, said = running.communicate(timeout=30)
    assert (running.returncode, "Traceback" in said) == (130, False), said
    assert "interrupted; no file was left half-written" in said
    assert (made.locks(), list((started / "builds").iterdir())) == (before, [])
    assert not is_running(sleep)


def test_a_wheel_that_serves_no_platform_is_neither_recorded_nor_kept(tmp_path: Path, world: LookedUpWorld) -> None:
    renamed = (
        "shutil.copy(HERE / 'odd-1.0-py3-none-any.whl', target / 'odd-1.0-py3-none-linux_x86_64.whl'); return 'x'"
    )
    world.add(tar_of({**ODD, **backend(renamed)}))
    configured = CONFIGURED.replace(f'"{HOST}", ', "")
    made = new_repository(tmp_path / "odd", world, f"{HEAD}  - pip:\n    - odd==1.0\n", configured)
    assert made.mixlock("lock", "--no-build").status == 0
    cache = {"MIXLOCK_CACHE_DIR": str(tmp_path / "cache")}
    done = made.mixlock("wheelhouse", "--cache", (tmp_path / "shared").as_uri(), **cache)
    assert (done.status, "MIX404 `odd` 1.0 was built as" in done.stderr, OTHER in done.stderr) == (3, True, True)
    assert not list(tmp_path.glob("*/keys/**/*.json"))
    assert not (made.root / "wheelhouse").exists()


def test_a_hook_finds_what_was_built_with_extra_requirements(
    locked_sdists: Repository, cache: dict[str, str]
) -> None:
    wheel = render_wheel(SyntheticProject(name="helper", version="1.0"))
    locked_sdists.world.add(wheel)
    extra = '[extra-build-requires]\nold-style = ["helper"]\n'
    locked_sdists.write("mixlock.toml", CONFIGURED + extra)
    assert locked_sdists.mixlock("wheelhouse", **cache).status == 0
    assert {tuple(wheel["requires"]) for wheel in _record(locked_sdists)} == {("helper==1.0",), ()}
    (locked_sdists.root / "locks/environment/wheelhouse.json").unlink()
    assert (
        locked_sdists.mixlock("wheelhouse", "--no-build", **cache).stdout.splitlines()[0] == "environment: 2 cached"
    )


def test_a_lock_that_is_written_meanwhile_is_the_one_that_counts(
    locked_sdists: Repository, cache: dict[str, str], drift: Drift
) -> None:
    locked_sdists.write("environment.yml", SPEC.replace("    - old-style\n", ""))
    command = [sys.executable, "-m", "mixlock_hooks"]
    variables = {**locked_sdists.world.environment, **cache}
    with subprocess.Popen([*command, "lock", "-q"], cwd=locked_sdists.root, env=variables, stdout=subprocess.DEVNULL):
        done = locked_sdists.mixlock("wheelhouse", **cache)
    assert done.status == 0, done.stderr
    status, found = drift(locked_sdists.root)
    assert status == 0, found


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nothing",), "nothing: no lock of that name"),
        (("--platform", "osx-64"), "--platform osx-64: no lock holds it"),
        (("--cache", "nowhere://x"), "--cache nowhere://x: "),
        (("--cache", "wheels"), "--cache wheels: is not a URL of a folder"),
        (("--cache", "file://wheels"), "is not a URL of a folder"),
        (("--cache", ""), "--cache is empty"),
        (("--no-build", "--force"), "--no-build cannot be combined with --force or"),
        (("--no-build", "--verify-reproducible"), "--no-build cannot be combined"),
        (("--jobs", "0"), "'0' is not a number of jobs"),
        (("--dir", ".git"), "--dir .git: is git's own"),
        (("--dir", ".git/hooks"), "--dir .git/hooks: is git's own"),
        (("--dir", "locks"), "--dir locks: lies among the locks"),
        (("--dir", "locks/environment"), "--dir locks/environment: lies among the locks"),
        (("--dir", "environment.yml"), "--dir environment.yml: is a spec"),
        (("--timeout", "-1"), "'-1' is not a number of seconds"),
    ],
)
def test_a_wrong_call_is_a_usage_error(locked_sdists: Repository, words: tuple[str, ...], says: str) -> None:
    done = locked_sdists.mixlock("wheelhouse", *words)
    assert (done.status, says in done.stderr) == (2, True), done.stderr


def test_wheels_do_not_lie_among_the_locks(locked_sdists: Repository) -> None:
    configured = locked_sdists.read("mixlock.toml")
    locked_sdists.write("mixlock.toml", f'wheelhouse-dir = "locks/wheels"\n{configured}')
    done = locked_sdists.mixlock("wheelhouse")
    assert (done.status, "wheelhouse-dir = 'locks/wheels': lies among the locks" in done.stderr) == (2, True)


def test_an_extra_requirement_of_nothing_locked_is_told(locked_sdists: Repository, cache: dict[str, str]) -> None:
    locked_sdists.write("mixlock.toml", CONFIGURED + '[extra-build-requires]\ntiny-lug = ["colors"]\n')
    done = locked_sdists.mixlock("wheelhouse", **cache)
    assert (done.status, "note: extra-build-requires.tiny-lug: no sdist of that name" in done.stderr) == (0, True)


def test_without_locks_nothing_is_claimed(tmp_path: Path, shared_world: TableWorld) -> None:
    made = new_repository(tmp_path / "empty", shared_world)
    done = made.mixlock("wheelhouse")
    assert (done.status, done.stderr) == (2, "mixlock: locks/: no lock there; `mixlock lock` makes them\n")


def test_a_lock_without_sdists_needs_no_wheelhouse(locked: Repository) -> None:
    done = locked.mixlock("wheelhouse")
    assert (done.status, done.stdout) == (0, "environment: no sdist is locked\n")
    assert not (locked.root / "wheelhouse").exists()
