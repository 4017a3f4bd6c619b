"""What a relock keeps: through renames, regrouped steps, conflicts and edits by hand, no version moves unasked.

The locked repository holds ``requests`` 2.31.0 because its spec pinned it once; the index has 2.32.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

from mixlock_hooks.formats import conflict_markers
from tests.commands.conftest import versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

Side: TypeAlias = "Literal['ours', 'theirs']"
_LOCK = "locks/environment/conda-lock.yml"
_FLOW = """\
from metaflow import FlowSpec, conda_base, step

@conda_base(python="3.12", libraries={"pandas": "2.2.3"})
class Flow(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@pytest.fixture(name="kept")
def _kept(loosened: Repository) -> Repository:
    """Give a committed repository whose lock is older than what its loose spec would be solved to."""
    loosened.git("add", "-A")
    loosened.git("commit", "-q", "-m", "x")
    assert versions(loosened)["pip requests"] == "2.31.0"
    return loosened


def test_a_first_lock_at_anothers_versions_removes_nothing(kept: Repository) -> None:
    kept.write("mixlock.toml", kept.read("mixlock.toml") + '\n[environments.twin]\nspecs = ["environment.yml"]\n')
    kept.write("mixlock.toml", 'specs = ["environment.yml"]\n' + kept.read("mixlock.toml"))
    done = kept.mixlock("lock", "twin")
    assert done.status == 0, done.stderr
    assert "the versions of locks/environment are kept" in done.stderr
    assert versions(kept, "twin")["pip requests"] == "2.31.0"
    first, *lines = done.stdout.splitlines()
    assert first.endswith(" added"), first
    assert {line.split()[0] for line in lines} == {"+"}


def test_a_renamed_spec_takes_its_lock_along(kept: Repository) -> None:
    before = versions(kept)
    kept.git("mv", "environment.yml", "env-ml.yml")
    done = kept.mixlock("lock")
    assert (done.status, versions(kept, "env-ml")) == (0, before)
    assert "locks/environment are kept, whose spec is gone: it moves here" in done.stderr
    assert not (kept.root / "locks/environment").exists() or not list((kept.root / "locks/environment").iterdir())
    assert kept.mixlock("drift").status == 0
    kept.git("add", "-A")
    assert "R" in {line[0] for line in kept.git("status", "--porcelain").splitlines()}


def test_an_unrelated_new_spec_takes_nothing_over(kept: Repository) -> None:
    kept.write("env-other.yml", "dependencies:\n- python=3.12\n- pip: [colors]\n")
    done = kept.mixlock("lock")
    assert (done.status, "are kept" in done.stderr) == (0, False)
    assert (kept.root / _LOCK).exists()


def test_a_flow_that_is_not_imported_yet_keeps_its_lock(repository: Repository) -> None:
    repository.git("rm", "-qf", "environment.yml")
    repository.write("flow.py", _FLOW)
    assert repository.mixlock("lock").status == 0
    repository.write("mixlock.toml", f'metaflow-import = ["flow.py"]\n{repository.read("mixlock.toml")}')
    repository.write("env-like.yml", "dependencies:\n- python=3.12\n- pandas==2.2.3\n")
    before = repository.locks()
    done = repository.mixlock("resolve", "-f", "env-like.yml")
    assert (done.status, "it moves here" in done.stderr) == (0, False)
    assert before.items() <= repository.locks().items()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda text: text.replace("version: 2.31.0", "version: 2.32.0"), "changed by hand", id="edited"),
        pytest.param(lambda text: f"<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n", "in conflict", id="markers"),
        pytest.param(lambda _text: "", "changed by hand or damaged", id="emptied"),
        pytest.param(lambda _text: None, "its files are gone", id="deleted"),
    ],
)
def test_what_the_last_commit_locked_is_kept(kept: Repository, damage: object, told: str) -> None:
    before, text = versions(kept), kept.read(_LOCK)
    changed = damage(text)  # type: ignore[operator]
    if changed is None:
        (kept.root / _LOCK).unlink()
    else:
        (kept.root / _LOCK).write_text(changed, encoding="utf-8")
    done = kept.mixlock("lock")
    assert (done.status, versions(kept), kept.read(_LOCK)) == (0, before, text)
    assert told in done.stderr


def _edited(repository: Repository) -> None:
    text = repository.read(_LOCK).replace("version: 2.31.0", "version: 2.32.0")
    repository.write(_LOCK, text)


def test_the_way_back_from_an_edit_is_gits(kept: Repository) -> None:
    before = kept.locks()
    _edited(kept)
    told = kept.mixlock("drift").stdout
    assert "MIX206" in told
    assert "(run `git restore --staged --worktree locks/environment`)" in told
    kept.git("restore", "--staged", "--worktree", "locks/environment")
    assert (kept.locks(), kept.mixlock("drift").status) == (before, 0)


_MARKED = "{}<<<<<<< a\n=======\n>>>>>>> b\n"


@pytest.mark.parametrize("commits", [1, 3])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("version: 2.31.0", "version: 2.32.0"), id="edited"),
        pytest.param(_MARKED.format, id="markers"),
        pytest.param(lambda text: text[: len(text) // 2], id="truncated"),
        pytest.param(lambda text: text.replace("version: 1", "version: 99"), id="no lock"),
    ],
)
def test_damage_that_was_committed_does_not_cost_the_versions(
    kept: Repository, damage: Callable[[str], str], commits: int
) -> None:
    before = kept.locks()
    for number in range(commits):
        kept.write(_LOCK, f"{damage(kept.read(_LOCK))}# {number}\n")
        kept.git("commit", "-q", "-am", "damage")
    assert "run `mixlock lock environment`" in kept.mixlock("drift").stdout
    done = kept.mixlock("lock")
    assert (done.status, kept.locks()) == (0, before)
    assert "the versions from before it are kept" in done.stderr


def test_a_lock_that_no_commit_has_whole_is_said_to_keep_nothing(loosened: Repository) -> None:
    loosened.write(_LOCK, _MARKED.format(loosened.read(_LOCK)))
    loosened.git("add", "-A")
    loosened.git("commit", "-q", "-m", "markers from the first day")
    done = loosened.mixlock("lock")
    assert (done.status, "no commit has it: nothing of it is kept" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    ("begin", "side", "end"),
    [
        pytest.param(("merge", "-q", "topic"), "ours", ("commit", "-q", "--no-edit"), id="merge"),
        pytest.param(("merge", "-q", "topic"), "theirs", (), id="merge, not committed"),
        pytest.param(("rebase", "-q", "main", "topic"), "theirs", ("rebase", "--continue"), id="rebase"),
        pytest.param(("rebase", "-q", "main", "topic"), "ours", (), id="rebase, not committed"),
        pytest.param(("cherry-pick", "topic"), "ours", (), id="cherry-pick, not committed"),
        pytest.param(("revert", "--no-edit", "HEAD~1"), "theirs", (), id="revert, not committed"),
    ],
)
def test_a_stamp_that_was_merged_by_hand_costs_no_version(
    kept: Repository, begin: tuple[str, ...], side: Side, end: tuple[str, ...]
) -> None:
    """As in an editor on a web page: a side of each conflict is taken, and nothing vouches for the merged lock."""
    spec = kept.read("environment.yml")
    kept.git("checkout", "-q", "-b", "topic")
    _lock_and_commit(kept, f"{spec}    - colors\n")
    kept.git("checkout", "-q", "main")
    _lock_and_commit(kept, spec.replace("- numpy\n", "- numpy\n  - pandas\n"))
    _lock_and_commit(kept, spec.replace("- numpy\n", "- numpy\n  - pandas\n  - libblas\n"))
    assert _git(kept, *begin) == 1
    _take(kept, side)
    kept.git("add", "-A")
    assert not end or _git(kept, *end) == 0
    done = kept.mixlock("lock")
    assert (done.status, versions(kept)["pip requests"]) == (0, "2.31.0"), done.stderr
    assert kept.mixlock("drift", "--strict", "--verify").status == 0


def _git(repository: Repository, *words: str) -> int:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "core.editor=true", *words]
    return repository.run(command).status


def _lock_and_commit(repository: Repository, spec: str) -> None:
    repository.write("environment.yml", spec)
    assert repository.mixlock("lock").status == 0
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")


def _take(repository: Repository, wanted: Side) -> None:
    """Take one side of each conflict in a spec's or a lock's stamp; of the lock both, as they stand."""
    for path in repository.git("diff", "--name-only", "--diff-filter=U").split():
        content = (repository.root / path).read_bytes()
        (repository.root / path).write_bytes(conflict_markers.side(content, wanted))


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        pytest.param(("--upgrade-package", "requsts"), 2, "did you mean `requests`?", id="a slip"),
        pytest.param(("--upgrade-package", "requests==2.32"), 2, "write a name, or NAME>=VERSION", id="a version"),
        pytest.param(("--upgrade-package", "flask"), 2, "no environment asks for it or locks it", id="a stranger"),
        pytest.param(("--upgrade", "--upgrade-package", "numpy"), 2, "leave out --upgrade-package", id="all and one"),
        pytest.param(("--verify", "--force"), 2, "leave out --force", id="verify and force"),
        pytest.param(("--verify", "--dry-run"), 2, "leave out --dry-run", id="verify and dry run"),
        pytest.param(("--verify", "--exclude-newer", "7"), 2, "leave out --exclude-newer", id="verify and a cutoff"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused_before_a_solve(
    locked_once: Repository, words: tuple[str, ...], status: int, told: str
) -> None:
    done = locked_once.mixlock("lock", *words)
    assert (done.status, told in done.stderr, done.stdout) == (status, True, "")


def test_verify_without_a_lock_is_not_fresh(repository: Repository) -> None:
    done = repository.mixlock("lock", "--verify")
    assert (done.status, "MIX201" in done.stderr) == (1, True)
