"""Which walls a machine has, what is told of those that are missing, and the words of macOS's profile."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.build import leftovers, readable, seatbelt
from mixlock_hooks.shell.build.walls import Means, of_linux, of_macos, walls

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = Means(landlock=6, seccomp=True, namespaces=True, supervised=True)
MISSING = {
    "nothing is missing": (ALL, set()),
    "namespaces are refused": (Means(landlock=6, seccomp=True, supervised=True, refused="EPERM"), set()),
    "the kernel is old": (Means(landlock=1, seccomp=True, supervised=True), set()),
    "there is no Landlock": (Means(seccomp=True, supervised=True), {"files"}),
    "there is no seccomp": (Means(landlock=6), {"system calls", "modes and times"}),
    "nobody answers for the kernel": (Means(landlock=6, seccomp=True), {"modes and times"}),
    "there is nothing": (Means(), {"files", "system calls", "modes and times"}),
}


@pytest.mark.parametrize(("found", "missing"), MISSING.values(), ids=MISSING)
def test_a_wall_is_missing_where_nothing_can_make_it(found: Means, missing: set[str]) -> None:
    told = of_linux(found)
    assert {wall.name for wall in told if wall.needed and not wall.present} == missing
    assert all(wall.why for wall in told)


def test_where_namespaces_are_refused_it_is_told_why() -> None:
    told = of_linux(Means(landlock=6, seccomp=True, supervised=True, refused="Operation not permitted"))
    assert [wall.why for wall in told if wall.name == "namespaces"] == [
        "not here (Operation not permitted); the other walls do not need them"
    ]


@pytest.mark.parametrize("is_there", [True, False])
def test_macos_lacks_limits_and_nothing_else_where_it_has_its_program(*, is_there: bool) -> None:
    missing = {wall.name for wall in of_macos(is_there=is_there) if not wall.present}
    assert missing == ({"limits"} if is_there else {"files", "system calls", "modes and times", "limits"})


def test_this_machine_tells_its_walls() -> None:
    assert {"files", "limits"} <= {wall.name for wall in walls()}


def test_a_profile_of_macos_denies_first_and_names_what_is_allowed() -> None:
    text = seatbelt.profile(["/opt/python"], ['/private/tmp/a "b"'], network=False)
    assert text.startswith("(version 1)\n(deny default)\n")
    assert '(allow file-read* (subpath "/opt/python"))\n' in text
    assert '(allow file-read* file-write* (subpath "/private/tmp/a \\"b\\""))\n' in text
    assert "(deny network*)" in text
    assert text.count("(") == text.count(")")


def test_a_profile_of_macos_allows_the_network_where_it_is_asked_for() -> None:
    assert "network-outbound" in seatbelt.profile([], [], network=True)
    assert "deny network" not in seatbelt.profile([], [], network=True)


def _installed(folder: Path) -> Path:
    for name in ("bin", "lib", "include", "etc", "pkgs", "envs", ".secrets"):
        (folder / name).mkdir(parents=True)
    (folder / "bin" / "python3").touch()
    (folder / "pip.conf").touch()
    return folder


def test_of_a_python_its_programs_and_libraries_are_read_and_no_settings(tmp_path: Path) -> None:
    prefix = _installed(tmp_path / "prefix")
    reads = readable.of_python(str(prefix / "bin" / "python3"))
    below = {Path(path).name for path in reads if path.startswith(str(prefix))}
    assert below == {"python3", "bin", "lib", "include"}


def test_of_a_python_behind_a_link_both_names_are_read(tmp_path: Path) -> None:
    prefix = _installed(tmp_path / "prefix")
    (tmp_path / "link").symlink_to(prefix)
    assert str(prefix / "lib") in readable.of_python(str(tmp_path / "link" / "bin" / "python3"))


TOOLS = {
    "a folder of programs": ({"PATH": "{prefix}/bin"}, "{prefix}/lib", True),
    "a compiler that is named": ({"CC": "{prefix}/bin/python3 -m64"}, "{prefix}/include", True),
    "a folder of headers": ({"CFLAGS": "-O2 -I{prefix}/etc"}, "{prefix}/etc", True),
    "a folder of libraries": ({"LD_LIBRARY_PATH": "{prefix}/pkgs"}, "{prefix}/pkgs", True),
    "settings beside programs": ({"PATH": "{prefix}/bin"}, "{prefix}/etc", False),
    "a folder of another name": ({"PATH": "{prefix}/etc"}, "{prefix}/etc", False),
    "the home": ({"PATH": "{home}", "CFLAGS": "-I{home}", "LD_LIBRARY_PATH": "{home}"}, "{home}", False),
    "all": ({"LD_LIBRARY_PATH": "/", "CFLAGS": "-I/"}, "/", False),
    "a path that is none": ({"LD_LIBRARY_PATH": "::.", "CC": "'"}, ".", False),
}


@pytest.mark.parametrize(("variables", "path", "is_read"), TOOLS.values(), ids=TOOLS)
def test_tools_are_read_where_variables_name_them(
    tmp_path: Path, variables: dict[str, str], path: str, *, is_read: bool
) -> None:
    places = {"prefix": str(_installed(tmp_path / "prefix")), "home": str(Path.home())}
    told = {name: text.format(**places) for name, text in variables.items()}
    assert (path.format(**places) in readable.of_system(told, network=False)) is is_read


def test_what_tells_of_the_network_is_read_only_where_it_is_allowed() -> None:
    host = "/etc/hosts"
    assert host not in readable.of_system({}, network=False)
    assert (host in readable.of_system({}, network=True)) is Path(host).exists()


def _deep(folder: Path) -> None:
    os.chdir(folder)
    for _ in range(300):
        Path("d" * 100).mkdir()
        os.chdir("d" * 100)


def _locked(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch()
    for name in ("a/b", "a"):
        (folder / name).chmod(0)


def _odd(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to(folder.parent)
    (folder / "gone").symlink_to("nowhere")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n")).touch()


@pytest.mark.parametrize("make", [_deep, _locked, _odd])
def test_whatever_a_build_leaves_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder)
    os.chdir(tmp_path)
    leftovers.remove(folder)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_removed_without_a_word(tmp_path: Path) -> None:
    leftovers.remove(tmp_path / "gone")


UNREADABLE = {
    "nothing": (lambda _path: None, "left no file"),
    "a pipe": (os.mkfifo, "no regular file"),
    "a folder": (Path.mkdir, "no regular file"),
    "a link": (lambda path: path.symlink_to("/etc/passwd"), "left no file"),
    "too much": (lambda path: path.write_bytes(b"x" * 2**21), "larger than 1 MiB"),
}


@pytest.mark.parametrize(("make", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_only_a_regular_file_of_a_size_is_read(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    make(tmp_path / "file")
    with pytest.raises(leftovers.UnreadableError, match=words):
        leftovers.read_file(tmp_path, "file", 2**20)


def test_a_folder_that_became_a_link_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to("/etc")
    with pytest.raises(leftovers.UnreadableError, match="is no longer a folder"):
        leftovers.names_in(tmp_path / "folder", 1000)
