"""``index-of``: a project comes from one index and from nowhere else, and that index serves nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.declared_sources import undeclared
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import LOOSE
from tests.conftest import CONFIGURATION, SPEC
from tests.tables import INDEX

if TYPE_CHECKING:
    from tests.commands.conftest import Drift
    from tests.conftest import Repository, TableWorld

CUDA = "https://cuda.example/whl"
BOUND = f'{CONFIGURATION}[index-of]\nRequests = "{CUDA}"\n'


@pytest.fixture(name="bound")
def _bound(repository: Repository, world: TableWorld) -> Repository:
    releases = (("requests", "9.0"), ("idna", "99.0"))
    world.engines.indices[CUDA] = [render_wheel(SyntheticProject(name=name, version=v)) for name, v in releases]
    repository.write("mixlock.toml", BOUND)
    repository.write("environment.yml", LOOSE.replace("requests", "requests\n    - idna"))
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    return repository


def test_a_bound_project_comes_from_its_index_and_nothing_else_does(bound: Repository) -> None:
    lock = bound.read("locks/environment/conda-lock.yml")
    assert f"{CUDA}/files/requests-9.0-py3-none-any.whl" in lock
    assert f"{INDEX.removesuffix('/simple')}/files/idna-3.10-py3-none-any.whl" in lock
    assert f"--extra-index-url {CUDA}\n" in bound.read("locks/environment/pip-linux-64.txt")
    assert bound.mixlock("drift", "--verify", "--strict").status == 0
    exported = bound.mixlock("export", "environment", "--to", "environment")
    assert f"- {CUDA}\n" in exported.stdout


def test_why_says_where_it_may_come_from(bound: Repository) -> None:
    told = bound.mixlock("why", "environment", "requests")
    assert f"  from {CUDA} alone (`index-of`)\n" in told.stdout
    found = json.loads(bound.mixlock("why", "environment", "requests", "--format", "json").stdout)
    assert [each["index_of"] for each in found["reasons"]] == [CUDA]
    assert "index-of" not in bound.mixlock("why", "environment", "idna").stdout


def test_a_binding_is_part_of_the_inputs(locked: Repository, drift: Drift) -> None:
    locked.write("mixlock.toml", BOUND)
    where = "on linux-64, osx-arm64"
    expected = f"MIX204 mixlock.toml:4 `requests` comes from `{CUDA}` now (`index-of`), was from any index {where}"
    status, found = drift(locked.root)
    assert (status, found[0]) == (1, expected)
    locked.write("environment.yml", "dependencies:\n  - python=3.12\n  - numpy=1.26\n")
    assert not any("index-of" in each for each in drift(locked.root)[1]), "no PyPI side, so nothing is bound"


@pytest.mark.parametrize(
    ("name", "url", "declared"),
    [
        ("requests", f"{CUDA}/requests-2.31.0-py3-none-any.whl", True),
        ("requests", "https://index.example/files/requests-2.31.0-py3-none-any.whl", False),
        ("idna", "https://index.example/files/idna-3.10-py3-none-any.whl", True),
        ("idna", f"{CUDA}/idna-3.10-py3-none-any.whl", False),
        ("idna", "https://pages.example/x/idna-3.10-py3-none-any.whl", True),
        ("requests", "https://pages.example/x/requests-2.31.0-py3-none-any.whl", False),
        ("idna", "http://pages.example/x/idna-3.10-py3-none-any.whl", False),
    ],
)
def test_a_file_from_elsewhere_is_a_finding(name: str, url: str, *, declared: bool) -> None:
    settings = Settings(
        default_index=INDEX,
        platforms=(Subdir("linux-64"),),
        index_of=((pypi_name("requests"), CUDA),),
        find_links=("https://pages.example/links.html",),
    )
    spec = merge(environment_yml.parse(SPEC, "environment.yml"), settings).platforms[0]
    package = LockedPackage(
        name=name, version="1", manager=Manager.PIP, platform=spec.platform, dependencies={}, url=url, sha256="0" * 64
    )
    assert (undeclared(package, spec) == "") is declared


@pytest.mark.parametrize(
    "line",
    ['torch = "cuda"', "torch = true", 'torch = ["https://a.example"]', '"to rch" = "https://a.example/simple"'],
)
def test_a_binding_is_a_project_and_the_url_of_an_index(repository: Repository, line: str) -> None:
    repository.write("mixlock.toml", f"{CONFIGURATION}[index-of]\n{line}\n")
    done = repository.mixlock("check")
    assert (done.status, "MIX003 `index-of` must be a table of PyPI names" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("url", "code"), [("http://a.example/simple", "MIX108"), ("https://me:hunter2@a.example/simple", "MIX107")]
)
def test_a_binding_is_an_address_like_any_other(repository: Repository, url: str, code: str) -> None:
    repository.write("mixlock.toml", f'{CONFIGURATION}[index-of]\ntorch = "{url}"\n')
    done = repository.mixlock("check")
    assert (done.status, code in done.stdout + done.stderr) == (2, True), done.stderr
    assert "hunter2" not in done.stdout + done.stderr
