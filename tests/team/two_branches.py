"""A repository of one environment in a world whose packages get newer, and what developers do on two branches."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.rules.lock_diff import is_newer
from mixlock_hooks.rules.three_way import join
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import new_repository, table_world
from tests.tables import CHANNEL, CONDA_PACKAGES, INDEX, INDEX_FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import Lockfile
    from tests.conftest import Done, Repository

LAYERS = 3
NAMES = [f"{kind}{layer}{letter}" for kind in ("con", "pip") for layer in range(LAYERS) for letter in "abc"]
"""Each package of a layer needs the one of its letter in the layer below, as new as itself less one."""
_ATTRIBUTES = """\
locks/**/conda-lock.yml merge=mixlock
locks/**/conda-*.lock merge=union
locks/**/pip-*.txt merge=union
"""
_SPEC, _FOLDER = "environment.yml", "locks/environment"


def _needs(name: str, version: int) -> tuple[tuple[str, int], ...]:
    kind, layer, letter = name[:3], int(name[3]), name[4]
    return ((f"{kind}{layer - 1}{letter}", version - 1),) if layer else ()


@dataclass(kw_only=True)
class TwoBranches:
    """The repository. ``newest`` is the version of everything that is published now."""

    repository: Repository
    newest: int = 1
    told: list[str] = field(default_factory=list)

    def publish(self) -> None:
        """Publish one more version of everything."""
        self.newest += 1
        self._offer()

    def _offer(self) -> None:
        versions = range(1, self.newest + 1)
        conda = [
            SyntheticCondaPackage(
                name=name,
                version=f"{version}.0",
                depends=tuple(f"{need} >={least}.0" for need, least in _needs(name, version)),
            )
            for name in NAMES
            for version in versions
            if name.startswith("con")
        ]
        pypi = [
            SyntheticProject(
                name=name,
                version=f"{version}.0",
                requires=tuple(f"{need}>={least}.0" for need, least in _needs(name, version)),
            )
            for name in NAMES
            for version in versions
            if name.startswith("pip")
        ]
        engines = self.repository.world.engines  # type: ignore[attr-defined]
        engines.channels[CHANNEL] = [*CONDA_PACKAGES, *conda]
        engines.indices[INDEX] = [*INDEX_FILES, *map(render_wheel, pypi)]

    def ask(self, names: Sequence[str]) -> None:
        """Write a spec that asks for packages."""
        conda = "".join(f"  - {name}\n" for name in sorted(names) if name.startswith("con"))
        pypi = "".join(f"    - {name}\n" for name in sorted(names) if name.startswith("pip"))
        text = f"dependencies:\n  - python=3.12\n{conda}" + (f"  - pip:\n{pypi}" if pypi else "")
        self.repository.write(_SPEC, text)

    def asked(self) -> set[str]:
        """Return what the spec asks for."""
        return _names(self.repository.read(_SPEC))

    def lock(self, *words: str) -> Done:
        """Lock, which must succeed."""
        done = self.repository.mixlock("lock", *words)
        assert done.status == 0, done.stderr
        return done

    def commit(self, message: str) -> None:
        """Commit everything, if anything changed."""
        self.repository.git("add", "-A")
        self.repository.git("commit", "-q", "--allow-empty", "-m", message)

    def lockfile(self, revision: str = "") -> Lockfile:
        """Return the lock as it is, or as a revision has it."""
        path = f"{_FOLDER}/conda-lock.yml"
        text = self.repository.git("show", f"{revision}:{path}") if revision else self.repository.read(path)
        return conda_lock_yml.parse(text.encode())

    def versions(self, revision: str = "") -> dict[str, str]:
        """Return the version of each locked package; each stands there once."""
        packages = self.lockfile(revision).packages
        found = {f"{package.manager.value} {package.name}": package.version for package in packages}
        assert len(found) == len(packages), "a package stands in the lock twice"
        return found

    def tried(self, *words: str) -> int:
        """Run git, which may stop at a conflict."""
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "core.editor=true", *words]
        done = self.repository.run(command)
        self.told.append(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.status

    def unmerged(self) -> list[str]:
        """Return the paths in conflict."""
        return self.repository.git("diff", "--name-only", "--diff-filter=U").split()

    def finish(self) -> Done:
        """End a conflict as a person does: merge the spec, lock, add."""
        if _SPEC in self.unmerged():
            sides = [_names(self.repository.git("show", f":{stage}:{_SPEC}")) for stage in (1, 2, 3)]
            tables = [dict.fromkeys(sorted(side), True) for side in sides]
            self.ask(list(join(*tables).agreed))
        done = self.lock()
        self.repository.git("add", "-A")
        return done


def _names(spec: str) -> set[str]:
    return {line.strip(" -") for line in spec.splitlines()} & set(NAMES)


def begin(home: Path, asked: Sequence[str], *, driver: bool) -> TwoBranches:
    """Lock and commit a spec at the first version of everything.

    Args:
        home: where the repository and its machine may lie.
        asked: the packages that are asked for.
        driver: have git merge locks with mixlock's driver.
    """
    made = TwoBranches(repository=new_repository(home / "repository", table_world(home)))
    made.repository.write("mixlock.toml", made.repository.read("mixlock.toml").replace(', "osx-arm64"', ""))
    if driver:
        made.repository.write(".gitattributes", _ATTRIBUTES)
        command = f"{sys.executable} -m mixlock_hooks merge-driver %O %A %B %P"
        made.repository.git("config", "merge.mixlock.driver", command)
    made._offer()
    made.ask(asked)
    made.lock()
    made.commit("begin")
    return made


def lowered(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the packages that are older after than before."""
    return [name for name, version in after.items() if name in before and is_newer(version, before[name])]
