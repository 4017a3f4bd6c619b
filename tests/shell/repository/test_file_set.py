"""Replacing a set of files: all of them, or none."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.repository import file_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_SET = {name: name.encode() for name in ("conda-lock.yml", "conda-linux-64.lock", "pip-linux-64.txt", "stamp.json")}


def replace(folder: Path, files: Mapping[str, bytes], obsolete: tuple[str, ...] = ()) -> None:
    """Replace with a scratch folder beside what a test looks at."""
    file_set.replace(folder, files, obsolete, scratch=_scratch(folder))


def _scratch(folder: Path) -> Path:
    return next(parent for parent in folder.parents if parent.is_dir()).parent / "scratch"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, content: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_bytes(text)


def test_a_set_is_written_into_a_new_folder(tmp_path: Path) -> None:
    replace(tmp_path / "a/b", {"x": b"1", "y": b"2"})
    assert files(tmp_path) == {"a/b/x": b"1", "a/b/y": b"2"}


def test_a_set_replaces_another_and_what_is_obsolete_goes_but_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "a", {"x": b"old", "gone": b"old", "theirs": b"theirs"})
    replace(tmp_path / "a", {"x": b"new", "y": b"new"}, obsolete=("gone", "never there"))
    assert files(tmp_path / "a") == {"x": b"new", "y": b"new", "theirs": b"theirs"}


@pytest.mark.parametrize(
    "new",
    [
        pytest.param({"x": b"new", "no/folder": b""}, id="a file that cannot be written"),
        pytest.param({"x": b"new", "y" * 300: b""}, id="a name that is too long"),
    ],
)
def test_on_a_failure_the_old_set_stays(tmp_path: Path, new: dict[str, bytes]) -> None:
    write(tmp_path / "a", {"x": b"old", "gone": b"old"})
    before = files(tmp_path)
    with pytest.raises(CannotDoError, match="what stood there is unchanged"):
        replace(tmp_path / "a", new, obsolete=("gone",))
    assert files(tmp_path) == before
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"x", "gone"}


class Interrupting(dict[str, bytes]):
    """A mapping that interrupts the run when it is asked for its last name the second time."""

    def __init__(self, content: Mapping[str, bytes], error: BaseException) -> None:
        super().__init__(content)
        self.error = error

    def __iter__(self) -> object:  # type: ignore[override]
        yield from list(super().keys())
        raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()], ids=["Ctrl-C", "no memory"])
def test_an_interruption_leaves_the_old_set(tmp_path: Path, error: BaseException) -> None:
    write(tmp_path / "a", {"x": b"old"})
    with pytest.raises(type(error)):
        replace(tmp_path / "a", Interrupting({"x": b"new"}, error))
    assert files(tmp_path) == {"a/x": b"old"}
    with pytest.raises(type(error)):
        replace(tmp_path / "b/c", Interrupting({"x": b"new"}, error))
    assert not (tmp_path / "b").exists()


def _refusing(monkeypatch: pytest.MonkeyPatch, error: OSError, *, unless: Callable[[Path, Path], bool]) -> None:
    """Let the system refuse to rename files."""
    renamed = Path.replace

    def refuse(source: Path, target: Path) -> Path:
        if unless(source, Path(target)):
            return renamed(source, target)
        raise error

    monkeypatch.setattr(Path, "replace", refuse)


def test_a_folder_on_another_file_system_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume is mounted there, say."""
    write(tmp_path / "a", {"x": b"old", "gone": b"old"})
    across = OSError(errno.EXDEV, "Invalid cross-device link")
    _refusing(monkeypatch, across, unless=lambda source, target: source.parent == target.parent)
    replace(tmp_path / "a", {"x": b"new", "y": b"new"}, obsolete=("gone",))
    assert files(tmp_path / "a") == {"x": b"new", "y": b"new"}


@pytest.mark.parametrize("fixed", _SET)
def test_where_one_file_cannot_be_replaced_all_others_are_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixed: str
) -> None:
    write(tmp_path / "a", _SET)
    refused = OSError(errno.EPERM, "Operation not permitted")
    _refusing(monkeypatch, refused, unless=lambda _source, target: target.name != fixed)
    with pytest.raises(CannotDoError, match="what stood there is unchanged"):
        replace(tmp_path / "a", dict.fromkeys(_SET, b"new"))
    expected = dict(_SET)
    assert {name: content for name, content in files(tmp_path / "a").items() if name != fixed} == {
        name: content for name, content in expected.items() if name != fixed
    }


def test_a_file_in_place_of_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(CannotDoError, match=r"Not a directory|File exists"):
        replace(tmp_path / "a" / "b", {"x": b"new"})
    assert (tmp_path / "a").read_bytes() == b"mine"


_KILLED = """\
import os, signal, sys
from pathlib import Path
from mixlock_hooks.shell.repository import file_set
at, count = int(sys.argv[1]), 0
def hook(event, _arguments):
    global count
    if event in {"os.rename", "os.remove", "open", "os.mkdir", "os.rmdir", "os.scandir"}:
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
folder = Path(sys.argv[2])
sys.addaudithook(hook)
files = {name: b"new " + name.encode() for name in sys.argv[3].split()}
file_set.replace(folder, files, ("gone",), scratch=folder.parent / "scratch")
print(count)
"""


def test_a_run_that_is_killed_leaves_no_file_missing_or_half_written(tmp_path: Path) -> None:
    """Kill at every system call: the lockfile is old or new, and what vouches for others stands by no other set."""
    at, status = 0, -9
    while status == -9:
        at += 1
        folder = tmp_path / str(at) / "locks"
        folder.parent.mkdir()
        write(folder, {**_SET, "gone": b"gone"})
        command = [sys.executable, "-c", _KILLED, str(at), str(folder), " ".join(_SET)]
        status = subprocess.run(command, check=False, capture_output=True).returncode
        found = files(folder)
        others = _SET.keys() - {"stamp.json"}
        states = {name: found[name] == b"new " + name.encode() for name in others}
        assert all(found[name] in {name.encode(), b"new " + name.encode()} for name in others)
        assert states["conda-lock.yml"] or not any(states.values())
        if "stamp.json" in found:
            assert set(states.values()) == {found["stamp.json"] == b"new stamp.json"}
            assert ("gone" in found) == (found["stamp.json"] == b"stamp.json")
    assert at > 8
    assert (status, states, "gone" in found) == (0, dict.fromkeys(others, True), False)


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    (scratch / "mixlock-999999999-left").mkdir(parents=True)
    (scratch / "mixlock-999999999-left" / "x").write_bytes(b"1")
    file_set.replace(tmp_path / "locks", {"x": b"2"}, scratch=scratch)
    assert not scratch.exists()


def test_a_file_elsewhere_belongs_to_the_set(tmp_path: Path) -> None:
    write(tmp_path / "a", {"x": b"old", "gone": b"old"})
    (tmp_path / "away.yml").write_bytes(b"old")
    before = files(tmp_path)
    away = {"conda-lock.yml": tmp_path / "away.yml"}
    new = {"conda-lock.yml": b"new", "x": b"new"}
    with pytest.raises(CannotDoError, match="what stood there is unchanged"):
        file_set.replace(tmp_path / "a", {**new, "y" * 300: b""}, scratch=tmp_path.parent / "scratch", elsewhere=away)
    assert files(tmp_path) == before
    file_set.replace(tmp_path / "a", new, ("gone",), scratch=tmp_path.parent / "scratch", elsewhere=away)
    assert files(tmp_path) == {"away.yml": b"new", "a/x": b"new"}
