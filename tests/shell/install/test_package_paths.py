"""No package of conda is linked out of its prefix, or over what is not a package's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.install.package_paths import RefusedError, links_in, refuse_escapes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LIBRARY = "lib/python3.12/site-packages"


def _unpacked(folder: Path, paths: Mapping[str, str], links: Mapping[str, str], more: Mapping[str, str]) -> Path:
    """Lay a package out as an archive of it is unpacked; ``paths`` are types by path, as it tells them."""
    told = {"paths": [{"_path": path, "path_type": kind} for path, kind in paths.items()], "paths_version": 1}
    (folder / "info").mkdir(parents=True)
    if "info/files" not in more:
        (folder / "info/paths.json").write_text(json.dumps(told))
    for path, target in links.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(target)
    inside = [path for path in paths if ".." not in path and "\\" not in path and path[0] != "/"]
    for path, text in {**{path: "" for path in inside if path not in links}, **more}.items():
        if not any((folder / parent).is_symlink() for parent in (path, path.partition("/")[0])):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("path", "links"),
    [
        pytest.param("../x", {}, id="a parent"),
        pytest.param("a/../../x", {}, id="a parent in the middle"),
        pytest.param("a/../x", {}, id="a parent that stays inside"),
        pytest.param("up/../../../.git/hooks/pre-commit", {"up": "a/b/c"}, id="a parent of a link"),
        pytest.param("/outside/x", {}, id="absolute"),
        pytest.param("\\x", {}, id="absolute on Windows"),
        pytest.param("..\\..\\x", {}, id="a parent on Windows"),
        pytest.param("C:\\x", {}, id="a drive"),
        pytest.param("C:x", {}, id="a folder of a drive"),
        pytest.param("a//x", {}, id="an empty name"),
        pytest.param("up/x", {"up": "/outside"}, id="below an absolute link"),
        pytest.param("up/x", {"up": "../.."}, id="below a relative link"),
        pytest.param("up/x", {"up": "a", "a": "b/../../.."}, id="below a link to a link"),
        pytest.param("up/x", {"up": "up"}, id="below a link to itself"),
        pytest.param("site-packages/up/x", {"site-packages/up": "../../../.."}, id="below a moved link"),
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, path: str, links: dict[str, str]) -> None:
    folder = _unpacked(tmp_path / "p", {path: "hardlink"}, links, {})
    with pytest.raises(RefusedError, match=r"p\.conda: its path .* leads out of the prefix, so the package itself"):
        refuse_escapes({"p.conda": folder}, {}, "3.12")


@pytest.mark.parametrize(
    ("links", "there", "path"),
    [
        pytest.param({"share/out": "/outside"}, {}, "share/out/x", id="another package's"),
        pytest.param({}, {"share/out": "/outside"}, "share/out/x", id="one that stays"),
        pytest.param({"bin/x": "/outside/x"}, {}, "bin/x", id="over another package's"),
        pytest.param({f"{LIBRARY}/out": "/outside"}, {}, "site-packages/out/x.py", id="where a module is moved to"),
        pytest.param({"bin": "/outside"}, {}, "python-scripts/x", id="where a program is moved to"),
    ],
)
def test_so_is_what_lies_below_a_link_that_leads_out(
    tmp_path: Path, links: dict[str, str], there: dict[str, str], path: str
) -> None:
    linking = _unpacked(tmp_path / "a", dict.fromkeys(links, "softlink"), links, {})
    below = _unpacked(tmp_path / "b", {path: "hardlink"}, {}, {})
    with pytest.raises(RefusedError, match=r"b\.conda: its path .* leads out"):
        refuse_escapes({"b.conda": below, "a.conda": linking}, there, "3.12")


@pytest.mark.parametrize(
    ("paths", "links", "more", "told"),
    [
        pytest.param({".mixlock-stamp": "hardlink"}, {}, {}, "is not a package's to write", id="the stamp"),
        pytest.param({"activate.sh": "softlink"}, {"activate.sh": "/x"}, {}, "not a package's", id="activation"),
        pytest.param({"conda-meta/evil-1-0.json": "hardlink"}, {}, {}, "not a package's", id="conda's records"),
        pytest.param(
            {"conda-meta": "softlink"}, {"conda-meta": "/outside"}, {}, "not a package's", id="their folder"
        ),
        pytest.param({"a": "hardlink"}, {"a": "/etc/hostname"}, {}, "is a link, which it does not say", id="a link"),
        pytest.param({}, {}, {"info/files": "../x\n"}, "leads out of the prefix", id="the list of old"),
        pytest.param({}, {}, {"info/files": "absent\n"}, "does not hold 'absent'", id="what is not there"),
        pytest.param({"a\\x2db": "hardlink"}, {}, {}, "does not hold", id="what is not there in a new one"),
        pytest.param({}, {}, {"info/paths.json": "{"}, "cannot be read", id="no list at all"),
        pytest.param({}, {"info/link.json": "/x"}, {}, "what it tells of itself is a link", id="what it tells"),
        pytest.param(
            {},
            {},
            {"info/link.json": '{"noarch": {"type": "python", "entry_points": ["../../x = a:b"]}}'},
            "its entry point '../../x' leads out",
            id="an entry point",
        ),
    ],
)
def test_what_is_not_a_packages_to_say_is_refused(
    tmp_path: Path, paths: dict[str, str], links: dict[str, str], more: dict[str, str], told: str
) -> None:
    folder = _unpacked(tmp_path / "p", paths, links, more)
    with pytest.raises(RefusedError, match=told):
        refuse_escapes({"p.conda": folder}, {}, "3.12")


@pytest.mark.parametrize(
    ("paths", "links"),
    [
        pytest.param(("bin/x", "lib/system\\x2dgetty.slice", "man/A::B.3"), {}, id="odd names"),
        pytest.param(("lib/libx.so", "lib/libx.so.1"), {"lib/libx.so": "libx.so.1"}, id="a link beside"),
        pytest.param(
            ("etc/mask", "bin/x"), {"etc/mask": "/dev/null"}, id="a link that leads out, with nothing below"
        ),
        pytest.param(("lib64/x",), {}, id="below a link that stays inside"),
    ],
)
def test_what_stays_inside_is_linked(tmp_path: Path, paths: tuple[str, ...], links: dict[str, str]) -> None:
    told = {path: "softlink" if path in links else "hardlink" for path in paths}
    folder = tmp_path / "p"
    _unpacked(folder, told, links, {path: "" for path in paths if path not in links})
    refuse_escapes({"p.conda": folder}, {"lib64": "lib"}, "")


def test_an_empty_folder_need_not_be_in_the_archive(tmp_path: Path) -> None:
    (tmp_path / "p/info").mkdir(parents=True)
    (tmp_path / "p/info/paths.json").write_text('{"paths": [{"_path": "var/empty", "path_type": "directory"}]}')
    refuse_escapes({"p.conda": tmp_path / "p"}, {}, "")


def test_links_are_found_with_what_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/link").symlink_to("../x")
    (tmp_path / "up").symlink_to("a")
    assert links_in(tmp_path) == {"a/b/link": "../x", "up": "a"}
