"""What is noticed of a prefix that was whole once, and what is nobody's affair."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import conda_prefix
from mixlock_hooks.shell.install.conda_part import CondaPart
from mixlock_hooks.shell.install.prefix_place import refuse_foreign

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "lib/python3.12/site-packages"
FILES = {
    "bin/tool": "tool",
    f"{LIBRARY}/module.py": "module",
    f"{LIBRARY}/module-1.0.dist-info/METADATA": "Name: module",
    "share/notes.txt": "notes",
}
TOOL = {"_path": "bin/tool", "path_type": "hardlink", "sha256": "0" * 64}


@pytest.fixture(name="prefix")
def _prefix(tmp_path: Path) -> Path:
    prefix = tmp_path / "prefix"
    _write(prefix, FILES)
    (prefix / "bin/link").symlink_to("tool")
    conda_prefix.mark(prefix, "stamp")
    return prefix


def _write(prefix: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (prefix / path).parent.mkdir(parents=True, exist_ok=True)
        (prefix / path).write_text(text)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({"bin/tool": "another"}, "bin/tool was changed", id="replaced"),
        pytest.param({"share/notes.txt": "NOTES"}, "share/notes.txt was changed", id="replaced by one of its size"),
        pytest.param({"bin/ls": ""}, "bin/ls is of no locked package", id="a program"),
        pytest.param({f"{LIBRARY}/more.py": ""}, f"{LIBRARY}/more.py is of no locked package", id="a module"),
        pytest.param({f"{LIBRARY}/a.pth": ""}, f"{LIBRARY}/a.pth is of no locked package", id="a path file"),
        pytest.param(
            {"lib/python3.12/os.py": ""}, "lib/python3.12/os.py is of no locked package", id="a standard one"
        ),
        pytest.param({f"{LIBRARY}/deep/x.so": ""}, f"{LIBRARY}/deep/x.so is of no locked package", id="an extension"),
        pytest.param(
            {f"{LIBRARY}/b-1.dist-info/METADATA": ""},
            "b-1.dist-info/METADATA is of no locked package",
            id="a project",
        ),
        pytest.param({"conda-meta/b.json": "{}"}, "conda-meta/b.json is of no locked package", id="conda's record"),
        pytest.param({"etc/conda/activate.d/b.sh": ""}, "activate.d/b.sh is of no locked package", id="activation"),
    ],
)
def test_what_was_changed_or_added_is_told(prefix: Path, files: dict[str, str], told: str) -> None:
    _write(prefix, files)
    (said,) = conda_prefix.differences(prefix, "stamp") or ()
    assert told in said


@pytest.mark.parametrize("path", [*FILES, "bin/link"])
def test_what_was_deleted_is_told(prefix: Path, path: str) -> None:
    (prefix / path).unlink()
    assert conda_prefix.differences(prefix, "stamp") == (f"{path} is gone",)


def test_of_much_that_differs_some_is_named_and_the_rest_counted(prefix: Path) -> None:
    for path in (*FILES, "bin/link"):
        (prefix / path).unlink()
    assert len(found := conda_prefix.differences(prefix, "stamp") or ()) == 4
    assert found[-1] == "2 more"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing"),
        pytest.param({f"{LIBRARY}/__pycache__/module.cpython-312.pyc": ""}, id="what python compiles"),
        pytest.param({"share/cache.db": "", f"{LIBRARY}/module-data.json": ""}, id="data"),
    ],
)
def test_what_no_tool_would_find_is_nobodys_affair(prefix: Path, files: dict[str, str]) -> None:
    _write(prefix, files)
    assert conda_prefix.differences(prefix, "stamp") == ()


def test_other_times_alone_are_no_change_and_are_noted(prefix: Path) -> None:
    """An archive that holds a prefix may cut times to seconds."""
    for path in FILES:
        os.utime(prefix / path, ns=(0, 0))
    before = (prefix / conda_prefix.STAMP).read_bytes()
    assert conda_prefix.differences(prefix, "stamp") == ()
    assert (prefix / conda_prefix.STAMP).read_bytes() != before
    assert conda_prefix.differences(prefix, "stamp") == ()


def test_another_lock_another_place_and_a_broken_stamp_are_told_from_damage(prefix: Path, tmp_path: Path) -> None:
    assert conda_prefix.differences(prefix, "other") is None
    moved = tmp_path / "moved"
    prefix.rename(moved)
    assert conda_prefix.differences(moved, "stamp") is None
    (moved / conda_prefix.STAMP).write_text(f"stamp\n{moved}\n\nnonsense")
    assert conda_prefix.differences(moved, "stamp") is None
    assert conda_prefix.differences(tmp_path / "nothing", "stamp") is None


@pytest.mark.parametrize(
    ("record", "text"),
    [
        pytest.param(
            "conda-meta/tool-1.0-0.json",
            json.dumps({"name": "tool", "version": "1.0", "url": "u", "paths_data": {"paths": [TOOL]}}),
            id="conda",
        ),
        pytest.param(f"{LIBRARY}/module-1.0.dist-info/RECORD", "module.py,sha256=AAAA,6\n", id="wheel"),
    ],
)
def test_a_file_that_is_not_what_its_package_says_leaves_no_stamp(tmp_path: Path, record: str, text: str) -> None:
    _write(tmp_path, {**FILES, record: text})
    with pytest.raises(
        CannotDoError, match=r"is not the file that (tool|module) says it holds, so the package itself is wrong"
    ):
        conda_prefix.mark(tmp_path, "stamp")
    assert not (tmp_path / conda_prefix.STAMP).exists()


def test_who_makes_a_prefix_anew_empties_it_and_keeps_the_stamp_that_tells_whose_it_is(prefix: Path) -> None:
    part = CondaPart(packages=(), platform=host_platform())
    conda_prefix.renew(prefix, part)
    assert [path.name for path in prefix.iterdir()] == [conda_prefix.STAMP]
    refuse_foreign(prefix)
    assert conda_prefix.differences(prefix, "stamp") is None
