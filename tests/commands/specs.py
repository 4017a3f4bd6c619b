"""One spec of each kind, and what its lock holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conftest import SPEC, Repository, new_repository
from tests.tables import CHANNEL, INDEX_FILES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import World

HEAD = "dependencies:\n  - python=3.12\n"
_NUMPY = {"conda libblas", "conda numpy", "conda python"}


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A spec, and the packages of its lock as ``conda numpy``."""

    text: str
    holds: set[str]

    @property
    def locked(self) -> set[str]:
        """Return all packages of its lock: conda's pip is implied where there is something for it to install."""
        return self.holds | ({"conda pip"} if any(name.startswith("pip ") for name in self.holds) else set())


SPECS = {
    "mixed-of-two-platforms": Spec(
        text=f"platforms: [linux-64, osx-arm64]\n{SPEC}", holds={*_NUMPY, "pip idna", "pip requests"}
    ),
    "conda-alone": Spec(text=f"{HEAD}  - numpy\n", holds=_NUMPY),
    "conda-without-python": Spec(text="dependencies: [libblas]\n", holds={"conda libblas"}),
    "pypi-with-python-of-conda": Spec(text=f"{HEAD}  - pip: [colors]\n", holds={"conda python", "pip colors"}),
    "pypi-with-the-python-that-pip-of-conda-brings": Spec(
        text="dependencies: [pip, {pip: [colors]}]\n", holds={"conda python", "pip colors"}
    ),
    "pypi-alone": Spec(text="dependencies: [{pip: [colors]}]\n", holds={"conda python", "pip colors"}),
    "pip-of-conda-in-the-version-that-pypi-asks-for": Spec(
        text=f"{HEAD}  - pip: [colors, 'pip==25.2']\n", holds={"conda python", "pip colors"}
    ),
    "a-noarch-package": Spec(text=f"{HEAD}  - tzdata\n", holds={"conda python", "conda tzdata"}),
    "a-marker-that-holds-nowhere": Spec(
        text=f"{HEAD}  - pip: [colors, 'requests; python_version < \"3\"']\n", holds={"conda python", "pip colors"}
    ),
    "a-marker-of-one-platform": Spec(
        text=f"platforms: [linux-64, osx-arm64]\n{HEAD}  - pip: ['colors; sys_platform == \"darwin\"']\n",
        holds={"conda python", "pip colors"},
    ),
    "an-sdist-with-static-metadata": Spec(
        text=f"{HEAD}  - pip: [tiny-log]\n", holds={"conda python", "pip tiny-log", "pip colors"}
    ),
    "an-sdist-that-has-to-be-built": Spec(
        text=f"{HEAD}  - pip: [old-style]\n", holds={"conda python", "pip old-style", "pip colors"}
    ),
    "frames-takes-the-numpy-that-conda-has": Spec(
        text=f"{HEAD}  - numpy=1.26\n  - pip: [frames]\n", holds={*_NUMPY, "pip frames"}
    ),
    "conda-gives-way-to-frames": Spec(
        text=f"{HEAD}  - numpy\n  - pip: [frames==1.0]\n", holds={*_NUMPY, "pip frames"}
    ),
    "a-package-of-a-named-channel": Spec(text=f"{HEAD}  - {CHANNEL}::numpy\n", holds=_NUMPY),
}

_REQUESTS = next(file for file in INDEX_FILES if file.name.startswith("requests-2.31.0"))
CONFIRMED = {
    "two-platforms-and-markers": Spec(
        text=f"platforms: [linux-64, osx-arm64]\n{SPEC}"
        "    - colors; sys_platform == 'darwin'\n    - idna<3; python_version < '3'\n",
        holds={*_NUMPY, "pip idna", "pip requests", "pip colors"},
    ),
    "sdists-hashes-noarch-and-a-named-channel": Spec(
        text=f"{HEAD}  - {CHANNEL}::numpy=1.26\n  - tzdata\n  - pip: [tiny-log, old-style, frames, "
        f"requests==2.31.0 --hash=sha256:{_REQUESTS.sha256}]\n",
        holds={
            *(*_NUMPY, "conda tzdata", "pip tiny-log", "pip old-style", "pip colors", "pip frames"),
            *("pip idna", "pip requests"),
        },
    ),
    "conda-gives-way-to-frames": SPECS["conda-gives-way-to-frames"],
    "conda-without-python": SPECS["conda-without-python"],
}
"""Few specs that together have what those above have: a solve with the real engines takes seconds."""


@dataclass(frozen=True, kw_only=True)
class Unsolvable:
    """A spec without an answer on linux-64, and the pattern of what is said; the file is ``environment.yml``."""

    text: str
    told: str


UNSOLVABLE = {
    "a-conda-pin-that-blocks-a-pypi-requirement": Unsolvable(
        text=f"{HEAD}  - numpy=1.26\n  - pip:\n    - frames==2.0\n",
        told=r"environment\.yml:5:7: MIX303 conda holds numpy 1\.26\.4 \(`numpy=1\.26`, line 3\), "
        r"but frames 2\.0 needs numpy>=2 ",
    ),
    "a-conda-package-nobody-has": Unsolvable(
        text=f"{HEAD}  - nopkg\n",
        told=r"environment\.yml:3:5: MIX304 `nopkg` is in none of the",
    ),
    "a-conda-version-nobody-has": Unsolvable(
        text=f"{HEAD}  - numpy=9\n",
        told=r"environment\.yml:3:5: MIX301 no package fits `numpy=9`",
    ),
    "conda-packages-that-exclude-each-other": Unsolvable(
        text="dependencies:\n  - python=3.12\n  - pandas\n  - libblas=2\n",
        told=r"environment\.yml:4:5: MIX301 no package fits `libblas=2`",
    ),
    "a-project-nobody-has": Unsolvable(
        text=f"{HEAD}  - pip:\n    - nopkg\n",
        told=r"environment\.yml:4:7: MIX304 no index has a file of `nopkg`",
    ),
    "a-pypi-version-nobody-has": Unsolvable(
        text=f"{HEAD}  - pip:\n    - requests==9\n",
        told=r"environment\.yml:4:7: MIX302 no version of `requests` fits `==9`",
    ),
    "a-wheel-for-another-platform": Unsolvable(
        text=f"{HEAD}  - pip:\n    - wheels-only\n",
        told=r"environment\.yml:4:7: MIX305 no file of `wheels-only` 1\.0 fits linux-64",
    ),
    "a-hash-of-another-file": Unsolvable(
        text=f"{HEAD}  - pip:\n    - requests==2.31.0 --hash=sha256:{'0' * 64}\n",
        told=r"environment\.yml:4:7: MIX302 the index's file of `requests` 2\.31\.0 has none of the hashes",
    ),
}


def lock_table(root: Path, world: World, specs: Mapping[str, Spec] | Mapping[str, Unsolvable]) -> Repository:
    """Lock every spec of a table for linux-64 in one run, and keep in ``said.txt`` what was noted and refused."""
    made = new_repository(root, world)
    made.write("mixlock.toml", made.read("mixlock.toml").replace(', "osx-arm64"', ""))
    made.git("rm", "-q", "-f", "environment.yml")
    for name, spec in specs.items():
        made.write(f"env-{name}.yml", spec.text)
    done = made.mixlock("lock")
    assert done.status == (3 if specs is UNSOLVABLE else 0), done.stderr
    notes = re.findall(r"^  note: .*|^[\w.-]+:\d+:\d+: MIX\d+", done.stderr, re.MULTILINE)
    made.write("said.txt", "\n".join(sorted(notes)))
    return made
