"""What a stranger's repository can reach: its own regular files; no link out, no device, FIFO or file of git's.

Each command runs as a process with a limit on its time and its memory, so that what waits or fills memory fails here.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.repository.worktree import WorkTree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

_SECRET = "dependencies:\n- the-secret-of-somebody-else\n"
_MEMORY = 2**30
_SECONDS = 60

_FILES = (
    "environment.yml",
    "requirements.txt",
    "flow.py",
    "mixlock.toml",
    "locks/aliases.toml",
    "locks/environment/conda-lock.yml",
    "locks/environment/conda-linux-64.lock",
    "locks/environment/pip-linux-64.txt",
    "locks/environment/wheelhouse.json",
)


def _link_to_a_device(place: Path, _outside: Path) -> None:
    place.symlink_to("/dev/zero")


def _link_out(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "file")


def _relative_link_out(place: Path, outside: Path) -> None:
    place.symlink_to(os.path.relpath(outside / "file", place.parent))


def _link_of_a_link(place: Path, outside: Path) -> None:
    middle = place.with_name("middle")
    middle.symlink_to(outside / "file")
    place.symlink_to("middle")


def _link_into_git(place: Path, outside: Path) -> None:
    root = outside.parent / "locked"
    place.symlink_to(os.path.relpath(root / ".git/config", place.parent))


def _fifo(place: Path, _outside: Path) -> None:
    os.mkfifo(place)


def _link_to_itself(place: Path, _outside: Path) -> None:
    place.symlink_to(place.name)


_KINDS = (
    _link_to_a_device,
    _link_out,
    _relative_link_out,
    _link_of_a_link,
    _link_into_git,
    _fifo,
    _link_to_itself,
)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder of somebody else's."""
    folder = tmp_path / "outside"
    (folder / "environment").mkdir(parents=True)
    (folder / "file").write_text(_SECRET, encoding="utf-8")
    (folder / "environment/conda-linux-64.lock").write_text(_SECRET, encoding="utf-8")
    (folder / "environment/conda-win-64.lock").write_text(_SECRET, encoding="utf-8")
    return folder


def _run(root: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mixlock_hooks", *words],
        cwd=root,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),
    )
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("file", "kind", "command"),
    [
        *((file, kind, "drift") for file in _FILES for kind in _KINDS),
        *((file, _link_to_a_device, "check") for file in _FILES),
    ],
)
def test_what_is_no_file_of_the_repository_is_not_opened(
    locked: Repository, outside: Path, file: str, kind: Callable[[Path, Path], None], command: str
) -> None:
    place = locked.root / file
    if file in {"requirements.txt", "flow.py"}:
        locked.write("mixlock.toml", f'specs = ["environment.yml", "{file}"]\n' + locked.read("mixlock.toml"))
        locked.write(file, "idna\n")
        locked.git("add", file)
    elif file.endswith("wheelhouse.json"):
        locked.write(file, "{}")
    place.unlink(missing_ok=True)
    kind(place, outside)
    status, told = _run(locked.root, command)
    unread = command == "check" and "locks/environment" in file
    assert status in ({0} if unread else {1, 2, 3}), told
    assert "Traceback" not in told
    assert "secret-of-somebody-else" not in told
    assert unread or place.name in told


@pytest.mark.parametrize("link", ["locks", "locks/environment"])
@pytest.mark.parametrize(
    "words", [["lock"], ["lock", "--force"], ["lock", "--upgrade"], ["drift"], ["list"], ["diff"]]
)
def test_a_folder_of_locks_that_leads_out_is_neither_read_nor_written(
    locked: Repository, outside: Path, link: str, words: list[str]
) -> None:
    before = _content(outside)
    shutil.rmtree(locked.root / link)
    (locked.root / link).symlink_to(outside if link == "locks" else outside / "environment")
    done = locked.mixlock(*words)
    assert done.status != 0 or words in (["diff"], ["list"]), (done.stdout, done.stderr)
    assert _content(outside) == before
    assert "secret-of-somebody-else" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "folder", ["locks", "../locks", "a/../../locks", "/locks", ".git/locks", ".GIT/locks", "a/.git"]
)
@pytest.mark.parametrize("key", ["lock-dir", "wheelhouse-dir"])
def test_a_configured_folder_stays_inside_and_out_of_git(repository: Repository, key: str, folder: str) -> None:
    repository.write("mixlock.toml", f'{key} = "{folder}"\n' + repository.read("mixlock.toml"))
    done = repository.mixlock("check")
    assert (done.status, f"`{key}` must be" in done.stderr) == ((0, False) if folder == "locks" else (2, True))


@pytest.mark.parametrize("included", ["../outside/file", "/etc/passwd", ".git/config", "link", "folder/file"])
def test_an_include_stays_inside(locked: Repository, outside: Path, included: str) -> None:
    (locked.root / "link").symlink_to(outside / "file")
    (locked.root / "folder").symlink_to(outside)
    locked.git("add", ".")
    locked.write("environment.yml", f"dependencies:\n- python=3.12\n- pip:\n  - -r {included}\n")
    done = locked.mixlock("check")
    assert done.status == 1
    assert "secret-of-somebody-else" not in done.stdout + done.stderr


@pytest.mark.parametrize("environment", ["../../outside/environment", "/etc", "..", ".git", "a\\0b"])
def test_an_alias_stays_inside(locked: Repository, outside: Path, environment: str) -> None:
    locked.write(
        "locks/aliases.toml",
        f'["team/ml:1"]\nenvironment = "{environment}"\nlock = "sha256:{"0" * 64}"\n'.replace("\\0", "\\u0000"),
    )
    locked.git("add", ".")
    for words in (["check"], ["drift"], ["show", "team/ml:1"], ["export", "team/ml:1", "--to", "explicit"]):
        done = locked.mixlock(*words)
        assert done.status != 0, (words, done)
        assert "secret-of-somebody-else" not in done.stdout + done.stderr
    assert _content(outside)


def test_a_link_to_another_file_of_the_repository_is_followed(locked: Repository) -> None:
    (locked.root / "environment.yml").rename(locked.root / "real.yml")
    (locked.root / "environment.yml").symlink_to("real.yml")
    locked.git("add", ".")
    assert locked.mixlock("check").status == 0
    assert locked.mixlock("drift").status == 0


def test_no_name_of_a_folder_is_magic_of_gits(locked: Repository) -> None:
    """Git would find nothing changed in `:(top)nothing`, and the commit would vouch for all of it."""
    folder = ":(top)nothing"
    locked.write("mixlock.toml", f'lock-dir = "{folder}"\n' + locked.read("mixlock.toml"))
    shutil.move(locked.root / "locks", locked.root / folder)
    locked.git("--literal-pathspecs", "add", "--all", ".")
    locked.git("commit", "-qm", "locked")
    assert locked.mixlock("drift").status == 0
    assert WorkTree(locked.root).unlike_head((folder,)) == frozenset()
    lock = locked.root / folder / "environment/conda-lock.yml"
    lock.write_bytes(lock.read_bytes() + b"# mine\n")
    assert WorkTree(locked.root).unlike_head((folder,)) == frozenset({f"{folder}/environment/conda-lock.yml"})


def test_no_commit_vouches_for_what_a_link_leads_to(locked: Repository) -> None:
    for name in ("conda-lock.yml", "stamp.json"):
        shutil.move(locked.root / "locks/environment" / name, locked.root / name)
        (locked.root / "locks/environment" / name).symlink_to(f"../../{name}")
    locked.git("add", "--all", ".")
    locked.git("commit", "-qm", "links")
    expected = frozenset(f"locks/environment/{name}" for name in ("conda-lock.yml", "stamp.json"))
    assert WorkTree(locked.root).unlike_head(("locks",)) == expected
