"""Indices as they are met: each answers in its own way, and gives the same lock or a reason.

The real uv and mixlock read them; conda-lock, which reads no index itself, is run where it builds or is reached.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.index.loopback import Fault
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_stub, render_wheel
from tests.commands.conftest import versions
from tests.commands.uv_engine import UvEngine
from tests.conftest import ServedWorld, new_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Done, LookedUpWorld, Repository

HEAD = "dependencies:\n  - python=3.12\n"
SPEC = f"{HEAD}  - pip:\n    - requests\n"
PAGE = "/index/simple/requests"
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
NEWEST = {"pip requests": "2.32.0", "pip idna": "3.10"}


@pytest.fixture(name="served")
def _served(looked_up: LookedUpWorld) -> LookedUpWorld:
    """Serve a world of this test's own, which the real uv is asked about."""
    looked_up.engines.engine = UvEngine
    return looked_up


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, served: LookedUpWorld) -> Repository:
    return new_repository(tmp_path / "repository", served)


@pytest.fixture(name="real_repository")
def _real_repository(tmp_path: Path, served: LookedUpWorld) -> Repository:
    """Make a repository that is locked with conda-lock."""
    world = ServedWorld(folder=served.folder, environment=served.environment, faults=served.faults, base=served.base)
    return new_repository(tmp_path / "repository", world)


def _page(world: ServedWorld, project: str = "requests") -> bytes:
    return (world.folder / f"index/simple/{project}/index.html").read_bytes()


def _whole_files_only(world: ServedWorld) -> dict[str, Fault]:
    files = (world.folder / "index/files").iterdir()
    return {f"/index/files/{file.name}": Fault(body=file.read_bytes()) for file in files}


def _json_only(world: ServedWorld) -> dict[str, Fault]:
    faults = {}
    for folder in (world.folder / "index/simple").iterdir():
        if folder.is_dir():
            found = re.findall(rb'href="([^"#]+)#sha256=(\w+)">([^<]+)<', _page(world, folder.name))
            files = [
                {"filename": name.decode(), "url": url.decode(), "hashes": {"sha256": digest.decode()}}
                for url, digest, name in found
            ]
            body = json.dumps({"meta": {"api-version": "1.1"}, "name": folder.name, "files": files}).encode()
            faults[f"/index/simple/{folder.name}/"] = Fault(body=body, headers=JSON)
    return faults


def _compressed(world: ServedWorld) -> dict[str, Fault]:
    body = gzip.compress(_page(world))
    return {PAGE: Fault(body=body, headers={**HTML, "Content-Encoding": "gzip"})}


def _redirected(world: ServedWorld) -> dict[str, Fault]:
    moved = {name: Fault(status=302, headers={"Location": f"/index/moved/{name}/"}) for name in ("requests", "idna")}
    for name in moved:
        target = world.folder / f"index/moved/{name}/index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_page(world, name))
    return {f"/index/simple/{name}": fault for name, fault in moved.items()}


def _absolute_links(world: ServedWorld) -> dict[str, Fault]:
    body = _page(world).replace(b"../../files/", f"{world.base}/index/files/".encode())
    return {PAGE: Fault(body=body, headers=HTML)}


def _huge(world: ServedWorld) -> dict[str, Fault]:
    many = b"".join(
        b'<a href="../../files/requests-0.%d.tar.gz#sha256=%064d">requests-0.%d.tar.gz</a><br>\n' % (n, n, n)
        for n in range(150_000)
    )
    assert len(many) > 18_000_000
    return {PAGE: Fault(body=_page(world).replace(b"<body>", b"<body>" + many), headers=HTML)}


def _yanked(world: ServedWorld) -> dict[str, Fault]:
    body = _page(world).replace(b">requests-2.32.0", b' data-yanked="broken">requests-2.32.0')
    return {PAGE: Fault(body=body, headers=HTML)}


def _metadata_of_another(world: ServedWorld) -> dict[str, Fault]:
    """Announce metadata beside the files (PEP 658), and serve those of another project."""
    body = re.sub(rb'">requests', b'" data-core-metadata="true">requests', _page(world))
    other = b"Metadata-Version: 2.1\nName: other\nVersion: 1\n"
    name = "/index/files/requests-2.32.0-py3-none-any.whl.metadata"
    return {PAGE: Fault(body=body, headers=HTML), name: Fault(body=other)}


SAME: dict[str, tuple[Callable[[ServedWorld], dict[str, Fault]], dict[str, str]]] = {
    "HTML with relative links": (lambda _world: {}, NEWEST),
    "no range requests": (_whole_files_only, NEWEST),
    "JSON only": (_json_only, NEWEST),
    "gzip": (_compressed, NEWEST),
    "redirects": (_redirected, NEWEST),
    "absolute links": (_absolute_links, NEWEST),
    "a page of 18 MB": (_huge, NEWEST),
    "a yanked release": (_yanked, {**NEWEST, "pip requests": "2.31.0"}),
}


@pytest.mark.parametrize(("odd", "expected"), SAME.values(), ids=SAME)
def test_an_odd_index_is_read(
    repository: Repository,
    served: LookedUpWorld,
    odd: Callable[[ServedWorld], dict[str, Fault]],
    expected: dict[str, str],
) -> None:
    served.faults.update(odd(served))
    done = _locked(repository, SPEC)
    assert done.status == 0, done.stderr
    assert expected.items() <= versions(repository).items()
    assert "127.0.0.1" not in repository.read("locks/environment/conda-lock.yml")


def _locked(repository: Repository, spec: str) -> Done:
    repository.write("environment.yml", spec)
    return repository.mixlock("lock", "--platform", "linux-64", PIP_DEFAULT_TIMEOUT="20")


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_a_page_that_is_refused_is_told(repository: Repository, served: LookedUpWorld, status: int) -> None:
    served.faults[PAGE] = Fault(status=status)
    done = _locked(repository, SPEC)
    assert (done.status, repository.locks()) == (3, {})
    assert re.search(r"environment\.yml:\d+:\d+: MIX30[24] ", done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_a_yanked_release_is_taken_where_it_is_pinned(repository: Repository, served: LookedUpWorld) -> None:
    served.faults.update(_yanked(served))
    done = _locked(repository, f"{HEAD}  - pip:\n    - requests==2.32.0\n")
    assert done.status == 0, done.stderr
    assert NEWEST.items() <= versions(repository).items()


def test_a_locked_release_that_was_yanked_is_told(repository: Repository, served: LookedUpWorld) -> None:
    spec = f"{HEAD}  - pip:\n    - requests==2.32.0\n"
    assert "yanked" not in _locked(repository, spec).stderr
    served.faults.update(_yanked(served))
    told = "note: requests 2.32.0 is locked, and was yanked"
    assert told in repository.mixlock("lock", "--force").stderr
    assert told in repository.mixlock("lock", "--verify").stderr


def test_an_sdist_whose_content_is_another_is_refused(real_repository: Repository, served: LookedUpWorld) -> None:
    name = "old-style", "old_style-0.1.tar.gz"
    other = render_sdist(SyntheticProject(name=name[0], version="0.1"), static_metadata=False)
    assert (served.folder / "index/files" / name[1]).read_bytes() != other.content
    served.faults[f"/index/files/{name[1]}"] = Fault(body=other.content)
    done = _locked(real_repository, f"{HEAD}  - pip:\n    - {name[0]}\n")
    assert (done.status, real_repository.locks()) == (3, {})
    assert re.search(r"environment\.yml:4:7: MIX403 .*old.style.*serves another file", done.stderr), done.stderr


NEW_GLIBC = render_wheel(SyntheticProject(name="modern", version="2.0", tag="cp312-cp312-manylinux_2_35_x86_64"))
OLD_GLIBC = render_wheel(SyntheticProject(name="modern", version="1.0", tag="cp312-cp312-manylinux_2_17_x86_64"))
SOURCE = render_sdist(SyntheticProject(name="modern", version="2.0"))
GLIBC = {
    "an older release has a wheel that fits": ((NEW_GLIBC, OLD_GLIBC), "1.0", "whl"),
    "though the newer release has an sdist": ((NEW_GLIBC, OLD_GLIBC, SOURCE), "1.0", "whl"),
    "no release has one, but an sdist": ((NEW_GLIBC, SOURCE), "2.0", "tar.gz"),
}


@pytest.mark.parametrize(("files", "version", "suffix"), GLIBC.values(), ids=GLIBC)
def test_a_wheel_for_a_newer_glibc_is_not_locked(
    repository: Repository, served: LookedUpWorld, files: tuple[RenderedFile, ...], version: str, suffix: str
) -> None:
    served.add(*files)
    done = _locked(repository, f"{HEAD}  - pip:\n    - modern\n")
    assert done.status == 0, done.stderr
    assert versions(repository)["pip modern"] == version
    assert re.search(rf"/modern-{version}[^\s/]*\.{suffix}", repository.read("locks/environment/conda-lock.yml"))


def test_no_wheel_for_the_glibc_and_no_sdist_is_told(repository: Repository, served: LookedUpWorld) -> None:
    served.add(NEW_GLIBC)
    done = _locked(repository, f"{HEAD}  - pip:\n    - modern\n")
    assert (done.status, repository.locks()) == (3, {})
    assert re.search(r"environment\.yml:4:7: MIX305 no file of `modern` 2\.0 fits linux-64", done.stderr), done.stderr


def test_metadata_beside_a_file_that_are_of_another_project_are_told(
    repository: Repository, served: LookedUpWorld
) -> None:
    served.faults.update(_metadata_of_another(served))
    done = _locked(repository, SPEC)
    assert (done.status, repository.locks()) == (3, {})
    assert "environment.yml:4:7: MIX302 the index serves a file of `requests` whose metadata are of" in done.stderr


OTHERS = {
    "name": ("other", "1.0", "MIX302 the metadata of `liar` 1.0 cannot be read"),
    "version": ("liar", "2.0", "MIX302 the index serves a file of `liar` whose metadata are of"),
}


@pytest.mark.parametrize(("name", "version", "expected"), OTHERS.values(), ids=OTHERS)
def test_a_wheel_whose_metadata_are_of_something_else_is_told(
    repository: Repository, served: LookedUpWorld, name: str, version: str, expected: str
) -> None:
    """No installer takes it."""
    other = render_stub(name, version, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    served.add(RenderedFile(name="liar-1.0-py3-none-any.whl", content=other.content))
    done = _locked(repository, f"{HEAD}  - pip:\n    - liar\n")
    assert (done.status, repository.locks()) == (3, {})
    assert f"environment.yml:4:7: {expected}" in done.stderr


def test_the_version_of_conda_need_not_be_on_the_index(repository: Repository, served: LookedUpWorld) -> None:
    served.add(render_wheel(SyntheticProject(name="numpy", version="1.0")))
    done = _locked(repository, f"{HEAD}  - numpy=2.2\n  - pip:\n    - frames\n")
    assert (done.status, "solved against the full index" in done.stderr) == (0, False), done.stderr
    assert {"conda numpy": "2.2.6", "pip frames": "2.0"}.items() <= versions(repository).items()
    assert "pip numpy" not in versions(repository)


def test_what_conda_holds_under_one_name_is_held_under_each_name_of_the_index(
    repository: Repository, served: LookedUpWorld
) -> None:
    """`py-opencv` of conda is `opencv-python` and `opencv-python-headless` of the index, both at once."""
    opencv = SyntheticCondaPackage(
        name="py-opencv", version="4.8.1", depends=("python >=3.12,<3.13.0a0",), subdir="linux-64"
    )
    served.add_conda(opencv)
    names = ("opencv-python", "opencv-python-headless")
    wheels = [render_wheel(SyntheticProject(name=name, version="4.8.1")) for name in names]
    users = [
        render_wheel(SyntheticProject(name=f"uses-{name}", version="1.0", requires=(f"{name}>=4",))) for name in names
    ]
    served.add(*wheels, *users)
    asked = "".join(f"    - uses-{name}\n" for name in names)
    done = _locked(repository, f"{HEAD}  - py-opencv\n  - pip:\n{asked}")
    assert done.status == 0, done.stderr
    found = versions(repository)
    assert found["conda py-opencv"] == "4.8.1"
    assert not {f"pip {name}" for name in names} & found.keys()


def test_a_proxy_of_the_machine_is_not_asked_for_what_lies_on_loopback(real_repository: Repository) -> None:
    nobody = "http://127.0.0.1:9"
    real_repository.write("environment.yml", SPEC)
    done = real_repository.mixlock(
        "lock", "--platform", "linux-64", http_proxy=nobody, HTTP_PROXY=nobody, no_proxy="127.0.0.1,other.example"
    )
    assert (done.status, "full index" in done.stderr) == (0, False), done.stderr
