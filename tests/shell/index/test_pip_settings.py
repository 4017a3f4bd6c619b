"""pip's own configuration is found where pip finds it on each system, and what it says beyond that is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from platformdirs import windows

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.shell.index import pip_settings

A, B = "https://a.example/simple", "https://b.example/simple"

PLACES = {
    "darwin": [".pip/pip.conf", "Library/Application Support/pip/pip.conf"],
    "linux": [".pip/pip.conf", ".config/pip/pip.conf"],
    "win32": ["pip/pip.ini", "AppData/Roaming/pip/pip.ini"],
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home without any configuration, as each system would name it."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path / "AppData/Roaming"))
    monkeypatch.setenv("ALLUSERSPROFILE", str(tmp_path / "ProgramData"))
    monkeypatch.setattr(windows, "get_win_folder", windows.get_win_folder_from_env_vars)  # ctypes has no Windows here
    return tmp_path


def _write(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


_EVERY = [pytest.param(system, place, id=f"{system}: {place}") for system in PLACES for place in PLACES[system]]


@pytest.mark.parametrize(("system", "place"), _EVERY)
def test_a_file_of_the_user_is_read(home: Path, system: str, place: str) -> None:
    _write(home / place, "[global]", f"index-url = {A}")
    assert pip_settings.index_url(system) == A


@pytest.mark.parametrize("system", sorted(PLACES))
def test_the_more_specific_file_and_section_win(home: Path, system: str) -> None:
    general, specific = PLACES[system]
    _write(home / general, "[global]", f"index-url = {A}")
    _write(home / specific, "[global]", f"index-url = {B}")
    assert pip_settings.index_url(system) == B
    _write(home / general, "[install]", f"index-url = {A}")
    assert pip_settings.index_url(system) == A


def test_a_mac_without_a_folder_of_its_own_reads_the_one_of_unix(home: Path) -> None:
    _write(home / ".config/pip/pip.conf", "[global]", f"index-url = {A}")
    assert pip_settings.index_url("darwin") == A


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("darwin", "/Library/Application Support/pip/pip.conf"),
        ("linux", "/etc/xdg/pip/pip.conf"),
        ("linux", "/etc/pip.conf"),
        ("linux", str(Path(sys.prefix) / "pip.conf")),
        ("win32", str(Path(sys.prefix) / "pip.ini")),
    ],
)
def test_files_of_all_users_and_of_this_python_are_looked_for(system: str, expected: str) -> None:
    assert Path(expected) in list(pip_settings.files(system))


def test_the_lists_are_pips_own_on_this_system(home: Path) -> None:
    from pip._internal.configuration import get_configuration_files

    pips = {Path(file) for files in get_configuration_files().values() for file in files}
    assert set(pip_settings.files()) == pips


def test_no_file_is_read_where_pip_is_told_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(home / PLACES["linux"][0], "[global]", f"index-url = {A}")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert (pip_settings.index_url("linux"), list(pip_settings.unused("linux"))) == ("", [])


def test_what_no_lock_may_depend_on_is_told_with_its_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / PLACES["linux"][1]
    _write(file, "[global]", f"extra-index-url = {A}", "find-links = /wheels", "no-index = true")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", B)
    assert list(pip_settings.unused("linux")) == [
        ("PIP_EXTRA_INDEX_URL", B),
        (f"`extra-index-url` in {file}", A),
        (f"`find-links` in {file}", "/wheels"),
        (f"`no-index` in {file}", "true"),
    ]


@pytest.mark.parametrize("content", [b"index-url = x\n", b"[global]\n[global]\n", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(home: Path, content: bytes) -> None:
    file = home / PLACES["linux"][0]
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(UsageError, match="pip's configuration cannot be read"):
        pip_settings.index_url("linux")
