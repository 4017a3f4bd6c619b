"""Exports that other tools read: pip and uv take the pylock, the bill is valid by CycloneDX's own schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.pylock import Pylock

from mixlock_hooks.formats import toml_text
from mixlock_hooks.shell.tools import find_uv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository


@pytest.mark.parametrize("platform", ["linux-64", "osx-arm64"])
def test_a_pylock_holds_pypis_part_for_its_platform_and_says_what_it_leaves_out(
    locked_once: Repository, platform: str
) -> None:
    done = locked_once.mixlock("export", "environment", "--to", "pylock", "--platform", platform)
    assert done.status == 0, done.stderr
    lock = Pylock.from_dict(toml_text.loads(done.stdout))
    assert {(package.name, str(package.version)) for package in lock.packages} == {
        ("requests", "2.31.0"),
        ("idna", "3.10"),
    }
    assert str(lock.requires_python) == "==3.12.*"
    environment = {"linux-64": ("linux", "x86_64"), "osx-arm64": ("darwin", "arm64")}
    for other, (system, machine) in environment.items():
        marker = (lock.environments or [])[0]
        assert marker.evaluate({"sys_platform": system, "platform_machine": machine}) == (other == platform)
    assert done.stderr == "note: pylock holds PyPI's part alone; it leaves out 4 conda packages\n"
    assert (
        "leaves out 4 conda packages: libblas, numpy, pip, python"
        in locked_once.mixlock("-v", "export", "environment", "--to", "requirements", "--platform", platform).stderr
    )


def test_pip_and_uv_install_from_a_pylock(served_locked: Repository, tmp_path: Path) -> None:
    """The host's python need not be the locked one, so the files are read, not where they may go."""
    file = tmp_path / "pylock.toml"
    done = served_locked.mixlock("export", "environment", "--to", "pylock", "--platform", "linux-64", "-o", str(file))
    assert (done.status, done.stdout, f"wrote {file}" in done.stderr) == (0, "", True)
    text = file.read_text().replace("https://index.example", f"{served_locked.world.base}/index")  # type: ignore[attr-defined]
    kept = [line for line in text.splitlines() if not line.startswith(("environments", "requires-python"))]
    file.write_text("\n".join(kept) + "\n")
    for name, command in (
        ("pip", [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]),
        ("uv", [find_uv() or "uv", "pip", "install", "--no-config", "--no-cache", "--preview"]),
    ):
        target = tmp_path / name
        done_there = subprocess.run(
            [*command, "-q", "--target", str(target), "-r", str(file)], capture_output=True, text=True, check=False
        )
        assert done_there.returncode == 0, (name, done_there.stderr)
        assert {path.name.partition("-")[0] for path in target.glob("*.dist-info")} == {"requests", "idna"}


def test_a_bill_is_valid_and_names_every_package_with_its_hashes_and_needs(locked_once: Repository) -> None:
    words = ("export", "environment", "--to", "cyclonedx", "--platform", "linux-64")
    done = locked_once.mixlock(*words)
    assert (done.status, done.stderr) == (0, "")
    assert locked_once.mixlock(*words).stdout == done.stdout
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(done.stdout) is None
    bill: dict[str, Any] = json.loads(done.stdout)
    components = {each["name"]: each for each in bill["components"]}
    assert set(components) == {"libblas", "numpy", "pip", "python", "requests", "idna"}
    assert components["requests"]["purl"] == "pkg:pypi/requests@2.31.0"
    numpy = components["numpy"]
    assert numpy["purl"].startswith("pkg:conda/numpy@1.26.4?build=")
    assert "subdir=linux-64" in numpy["purl"]
    assert numpy["properties"] == [{"name": "mixlock:pypi", "value": "pkg:pypi/numpy@1.26.4"}]
    hashes = {each["alg"] for each in numpy["externalReferences"][0]["hashes"]}
    assert hashes == {"MD5", "SHA-256"}
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert needs["pkg:pypi/requests@2.31.0"] == ["pkg:pypi/idna@3.10"]
    assert len(needs["environment"]) == len(components)


def test_a_file_that_cannot_be_written_is_told(locked_once: Repository, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    target = tmp_path / "file/pylock.toml"
    done = locked_once.mixlock("export", "environment", "--to", "pylock", "--platform", "linux-64", "-o", str(target))
    assert (done.status, "cannot be written" in done.stderr) == (3, True)


WRITING = [("export", "--to", "explicit", "--platform", "linux-64", "-o"), ("show", "--html")]


@pytest.mark.parametrize("words", WRITING)
def test_a_result_goes_through_links_and_into_pipes(
    locked_once: Repository, tmp_path: Path, words: tuple[str, ...]
) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("before")
    link.symlink_to(target)
    assert locked_once.mixlock(*words, str(link)).status == 0
    assert link.is_symlink()
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert locked_once.mixlock(*words, str(pipe)).status == 0
    reader.join(timeout=30)
    assert pipe.is_fifo()
    assert read == [target.read_bytes()]


@pytest.mark.parametrize("words", WRITING)
@pytest.mark.parametrize(
    ("path", "told"),
    [
        (".git/config", "is git's own"),
        ("locks/environment/stamp.json", "lies among the locks"),
        ("locks/new.txt", "lies among the locks"),
        ("environment.yml", "is a spec"),
    ],
)
def test_a_result_does_not_replace_what_is_not_its_own(
    locked: Repository, words: tuple[str, ...], path: str, told: str
) -> None:
    place = locked.root / path
    before = place.read_bytes() if place.exists() else None
    done = locked.mixlock(*words, str(place))
    assert (done.status, told in done.stderr) == (2, True), done.stderr
    assert (place.read_bytes() if place.exists() else None) == before


@pytest.mark.parametrize("form", ["explicit", "requirements", "pylock", "environment", "cyclonedx"])
def test_a_lock_that_was_edited_is_not_exported(locked: Repository, form: str) -> None:
    lock = locked.root / "locks/environment/conda-lock.yml"
    lock.write_text(lock.read_text().replace("sha256: ", "sha256: 0", 1))
    done = locked.mixlock("export", "--to", form, "--platform", "linux-64")
    assert (done.status, done.stdout, "changed since it was solved" in done.stderr) == (3, "", True), done.stderr
