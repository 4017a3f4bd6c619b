"""Rows about wheels: sdists of the real index, built by mixlock and by pip with warm caches but for wheels."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.repositories import add_all, new_repository
from benchmarks.rows import Row
from benchmarks.timing import Command, measure
from tests.real.test_wheelhouse import CONFIGURATION, MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.rows import World

_PLAIN = [name for name in MODULES if not name.startswith("anyjson")]
"""What pip can build too: it cannot be told what anyjson needs."""
SPEC = (
    f"platforms: [linux-64]\ndependencies:\n  - python={sys.version_info.major}.{sys.version_info.minor}\n  - pip:\n"
    + "".join(f"    - {name}\n" for name in _PLAIN)
)
_RUNS = 3


def build_wheels(world: World) -> Iterator[Row]:
    """Build with one job and with two, then with nothing left to build; pip builds one after the other."""
    root = new_repository(world.folder / "wheelhouse")
    (root / "environment.yml").write_text(SPEC, encoding="utf-8")
    (root / "mixlock.toml").write_text(CONFIGURATION, encoding="utf-8")
    add_all(root)
    caches = {"MIXLOCK_CACHE_DIR": str(world.folder / "built"), "PIP_CACHE_DIR": str(world.folder / "pip")}
    environment = {**world.environment, **caches}
    words = world.mixlock(root, "wheelhouse", "-q").words
    lock = (*world.mixlock(root, "lock", "-q").words,)
    measure(Command(words=lock, folders=(root,), environment=environment), 1)
    for jobs in ("1", "2"):
        forced = _forgetting("$MIXLOCK_CACHE_DIR/wheels", (*words, "--force", "--jobs", jobs))
        timing = measure(Command(words=forced, folders=(root,), environment=environment), _RUNS)
        yield Row(group="wheelhouse", program="mixlock", what=f"{len(_PLAIN)} sdists, --jobs {jobs}", timing=timing)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", "pip-wheels"]
    pip += [word for name in _PLAIN for word in ("--no-binary", name.partition("==")[0])]
    command = Command(
        words=_forgetting("$PIP_CACHE_DIR/wheels", (*pip, *_PLAIN)), folders=(root,), environment=environment
    )
    timing = measure(command, _RUNS)
    yield Row(group="wheelhouse", program="pip", what="pip wheel --no-deps", timing=timing, least=1 / 1.2)
    timing = measure(Command(words=words, folders=(root,), environment=environment), 5)
    yield Row(group="wheelhouse", program="mixlock", what="all are built", timing=timing, bar=0.5)


def _forgetting(folder: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return ("sh", "-c", f'rm -rf "{folder}"; exec "$0" "$@"', *words)
