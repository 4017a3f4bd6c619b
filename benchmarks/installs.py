"""Rows about installing: the demo's lock, whose packages are made here; real conda packages are in no mirror."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.repositories import add_all, new_repository
from benchmarks.rows import Row
from benchmarks.timing import Command, measure
from mixlock_hooks.demo.channel_and_index import CHANNEL, INDEX, served
from mixlock_hooks.demo.own_python import SERIES
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.machine_config import CONFIG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchmarks.rows import World

_RUNS = 5


def install_again(world: World) -> Iterator[Row]:
    """Make a prefix from nothing, and again where it is already what the lock says."""
    with demo_repository(world.folder, world.environment) as (root, environment):
        lock = world.mixlock(root, "lock", "-q").words
        measure(Command(words=lock, folders=(root,), environment=environment), 1)
        install = world.mixlock(root, "install", "-q", "environment", "--prefix", "prefix").words
        for what, before in (("from nothing", "rm -rf prefix"), ("nothing to do", ":")):
            words = ("sh", "-c", f'{before}; exec "$0" "$@"', *install)
            timing = measure(Command(words=words, folders=(root,), environment=environment), _RUNS)
            yield Row(group="install", program="mixlock", what=f"install, {what}", timing=timing)


@contextmanager
def demo_repository(folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Give a repository with a spec of the demo's packages, and the environment of a machine that has them."""
    root = new_repository(folder / "demo repository")
    spec = f"dependencies: [python={SERIES}, numpy, scipy, pip, pip: [frames, tracker]]\n"
    spec += f"channels: [{CHANNEL}]\nplatforms: [{host_platform()}]\n"
    (root / "environment.yml").write_text(spec, encoding="utf-8")
    (root / "mixlock.toml").write_text(f'default-index = "{INDEX}"\n', encoding="utf-8")
    add_all(root)
    with served(folder / "demo") as configuration:
        file = folder / "demo.toml"
        file.write_text(configuration, encoding="utf-8")
        yield root, {**environment, CONFIG_FILE: str(file)}
