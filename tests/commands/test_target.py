"""The target decides which file is locked, and a limit that decides is named with the setting that lifts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import versions
from tests.tables import CHANNEL, CONDA_PACKAGES

if TYPE_CHECKING:
    from tests.conftest import Done, Repository, ServedWorld, TableWorld

HEAD = "dependencies:\n  - python=3.12\n"
LOCK = "locks/environment/conda-lock.yml"


def wheel(name: str, version: str, tag: str, **more: str) -> RenderedFile:
    return render_wheel(SyntheticProject(name=name, version=version, tag=tag, requires_python=more.get("python")))


def sdist(name: str, version: str) -> RenderedFile:
    return render_sdist(SyntheticProject(name=name, version=version))


def linux(minor: int) -> str:
    return f"cp312-cp312-manylinux_2_{minor}_x86_64"


def locked(served_repository: Repository, spec: str, platform: str = "linux-64") -> Done:
    served_repository.write("environment.yml", spec)
    return served_repository.mixlock("lock", "--platform", platform)


def test_the_setting_of_the_note_leads_to_the_newer_version(
    served_repository: Repository, served: ServedWorld
) -> None:
    served.add(wheel("gem", "2.0", linux(28)), wheel("gem", "1.0", linux(17)))
    done = locked(served_repository, f"{HEAD}  - pip:\n    - gem\n")
    assert (done.status, versions(served_repository)["pip gem"]) == (0, "1.0"), done.stderr
    claim = "gem 1.0 is locked; 2.0 needs glibc 2.28, this environment has 2.27"
    setting = '`sys: {__glibc: "2.28"}`, then `mixlock lock --upgrade-package gem`'
    assert done.stderr.count(f"{claim} (to take it: {setting})") == 1
    served_repository.write("environment.yml", f'{HEAD}  - sys: {{__glibc: "2.28"}}\n  - pip:\n    - gem\n')
    done = served_repository.mixlock("lock", "--platform", "linux-64", "--upgrade-package", "gem")
    assert done.status == 0, done.stderr
    assert (versions(served_repository)["pip gem"], "is locked;" in done.stderr) == ("2.0", False)


def test_a_project_that_may_be_built_by_name_is_built_though_an_older_version_has_a_wheel(
    served_repository: Repository,
    served: ServedWorld,
) -> None:
    served_repository.write("mixlock.toml", served_repository.read("mixlock.toml") + 'build-sdists = ["gem"]\n')
    served.add(sdist("gem", "2.0"), wheel("gem", "1.0", linux(17)))
    done = locked(served_repository, f"{HEAD}  - pip:\n    - gem\n")
    assert done.status == 0, done.stderr
    assert versions(served_repository)["pip gem"] == "2.0"


REFUSED = {
    "glibc": (
        "linux-64",
        [wheel("gem", "2.0", linux(28)), wheel("gem", "1.0", linux(17))],
        "needs glibc 2.28, this environment has 2.27",
        '`sys: {__glibc: "2.28"}` admits it; 1.0 is the newest that fits',
    ),
    "macOS": (
        "osx-arm64",
        [wheel("gem", "2.0", "cp312-cp312-macosx_14_0_arm64")],
        "needs macOS 14.0, this environment has 13.0",
        '`sys: {__osx: "14.0"}` admits it; get it from conda',
    ),
    "python": (
        "linux-64",
        [wheel("gem", "2.0", "cp313-cp313-manylinux_2_17_x86_64")],
        "python 3.12, but for 3.13",
        "`python=3.13` among",
    ),
    "the machine": (
        "linux-64",
        [wheel("gem", "2.0", "cp312-cp312-win_amd64")],
        "it has no wheel for linux-64",
        "get it",
    ),
}


@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_a_pin_without_a_file_that_fits_is_refused_with_the_limit(
    served_repository: Repository, served: ServedWorld, row: tuple[str, list[RenderedFile], str, str]
) -> None:
    platform, files, claim, hint = row
    served.add(*files)
    done = locked(served_repository, f"{HEAD}  - pip:\n    - gem==2.0\n", platform)
    assert (done.status, served_repository.locks()) == (3, {})
    assert f"environment.yml:4:7: MIX305 no file of `gem` 2.0 fits {platform}: it " in done.stderr, done.stderr
    assert claim in done.stderr
    assert hint in done.stderr
    assert "full index" not in done.stderr


def test_what_a_project_needs_is_refused_with_the_limit(served_repository: Repository, served: ServedWorld) -> None:
    user = SyntheticProject(name="user", version="1.0", requires=("gem==2.0",))
    served.add(render_wheel(user), wheel("gem", "2.0", linux(28)), wheel("gem", "1.0", linux(17)))
    done = locked(served_repository, f"{HEAD}  - pip:\n    - user\n")
    assert "MIX305 no file of `gem` 2.0 fits linux-64: it needs glibc 2.28" in done.stderr, done.stderr


def test_the_version_of_macos_decides(served_repository: Repository, served: ServedWorld) -> None:
    tags = [wheel("gem", f"{major}.0", f"cp312-cp312-macosx_{major}_0_arm64") for major in (12, 13, 14, 15)]
    served.add(*tags)
    assert locked(served_repository, f"{HEAD}  - pip:\n    - gem\n", "osx-arm64").status == 0
    assert "gem-13.0-" in served_repository.read(LOCK)
    done = locked(served_repository, f'{HEAD}  - sys: {{__osx: "15.0"}}\n  - pip:\n    - gem>13\n', "osx-arm64")
    assert done.status == 0, done.stderr
    assert "gem-15.0-cp312-cp312-macosx_15_0_arm64.whl" in served_repository.read(LOCK)


FREE_THREADED = SyntheticCondaPackage(name="python", version="3.14.0", build="h1_2_cp314t", subdir="linux-64")
FT_SPEC = "dependencies:\n  - python=3.14\n  - pip:\n    - gem\n"


def test_a_free_threaded_python_gets_its_own_wheels(served_repository: Repository, served: ServedWorld) -> None:
    write_channel(served.folder / "science", (*CONDA_PACKAGES, FREE_THREADED))
    both = [wheel("gem", "1.0", f"cp314-{abi}-manylinux_2_17_x86_64") for abi in ("cp314", "cp314t")]
    served.add(*both, wheel("gem", "2.0", "cp314-cp314-manylinux_2_17_x86_64"))
    done = locked(served_repository, FT_SPEC)
    assert done.status == 0, done.stderr
    assert "gem-1.0-cp314-cp314t-manylinux_2_17_x86_64.whl" in served_repository.read(LOCK)
    assert "127.0.0.1" not in served_repository.read(LOCK)
    assert "2.0 has no wheel for a free-threaded python 3.14.0" in done.stderr
    text = served_repository.read(LOCK).replace("gem-1.0-cp314-cp314t", "gem-1.0-cp314-cp314")
    served_repository.write(LOCK, text)
    verified = served_repository.mixlock("drift", "--verify", "--platform", "linux-64")
    assert verified.status == 1
    assert "but it has no wheel for a free-threaded python 3.14.0" in verified.stdout + verified.stderr


def test_a_free_threaded_python_without_a_wheel_is_refused(
    served_repository: Repository, served: ServedWorld
) -> None:
    write_channel(served.folder / "science", (*CONDA_PACKAGES, FREE_THREADED))
    served.add(wheel("gem", "2.0", "cp314-cp314-manylinux_2_17_x86_64"))
    done = locked(served_repository, FT_SPEC)
    assert "MIX305 no file of `gem` 2.0 fits linux-64: it has no wheel for a free-threaded" in done.stderr, (
        done.stderr
    )


VIRTUAL = {
    "cuda": ("__cuda >=12.6", "`__cuda` 11.2", '`sys: {__cuda: "12.6"}`'),
    "glibc": ("__glibc >=2.34,<3.0.a0", "`__glibc` 2.27", '`sys: {__glibc: "2.34"}`'),
}


@pytest.mark.parametrize(("need", "has", "setting"), VIRTUAL.values(), ids=VIRTUAL)
def test_a_virtual_package_that_decides_is_named(
    served_repository: Repository, served: ServedWorld, need: str, has: str, setting: str
) -> None:
    gpu = SyntheticCondaPackage(name="gpu", version="1.0", depends=(need,), subdir="linux-64")
    write_channel(served.folder / "science", (*CONDA_PACKAGES, gpu))
    done = locked(served_repository, f"{HEAD}  - gpu\n")
    assert f"MIX301 the conda requirements need `{need}`, and this environment has {has}" in done.stderr, done.stderr
    assert setting in done.stderr


def test_a_platform_that_has_an_answer_is_named_where_nobody_chose_platforms(
    repository: Repository, world: TableWorld
) -> None:
    world.engines.channels[CHANNEL].append(SyntheticCondaPackage(name="only", version="1.0", subdir="linux-64"))
    configuration = repository.read("mixlock.toml").replace('platforms = ["linux-64", "osx-arm64"]', "")
    repository.write("mixlock.toml", configuration)
    repository.write("environment.yml", f"{HEAD}  - only\n")
    done = repository.mixlock("lock")
    assert "linux-64 has an answer; `platforms: [linux-64]`" in done.stderr, done.stderr
    repository.write("environment.yml", f"platforms: [linux-64]\n{HEAD}  - only\n")
    assert repository.mixlock("lock").status == 0


RARE = ("win-arm64", "linux-riscv64", "emscripten-wasm32", "linux-s390x", "zos-z")


def test_every_platform_of_conda_is_locked(served_repository: Repository, served: ServedWorld) -> None:
    packages = [SyntheticCondaPackage(name="python", version="3.12.11", subdir=platform) for platform in RARE]
    write_channel(served.folder / "science", (*CONDA_PACKAGES, *packages))
    served_repository.write("environment.yml", f"platforms: [{', '.join(RARE)}]\n{HEAD}")
    done = served_repository.mixlock("lock")
    assert done.status == 0, done.stderr
    assert all(f"platform: {platform}" in served_repository.read(LOCK) for platform in RARE)
    served_repository.write("environment.yml", f"platforms: [win-arm64]\n{HEAD}  - pip: [colors]\n")
    done = served_repository.mixlock("lock")
    assert "MIX305 conda-lock locks no PyPI packages for win-arm64" in done.stderr
