"""A tiny channel is one that rattler solves against and installs from."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conda_package_streaming.package_streaming import stream_conda_component

from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, render_package, write_channel

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = SyntheticCondaPackage(name="python", version="3.11.9", build="h0_0", subdir="linux-64")
OLD_LEAF = SyntheticCondaPackage(name="leaf", version="1.0", depends=("python >=3.8",))
LEAF = SyntheticCondaPackage(name="leaf", version="2.0", depends=("python >=3.8",), constrains=("tool <2",))
NEW_TOOL = SyntheticCondaPackage(name="tool", version="2.0", build="1", build_number=1, subdir="win-64")
TOOL = SyntheticCondaPackage(name="tool", version="1.0", build="1", build_number=1)
PACKAGES = (PYTHON, OLD_LEAF, LEAF, NEW_TOOL, TOOL)

SOLVE_AND_INSTALL = """
import asyncio, os, sys
import rattler

async def main(channel, prefix):
    cache = f"{prefix}-cache"
    gateway = rattler.Gateway(cache_dir=cache)
    subdirs = ["linux-64", "noarch"]
    records = await rattler.solve([channel], ["leaf", "tool"], gateway=gateway, platforms=subdirs)
    platform = rattler.Subdir("linux-64")
    await rattler.install(records, prefix, cache_dir=cache, platform=platform, show_progress=False)
    print(*sorted(record.file_name for record in records), flush=True)

asyncio.run(main(*sys.argv[1:]))
os._exit(0)  # rattler's threads may crash the interpreter's own farewell
"""


def solve_and_install(channel: str, prefix: Path) -> list[str]:
    program = [sys.executable, "-c", SOLVE_AND_INSTALL, channel, str(prefix)]
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


def assert_installed(prefix: Path) -> None:
    assert (prefix / "lib/python3.11/site-packages/leaf.py").read_text().endswith('__version__ = "2.0"\n')
    assert (prefix / "share/tool/version.py").is_file()


def test_rattler_solves_and_installs_from_a_folder(tmp_path: Path) -> None:
    write_channel(tmp_path / "channel", PACKAGES)
    names = solve_and_install((tmp_path / "channel").as_uri(), tmp_path / "prefix")
    assert names == ["leaf-2.0-0.conda", "python-3.11.9-h0_0.conda", "tool-1.0-1.conda"]
    assert_installed(tmp_path / "prefix")


def test_rattler_solves_and_installs_over_http(tmp_path: Path) -> None:
    write_channel(tmp_path / "channel", PACKAGES)
    with serve(tmp_path / "channel") as url:
        names = solve_and_install(url, tmp_path / "prefix")
    assert names == ["leaf-2.0-0.conda", "python-3.11.9-h0_0.conda", "tool-1.0-1.conda"]
    assert_installed(tmp_path / "prefix")


def test_every_subdir_asked_for_has_repodata(tmp_path: Path) -> None:
    write_channel(tmp_path, PACKAGES)
    records = {path.parent.name: json.loads(path.read_text()) for path in tmp_path.glob("*/repodata.json")}
    assert {subdir: sorted(repodata["packages.conda"]) for subdir, repodata in records.items()} == {
        "linux-64": ["python-3.11.9-h0_0.conda"],
        "noarch": ["leaf-1.0-0.conda", "leaf-2.0-0.conda", "tool-1.0-1.conda"],
        "osx-arm64": [],
        "win-64": ["tool-2.0-1.conda"],
    }


def test_a_record_describes_the_file(tmp_path: Path) -> None:
    write_channel(tmp_path, PACKAGES)
    content = (tmp_path / "noarch/leaf-2.0-0.conda").read_bytes()
    repodata = json.loads((tmp_path / "noarch/repodata.json").read_text())
    assert repodata["packages.conda"]["leaf-2.0-0.conda"] == {
        "name": "leaf",
        "version": "2.0",
        "build": "0",
        "build_number": 0,
        "depends": ["python >=3.8"],
        "constrains": ["tool <2"],
        "subdir": "noarch",
        "noarch": "python",
        "timestamp": 1_700_000_000_000,
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }


@pytest.mark.parametrize(
    ("package", "noarch", "installed_file"),
    [
        (LEAF, "python", "site-packages/leaf.py"),
        (TOOL, "generic", "share/tool/version.py"),
        (PYTHON, None, "share/python/version.py"),
    ],
    ids=["noarch python", "noarch generic", "one platform"],
)
def test_kind_of_package_decides_what_is_inside(
    package: SyntheticCondaPackage, noarch: str | None, installed_file: str
) -> None:
    content = render_package(package)
    assert members(package, content, "pkg").keys() == {installed_file}
    about = members(package, content, "info")
    assert about["info/files"].decode().split() == [installed_file]
    assert json.loads(about["info/index.json"]).get("noarch") == noarch
    assert ("info/link.json" in about) == (noarch == "python")


def members(package: SyntheticCondaPackage, content: bytes, component: str) -> dict[str, bytes]:
    found = {}
    for tar, member in stream_conda_component(package.file_name, io.BytesIO(content), component):
        found[member.name] = tar.extractfile(member).read()
    return found


def test_bytes_follow_from_the_package_alone() -> None:
    """A change of this hash changes every lockfile that holds one."""
    assert (
        hashlib.sha256(render_package(LEAF)).hexdigest()
        == "09f3440318567df067014b457f8afed9812df5efcce6be4df32808ba6c7b8122"
    )
