"""Flat pages of files (pip's ``--find-links``): beside what an index has, with hashes, and part of what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from mixlock_hooks.synthetic.projects import SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import versions
from tests.commands.uv_engine import UvEngine
from tests.conftest import CONFIGURATION, new_repository

if TYPE_CHECKING:
    from tests.commands.conftest import Drift
    from tests.conftest import LookedUpWorld, Repository, ServedWorld

PAGE = "https://wheels.example/whl/torch-2.6.0+cu124.html"
SPEC = "platforms: [linux-64]\ndependencies:\n  - python=3.12\n  - pip:\n    - {}\n    - {}\n"
SCATTER = [
    SyntheticProject(name="torch-scatter", version=f"2.1.2+{build}", tag=f"{python}-{platform}")
    for build in ("pt25cu124", "pt26cu124")
    for python in ("cp311-cp311", "cp312-cp312")
    for platform in ("linux_x86_64", "win_amd64")
]
WHEELS = [render_wheel(each) for each in SCATTER]


def serve_page(world: ServedWorld, *, hashes: bool = False, elsewhere: str = "") -> None:
    """Serve a page as PyG's are: relative links, quoted, to files of several builds, mostly without hashes."""
    links = ['<a href="../index.html">up</a>', '<a href="mailto:me@here.example">me</a>', '<a href="notes.txt">x</a>']
    for file in WHEELS:
        target = world.folder / "whl" / "torch-2.6.0+cu124" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        fragment = f"#sha256={file.sha256}" if hashes else ""
        place = f"{elsewhere}torch-2.6.0%2Bcu124/{quote(file.name)}{fragment}"
        links.append(f'<a href="{place}">cu124/{file.name}</a>')
    (world.folder / "whl" / "torch-2.6.0+cu124.html").write_text("<br>\n".join(links))
    machine = Path(world.environment["MIXLOCK_CONFIG_FILE"])
    machine.write_text(f'{machine.read_text()}"{PAGE}" = ["{world.base}/whl/torch-2.6.0+cu124.html"]\n')


@pytest.fixture
def paged(tmp_path: Path, looked_up: LookedUpWorld) -> Repository:
    """Make a repository beside a world whose PyPI side is uv's, with a page like PyG's."""
    looked_up.engines.engine = UvEngine
    serve_page(looked_up)
    return new_repository(tmp_path / "repository", looked_up)


def test_a_wheel_of_a_page_is_locked_with_its_hash_and_said_to_pip(tmp_path: Path, served: ServedWorld) -> None:
    """The real engines: uv proposes it through the gate, conda-lock takes it under its local version."""
    serve_page(served)
    served.add(render_sdist(SyntheticProject(name="torch-scatter", version="2.1.2")))
    repository = new_repository(tmp_path / "repository", served, SPEC.format(f"-f {PAGE}", "torch_scatter"))
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert versions(repository)["pip torch-scatter"] == "2.1.2+pt26cu124"
    wheel = next(file for file in WHEELS if "pt26cu124-cp312-cp312-linux" in file.name)
    lock = repository.read("locks/environment/conda-lock.yml")
    assert wheel.sha256 in lock
    assert "https://wheels.example/whl/torch-2.6.0%2Bcu124/torch_scatter" in lock
    pip = repository.read("locks/environment/pip-linux-64.txt")
    assert f"--find-links {PAGE}\n" in pip
    assert f"torch-scatter==2.1.2+pt26cu124 --hash=sha256:{wheel.sha256}\n" in pip
    verified = repository.mixlock("drift", "--verify", "--strict")
    assert (verified.status, verified.stdout) == (0, ""), verified.stderr


@pytest.mark.parametrize("form", ["-f {}", "--find-links={}", "--find-links '{}'", "configuration", "requirements"])
def test_a_page_may_be_named_wherever_pip_reads_it(paged: Repository, form: str) -> None:
    asked = "torch_scatter==2.1.2+pt25cu124"
    if form == "configuration":
        paged.write("mixlock.toml", f'{CONFIGURATION}find-links = ["{PAGE}"]\n')
    if form == "requirements":
        paged.git("rm", "-qf", "environment.yml")
        paged.write("mixlock.toml", f'{CONFIGURATION}specs = ["*.txt"]\n'.replace(', "osx-arm64"', ""))
        paged.write("environment.txt", f"--find-links {PAGE}\npython==3.12.*\n{asked}\n")
    else:
        paged.write("environment.yml", SPEC.format(form.format(PAGE) if "{" in form else "colors", asked))
    done = paged.mixlock("lock")
    assert done.status == 0, done.stderr
    assert versions(paged)["pip torch-scatter"] == "2.1.2+pt25cu124"
    exported = paged.mixlock("export", "environment", "--to", "environment")
    assert f"--find-links {PAGE}" in exported.stdout


def test_pages_are_part_of_the_inputs(locked: Repository, drift: Drift) -> None:
    other = "https://b.example/links.html"
    text = locked.read("environment.yml")
    locked.write("environment.yml", text.replace("  - pip:\n", f"  - pip:\n    - -f {PAGE}\n"))
    where = "on linux-64, osx-arm64"
    assert drift(locked.root) == (1, [f"MIX204 environment.yml:5 page `{PAGE}` was added {where}"])
    assert locked.mixlock("lock").status == 0
    assert drift(locked.root) == (0, [])
    both = text.replace("  - pip:\n", f"  - pip:\n    - -f {other}\n    - -f {PAGE}\n")
    locked.write("environment.yml", both)
    assert drift(locked.root) == (1, [f"MIX204 environment.yml:5 page `{other}` was added {where}"])
    locked.write("environment.yml", text)
    assert drift(locked.root) == (1, [f"MIX204 environment.yml:1 page `{PAGE}` was removed {where}"])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("-f wheels", "MIX102"),
        ("-f ./wheels/", "MIX102"),
        ("--find-links=/srv/wheels", "MIX102"),
        ("-f file:///srv/wheels", "MIX102"),
        ("-f http://a.example/links.html", "MIX108"),
        ("-f https://me:hunter2@a.example/links.html", "MIX107"),
        ("-f", "MIX109"),
    ],
)
def test_a_page_that_others_cannot_have_is_refused(repository: Repository, line: str, code: str) -> None:
    repository.write("environment.yml", f"{SPEC.format(line, 'requests')}  - numpy\n")
    done = repository.mixlock("check")
    assert (done.status, f"environment.yml:5:7: {code}" in done.stdout + done.stderr) == (1, True), done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    repository.git("rm", "-qf", "environment.yml")
    repository.write("requirements.txt", f"{line}\npython==3.12.*\n--conda-pkg numpy\nrequests\n")
    done = repository.mixlock("check", "requirements.txt")
    assert (done.status, code in done.stdout or "MIX003" in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize("value", ['"wheels/"', '"file:///srv/wheels"', '["wheels/"]'])
def test_a_configured_page_is_a_url(repository: Repository, value: str) -> None:
    repository.write("mixlock.toml", f"{CONFIGURATION}find-links = {value}\n")
    done = repository.mixlock("check")
    assert (done.status, "MIX003 `find-links` must be" in done.stderr) == (2, True), done.stderr


def test_a_page_that_cannot_be_read_stops_the_lock_at_its_place(paged: Repository) -> None:
    paged.write("environment.yml", SPEC.format(f"-f {PAGE}", "torch_scatter"))
    (Path(paged.world.environment["MIXLOCK_CONFIG_FILE"]).parent / "world/whl/torch-2.6.0+cu124.html").unlink()
    done = paged.mixlock("lock")
    assert (done.status, "environment.yml:5:7: MIX302 an index cannot be read" in done.stderr) == (3, True), (
        done.stderr
    )
    assert PAGE in done.stderr


def test_files_of_a_page_on_another_host_are_declared_or_refused(tmp_path: Path, looked_up: LookedUpWorld) -> None:
    looked_up.engines.engine = UvEngine
    serve_page(looked_up, elsewhere=f"{looked_up.base.replace('127.0.0.1', 'localhost')}/whl/")
    repository = new_repository(tmp_path / "repository", looked_up)
    repository.write("environment.yml", SPEC.format(f"-f {PAGE}", "torch_scatter"))
    done = repository.mixlock("lock")
    assert (done.status, "MIX213" in done.stderr) == (3, True), done.stderr
