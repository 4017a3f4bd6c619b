"""Replacing a set of files: all of them, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.repository.file_set import replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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


def test_a_file_in_place_of_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(CannotDoError, match=r"Not a directory|File exists"):
        replace(tmp_path / "a" / "b", {"x": b"new"})
    assert (tmp_path / "a").read_bytes() == b"mine"
