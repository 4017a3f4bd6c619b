"""A repository with the real pre-commit and our hooks in it, run by this interpreter so that nothing is installed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import yaml

from tests.conftest import Done
from tests.looked_up_mixlock import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

AUTHOR = ("-c", "user.name=t", "-c", "user.email=t@t.example")
MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def manifest() -> list[dict[str, Any]]:
    """Return the hooks as the manifest describes them."""
    hooks: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return hooks


def local_configuration(*ids: str, args: tuple[str, ...] = ()) -> str:
    """Render a configuration with hooks of the manifest, in this order; what they solve is looked up."""
    described = {hook["id"]: hook for hook in manifest()}
    hooks = [_as_local(described[name]) | {"args": [*args]} for name in ids]
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})


def _as_local(hook: dict[str, Any]) -> dict[str, Any]:
    program, arguments = hook["entry"].split(" ", 1)
    assert program == "mixlock"
    kept = {key: value for key, value in hook.items() if key != "additional_dependencies"}
    return kept | {"language": "system", "entry": f"{PROGRAM} {arguments}"}


Locks: TypeAlias = "dict[str, dict[str, bytes]]"


@dataclass(frozen=True, kw_only=True)
class Hooked:
    """A repository whose commits pass through our hooks."""

    repository: Repository
    known: Locks

    def lock(self) -> None:
        """Lock the repository's one spec and stage the lock; a spec that was locked before gets the same lock."""
        spec = self.repository.read("environment.yml")
        if spec not in self.known:
            assert self.repository.mixlock("lock").status == 0
            self.known[spec] = self.repository.locks()
        for path, content in self.known[spec].items():
            self.repository.write(f"locks/{path}", content.decode())

    def commit(self, *words: str) -> Done:
        """Commit what is staged; the hooks may refuse."""
        return self.run("git", *AUTHOR, "commit", "-m", "a commit", *words)

    def run(self, *command: str) -> Done:
        """Run a program in the repository; its status is the result's."""
        repository = self.repository
        done = subprocess.run(
            command,
            cwd=repository.root,
            env=dict(repository.world.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Done(status=done.returncode, stdout=done.stdout, stderr="")


@pytest.fixture(scope="session")
def known() -> Locks:
    """Return where locks are kept from one test to the next."""
    return {}


@pytest.fixture
def hooked(repository: Repository, known: Locks, tmp_path: Path) -> Callable[..., Hooked]:
    """Return what installs the hooks with these ids; locks are for one platform, which is faster."""

    def install(*ids: str, args: tuple[str, ...] = ()) -> Hooked:
        repository.world.environment = {**repository.world.environment, "PRE_COMMIT_HOME": str(tmp_path / "pc")}
        repository.write("mixlock.toml", repository.read("mixlock.toml").replace(', "osx-arm64"', ""))
        repository.write(".pre-commit-config.yaml", local_configuration(*ids, args=args))
        made = Hooked(repository=repository, known=known)
        assert made.run(sys.executable, "-m", "pre_commit", "install").status == 0
        return made

    return install
