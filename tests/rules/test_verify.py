"""Is a lock exactly an answer? One small lock, and every way in which it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats.environment_yml import parse
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules import verify
from mixlock_hooks.rules.lock_graph import LockGraph
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import PlatformSpec

LINUX = Subdir("linux-64")
CHANNEL = "https://conda.anaconda.org/conda-forge/linux-64"


def conda(name: str, version: str, **needs: str) -> LockedPackage:
    """Make a package of conda-forge with build ``h1_0``."""
    return LockedPackage(
        name=name,
        version=version,
        manager=Manager.CONDA,
        platform=LINUX,
        dependencies=needs,
        url=f"{CHANNEL}/{name}-{version}-h1_0.conda",
        md5="a" * 32,
    )


def pip(name: str, version: str, **needs: str) -> LockedPackage:
    """Make a package of an index."""
    return LockedPackage(
        name=name,
        version=version,
        manager=Manager.PIP,
        platform=LINUX,
        dependencies={key.replace("_", "-"): value for key, value in needs.items()},
        url=f"https://files.example/{name}-{version}-py3-none-any.whl",
        sha256="b" * 64,
    )


LOCK = (
    conda("python", "3.12.11", libffi=">=3.4", __glibc=">=2.17"),
    conda("libffi", "3.4.6"),
    conda("numpy", "1.26.4", python=">=3.12,<3.13.0a0", libblas="* h1_0"),
    conda("libblas", "3.9.0"),
    conda("pip", "25.2", python=">=3.9"),
    pip("requests", "2.31.0", idna=">=2.5,<4", python=">=3.7"),
    pip("idna", "3.10"),
    pip("frames", "1.0", numpy=">=1.20"),
)
SPEC = "dependencies:\n  - python=3.12\n  - numpy\n  - pip:\n    - requests>=2\n    - frames\n"


def platform_spec(text: str) -> PlatformSpec:
    """Merge a spec for linux-64."""
    return merge(parse(text, "environment.yml"), Settings(platforms=(LINUX,))).platforms[0]


def told(text: str, *packages: LockedPackage, foreign: bool = False) -> list[str]:
    """Return every finding, as its code and claim."""
    spec, locked = platform_spec(text), LockGraph(packages, shipped())
    found = [
        *verify.unanswered(spec, locked),
        *verify.gaps(locked),
        *verify.surplus(spec, locked, foreign=foreign),
        *verify.misplaced(locked),
        *verify.unhashed(locked),
        *verify.from_elsewhere(replace(spec, file_hosts=frozenset({"files.example"})), locked),
    ]
    return [f"{each.code.value} {each.claim}" for each in found]


def without(*names: str) -> list[LockedPackage]:
    """Return the lock without some packages."""
    return [package for package in LOCK if package.name not in names]


def test_a_lock_that_answers() -> None:
    assert told(SPEC, *LOCK) == []


REQUESTS = {
    "numpy>=1.26": [],
    "numpy=1.26.4=h1_0": [],
    "conda-forge::numpy": [],
    "numpy=1.25": ["MIX202 conda requirement `numpy=1.25` is not satisfied: the lock holds 1.26.4 h1_0"],
    "numpy=1.26.4=h2*": ["MIX202 conda requirement `numpy=1.26.4=h2*` is not satisfied: the lock holds 1.26.4 h1_0"],
    "nvidia::numpy": [
        "MIX202 conda requirement `nvidia::numpy` is not satisfied: the lock holds it from conda.anaconda.org"
    ],
}


@pytest.mark.parametrize(("asked", "expected"), REQUESTS.items(), ids=REQUESTS)
def test_a_conda_request(asked: str, expected: list[str]) -> None:
    assert told(SPEC.replace("numpy", asked), *LOCK) == expected


PROJECTS = {
    "requests[socks]>=2": [],
    "requests==2.31": [],
    "requests>=3; sys_platform == 'win32'\n    - requests": [],
    "requests>=3": ["MIX202 PyPI requirement `requests>=3` is not satisfied: the lock holds 2.31.0"],
    f"requests --hash=sha256:{'b' * 64}": [],
    f"requests --hash=sha256:{'0' * 64}": [
        "MIX202 PyPI requirement `requests` is not satisfied: the lock holds a file of another hash"
    ],
    "requests\n    - rich": ["MIX202 PyPI requirement `rich` is not in the lock"],
}


@pytest.mark.parametrize(("asked", "expected"), PROJECTS.items(), ids=PROJECTS)
def test_a_pypi_request(asked: str, expected: list[str]) -> None:
    assert told(SPEC.replace("requests>=2", asked), *LOCK) == expected


BODIES = {
    "a package that is needed is gone": (
        without("idna"),
        ["MIX208 `requests` 2.31.0 needs `idna`, which is not in the lock"],
    ),
    "a conda package that is needed is gone": (
        without("libffi"),
        ["MIX208 `python` 3.12.11 needs `libffi`, which is not in the lock"],
    ),
    "another version than is needed": (
        [*without("idna"), pip("idna", "4.0")],
        ["MIX208 `requests` 2.31.0 needs `idna` >=2.5,<4, the lock holds 4.0"],
    ),
    "another build than is needed": (
        [*without("libblas"), replace(conda("libblas", "3.9.0"), url=f"{CHANNEL}/libblas-3.9.0-h2_0.conda")],
        ["MIX208 `numpy` 1.26.4 needs `libblas` * h1_0, the lock holds 3.9.0 h2_0"],
    ),
    "a package from both": (
        [*LOCK, pip("numpy", "2.0.0")],
        ["MIX208 `numpy` is locked from PyPI (2.0.0) and from conda (1.26.4)"],
    ),
    "a package twice": (
        [*LOCK, replace(LOCK[1], url=f"{CHANNEL}/libffi-3.4.6-h2_0.conda")],
        ["MIX208 `libffi` is in the lock twice for one platform"],
    ),
    "a package that nobody asks for": (
        [*LOCK, pip("rich", "13.0"), conda("zlib", "1.3")],
        [
            "MIX202 `rich` 13.0 is in the lock, and nothing asks for it",
            "MIX202 `zlib` 1.3 is in the lock, and nothing asks for it",
        ],
    ),
    "no hash": (
        [*without("idna"), replace(pip("idna", "3.10"), sha256="", md5="c" * 32)],
        ["MIX212 `idna` 3.10 is locked without a hash"],
    ),
    "another host": (
        [*without("idna"), replace(pip("idna", "3.10"), url="https://evil.example/idna-3.10-py3-none-any.whl")],
        ["MIX213 `idna` 3.10 is locked from undeclared `https://evil.example`"],
    ),
    "a host that looks like a declared one": (
        [
            *without("libffi"),
            replace(
                conda("libffi", "3.4.6"), url="https://conda.anaconda.org.evil.example/c/noarch/libffi-3.4.6-0.conda"
            ),
        ],
        ["MIX213 `libffi` 3.4.6 is locked from undeclared `https://conda.anaconda.org.evil.example/c`"],
    ),
}


@pytest.mark.parametrize(("packages", "expected"), BODIES.values(), ids=BODIES)
def test_a_body(packages: list[LockedPackage], expected: list[str]) -> None:
    assert told(SPEC, *packages) == expected


def test_plain_conda_lock_leaves_out_edges_of_pypi_and_adds_what_conda_seeds() -> None:
    more = [
        *LOCK,
        pip("rich", "13.0"),
        conda("setuptools", "80"),
    ]
    assert told(SPEC, *more, foreign=True) == []
    assert len(told(SPEC, *more)) == 2


def test_a_lock_without_the_pip_that_is_implied_is_told_so() -> None:
    claim = "MIX202 conda requirement `pip`, which the PyPI requirements imply, is not in the lock"
    assert told(SPEC, *without("pip")) == [claim]


@pytest.mark.parametrize(
    ("name", "needs"),
    [("snappy", {}), ("uv", {}), ("brotli", {}), ("vim", {"python": ">=3.12"})],
    ids=["a library", "a program", "a library with a project for python", "a program that needs python"],
)
def test_what_is_no_project_may_stand_beside_the_project_of_its_name(name: str, needs: dict[str, str]) -> None:
    twin = [conda(name, "1.9", **needs), pip(name, "4.3")]
    asked = SPEC.replace("  - pip:\n", f"  - {name}\n  - pip:\n    - {name}\n")
    assert told(asked, *LOCK, *twin) == []


def test_what_is_the_project_under_another_name_may_not() -> None:
    twin = [conda("brotli-python", "1.1"), pip("brotli", "1.2")]
    asked = SPEC.replace("  - pip:\n", "  - brotli-python\n  - pip:\n    - brotli\n")
    claim = "MIX208 `brotli` is locked from PyPI (1.2) and from conda (`brotli-python` 1.1)"
    assert told(asked, *LOCK, *twin) == [claim]


def still(asked: str) -> bool:
    """Return whether the lock of ``SPEC`` answers another spec all the same."""
    return verify.still_answers(platform_spec(asked), platform_spec(SPEC), LockGraph(LOCK, shipped()))


CONDA_STILL = {
    "numpy>=1.20": True,
    "numpy=1.26.4=h1_0": True,
    "numpy\n  - libblas": True,
    "conda-forge::numpy": False,
    "libblas": False,
}


@pytest.mark.parametrize(("asked", "expected"), CONDA_STILL.items(), ids=CONDA_STILL)
def test_what_answers_other_conda_requirements_all_the_same(asked: str, expected: bool) -> None:  # noqa: FBT001
    assert still(SPEC.replace("- numpy", f"- {asked}")) is expected


def test_a_package_of_conda_stays_only_for_a_request_of_conda() -> None:
    """PyPI's `frames` needs numpy, but nobody asks conda for it any more."""
    assert not still(SPEC.replace("  - numpy\n", ""))
    assert [each.partition(" is in")[0] for each in told(SPEC.replace("  - numpy\n", ""), *LOCK)] == [
        "MIX202 `numpy` 1.26.4",
        "MIX202 `libblas` 3.9.0",
    ]


def test_a_requirement_that_moved_to_the_other_manager_is_no_answer() -> None:
    assert not still(SPEC.replace("  - numpy\n", "").replace("    - frames\n", "    - frames\n    - numpy\n"))


def test_a_pre_release_answers_only_who_asks_for_one() -> None:
    lock = LockGraph([*without("requests"), pip("requests", "3.0rc1", idna=">=2.5,<4")], shipped())
    recorded = platform_spec(SPEC.replace("requests>=2", "requests>=3.0rc1"))
    assert verify.still_answers(platform_spec(SPEC.replace("requests>=2", "requests>=3.0rc0")), recorded, lock)
    assert not verify.still_answers(platform_spec(SPEC), recorded, lock)


def test_an_extra_counts_where_its_marker_holds() -> None:
    """On Linux nothing was ever locked for the extra."""
    recorded = platform_spec(SPEC.replace("requests>=2", "requests>=2\n    - requests[socks]; sys_platform=='win32'"))
    now = platform_spec(SPEC.replace("requests>=2", "requests>=2\n    - requests[socks]"))
    assert not verify.still_answers(now, recorded, LockGraph(LOCK, shipped()))
    assert verify.still_answers(platform_spec(SPEC), recorded, LockGraph(LOCK, shipped()))


def test_one_file_in_two_categories_is_one_package() -> None:
    assert told(SPEC, *LOCK, replace(LOCK[1], category="dev")) == []


STILL = {
    "requests>=2": True,
    "requests": True,
    "requests>=2\n    - idna": True,
    "requests[socks]>=2": False,
    "requests>=3": False,
    "idna": False,
    "requests>=2\n    - rich": False,
    "requests>=2; sys_platform == 'win32'": False,
    "requests>=2; sys_platform == 'linux'": True,
}


@pytest.mark.parametrize(("asked", "expected"), STILL.items(), ids=STILL)
def test_what_answers_other_requirements_all_the_same(asked: str, expected: bool) -> None:  # noqa: FBT001
    assert still(SPEC.replace("requests>=2", asked)) is expected


@pytest.mark.parametrize("text", ["channels: [conda-forge, nvidia]\n", "pypi-indices: [https://a.example/simple]\n"])
def test_where_to_look_is_no_requirement(text: str) -> None:
    assert not still(text + SPEC)
