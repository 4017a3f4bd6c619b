"""Judge where the files of unpacked conda packages would be linked, before any is: nothing may leave the prefix.

A package names its files in ``info/paths.json`` (``info/files`` in packages of old), and holds links. The library
that links them believes both: it writes to ``up/../../x`` just so, and below a link of another package wherever that
one leads.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Links: TypeAlias = "dict[str, str]"
"""What links lead to, by their paths."""

_SEPARATOR = re.compile(r"[/\\]")
_DRIVE = re.compile(r"[A-Za-z]:")
KEPT_FOR_US = re.compile(
    r"\.mixlock.*|activate\.(sh|fish|ps1)|constraints\.txt|CACHEDIR\.TAG|conda-meta(/history|/[^/]+\.json)?",
    re.IGNORECASE,
)
"""What mixlock and the library write into a prefix: behind a link of that name they would write elsewhere."""
_READ = ("", "/index.json", "/paths.json", "/files", "/link.json", "/has_prefix", "/no_link")
_MOST_HOPS = 40
_MOVED = {
    "site-packages/": ("lib/python{python}/site-packages/", "Lib/site-packages/"),
    "python-scripts/": ("bin/", "Scripts/"),
}
"""Where the files of noarch Python packages go, on POSIX and on Windows."""


class RefusedError(Exception):
    """A package is not what is locked, or is not to be installed; the text says which and why."""


def refuse_escapes(folders: Mapping[str, Path], there: Links, python: str) -> None:
    """Refuse packages of which anything would be linked out of the prefix, or over what is not a package's.

    Args:
        folders: the unpacked packages, by the names of their files.
        there: the links that the prefix has already.
        python: the ``X.Y`` of the prefix's python, where noarch packages are moved to; empty for none.

    Raises:
        RefusedError: there is one.
    """
    links = {file: _spread(links_in(folder), python) for file, folder in folders.items()}
    every = _spread(there, python)
    for of_package in links.values():
        every.update(of_package)
    for file, folder in folders.items():
        places = _Places(every, links[file], python)
        for path, is_folder in _paths(file, folder):
            _judge(file, path, places)
            if not is_folder and not (folder / path).is_symlink() and not (folder / path).is_file():
                raise _wrong(file, f"it does not hold {path!r}, which it names")


def links_in(folder: Path) -> Links:
    """Return every link below a folder."""
    found: Links = {}
    for place, folders, files in os.walk(folder):
        inner = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in (*folders, *files):
            path = os.path.join(place, name)  # noqa: PTH118 - a Path for each file takes three times as long
            if os.path.islink(path):  # noqa: PTH114
                found[name if inner == "." else f"{inner}/{name}"] = os.readlink(path)  # noqa: PTH115
    return found


class _Places:
    """Where paths lead in the prefix that is being made."""

    def __init__(self, links: Links, own: Links, python: str) -> None:
        self._links = links
        self._own = own
        self._python = python
        self._folders: dict[str, bool] = {}

    def leads_out(self, path: str) -> bool:
        """Return whether a path, or one that it is moved to, leaves the prefix."""
        return any(self._leaves(place) for place in _moved(path, self._python))

    def _leaves(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = _follow(folder, self._links)
        over = _key(path) in self._links and _key(path) not in self._own
        return self._folders[folder] or (over and _follow(path, self._links))


def _follow(path: str, links: Links) -> bool:
    """Return whether a path leaves the folder that it begins in, by itself or through links."""
    waiting, place, hops = list(reversed(path.split("/"))), list[str](), 0
    while waiting:
        part = waiting.pop()
        if part == ".." and not place:
            return True
        if part == "..":
            place.pop()
        elif part not in {"", "."}:
            place.append(part)
            target = links.get(_key("/".join(place)))
            if target is not None:
                hops += 1
                if hops > _MOST_HOPS or _SEPARATOR.match(target) or _DRIVE.match(target):
                    return True
                place.pop()
                waiting.extend(reversed(_SEPARATOR.split(target)))
    return False


def _judge(file: str, path: str, places: _Places) -> None:
    parts = _SEPARATOR.split(path.rstrip("/"))
    strange = not set(parts).isdisjoint({"", ".", ".."}) or "\0" in path or _DRIVE.match(path)
    if strange or places.leads_out("/".join(parts) if os.sep == "\\" else path.rstrip("/")):
        raise _wrong(file, f"its path {path!r} leads out of the prefix")
    if KEPT_FOR_US.fullmatch("/".join(parts)):
        raise _wrong(file, f"its path {path!r} is not a package's to write")


def _paths(file: str, folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield each path that a package says it installs, and whether as a folder; judge what else it tells."""
    info = folder / "info"
    if any((folder / f"info{name}").is_symlink() for name in _READ):
        raise _wrong(file, "what it tells of itself is a link")
    try:
        if (info / "paths.json").exists():
            for entry in _table(info / "paths.json")["paths"]:
                if entry["path_type"] != "softlink" and (folder / entry["_path"]).is_symlink():
                    raise _wrong(file, f"{entry['_path']!r} is a link, which it does not say")
                yield entry["_path"], entry["path_type"] == "directory"
        elif (info / "files").exists():  # the library reads it only then
            yield from ((path, (folder / path).is_dir()) for path in (info / "files").read_text("utf-8").splitlines())
        points = (_table(info / "link.json").get("noarch") or {}) if (info / "link.json").exists() else {}
        names = [str(point).partition("=")[0].strip() for point in points.get("entry_points") or ()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(file, "what it tells of itself cannot be read") from error
    odd = next((name for name in names if _SEPARATOR.search(name) or name in {"", ".", ".."}), None)
    if odd is not None:
        raise _wrong(file, f"its entry point {odd!r} leads out of the prefix")


def _wrong(file: str, why: str) -> RefusedError:
    return RefusedError(f"{file}: {why}, so the package itself is wrong")


def _table(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def _moved(path: str, python: str) -> Iterator[str]:
    """Yield a path, and where a noarch package's of that name would be linked."""
    yield path
    for begin, places in _MOVED.items():
        if path.startswith(begin):
            yield from (f"{place.format(python=python)}{path.removeprefix(begin)}" for place in places)


def _spread(links: Links, python: str) -> Links:
    return {_key(place): target for path, target in links.items() for place in _moved(path, python)}


def _key(path: str) -> str:
    """Return what tells a path from others on this system, whose files may be found in any case of letters."""
    return path.casefold() if sys.platform in {"darwin", "win32"} else path
