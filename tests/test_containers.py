"""The page about containers: its ``RUN`` lines are executed, in a folder that stands for the image's root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import Fault
from tests.conftest import CONFIGURATION, Done, LookedUpWorld, Repository, looked_up_world, new_repository
from tests.host_python import host_python
from tests.hosts import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[1] / "docs/how-to/docker.md").read_text(encoding="utf-8")
ROOT_PATHS = re.compile(r"(?<![\w.~])/(?=(?:opt|root|src|srv)\b)")
SPEC = f"dependencies:\n  - python={PYTHON}\n  - pip:\n    - tiny-log\n    - requests==2.31.0\n"
USED = "import tiny_log, requests; print(requests.__version__)"


def _lines(word: str, kind: str = "dockerfile") -> list[str]:
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if word in line]


@pytest.fixture(name="image")
def _image(tmp_path: Path) -> Iterator[Repository]:
    """Return the folder of a repository without git, as ``COPY`` leaves it in the image's root."""
    with looked_up_world(tmp_path) as world:
        world.add_conda(host_python())
        configuration = CONFIGURATION.replace('"linux-64", "osx-arm64"', f'"{host_platform()}"')
        made = new_repository(tmp_path / "project", world, SPEC, configuration)
        done = made.mixlock("lock")
        assert done.status == 0, done.stderr
        copied = tmp_path / "image/src"
        copied.mkdir(parents=True)
        for name in " ".join(line.partition(" ")[2] for line in _lines("COPY mixlock.toml")).split()[:-1]:
            shutil.copy(made.root / name, copied)
        shutil.copytree(made.root / "locks", copied / "locks")
        yield Repository(root=copied, world=world)


def _run(image: Repository, line: str) -> Done:
    """Execute a ``RUN`` line without its options; ``mixlock`` is this checkout's."""
    image_root = image.root.parent
    command = re.sub(r"^RUN( --\S+)* ", "", line)
    there = ROOT_PATHS.sub(f"{image_root}/", command).replace("mixlock ", f"{sys.executable} -m mixlock_hooks ", 1)
    cache = image_root / "root/.cache/mixlock"
    no_git = {"PATH": str(image_root / "usr/bin"), "MIXLOCK_CACHE_DIR": str(cache)}
    return image.run(["/bin/sh", "-c", there], no_git)


def _app(image: Repository) -> str:
    (entry,) = _lines("ENTRYPOINT")
    script = ROOT_PATHS.sub(f"{image.root.parent}/", entry.split('"')[5].replace("\\", ""))
    command = ["/bin/sh", "-c", script + ' "$@"', "app", "python", "-c", USED]
    return subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.defpath}).stdout


def test_the_first_stage_installs_and_what_it_made_runs_without_mixlock(image: Repository) -> None:
    (line,) = _lines("RUN --mount=type=cache,target=/root/.cache/mixlock")
    done = _run(image, line)
    assert done.status == 0, done.stderr
    assert _app(image) == "2.31.0\n"


def test_without_a_network_both_parts_come_from_folders(image: Repository) -> None:
    world, project = image.world, image.root.parents[1] / "project"
    for line in _lines("mixlock", "sh"):
        command = line.replace("mixlock ", f"{sys.executable} -m mixlock_hooks ", 1)
        done = Repository(root=project, world=world).run(["sh", "-c", command])
        assert done.status == 0, done.stderr
    shutil.copytree(project / "wheelhouse", image.root / "wheelhouse")
    shutil.copytree(project / "mixlock-cache", image.root.parent / "root/.cache/mixlock")
    assert isinstance(world, LookedUpWorld)
    world.faults["/"] = Fault(status=500)
    (line,) = _lines("RUN --network=none")
    done = _run(image, line)
    assert done.status == 0, done.stderr
    assert _app(image) == "2.31.0\n"


def test_a_wheelhouse_that_holds_nothing_of_the_lock_is_told(image: Repository) -> None:
    (image.root / "empty").mkdir()
    done = _run(image, "RUN mixlock install environment --prefix /opt/app --wheelhouse empty")
    assert (done.status, "holds none of the locked wheels" in done.stderr) == (2, True)
