"""An index on loopback that answers for the conda side's python packages.

conda-lock's PyPI solver asks the indices for every project that conda holds, at conda's version, and fails where
none has it. A stub wheel with name, version and no requirements is enough: it stays conda's and is not locked.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.shell.loopback import serve
from mixlock_hooks.tiny.indices import write_index
from mixlock_hooks.tiny.projects import TinyProject, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@contextmanager
def stub_index(versions: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Serve stubs below a folder, and give the index's URL.

    Args:
        versions: PyPI names and versions; one that is not PEP 440 no index could have, and is left out.
        folder: where the stubs may lie.
    """
    stubs = [TinyProject(name=name, version=version) for name, version in versions.items() if _is_version(version)]
    write_index(folder, map(render_wheel, stubs))
    with serve(folder) as base:
        yield f"{base}/simple"


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
