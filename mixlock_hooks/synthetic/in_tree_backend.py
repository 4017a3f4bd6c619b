"""Build the project this file lies in: a PEP 517 backend of the standard library alone.

Every sdist of `mixlock_hooks.synthetic.projects` carries a copy beside its pyproject.toml, so it builds
without a network. The one folder below `wheel/` holds what goes into the wheel and is named like it; its
`.dist-info` is called `.about` there, because some installers believe the first such folder they find.
"""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

_TREE = Path("wheel")


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,  # noqa: ARG001 - PEP 517 names the arguments
    metadata_directory: str | None = None,  # noqa: ARG001
) -> str:
    """Write the wheel into a directory, return its name (PEP 517, build_wheel)."""
    (tree,) = _TREE.iterdir()
    wheel = Path(wheel_directory, f"{tree.name}.whl")
    with zipfile.ZipFile(wheel, "w") as archive:
        files = {_name(path, tree): path for path in tree.rglob("*") if path.is_file()}
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name].read_bytes())
    return wheel.name


def _name(path: Path, tree: Path) -> str:
    return path.relative_to(tree).as_posix().replace(".about/", ".dist-info/")


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:  # noqa: ARG001
    """Write the sdist into a directory, return its name (PEP 517, build_sdist)."""
    (tree,) = _TREE.iterdir()
    stem = "-".join(tree.name.split("-")[:2])
    sdist = Path(sdist_directory, f"{stem}.tar.gz")
    with tarfile.open(sdist, "w:gz") as archive:
        for name in ("PKG-INFO", "in_tree_backend.py", "pyproject.toml", "wheel"):
            archive.add(name, f"{stem}/{name}")
    return sdist.name
