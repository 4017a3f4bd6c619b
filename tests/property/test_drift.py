"""Laws of drift: whatever means the same is no drift, whatever byte of a lock is changed is."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixlock_hooks.commands import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

_QUIETLY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_FILES = (
    "conda-lock.yml",
    *(f"{kind}-{platform}" for kind in ("conda", "pip") for platform in ("linux-64.lock", "osx-arm64.lock")),
)
LOCK_FILES = [name.replace(".lock", ".txt") if name.startswith("pip-") else name for name in _FILES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, locked_once: Repository) -> Path:
    """Copy the locked repository once; each example writes what it needs of it anew."""
    root = tmp_path_factory.mktemp("laws") / "repository"
    shutil.copytree(locked_once.root, root)
    return root


@_QUIETLY
@given(
    name=st.sampled_from(LOCK_FILES),
    where=st.floats(0, 1, exclude_max=True),
    change=st.sampled_from(["replace", "insert", "delete", "a line", "a line twice"]),
    letter=st.sampled_from("aZ0 -_./:#'\"\n\té"),
)
def test_whatever_is_changed_in_a_lock_is_found(  # noqa: PLR0913, PLR0917 - what is changed, where and how
    folder: Path, locked_once: Repository, name: str, where: float, change: str, letter: str
) -> None:
    original = (locked_once.root / "locks/environment" / name).read_text(encoding="utf-8")
    changed = _changed(original, where, change, letter)
    target = folder / "locks/environment" / name
    target.write_bytes(changed.encode())
    status = main(["drift", "--root", str(folder), "--format", "json"])
    target.write_bytes(original.encode())
    assert status == (1 if changed != original else 0)


def _changed(text: str, where: float, change: str, letter: str) -> str:
    at = int(where * len(text))
    lines = text.splitlines(keepends=True)
    line = int(where * len(lines))
    return {
        "replace": text[:at] + letter + text[at + 1 :],
        "insert": text[:at] + letter + text[at:],
        "delete": text[:at] + text[at + 1 :],
        "a line": "".join(lines[:line] + lines[line + 1 :]),
        "a line twice": "".join([*lines[: line + 1], *lines[line:]]),
    }[change]


_CONDA = ["python=3.12", "numpy=1.26"]


@_QUIETLY
@given(
    seed=st.integers(0, 1 << 30),
    quote=st.sampled_from(["", "'", '"']),
    flow=st.booleans(),
    ending=st.sampled_from(["\n", "\r\n"]),
    spaced=st.booleans(),
)
def test_whatever_means_the_same_is_no_drift(  # noqa: PLR0913, PLR0917 - each is a way to write the same
    folder: Path,
    locked_once: Repository,
    seed: int,
    quote: str,
    flow: bool,  # noqa: FBT001
    ending: str,
    spaced: bool,  # noqa: FBT001
) -> None:
    chooser = random.Random(seed)  # noqa: S311 - nothing secret
    entries = [f"{quote}{text}{quote}" for text in chooser.sample(_CONDA, len(_CONDA))]
    pip = f"{quote}requests == 2.31.0{quote}" if spaced else f"{quote}Requests==2.31.0{quote}"
    blocks = [f"  - {entry}" for entry in entries]
    blocks.insert(chooser.randrange(len(blocks) + 1), f"  - pip: [{pip}]" if flow else f"  - pip:\n      - {pip}")
    lines = ["name: anything", *(["# a comment"] * chooser.randrange(3)), "dependencies:", *blocks, ""]
    text = "\n".join(chooser.choice(["", "  # why", ""]) if line == "" else line for line in lines)
    (folder / "environment.yml").write_bytes(f"{text}\n".replace("\n", ending).encode())
    status = main(["drift", "--root", str(folder), "--strict"])
    shutil.copy(locked_once.root / "environment.yml", folder / "environment.yml")
    assert status == 0, text
