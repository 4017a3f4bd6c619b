"""Judge where the files of wheels would be written, before any is: nothing of conda's, of mixlock's, or outside.

A wheel may write anywhere below a prefix: ``NAME.data/data`` is its top (PyPA specifications, binary distribution
format). Nor may it bring the metadata of another project, which tools would list as installed.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
import zlib
from configparser import ConfigParser, Error
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.install import prefix_contents as contents
from mixlock_hooks.shell.install.package_paths import KEPT_FOR_US

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PROGRAMS = "Scripts/" if sys.platform == "win32" else "bin/"
_ODD = re.compile(r"(^|/)\.{0,2}(/|$)|[\\\0]|^[A-Za-z]:")
_ABOUT = re.compile(r"(?P<name>[^/]+)\.dist-info/.+")
_OF_CONDA = re.compile(r"conda-meta(/.*)?", re.IGNORECASE)


def refuse_intruders(prefix: Path, wheels: Path) -> None:
    """Refuse wheels that would write over what is not theirs, or out of the prefix.

    Args:
        prefix: the prefix, with conda's packages.
        wheels: the folder that holds the wheels.

    Raises:
        CannotDoError: there is one, which is named.
    """
    judge = _Judge(prefix)
    for wheel in sorted(wheels.glob("*.whl")):
        why = judge.intrusion(wheel)
        if why:
            name = wheel.name.partition("-")[0]
            raise CannotDoError(
                f"{wheel.name}: {why}, so the wheel itself is wrong and is not installed "
                f"(`mixlock lock --upgrade-package {name}` looks for another one)"
            )


class _Judge:
    """Judges wheels by what a prefix holds of conda's."""

    def __init__(self, prefix: Path) -> None:
        records = list(contents.records(prefix))
        python = next((record["version"] for record in records if record["name"] == "python"), "")
        library = f"lib/python{'.'.join(python.split('.')[:2])}/site-packages/"
        self._library = "Lib/site-packages/" if sys.platform == "win32" else library
        self._owned = {
            file["_path"]: str(file.get("sha256", "")) for record in records for file in record["paths_data"]["paths"]
        }
        self._prefix = prefix
        self._inside: dict[str, bool] = {}

    def intrusion(self, wheel: Path) -> str:
        """Return why a wheel is refused; empty where it is not."""
        stem = "-".join(wheel.name.split("-")[:2])
        try:
            with zipfile.ZipFile(wheel) as archive:
                found = (
                    self._misplaced(place, stem) or self._overwritten(place, archive, name)
                    for name, place in _places(archive, self._library)
                )
                return next(filter(None, found), "")
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, Error, ValueError) as error:
            return f"it cannot be read ({' '.join(str(error).split())})"

    def _misplaced(self, place: str, stem: str) -> str:
        if _ODD.search(place) or not self._is_inside(place.rpartition("/")[0]):
            return f"its path {place!r} leads out of the prefix"
        if KEPT_FOR_US.fullmatch(place) or _OF_CONDA.fullmatch(place):
            return f"its path {place!r} is not a wheel's to write"
        about = _ABOUT.fullmatch(place.removeprefix(self._library))
        if about and _normal(about["name"]) != _normal(stem):
            return f"it brings {about.group()!r}, which is of another project or version"
        return ""

    def _is_inside(self, folder: str) -> bool:
        if folder not in self._inside:
            self._inside[folder] = (self._prefix / folder).resolve().is_relative_to(self._prefix.resolve())
        return self._inside[folder]

    def _overwritten(self, place: str, archive: zipfile.ZipFile, name: str) -> str:
        """Tell a file of conda's that python, a shell or a tool finds; one of the same content may be in both."""
        if place not in self._owned or not contents.counts(place) or _sha256(archive, name) == self._owned[place]:
            return ""
        return f"it would write over {place}, which is of a package of conda's"


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    """Return the hash of a member; empty for a program that is made from an entry point."""
    return hashlib.sha256(archive.read(name)).hexdigest() if name else ""


def _places(archive: zipfile.ZipFile, library: str) -> Iterator[tuple[str, str]]:
    """Yield the members of a wheel and where each goes; programs that are made of entry points have no member."""
    schemes = {"data": "", "scripts": _PROGRAMS, "purelib": library, "platlib": library, "headers": "include/"}
    for name in archive.namelist():
        first, _, rest = name.partition("/")
        scheme, _, inner = rest.partition("/")
        if name.endswith("/"):
            continue
        if first.endswith(".data") and scheme in schemes:
            yield name, f"{schemes[scheme]}{inner}"
        else:
            yield name, f"{library}{name}"
        if re.fullmatch(r"[^/]+\.dist-info/entry_points\.txt", name):
            yield from (("", f"{_PROGRAMS}{program}") for program in _programs(archive.read(name).decode()))


class _Points(ConfigParser):
    """Reads entry points (PyPA specifications, entry points): names keep their case."""

    def __init__(self) -> None:
        super().__init__(delimiters=("=",), interpolation=None, strict=False)

    def optionxform(self, optionstr: str) -> str:
        """Return a name as it is."""
        return optionstr


def _programs(text: str) -> Iterator[str]:
    points = _Points()
    points.read_string(text)
    yield from (name for kind in ("console_scripts", "gui_scripts") if kind in points for name in points[kind])


def _normal(stem: str) -> str:
    """Return what names of one project and version have in common."""
    name, _, version = stem.partition("-")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}-{version.replace('_', '+').lower()}"
