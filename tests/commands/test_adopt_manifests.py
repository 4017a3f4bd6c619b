"""``mixlock adopt`` of what pixi, unidep and conda-project keep: read, never written, and listed where it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from tests.tables import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from tests.conftest import Repository

_PIXI = f"""\
[workspace]
channels = ["{CHANNEL}"]
platforms = ["linux-64", "osx-arm64"]

[dependencies]
python = "3.12.*"
numpy = "1.26.*"
pip = "*"

[pypi-dependencies]
requests = "==2.31.0"
"""
_TASK = '[tasks]\nlint = "ruff check"\n'


@pytest.fixture(name="lockfile")
def _lockfile(locked_once: Repository) -> Lockfile:
    return conda_lock_yml.parse(locked_once.locks()["environment/conda-lock.yml"])


@pytest.fixture(name="bare")
def _bare(repository: Repository) -> Repository:
    """Return a repository with a configuration and no spec."""
    repository.git("rm", "-qf", "environment.yml")
    return repository


def _pixi_lock(packages: Iterable[LockedPackage]) -> str:
    """Return a lock as pixi writes it (version 6)."""
    listed: dict[str, list[dict[str, str]]] = {}
    entries: dict[str, dict[str, object]] = {}
    for package in packages:
        kind = "conda" if package.manager is Manager.CONDA else "pypi"
        listed.setdefault(package.platform, []).append({kind: package.url})
        needs = package.dependencies.items()
        entry: dict[str, object] = {kind: package.url, "sha256": package.sha256, "license": "MIT"}
        if kind == "conda":
            entry |= {"md5": package.md5, "depends": [f"{name} {constraint}".strip() for name, constraint in needs]}
        else:
            requires = [f"{name}{constraint}" for name, constraint in needs]
            entry |= {"name": package.name, "version": package.version, "requires_dist": requires}
        entries[package.url] = entry
    channels = [{"url": f"{CHANNEL}/"}]
    environments = {"default": {"channels": channels, "packages": listed}}
    return yaml.safe_dump({"version": 6, "environments": environments, "packages": [*entries.values()]})


def _packages(content: bytes) -> set[tuple[str, str, str, str]]:
    return {(each.name, each.version, each.platform, each.url) for each in conda_lock_yml.parse(content).packages}


def test_an_environment_of_pixis_becomes_a_spec_and_its_packages_a_fresh_lock(
    bare: Repository, lockfile: Lockfile
) -> None:
    bare.write("pixi.toml", _PIXI + _TASK)
    bare.write("pixi.lock", _pixi_lock(lockfile.packages))
    done = bare.mixlock("adopt")
    assert done.stdout == (
        "environment: wrote environment.yml and a lock of what pixi.lock holds (pixi.toml, environment default)\n"
    )
    note, summary = done.stderr.splitlines()
    assert note.startswith(
        "pixi.toml:12:2: MIX002 note: `tasks` does not map: mixlock has no tasks (`mixlock run ENV"
    )
    assert summary == "took over 1 lock: 1 fresh"
    assert done.status == 0
    assert _packages(bare.locks()["environment/conda-lock.yml"]) == _packages(
        conda_lock_yml.render(lockfile, "environment.yml")
    )
    bare.git("add", "-A")
    verified = bare.mixlock("drift", "--verify", "--strict", "--tracked")
    assert (verified.status, verified.stdout) == (0, "")
    assert bare.mixlock("check").status == 0
    assert (bare.read("pixi.toml"), bare.read("pixi.lock")) == (_PIXI + _TASK, _pixi_lock(lockfile.packages))


def test_a_second_run_changes_nothing(bare: Repository, lockfile: Lockfile) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.write("pixi.lock", _pixi_lock(lockfile.packages))
    bare.mixlock("adopt")
    bare.git("add", "-A")
    bare.git("commit", "-qm", "adopted")
    done = bare.mixlock("adopt")
    assert (done.status, done.stdout) == (
        0,
        "environment: environment.yml is there (pixi.toml, environment default)\n",
    )
    assert bare.git("status", "--short") == ""


def test_a_dry_run_shows_the_spec_and_writes_nothing(bare: Repository, lockfile: Lockfile) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.write("pixi.lock", _pixi_lock(lockfile.packages))
    bare.git("commit", "-qm", "before")
    done = bare.mixlock("adopt", "--dry-run")
    assert done.stdout.startswith("environment: would write environment.yml and a lock of what pixi.lock holds (")
    assert "        - requests==2.31.0\n" in done.stdout
    assert bare.git("status", "--short") == ""


def test_what_pixi_does_not_lock_is_drift_and_a_lock_keeps_every_version(
    bare: Repository, lockfile: Lockfile
) -> None:
    bare.write("pixi.toml", _PIXI.replace('pip = "*"\n', "").replace("==2.31.0", "*"))
    bare.write("pixi.lock", _pixi_lock(each for each in lockfile.packages if each.name != "pip"))
    done = bare.mixlock("adopt")
    assert (done.status, "MIX202 conda requirement `pip`, which the PyPI requirements imply" in done.stdout) == (
        1,
        True,
    )
    before = _packages(bare.locks()["environment/conda-lock.yml"])
    assert bare.mixlock("lock").status == 0
    after = _packages(bare.locks()["environment/conda-lock.yml"])
    assert before < after
    assert {name for name, *_rest in after - before} == {"pip"}


def test_a_spec_that_is_there_is_never_written_over(repository: Repository) -> None:
    before = repository.read("environment.yml")
    repository.write("pixi.toml", _PIXI)
    done = repository.mixlock("adopt")
    assert done.stdout == "environment-pixi: wrote environment-pixi.yml (pixi.toml, environment default)\n"
    assert repository.read("environment.yml") == before
    repository.write("environment-pixi.yml", repository.read("environment-pixi.yml") + "# ours now\n")
    again = repository.mixlock("adopt")
    assert "environment-pixi.yml stays as it is, though pixi.toml says something else of `default`" in again.stderr
    assert repository.read("environment-pixi.yml").endswith("# ours now\n")


def test_where_no_name_is_free_nothing_is_written(repository: Repository) -> None:
    repository.write("pixi.toml", _PIXI)
    repository.write("environment-pixi.yaml", "dependencies: [python]\n")
    done = repository.mixlock("adopt")
    assert "`default` is not taken over: environment.yml and environment-pixi.yml are not free" in done.stderr
    assert repository.git("status", "--short").count("environment") == 2


def test_each_environment_is_a_spec_and_one_that_asks_for_nothing_is_none(bare: Repository) -> None:
    features = '[feature.t.dependencies]\npandas = "*"\n[environments]\nt = ["t"]\n'
    bare.write("sub/pixi.toml", _PIXI + features)
    bare.write("empty/pixi.toml", f'[workspace]\nchannels = ["{CHANNEL}"]\nplatforms = ["linux-64"]\n')
    done = bare.mixlock("adopt")
    assert "sub/environment-t: wrote sub/environment-t.yml (sub/pixi.toml, environment t)" in done.stdout
    assert "`default` asks for nothing that maps: no spec is written of it" in done.stderr
    assert bare.mixlock("list").stdout.count("missing") == 2


def test_a_spec_that_discovery_passes_by_is_configured(bare: Repository) -> None:
    bare.write("mixlock.toml", 'specs = ["specs/*.yml"]\n' + bare.read("mixlock.toml"))
    bare.write("pixi.toml", _PIXI)
    done = bare.mixlock("adopt")
    assert "wrote mixlock.toml: environments environment\n" in done.stdout
    assert '[environments.environment]\nspecs = ["environment.yml"]\n' in bare.read("mixlock.toml")
    before = bare.read("mixlock.toml")
    bare.mixlock("adopt")
    assert bare.read("mixlock.toml") == before


def test_what_cannot_be_held_is_left_out_and_fails(bare: Repository) -> None:
    bare.write("pixi.toml", f'{_PIXI}own = {{ path = ".", editable = true }}\n')
    done = bare.mixlock("adopt")
    assert "pixi.toml:12:1: MIX103 `own` comes from a local path, editable" in done.stderr
    assert (done.status, "- own" in bare.read("environment.yml")) == (1, False)


def test_unideps_requirements_become_a_spec(bare: Repository) -> None:
    bare.write(
        "requirements.yaml", "name: x\nchannels: [c]\ndependencies:\n- conda: x\n  pip: y\n- pip: z  # [linux]\n"
    )
    done = bare.mixlock("adopt")
    assert done.stdout == "environment: wrote environment.yml (requirements.yaml, environment default)\n"
    assert bare.read("environment.yml").endswith("dependencies:\n  - x\n  - pip:\n    - z  # [linux]\n")


def test_a_lock_that_unidep_made_becomes_that_of_the_spec(bare: Repository, lockfile: Lockfile) -> None:
    manifest = "dependencies:\n- conda: python=3.12\n- conda: numpy=1.26\n- pip: requests==2.31.0\n"
    bare.write("sub/requirements.yaml", manifest)
    text = conda_lock_yml.render(replace(lockfile, facts={}), "sub/requirements.yaml").decode()
    bare.write("sub/conda-lock.yml", text.replace("  custom_metadata: {}\n", ""))
    done = bare.mixlock("adopt")
    moved = (
        "sub/environment: moved sub/conda-lock.yml to locks/sub/environment/conda-lock.yml (sub/environment.yml)\n"
    )
    assert done.stdout.endswith(moved)
    assert (done.status, done.stderr) == (0, "took over 1 lock: 1 fresh\n")
    assert bare.read("sub/requirements.yaml") == manifest


def test_environments_of_conda_project_keep_their_names_and_their_locks(
    repository: Repository, lockfile: Lockfile
) -> None:
    repository.write("extras.yml", "dependencies: [pandas]\n")
    repository.write(
        "conda-project.yml",
        "name: x\nenvironments:\n  default: [environment.yml]\n  more: [environment.yml, extras.yml]\n",
    )
    text = conda_lock_yml.render(replace(lockfile, facts={}), "environment.yml").decode()
    repository.write("conda-lock.default.yml", text.replace("  custom_metadata: {}\n", ""))
    done = repository.mixlock("adopt")
    assert "default: moved conda-lock.default.yml to locks/default/conda-lock.yml (environment.yml)" in done.stdout
    assert "wrote mixlock.toml: environments default, more" in done.stdout
    assert (done.status, "took over 1 lock: 1 fresh" in done.stderr) == (0, True)
    assert '[environments.more]\nspecs = ["environment.yml", "extras.yml"]\n' in repository.read("mixlock.toml")
    assert "conda-project.yml:1:1: MIX002 note: `name` does not map" in done.stderr
    before = repository.read("mixlock.toml")
    repository.git("add", "-A")
    assert repository.mixlock("adopt").status == 0
    assert repository.read("mixlock.toml") == before


def test_a_spec_that_has_a_lock_is_no_part_of_conda_projects_environments(locked: Repository) -> None:
    locked.write("conda-project.yml", "environments: {default: [environment.yml]}\n")
    done = locked.mixlock("adopt")
    assert "conda-project.yml: not taken over: `default` needs a table written by hand" in done.stderr
    assert locked.mixlock("drift").status == 0


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("pixi.toml", "[workspace", "MIX001 not valid TOML"),
        ("pixi.toml", 'x = "\udcff"', "MIX001 not UTF-8 text"),
        ("pixi.toml", "x = [" + "[" * 5000, "MIX001 not valid TOML"),
        ("pixi.toml", "# " + "x" * 5_000_000, "MIX001 the file has"),
        ("requirements.yaml", "dependencies: &a [*a]\n", "MIX001 not valid YAML"),
        ("requirements.yaml", "collections: []\n", "is not unidep's"),
        ("conda-project.yml", "environments: {a: [gone.yml]}\n", "git does not track gone.yml"),
        ("conda-project.yaml", "environments: 3\n", "MIX003 `environments` must be a table"),
    ],
    ids=["no TOML", "no UTF-8", "deep", "huge", "a cycle", "another tool's", "an absent spec", "a wrong type"],
)
def test_what_cannot_be_read_is_told_with_its_place(bare: Repository, path: str, text: str, words: str) -> None:
    (bare.root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    bare.git("add", path)
    done = bare.mixlock("adopt")
    assert words in done.stderr
    assert f"{path}:" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_what_stands_where_a_spec_would_go_is_no_trouble(bare: Repository) -> None:
    bare.write("pixi.toml", f"{_PIXI}[environments]\nt = []\n")
    (bare.root / "environment.yml").symlink_to("/etc/hostname")
    (bare.root / "environment-pixi.yml").mkdir()
    (bare.root / "environment-t.yml").touch()
    done = bare.mixlock("adopt")
    assert "`default` is not taken over: environment.yml and environment-pixi.yml are not free" in done.stderr
    assert (done.status, bare.read("environment-t.yml")) == (1, "")
    assert done.stdout.startswith("environment-pixi-t: wrote environment-pixi-t.yml (")


def test_a_spec_that_git_would_ignore_is_not_written(bare: Repository) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.write(".gitignore", "environment*\n")
    done = bare.mixlock("adopt")
    assert (done.status, "environment.yml: git ignores it" in done.stderr) == (3, True)
    assert not (bare.root / "environment.yml").exists()


def test_a_spec_that_git_lost_is_tracked_again(bare: Repository, lockfile: Lockfile) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.mixlock("adopt")
    bare.git("rm", "-q", "--cached", "environment.yml")
    bare.write("pixi.lock", _pixi_lock(lockfile.packages))
    done = bare.mixlock("adopt")
    assert (done.status, done.stderr) == (0, "took over 1 lock: 1 fresh\n")


def test_a_spec_of_other_platforms_than_pixi_locked_has_no_lock(bare: Repository, lockfile: Lockfile) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.mixlock("adopt")
    spec = bare.read("environment.yml").replace("linux-64", "win-64").replace("- osx-arm64\n", "")
    bare.write("environment.yml", spec.replace("  osx-arm64:", "  win-64:"))
    bare.write("pixi.lock", _pixi_lock(lockfile.packages))
    done = bare.mixlock("adopt")
    assert "Traceback" not in done.stderr
    assert (done.status, bare.locks()) == (1, {})


def test_a_manifest_that_is_gone_is_told(bare: Repository) -> None:
    bare.write("pixi.toml", _PIXI)
    (bare.root / "pixi.toml").unlink()
    done = bare.mixlock("adopt")
    assert "pixi.toml:1:1: MIX002 git tracks this file, but it is not in the work tree" in done.stderr


def test_a_lock_of_pixis_that_cannot_be_read_leaves_the_spec(bare: Repository) -> None:
    bare.write("pixi.toml", _PIXI)
    bare.write("pixi.lock", "version: 99\n")
    done = bare.mixlock("adopt")
    assert "pixi.lock:1:1: MIX001 not a pixi.lock: its version is 99; known are 4, 5, 6, 7" in done.stderr
    assert (done.status, (bare.root / "environment.yml").exists(), bare.locks()) == (1, True, {})
