"""The uv that is found: one that mixlock understands, or who it is and what is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from mixlock_hooks.formats import toml_text
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.tools import UV_NEEDED, checked_uv, refuse_broken, require_uv

ROOT = Path(__file__).parents[2]


def program(folder: Path, text: str, mode: int = 0o755) -> str:
    """Write a program that stands for uv."""
    made = folder / "uv"
    made.write_text(text)
    made.chmod(mode)
    return str(made)


def saying(version: str) -> str:
    return f"#!/bin/sh\necho 'uv {version} (x86_64-unknown-linux-gnu)'\n"


@pytest.mark.parametrize("version", ["0.8.0", "0.9.0", "0.12.6", "0.12.15"])
def test_a_uv_that_is_too_old_is_named_with_its_version_and_what_is_needed(tmp_path: Path, version: str) -> None:
    uv = program(tmp_path, saying(version))
    with pytest.raises(
        CannotDoError, match=f"{uv} is uv {version}, and mixlock needs uv>=0.12.16: `pip install"
    ) as found:
        checked_uv(uv)
    assert found.value.problems == ()


@pytest.mark.parametrize("version", ["0.12.16", "0.13.9", "0.14.0", "1.0.0"])
def test_a_newer_uv_is_asked(tmp_path: Path, version: str) -> None:
    assert checked_uv(program(tmp_path, saying(version))).version == version


def test_what_a_repository_requires_counts_beside(tmp_path: Path) -> None:
    uv = program(tmp_path, saying("0.13.0"))
    with pytest.raises(CannotDoError, match=r"is uv 0\.13\.0, and this repository requires uv>=0\.13\.4"):
        checked_uv(uv, ">=0.13.4")


BROKEN = {
    "it says something else": ("#!/bin/sh\necho hello\n", 0o755, "does not tell its version: it said nothing"),
    "it fails": (
        "#!/bin/sh\necho 'no such library' >&2\nexit 127\n",
        0o755,
        "does not tell its version: no such library",
    ),
    "it is not a program": ("", 0o644, "does not run: Permission denied"),
}


@pytest.mark.parametrize(("text", "mode", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_uv_that_is_broken_is_named_with_its_words(tmp_path: Path, text: str, mode: int, expected: str) -> None:
    with pytest.raises(CannotDoError, match=f"uv {expected}"):
        checked_uv(program(tmp_path, text, mode))


def test_the_declared_range_is_the_one_that_is_checked() -> None:
    extras = toml_text.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    declared = [Requirement(text) for extra in extras.values() for text in extra if Requirement(text).name == "uv"]
    lowest = {str(each) for found in declared for each in found.specifier if each.operator == ">="}
    assert lowest == {UV_NEEDED}


def test_the_uv_of_this_environment_suits() -> None:
    assert require_uv().version


def test_a_solver_that_does_not_run_is_named_with_its_words(tmp_path: Path) -> None:
    broken = tmp_path / "micromamba"
    broken.write_text("#!/bin/sh\necho 'libfoo is missing' >&2\nexit 127\n")
    broken.chmod(0o755)
    with pytest.raises(CannotDoError, match="ended with 127: libfoo is missing"):
        refuse_broken("micromamba", str(broken))
    with pytest.raises(CannotDoError, match="does not run: No such file"):
        refuse_broken("micromamba", str(tmp_path / "nowhere"))
