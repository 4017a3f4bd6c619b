"""Measure a wheelhouse beside pip: ``python -m benchmarks.wheelhouse``.

Both build the same locked sdists of the real index with the same python, each with its caches warm but for wheels:
``pip wheel --no-deps`` one after the other, mixlock with one job and with two. Then mixlock with every wheel built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.repositories import add_all, new_repository
from tests.real.shared_channels import machine
from tests.real.test_wheelhouse import CONFIGURATION, MODULES

_PLAIN = [name for name in MODULES if not name.startswith("anyjson")]
"""What pip can build too: it cannot be told what anyjson needs."""
SPEC = (
    f"platforms: [linux-64]\ndependencies:\n  - python={sys.version_info.major}.{sys.version_info.minor}\n  - pip:\n"
    + "".join(f"    - {name}\n" for name in _PLAIN)
)
_OVERHEAD, _SECOND_RUN_SECONDS = 1.2, 0.5


def main() -> int:
    """Measure, print, and return 1 where a bar is missed."""
    with tempfile.TemporaryDirectory(prefix="mixlock-benchmarks-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with machine(folder) as environment:
            environment["MIXLOCK_CACHE_DIR"] = str(folder / "cache")
            environment["PIP_CACHE_DIR"] = str(folder / "pip")
            held = _measured(folder, environment)
    return 0 if all(held) else 1


def _measured(folder: Path, environment: dict[str, str]) -> list[bool]:
    root = new_repository(folder / "repository")
    (root / "environment.yml").write_text(SPEC, encoding="utf-8")
    (root / "mixlock.toml").write_text(CONFIGURATION, encoding="utf-8")
    add_all(root)
    _mixlock(root, environment, "lock", "-q")
    _mixlock(root, environment, "wheelhouse", "-q")  # fetches sdists and build requirements
    _pip(root, environment)
    pip = _pip(root, environment)
    one, two = (_built(root, environment, jobs) for jobs in ("1", "2"))
    again = median(_mixlock(root, environment, "wheelhouse", "-q") for _run in range(5))
    sys.stdout.write(f"{len(_PLAIN)} sdists: pip wheel --no-deps {pip:.1f} s\n")
    sys.stdout.write(f"mixlock, one job: {one:.1f} s, {one / pip:.2f} times pip's (bar {_OVERHEAD})\n")
    sys.stdout.write(f"mixlock, two jobs: {two:.1f} s, {two / pip:.2f} times pip's (bar: less than with one)\n")
    sys.stdout.write(f"second run, whole process with start-up: {again:.2f} s (bar {_SECOND_RUN_SECONDS})\n")
    return [one / pip <= _OVERHEAD, two < one, again <= _SECOND_RUN_SECONDS]


def _built(root: Path, environment: dict[str, str], jobs: str) -> float:
    """Build with no wheel known, all else warm; return the seconds."""
    shutil.rmtree(Path(environment["MIXLOCK_CACHE_DIR"]) / "wheels")
    return _mixlock(root, environment, "wheelhouse", "-q", "--force", "--jobs", jobs)


def _mixlock(root: Path, environment: dict[str, str], *words: str) -> float:
    return _seconds([sys.executable, "-m", "mixlock_hooks", *words], root, environment)


def _pip(root: Path, environment: dict[str, str]) -> float:
    """Build with pip, whose cache of wheels is emptied: it would build nothing."""
    shutil.rmtree(Path(environment["PIP_CACHE_DIR"]) / "wheels", ignore_errors=True)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", "pip-wheels"]
    for requirement in _PLAIN:
        command += ["--no-binary", requirement.partition("==")[0]]
    return _seconds([*command, *_PLAIN], root, environment)


def _seconds(command: list[str], root: Path, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
