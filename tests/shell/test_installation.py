"""Where mixlock was installed from: what hints say, and what hooks name."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import direct_url
from mixlock_hooks.shell import installation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GIT = {"vcs": "git", "commit_id": "abc"}
WEB = "https://git.example/m"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have mixlock installed from what a ``direct_url.json`` tells; from an index where it tells nothing."""

    def say(**document: Any) -> None:
        source = direct_url.parse(json.dumps(document) if document else None)
        monkeypatch.setattr(installation, "_source", lambda: source)

    return say


@pytest.mark.parametrize(
    ("document", "command"),
    [
        ({}, "pip install 'mixlock[lock]'"),
        ({"url": WEB, "vcs_info": GIT}, f"pip install 'mixlock[lock] @ git+{WEB}@abc'"),
        (
            {"url": WEB, "vcs_info": {**GIT, "requested_revision": "v1"}},
            f"pip install 'mixlock[lock] @ git+{WEB}@v1'",
        ),
        (
            {"url": "https://me:secret@git.example/m", "vcs_info": GIT},
            f"pip install 'mixlock[lock] @ git+{WEB}@abc'",
        ),
        (
            {"url": "https://files.example/mixlock-1-py3-none-any.whl", "archive_info": {}},
            "pip install 'mixlock[lock] @ https://files.example/mixlock-1-py3-none-any.whl'",
        ),
        ({"url": "file:///home/me/m", "dir_info": {}}, "pip install '/home/me/m[lock]'"),
        ({"url": "file:///home/me/my%20m", "dir_info": {"editable": True}}, "pip install -e '/home/me/my m[lock]'"),
    ],
)
def test_a_hint_leads_to_what_is_installed(
    installed: Callable[..., None], document: dict[str, Any], command: str
) -> None:
    installed(**document)
    assert installation.with_extra("lock") == command


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": 1, "vcs_info": 2}', '{"vcs_info": {}}', "null"])
def test_what_tells_nothing_is_from_an_index(text: str) -> None:
    assert direct_url.parse(text) is None


def test_another_version_is_not_asked_of_an_index_that_had_none(installed: Callable[..., None]) -> None:
    installed()
    assert installation.another_version(">=9") == "`pip install 'mixlock>=9'`"
    installed(url=WEB, vcs_info=GIT)
    assert installation.another_version(">=9") == f"install such a version; this one is from {WEB}"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Make a clone with one commit, of an origin on this machine."""
    origin, made = tmp_path / "origin", tmp_path / "clone"
    run(tmp_path, "init", "-q", "-b", "main", str(origin))
    (origin / "file").write_text("1")
    run(origin, "add", "file")
    run(origin, "commit", "-qm", "one")
    run(tmp_path, "clone", "-q", str(origin), str(made))
    return made


def run(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_a_clone_is_named_with_what_it_is_at(installed: Callable[..., None], clone: Path) -> None:
    installed(url=clone.as_uri(), dir_info={"editable": True})
    found = installation.installed_from()
    assert found is not None
    assert (found.url, found.revision, found.is_shared) == (str(clone), run(clone, "rev-parse", "HEAD"), False)
    assert found.caveat.startswith(f"{clone} is a clone on this machine; name a repository that others can reach")
    (clone / "file").write_text("2")
    again = installation.installed_from()
    assert again is not None
    assert again.caveat.endswith("has changes that are not committed, and hooks do without them")


@pytest.mark.parametrize("address", [WEB, "ssh://git@git.example/m", "git@git.example:team/m"])
def test_where_a_clone_came_from_is_named_if_it_has_the_commit(
    installed: Callable[..., None], clone: Path, address: str
) -> None:
    run(clone, "tag", "v9")
    run(clone, "remote", "set-url", "origin", address)
    installed(url=clone.as_uri(), dir_info={})
    found = installation.installed_from()
    assert found is not None
    assert (found.url, found.revision, found.is_shared, found.caveat) == (address, "v9", True, "")
    (clone / "file").write_text("2")
    run(clone, "commit", "-qam", "two")
    ahead = installation.installed_from()
    assert ahead is not None
    assert (ahead.url, ahead.is_shared) == (str(clone), False)


def test_a_password_of_a_remote_is_not_named(installed: Callable[..., None], clone: Path) -> None:
    run(clone, "remote", "set-url", "origin", "https://me:secret@git.example/m")
    installed(url=clone.as_uri(), dir_info={})
    found = installation.installed_from()
    assert found is not None
    assert found.url == WEB


def test_what_is_no_clone_is_not_named(installed: Callable[..., None], clone: Path, tmp_path: Path) -> None:
    (clone / "inside").mkdir()
    for folder in (tmp_path, clone / "inside", tmp_path / "gone"):
        installed(url=folder.as_uri(), dir_info={})
        assert installation.installed_from() is None
    installed(url="https://files.example/m.whl", archive_info={})
    assert installation.installed_from() is None
    installed()
    assert installation.installed_from() is None
