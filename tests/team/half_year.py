"""A team's half year in one repository: ten environments, three flows, and what happened, one function an event.

Each event's docstring is what must be true after it; the event asserts it. They are done in order.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import new_repository, table_world
from tests.tables import CHANNEL, CONDA_PACKAGES, INDEX, INDEX_FILES
from tests.team.two_branches import lowered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Done, Repository

ENVIRONMENTS = {
    "web": ("libssl", "fastapi"),
    "api": ("libssl", "fastapi", "starlette"),
    "batch": ("numpy", "colors"),
    "train": ("numpy", "pandas"),
    "report": ("pandas", "requests"),
    "docs": ("colors",),
    "tools": ("requests", "idna"),
    "gpu": ("numpy",),
    "legacy": ("numpy<2", "frames"),
    "small": ("libblas",),
}
_PYPI = {"fastapi", "starlette", "colors", "requests", "idna", "frames"}
FLOWS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "flows/train.py": ("TrainFlow", {"start": ("numpy",), "fit": ("numpy", "pandas"), "end": ("numpy",)}),
    "flows/score.py": ("ScoreFlow", {"start": ("pandas",), "end": ("pandas",)}),
    "flows/report.py": ("ReportFlow", {"start": ("libssl",), "end": ("libblas",)}),
}
_DRIVERS = (("conda-lock.yml", "mixlock"), ("conda-*.lock", "union"), ("pip-*.txt", "union"))
_ATTRIBUTES = "".join(f"locks/**/{name} merge={how}\n" for name, how in _DRIVERS)
_GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "core.editor=true")


@dataclass(kw_only=True)
class Team:
    """The repository, and what has been published: ``conda`` and ``pypi`` hold name, version and needs."""

    repository: Repository
    conda: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    pypi: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def publish_conda(self, name: str, version: str, *needs: str) -> None:
        """Publish a package on the channel."""
        self.conda.append((name, version, needs))
        made = [SyntheticCondaPackage(name=n, version=v, depends=d) for n, v, d in self.conda]
        self._engines.channels[CHANNEL] = [*CONDA_PACKAGES, *made]

    def publish_pypi(self, name: str, version: str, *needs: str) -> None:
        """Publish a project on the index."""
        self.pypi.append((name, version, needs))
        made = [render_wheel(SyntheticProject(name=n, version=v, requires=d)) for n, v, d in self.pypi]
        self._engines.indices[INDEX] = [*INDEX_FILES, *made]

    @property
    def _engines(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - of the world, which has no such promise
        return self.repository.world.engines  # type: ignore[attr-defined]

    def solves(self) -> int:
        """Return how many platforms were solved so far."""
        return len(self._engines.requests)

    def ask(self, name: str, *asked: str, also: str = "") -> None:
        """Write the spec of an environment."""
        conda = "".join(f"  - {each}\n" for each in asked if _bare(each) not in _PYPI)
        pypi = "".join(f"    - {each}\n" for each in asked if _bare(each) in _PYPI)
        text = f"dependencies:\n  - python=3.12\n{conda}" + (f"  - pip:\n{pypi}" if pypi else "") + also
        self.repository.write(f"envs/{name}.yml", text)

    def flow(self, path: str, name: str, steps: dict[str, tuple[str, ...]], python: str = "3.12") -> None:
        """Write a flow."""
        head = "from metaflow import FlowSpec, conda, step\n\n\n"
        lines = [f"class {name}(FlowSpec):\n"]
        for step, asked in steps.items():
            table = dict.fromkeys(asked, "")
            lines.append(f'    @conda(python="{python}", libraries={table!r})\n    @step\n')
            lines.append(f"    def {step}(self):\n        pass\n\n")
        self.repository.write(path, head + "".join(lines))

    def configure(self, text: str = "") -> None:
        """Write the configuration, with some lines more."""
        base = f'platforms = ["linux-64"]\nchannels = ["{CHANNEL}"]\ndefault-index = "{INDEX}"\n'
        specs = 'specs = ["envs/*.yml", "flows/*.py"]\n'
        self.repository.write("mixlock.toml", base + specs + text)

    def mixlock(self, *words: str) -> Done:
        """Run mixlock."""
        return self.repository.mixlock(*words)

    def lock(self, *words: str) -> Done:
        """Lock, which must succeed; return what was said."""
        done = self.mixlock("lock", *words)
        assert done.status == 0, done.stdout + done.stderr
        return done

    def drift(self, *words: str) -> tuple[int, str]:
        """Return the status of a drift run, and what it said."""
        done = self.mixlock("drift", *words)
        return done.status, done.stdout + done.stderr

    def is_fresh(self) -> None:
        """Assert that every lock says what its spec says, package by package."""
        assert self.drift("--strict", "--verify")[0] == 0, self.drift("--strict", "--verify")[1]

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.repository.git("add", "-A")
        self.repository.git("commit", "-q", "--allow-empty", "-m", message)

    def branch(self, name: str, start: str = "main") -> None:
        """Begin a branch."""
        self.repository.git("checkout", "-q", "-b", name, start)

    def checkout(self, name: str) -> None:
        """Check a branch out."""
        self.repository.git("checkout", "-q", name)

    def tried(self, *words: str) -> int:
        """Run git, which may stop at a conflict."""
        return self.repository.run([*_GIT, *words]).status

    def conflicts(self) -> list[str]:
        """Return the paths in conflict."""
        return self.repository.git("diff", "--name-only", "--diff-filter=U").split()

    def versions(self, name: str, folder: str = "envs") -> dict[str, str]:
        """Return what a lock holds."""
        path = self.repository.root / "locks" / folder / name / "conda-lock.yml"
        packages = conda_lock_yml.parse(path.read_bytes()).packages
        found = {package.name: package.version for package in packages}
        assert len(found) == len(packages), f"a package stands twice in {path}"
        return found

    def all_versions(self) -> dict[str, str]:
        """Return the version of each package in each lock."""
        found = {}
        for path, content in self.repository.locks().items():
            for package in conda_lock_yml.parse(content).packages if path.endswith("conda-lock.yml") else ():
                found[f"{path} {package.name}"] = package.version
        return found

    def changed(self) -> list[str]:
        """Return the environments whose locks differ from the last commit."""
        self.repository.git("add", "-A", "locks")
        paths = self.repository.git("diff", "--cached", "--name-only", "HEAD", "--", "locks").splitlines()
        return sorted({path.rpartition("/")[0].removeprefix("locks/") for path in paths})


def _bare(asked: str) -> str:
    return asked.split("<", maxsplit=1)[0].split(">", maxsplit=1)[0].split("=", maxsplit=1)[0]


def begin(home: Path) -> Team:
    """Return the team's repository before the first event."""
    team = Team(repository=new_repository(home / "repository", table_world(home)))
    team.repository.git("rm", "-q", "-f", "environment.yml")
    team.configure()
    team.repository.write(".gitattributes", _ATTRIBUTES)
    command = f"{sys.executable} -m mixlock_hooks merge-driver %O %A %B %P"
    team.repository.git("config", "merge.mixlock.driver", command)
    team.publish_conda("libssl", "1.0")
    team.publish_pypi("starlette", "0.45")
    team.publish_pypi("fastapi", "0.1", "starlette>=0.40,<0.46")
    for name, asked in ENVIRONMENTS.items():
        team.ask(name, *asked)
    for path, (name, steps) in FLOWS.items():
        team.flow(path, name, steps)
    return team


Event = "Callable[[Team], None]"
EVENTS: list[Callable[[Team], None]] = []


def event(done: Callable[[Team], None]) -> Callable[[Team], None]:
    """List an event, in the order of the file."""
    EVENTS.append(done)
    return done


@event
def first_locks(team: Team) -> None:
    """Everything is locked; equal steps of a flow share a lock."""
    team.lock()
    team.commit("first locks")
    team.is_fresh()
    names = {path.rpartition("/")[0] for path in team.repository.locks()}
    assert len(names) == len(ENVIRONMENTS) + 2 + 1 + 2


@event
def nothing_to_do(team: Team) -> None:
    """A second lock writes and solves nothing."""
    before = team.solves(), team.repository.locks()
    team.lock()
    assert (team.solves(), team.repository.locks()) == before


@event
def comments_and_order(team: Team) -> None:
    """A comment, quotes and another order are no drift, and nothing is rewritten."""
    before = team.repository.locks()
    team.repository.write(
        "envs/batch.yml", "# why\ndependencies:\n  - pip:\n    - 'colors'\n  - \"numpy\"\n  - python=3.12\n"
    )
    team.is_fresh()
    team.lock()
    assert team.repository.locks() == before
    team.commit("comments")


@event
def a_package_more(team: Team) -> None:
    """One environment asks for one package more: its lock alone changes."""
    team.ask("docs", "colors", "requests")
    status, told = team.drift()
    assert (status, "envs/docs.yml" in told, "MIX202" in told) == (1, True, True)
    team.lock()
    assert team.changed() == ["envs/docs"]
    team.commit("docs need requests")


@event
def a_package_less(team: Team) -> None:
    """A package that is asked for no more goes, with what only it needed."""
    team.ask("docs", "colors")
    team.lock()
    assert {"requests", "idna"}.isdisjoint(team.versions("docs"))
    team.commit("docs need no requests")


@event
def a_security_release(team: Team) -> None:
    """`--upgrade-package` raises a package wherever it is locked, and solves nothing else."""
    team.publish_conda("libssl", "1.1")
    before = team.solves()
    team.lock("--upgrade-package", "libssl")
    assert team.changed() == ["envs/api", "envs/web", "flows/report/ReportFlow/start"]
    assert team.solves() - before == 3
    assert team.versions("web")["libssl"] == "1.1"
    team.commit("libssl 1.1")


@event
def the_next_relock_keeps_it(team: Team) -> None:
    """A later relock does not undo an upgrade."""
    team.ask("web", "libssl", "fastapi", "colors")
    team.lock()
    assert team.versions("web")["libssl"] == "1.1"
    team.commit("web needs colors")


@event
def an_upgrade_that_is_held_back(team: Team) -> None:
    """Who holds an upgrade back is named, and nothing changes."""
    team.publish_pypi("starlette", "0.46")
    done = team.lock("--upgrade-package", "starlette")
    assert "`starlette` stays 0.45: fastapi 0.1 needs <0.46" in done.stderr
    assert team.changed() == []


@event
def nothing_newer(team: Team) -> None:
    """An upgrade that finds nothing says so."""
    done = team.lock("--upgrade-package", "libssl")
    assert "nothing newer" in done.stderr


@event
def a_hand_in_a_lock(team: Team) -> None:
    """A version edited by hand is told, and the way out leads back to the commit's."""
    path = "locks/envs/gpu/conda-lock.yml"
    text = team.repository.read(path)
    edited = text.replace("numpy-2.2.6", "numpy-1.26.4").replace("version: 2.2.6", "version: 1.26.4")
    team.repository.write(path, edited)
    status, told = team.drift()
    assert (status, "MIX206" in told) == (1, True)
    team.lock()
    assert team.versions("gpu")["numpy"] == "2.2.6"
    assert team.changed() == []


@event
def a_package_twice(team: Team) -> None:
    """A package that stands twice is told, whoever wrote it."""
    path = "locks/envs/small/conda-lock.yml"
    text = team.repository.read(path)
    head, entry = text[: text.index("- name: libblas")], text[text.index("- name: libblas") :]
    first = entry[: entry.index("- name: python")] if "- name: python" in entry else entry
    team.repository.write(path, head + first + entry)
    status, told = team.drift()
    assert (status, "MIX208" in told) == (1, True)
    team.repository.git("checkout", "-q", "HEAD", "--", path)


@event
def a_lock_deleted(team: Team) -> None:
    """A deleted lock is drift, and comes back with the versions that it had."""
    team.publish_conda("numpy", "2.3.0", "libblas >=3.9")
    shutil.rmtree(team.repository.root / "locks/envs/gpu")
    assert "MIX201" in team.drift()[1]
    team.lock()
    assert team.versions("gpu")["numpy"] == "2.2.6"
    assert team.changed() == []


@event
def an_interrupted_run(team: Team) -> None:
    """A lock without its stamp is told, and completed without a solve."""
    (team.repository.root / "locks/envs/train/stamp.json").unlink()
    before = team.solves()
    assert "MIX207" in team.drift()[1]
    team.lock()
    assert (team.changed(), team.solves()) == ([], before)


@event
def a_spec_is_renamed(team: Team) -> None:
    """`git mv` of a spec takes its lock along, with every version."""
    before = team.versions("gpu")
    team.repository.git("mv", "envs/gpu.yml", "envs/cuda.yml")
    team.lock()
    assert team.versions("cuda") == before
    assert not (team.repository.root / "locks/envs/gpu").exists()
    team.commit("gpu is cuda")


@event
def a_spec_is_moved_by_mixlock(team: Team) -> None:
    """`mixlock mv` moves spec and lock without a solve."""
    before, solves = team.versions("cuda"), team.solves()
    assert team.mixlock("mv", "envs/cuda", "envs/gpu.yml").status == 0
    assert (team.versions("gpu"), team.solves()) == (before, solves)
    team.commit("cuda is gpu")
    team.is_fresh()


@event
def an_environment_goes(team: Team) -> None:
    """`mixlock rm` removes spec and lock, and nothing is left to tell."""
    assert team.mixlock("rm", "envs/small").status == 0
    team.commit("small goes")
    team.is_fresh()
    assert not (team.repository.root / "locks/envs/small").exists()


@event
def a_spec_is_deleted(team: Team) -> None:
    """A lock whose spec is gone is an orphan until it goes too."""
    team.repository.git("rm", "-q", "envs/tools.yml")
    assert "MIX209" in team.drift()[1]
    team.repository.git("rm", "-q", "-r", "locks/envs/tools")
    team.commit("tools go")
    team.is_fresh()


@event
def a_step_more(team: Team) -> None:
    """A new step keeps the versions of its siblings, python's too."""
    team.publish_conda("python", "3.12.12")
    name, steps = FLOWS["flows/train.py"]
    team.flow("flows/train.py", name, {**steps, "score": ("numpy", "libssl")})
    team.lock()
    found = team.versions("score", "flows/train/TrainFlow")
    assert (found["python"], found["numpy"]) == ("3.12.11", "2.2.6")
    team.commit("a step more")


@event
def steps_are_regrouped(team: Team) -> None:
    """A step that leaves a shared lock upgrades neither itself nor the others."""
    before = team.versions("start", "flows/train/TrainFlow")
    name, steps = FLOWS["flows/train.py"]
    team.flow("flows/train.py", name, {**steps, "score": ("numpy", "libssl"), "start": ("numpy", "libblas")})
    team.lock()
    for step in ("start", "end"):
        found = team.versions(step, "flows/train/TrainFlow")
        assert lowered(before, found) == lowered(found, before) == []
    team.commit("start asks for libblas")


@event
def a_flow_is_renamed(team: Team) -> None:
    """A renamed flow keeps every version."""
    before = team.versions("start", "flows/score/ScoreFlow")
    team.repository.git("rm", "-q", "flows/score.py")
    team.flow("flows/scoring.py", "ScoringFlow", FLOWS["flows/score.py"][1])
    team.lock()
    assert team.versions("start", "flows/scoring/ScoringFlow") == before
    team.repository.git("add", "-A")
    team.commit("score is scoring")
    team.is_fresh()


@event
def two_branches_add(team: Team) -> None:
    """Two branches that each add a package meet in the stamp alone, and no solve ends it."""
    team.branch("add-colors")
    team.ask("train", "numpy", "pandas", "colors")
    team.lock()
    team.commit("train needs colors")
    team.checkout("main")
    team.ask("train", "libssl", "numpy", "pandas")
    team.lock()
    team.commit("train needs libssl")
    assert team.tried("merge", "-q", "add-colors") == 1
    team.ask("train", "libssl", "numpy", "pandas", "colors")
    assert set(team.conflicts()) <= {"envs/train.yml", "locks/envs/train/stamp.json"}
    before = team.solves()
    team.lock()
    assert team.solves() == before
    assert {"libssl", "colors"} <= team.versions("train").keys()
    team.commit("merge")
    team.is_fresh()


@event
def a_rebase_over_an_upgrade(team: Team) -> None:
    """A branch that is rebased over an upgrade of main takes none of it back."""
    team.branch("topic")
    team.ask("batch", "numpy", "colors", "requests")
    team.lock()
    team.commit("batch needs requests")
    team.checkout("main")
    team.lock("--upgrade")
    team.commit("weekly upgrade")
    upgraded = team.all_versions()
    assert team.tried("rebase", "-q", "main", "topic") == 1
    team.lock()
    team.repository.git("add", "-A")
    assert team.tried("rebase", "--continue") == 0
    assert lowered(upgraded, team.all_versions()) == []
    assert "requests" in team.versions("batch")
    team.is_fresh()
    team.checkout("main")
    team.repository.git("merge", "-q", "topic")


@event
def both_sides_upgrade_one_package(team: Team) -> None:
    """Where both sides upgraded one package, the newer version stays."""
    team.publish_conda("libssl", "1.2")
    team.branch("ssl-12")
    team.lock("--upgrade-package", "libssl")
    team.commit("libssl 1.2")
    team.checkout("main")
    team.publish_conda("libssl", "1.3")
    team.lock("--upgrade-package", "libssl")
    team.commit("libssl 1.3")
    team.tried("merge", "-q", "ssl-12")
    team.lock()
    assert team.versions("web")["libssl"] == "1.3"
    team.commit("merge")
    team.is_fresh()


@event
def the_older_side_is_ours(team: Team) -> None:
    """It also stays where it is the other branch's."""
    team.branch("ssl-15")
    team.publish_conda("libssl", "1.5")
    team.lock("--upgrade-package", "libssl")
    team.commit("libssl 1.5")
    team.checkout("main")
    team.publish_conda("libssl", "1.4")
    team.configure('constraints = ["libssl<1.5"]\n')
    team.lock("--upgrade-package", "libssl")
    team.configure()
    team.commit("libssl 1.4")
    team.tried("merge", "-q", "ssl-15")
    team.lock()
    assert team.versions("web")["libssl"] == "1.5"
    team.commit("merge")
    team.is_fresh()


@event
def a_cherry_pick(team: Team) -> None:
    """A commit that is picked brings its package, and takes nothing back."""
    team.branch("feature")
    team.ask("gpu", "numpy", "libblas", "libssl")
    team.lock()
    team.commit("gpu needs libssl")
    team.checkout("main")
    team.lock("--upgrade", "envs/gpu")
    team.commit("gpu upgraded")
    before = team.versions("gpu")
    if team.tried("cherry-pick", "feature") != 0:
        team.lock()
        team.repository.git("add", "-A")
        assert team.tried("commit", "-q", "--no-edit", "--allow-empty") == 0
    team.lock()
    team.commit("complete")
    assert lowered(before, team.versions("gpu")) == []
    assert "libssl" in team.versions("gpu")
    team.is_fresh()


@event
def a_revert(team: Team) -> None:
    """A revert takes back what its commit did, and no other package."""
    team.publish_pypi("requests", "2.33.0", "idna>=3")
    team.lock("--upgrade-package", "requests")
    team.commit("requests 2.33")
    raised = team.versions("report")
    assert raised["requests"] == "2.33.0"
    if team.tried("revert", "--no-edit", "HEAD") != 0:
        team.lock()
        team.repository.git("add", "-A")
        assert team.tried("commit", "-q", "--no-edit") == 0
    assert lowered(raised, team.versions("report")) == ["requests"]
    team.is_fresh()


@event
def an_octopus(team: Team) -> None:
    """Branches that touch different environments are merged together."""
    for name, asked in (("docs", ("colors", "idna")), ("legacy", ("numpy<2", "frames", "colors"))):
        team.branch(f"octopus-{name}")
        team.ask(name, *asked)
        team.lock()
        team.commit(name)
        team.checkout("main")
    assert team.tried("merge", "-q", "--no-edit", "octopus-docs", "octopus-legacy") == 0
    team.is_fresh()


@event
def a_merge_by_lines(team: Team) -> None:
    """Without the driver, as on the page of a pull request, git meets the stamp alone too."""
    team.repository.write(".gitattributes", "")
    team.commit("no attributes")
    team.branch("by-lines")
    team.ask("report", "pandas", "requests", "colors")
    team.lock()
    team.commit("report needs colors")
    team.checkout("main")
    team.ask("report", "libblas", "libssl", "pandas", "requests")
    team.lock()
    team.commit("report needs libssl")
    team.tried("merge", "-q", "by-lines")
    team.ask("report", "libblas", "libssl", "pandas", "requests", "colors")
    assert not any(path.endswith("conda-lock.yml") for path in team.conflicts())
    before = team.solves()
    team.lock()
    assert team.solves() == before
    team.repository.write(".gitattributes", _ATTRIBUTES)
    team.commit("merge")
    team.is_fresh()


@event
def a_constraint(team: Team) -> None:
    """A constraint is drift where a lock does not answer it, and a note elsewhere; without it all is as before."""
    team.configure('constraints = ["idna>=3.11"]\n')
    status, told = team.drift()
    assert (status, " fresh (12 with a stale stamp), 3 drifted" in told) == (1, True)
    before = team.repository.locks()
    team.configure()
    team.lock()
    assert team.repository.locks() == before


@event
def a_cutoff(team: Team) -> None:
    """A cutoff is policy of the next solve: setting and moving it is no drift and rewrites nothing."""
    before = team.repository.locks()
    for moment in ("2025-01-31", "2025-06-30", "2024-12-31"):
        team.configure(f'exclude-newer = "{moment}"\n')
        team.is_fresh()
        team.lock()
        assert team.repository.locks() == before
    team.configure()


@event
def a_platform_more(team: Team) -> None:
    """Only the new platform is solved, and it has the versions of the others."""
    before = team.solves()
    team.ask("docs", "colors", "idna", also="platforms: [linux-64, osx-arm64]\n")
    team.lock()
    assert team.solves() - before == 1
    team.commit("docs on macOS")
    team.is_fresh()


@event
def a_platform_less(team: Team) -> None:
    """A platform that is asked for no more goes without a solve."""
    before = team.solves()
    team.ask("docs", "colors", "idna")
    team.lock()
    assert (team.solves(), "osx" in str(sorted(team.repository.locks()))) == (before, False)
    team.commit("docs on Linux")


@event
def an_immutable_tag(team: Team) -> None:
    """What an immutable tag stands for is not locked anew; a new tag is."""
    assert team.mixlock("resolve", "-f", "envs/web.yml", "--alias", "team/web:v1").status == 0
    team.commit("web v1")
    team.ask("web", "libssl", "fastapi")
    done = team.mixlock("lock", "envs/web")
    assert (done.status, "team/web:NEW_TAG" in done.stderr + done.stdout) == (1, True)
    assert team.mixlock("resolve", "-f", "envs/web.yml", "--alias", "team/web:v2").status == 0
    team.commit("web v2")
    assert team.mixlock("check").status == 0
    team.is_fresh()


@event
def a_moving_tag(team: Team) -> None:
    """A movable tag follows its environment."""
    assert team.mixlock("resolve", "-f", "envs/api.yml", "--alias", "team/api:stable").status == 0
    team.ask("api", "libssl", "fastapi", "starlette", "colors")
    assert team.mixlock("lock", "envs/api").status == 0
    assert team.mixlock("resolve", "-f", "envs/api.yml", "--alias", "team/api:stable").status == 0
    team.commit("api is stable")
    team.is_fresh()


@event
def what_cannot_be_locked(team: Team) -> None:
    """A git requirement is refused at its line, and the lock stays as it is."""
    before = team.repository.locks()
    text = team.repository.read("envs/api.yml")
    team.repository.write("envs/api.yml", f"{text}    - git+https://git.example/tool\n")
    done = team.mixlock("check", "envs/api.yml")
    assert (done.status, "MIX101" in done.stdout) == (1, True)
    assert team.mixlock("lock").status == 1
    assert team.repository.locks() == before
    team.repository.write("envs/api.yml", text)


@event
def a_package_that_nobody_has(team: Team) -> None:
    """A failed solve says which, and leaves every file as it was."""
    before = team.repository.locks()
    team.ask("batch", "numpy", "nunpy")
    done = team.mixlock("lock")
    assert (done.status, "nunpy" in done.stderr) == (3, True)
    assert team.repository.locks() == before
    team.repository.git("checkout", "-q", "HEAD", "--", "envs/batch.yml")


@event
def a_pull_request_is_judged_alone(team: Team) -> None:
    """`drift --since` looks at what a branch touched, and at nothing else."""
    team.branch("pull-request")
    team.ask("batch", "numpy", "colors")
    status, told = team.drift("--since", "main")
    assert (status, "envs/batch.yml" in told, "0 fresh, 1 drifted" in told) == (1, True, True)
    team.lock()
    team.commit("batch")
    assert team.drift("--since", "main")[0] == 0
    team.checkout("main")


@event
def a_constant_of_a_flow_moves(team: Team) -> None:
    """An edit of a module that a flow reads is drift of its steps alone."""
    team.repository.write("flows/constants.py", 'LIBRARIES = {"libblas": ""}\n')
    team.repository.write(
        "flows/report.py",
        "from metaflow import FlowSpec, conda, step\nfrom constants import LIBRARIES\n\n\n"
        'class ReportFlow(FlowSpec):\n    @conda(python="3.12", libraries=LIBRARIES)\n    @step\n'
        "    def start(self):\n        pass\n",
    )
    team.repository.git("rm", "-q", "-r", "locks/flows/report/ReportFlow/end")
    team.lock()
    team.commit("constants")
    team.repository.write("flows/constants.py", 'LIBRARIES = {"libblas": "", "libssl": ""}\n')
    status, told = team.drift("--since", "HEAD")
    assert (status, "0 fresh, 1 drifted" in told) == (1, True)
    team.lock()
    team.commit("report needs libssl")
    team.is_fresh()


@event
def the_weekly_upgrade(team: Team) -> None:
    """An upgrade raises everything that may rise, and the diff names it."""
    before = team.all_versions()
    done = team.mixlock("lock", "--upgrade")
    assert (done.status, "--alias team/web:NEW_TAG --upgrade" in done.stdout + done.stderr) == (1, True)
    after = team.all_versions()
    assert lowered(before, after) == []
    told = team.mixlock("diff", "HEAD").stdout
    assert all(name.split()[1] in told for name, version in after.items() if before.get(name, version) != version)
    team.commit("weekly upgrade")
    team.is_fresh()


@event
def a_bad_resolution(team: Team) -> None:
    """A conflict that was resolved as ours, lock and all, is told, and one lock mends it."""
    team.branch("theirs")
    team.ask("legacy", "numpy<2", "frames", "colors", "requests")
    team.lock()
    team.commit("legacy needs requests")
    team.checkout("main")
    team.ask("legacy", "numpy<2", "frames", "colors", "libssl")
    team.lock()
    team.commit("legacy needs libssl")
    kept = team.versions("legacy")
    team.tried("merge", "-q", "-X", "ours", "theirs")
    team.repository.git("checkout", "-q", "HEAD", "--", "locks")
    team.ask("legacy", "numpy<2", "frames", "colors", "libssl", "requests")
    assert team.drift()[0] == 1
    team.lock()
    assert lowered(kept, team.versions("legacy")) == []
    team.commit("merge")
    team.is_fresh()


def told(done: Callable[[Team], None]) -> str:
    """Return what must be true after an event."""
    return (done.__doc__ or "").strip()


def numbered() -> Iterator[tuple[str, Callable[[Team], None]]]:
    """Yield every event with its number and name."""
    for number, done in enumerate(EVENTS, 1):
        yield f"{number:02} {done.__name__.replace('_', ' ')}", done
