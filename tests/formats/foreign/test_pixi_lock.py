"""``pixi.lock``: the packages of every version of its format, and what no lock can hold."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.foreign import pixi_lock
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir

_CONDA = "https://conda.example/science/linux-64/numpy-1.26.4-py312_0.conda"
_WHEEL = "https://files.example/requests-2.31.0-py3-none-any.whl"
_MD5, _SHA256 = "a" * 32, "b" * 64
_NAMED = f"""
environments:
  default:
    channels:
    - url: https://conda.example/science/
    packages:
      linux-64:
      - conda: {_CONDA}
      - pypi: {_WHEEL}
"""
_OF_CONDA = f"""  sha256: {_SHA256}
  md5: {_MD5}
  depends:
  - python >=3.12,<3.13.0a0
  - blas * openblas
  - blas >=1
  license: BSD-3-Clause
"""
_OF_PYPI = f"""  name: requests
  version: 2.31.0
  sha256: {_SHA256}
  requires_dist:
  - idna>=3
  - rich ; extra == 'color'
"""
_OLD = f"""{_NAMED}
packages:
- kind: conda
  name: numpy
  version: 1.26.4
  build: py312_0
  url: {_CONDA}
{_OF_CONDA}
- kind: pypi
  url: {_WHEEL}
{_OF_PYPI}
"""
_NEW = f"{_NAMED}\npackages:\n- conda: {_CONDA}\n{_OF_CONDA}\n- pypi: {_WHEEL}\n{_OF_PYPI}"


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        (f"version: 4{_OLD}", "linux-64"),
        (f"version: 5{_OLD}", "linux-64"),
        (f"version: 6{_NEW}", "linux-64"),
        (f"version: 7\nplatforms:\n- name: linux-64{_NEW}", "linux-64"),
        (
            f"version: 7\nplatforms:\n- name: big\n  subdir: linux-64\n{_NEW}".replace(
                "      linux-64:", "      big:"
            ),
            "big",
        ),
    ],
    ids=["version 4", "version 5", "version 6", "version 7", "version 7 with a platform of its own name"],
)
def test_packages_are_read_whole(text: str, platform: str) -> None:
    lock, problems = pixi_lock.parse(text.encode(), "pixi.lock")
    assert not problems
    numpy, requests = lock.environments["default"][platform]
    assert numpy.package == LockedPackage(
        name="numpy",
        version="1.26.4",
        manager=Manager.CONDA,
        platform=Subdir("linux-64"),
        dependencies={"python": ">=3.12,<3.13.0a0", "blas": ">=1 openblas"},
        url=_CONDA,
        md5=_MD5,
        sha256=_SHA256,
    )
    assert (requests.package.name, requests.package.version, requests.package.sha256) == (
        "requests",
        "2.31.0",
        _SHA256,
    )
    assert requests.requires == ("idna>=3", "rich ; extra == 'color'")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"- pypi: {_WHEEL}", "- pypi: ./", "is not from a channel or an index"),
        (f"- pypi: {_WHEEL}", "- pypi: git+https://a.example/x.git", "is not from a channel or an index"),
        (f"packages:\n- conda: {_CONDA}", f"packages:\n- conda: {_CONDA}x", "stands in no list of packages"),
        (_CONDA, "https://conda.example/numpy.conda", "is named like no conda package"),
        ("  version: 2.31.0\n", "", "has no version"),
        ("idna>=3", "idna 3 3", "not a requirement of PEP 508"),
        ("idna>=3", "idna>=3 ; os_name ~= 'posix'", "not a requirement of PEP 508"),
        ("blas >=1", "blas[when=x]", "has a condition"),
        ("  license:", "  surprise:", "mixlock does not know it"),
    ],
)
def test_what_no_lock_can_hold_is_listed_at_its_line(old: str, new: str, words: str) -> None:
    text = f"version: 6{_NEW}".replace(old, new)
    lock, problems = pixi_lock.parse(text.encode(), "pixi.lock")
    assert "default" in lock.environments
    assert [(each.code, words in each.claim) for each in problems] == [(Code.UNKNOWN_KEY, True)], problems
    assert problems[0].place.line > 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "a table is missing"),
        (b"- a\n", "a table is missing or of another type"),
        (b"version: 3\n", "its version is 3"),
        (b"version: true\n", "its version is True"),
        (b"version: 6\nenvironments: [a]\n", "`environments` is missing or of another type"),
        (b"version: 6\nenvironments: {a: 1}\n", "an environment is missing or of another type"),
        (b"version: 6\nenvironments: {a: {packages: {linux-64: 3}}}\n", "`packages` of a platform"),
        (b"version: 6\npackages: {a: 1}\n", "`packages` is missing or of another type"),
        (b"version: 6\npackages: [1]\n", "an item of `packages`"),
        (b"version: 7\nplatforms: [1]\n", "an item of `platforms`"),
        (f"version: 6{_NEW}".replace("blas >=1", "' '").encode(), "`depends` of"),
        (f"version: 6{_NEW}".replace("idna>=3", "3").encode(), "`requires_dist` of"),
        (f"version: 6{_NEW}".replace(_MD5, "[1]").encode(), "`md5` of"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"a: [\n", "not YAML"),
        (b"[" * 3000, "not YAML"),
        (b"a: &a [*a, *a]\nversion: 9\n", "its version is 9"),
    ],
)
def test_what_is_no_lock_is_told(content: bytes, words: str) -> None:
    lock, problems = pixi_lock.parse(content, "pixi.lock")
    assert lock == pixi_lock.PixiLock()
    assert [(each.code, words in each.claim, bool(each.hint)) for each in problems] == [
        (Code.UNREADABLE, True, True)
    ], problems
