"""``mixlock why``: the requests that lead to a package, through both managers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from tests.conftest import Repository, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import World

SPEC = "dependencies:\n  - python=3.12\n  - pandas\n  - pip:\n    - requests\n    - frames\n"
BOTH = "  [linux-64, osx-arm64]\n"
ASKED = {
    "python": [f"python 3.12.11 (conda){BOTH}  environment.yml:2 asks for python=3.12\n"],
    "idna": [
        f"idna 3.10 (PyPI){BOTH}  environment.yml:5 asks for requests\n    requests 2.32.0 (PyPI) needs idna >=3\n"
    ],
    "NumPy": [
        f"numpy 2.2.6 (conda){BOTH}",
        "  environment.yml:3 asks for pandas\n    pandas 2.2.3 (conda) needs numpy >=1.26,<3\n",
        "  environment.yml:6 asks for frames\n    frames 2.0 (PyPI) needs numpy >=2\n",
    ],
    "libblas": [
        "environment.yml:3 asks for pandas\n    pandas 2.2.3 (conda) needs numpy >=1.26,<3\n",
        "needs numpy >=1.26,<3\n      numpy 2.2.6 (conda) needs libblas >=3.9\n",
    ],
}


@pytest.fixture(scope="session")
def mixed_once(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock a spec whose PyPI side needs what conda holds."""
    made = new_repository(tmp_path_factory.mktemp("why") / "repository", shared_world, SPEC)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.mark.parametrize(("package", "expected"), ASKED.items(), ids=ASKED)
def test_every_request_that_leads_to_a_package_is_told(
    mixed_once: Repository, capsys: pytest.CaptureFixture[str], package: str, expected: list[str]
) -> None:
    assert main(["why", "--root", str(mixed_once.root), "environment", package]) == 0
    told = capsys.readouterr().out
    assert all(part in told for part in expected), told


def test_json_holds_the_chains(mixed_once: Repository) -> None:
    done = mixed_once.mixlock("why", "environment.yml", "libblas", "--platform", "linux-64", "--format", "json")
    (reason,) = json.loads(done.stdout)["reasons"]
    assert (reason["name"], reason["version"], reason["platforms"]) == ("libblas", "3.11.0", ["linux-64"])
    assert [[link["name"] for link in chain["links"]] for chain in reason["chains"]] == [
        ["pandas", "numpy", "libblas"],
        ["frames", "numpy", "libblas"],
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["environment", "nopkg"], "nopkg is not in the lock of environment"),
        (["environment", "request"], "did you mean `requests`?"),
        (["nowhere", "numpy"], "nowhere: no lock of that name"),
    ],
)
def test_a_name_that_is_not_there_is_a_usage_error(
    mixed_once: Repository, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert main(["why", "--root", str(mixed_once.root), *words]) == 2
    assert expected in capsys.readouterr().err


def test_a_lock_whose_spec_is_gone_cannot_be_explained(
    mixed_once: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(mixed_once.root, root)
    (root / "environment.yml").unlink()
    assert main(["why", "--root", str(root), "environment", "numpy"]) == 3
    assert "environment.yml" in capsys.readouterr().err


def test_a_spec_that_is_no_yaml_tells_no_reason(locked: Repository) -> None:
    locked.write("environment.yml", "a: [\n")
    done = locked.mixlock("why", "numpy")
    assert (done.status, done.stdout, "its spec cannot be read" in done.stderr) == (2, "", True), done.stderr
