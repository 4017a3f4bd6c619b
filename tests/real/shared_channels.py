"""The real channel metadata of ../shared, served on loopback as mirrors of the channels they came from.

Nothing here skips: a machine without ``../shared`` fails, because "could not check" is no result. The folder may
stand elsewhere: ``MIXLOCK_SHARED`` names it then.
"""

from __future__ import annotations

import importlib.util
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.machine_config import CONFIG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(os.environ.get("MIXLOCK_SHARED") or Path(__file__).parents[2].parent / "shared")
ENVS = SHARED / "data" / "envs"
_CHANNELS = "https://conda.anaconda.org"
_HELD = ("conda-forge", "pytorch", "nvidia", "bioconda")
_EMPTY = (f"{_CHANNELS}/astropy", "https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r")
"""Channels that specs name, and whose metadata ../shared does not hold: they answer, and offer nothing."""


@contextmanager
def machine(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the channels and give the environment of a machine whose mixlock reads them there.

    Args:
        folder: where the machine's configuration and caches may lie.
    """
    empty = folder / "empty"
    (empty / "noarch").mkdir(parents=True)
    (empty / "noarch" / "repodata.json").write_text(json.dumps({"info": {"subdir": "noarch"}, "packages": {}}))
    with serve(unpacked()) as held, serve(empty) as nothing:
        mirrors = {f"{_CHANNELS}/{name}": f"{held}/{name}" for name in _HELD} | dict.fromkeys(_EMPTY, nothing)
        config = folder / "machine.toml"
        rows = "".join(f'"{channel}" = ["{mirror}"]\n' for channel, mirror in mirrors.items())
        config.write_text(f"[mirrors]\n{rows}")
        yield {**os.environ, CONFIG_FILE: str(config), "XDG_CACHE_HOME": str(folder / "cache")}


def unpacked() -> Path:
    """Unpack through the tool that lies beside the data."""
    tool = SHARED / "tools" / "channels.py"
    spec = importlib.util.spec_from_file_location("shared_channels_tool", tool)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(tool)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Path(module.unpack())
