"""``pixi.lock``, versions 4 to 7: the packages of each environment and platform, as far as a lock can hold them.

The packages stand once, by their URL, which environments name. From version 6 on, name and version of a conda
package are those of its file; from version 7 on, platforms have names of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yaml
from packaging.requirements import Requirement

from mixlock_hooks.formats import plain_yaml
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import ForeignPackage
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.target import is_decidable
from mixlock_hooks.model.urls import has_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.model.place import Place

VERSIONS = (4, 5, 6, 7)
_CONDA_FILE = re.compile(r"(?P<name>[\w.\-]+)-(?P<version>[^-/]+)-(?P<build>[^-/]+)\.(?:conda|tar\.bz2)")
_CONDITION = re.compile(r"\[.*")
_REMOTE = re.compile(r"https?://\S+")
_READ = frozenset(
    {
        *("conda", "pypi", "kind", "name", "version", "build", "build_number", "subdir", "url", "md5", "sha256"),
        *("depends", "requires_dist"),
    }
)
_OF_THE_FILE = frozenset(
    {
        *("arch", "constrains", "features", "file_name", "index", "legacy_bz2_md5", "legacy_bz2_size", "license"),
        *("license_family", "noarch", "platform", "purls", "python_site_packages_path", "requires_python"),
        *("run_exports", "size", "timestamp", "track_features", "channel", "editable", "experimental_extra_depends"),
        *("extra_depends", "flags"),
    }
)
"""What is said of a file and is no part of a lock of conda-lock's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiLock:
    """What a lock holds: packages by environment and by the platform's name there, and the subdirs of those names."""

    environments: Mapping[str, Mapping[str, tuple[ForeignPackage, ...]]] = field(default_factory=dict)
    subdirs: Mapping[str, Subdir] = field(default_factory=dict)


def parse(content: bytes, path: str) -> tuple[PixiLock, tuple[Problem, ...]]:
    """Parse a lock.

    Returns:
        What it holds, and what of it no lock of mixlock's can.
    """
    try:
        document: Any = plain_yaml.load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        mark = getattr(error, "problem_mark", None)
        place = at(path, mark.line + 1, mark.column + 1) if mark else at(path)
        return PixiLock(), (_unreadable(place, f"not YAML that can be read: {why}"),)
    reading = _Reading(content, path)
    try:
        return reading.lock(document), tuple(reading.problems.values())
    except _NotALockError as error:
        return PixiLock(), (_unreadable(at(path), f"not a pixi.lock: {error}"),)


def _unreadable(place: Place, claim: str) -> Problem:
    return Problem(code=Code.UNREADABLE, place=place, claim=claim, hint="`pixi lock` writes it anew")


class _NotALockError(ValueError):
    """The document has not the form of a lock."""


def _typed(value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind):
        raise _NotALockError(f"{what} is missing or of another type")
    return value


def _lines(table: Mapping[str, Any], key: str, what: str) -> tuple[str, ...]:
    """Return a list of texts, each on one line."""
    found = tuple(_typed(table.get(key) or [], list, f"`{key}` of {what}"))
    if not all(isinstance(each, str) and each.strip() and each.isprintable() for each in found):
        raise _NotALockError(f"`{key}` of {what} holds what is not text")
    return found


def _text(table: Mapping[str, Any], key: str, what: str) -> str:
    value = table.get(key) or ""
    if not isinstance(value, str) or not value.isprintable():
        raise _NotALockError(f"`{key}` of {what} is not text")
    return value


def _joined(first: str, second: str) -> str:
    """Join two constraints on one package: both versions, and the build that either has."""
    (version, _space, build), (other, _space, other_build) = first.partition(" "), second.partition(" ")
    versions = ",".join(dict.fromkeys(each for each in (version, other) if each not in {"", "*"}))
    return f"{versions or '*'} {build or other_build}".strip() if build or other_build else versions


def _is_requirement(text: str) -> bool:
    """Return whether a text is a requirement, whose marker somebody can judge: ``os_name ~= 'posix'`` nobody can."""
    try:
        marker = Requirement(text).marker
        return marker is None or is_decidable(marker)
    except ValueError:
        return False


class _Reading:
    """One reading of one lock."""

    def __init__(self, content: bytes, path: str) -> None:
        self._content = content
        self._path = path
        self.problems: dict[str, Problem] = {}

    def lock(self, document: Any) -> PixiLock:
        """Read the document.

        Raises:
            _NotALockError: it has another form.
        """
        version = _typed(document, dict, "a table").get("version")
        if type(version) is not int or version not in VERSIONS:
            named = version if isinstance(version, int) else "no number"
            raise _NotALockError(f"its version is {named}; known are {', '.join(map(str, VERSIONS))}")
        packages = {}
        for raw in _typed(document.get("packages") or [], list, "`packages`"):
            url = self._url(_typed(raw, dict, "an item of `packages`"))
            packages[url] = raw
        subdirs = dict(self._subdirs(document.get("platforms") or []))
        environments = _typed(document.get("environments") or {}, dict, "`environments`")
        return PixiLock(
            environments={
                str(name): dict(self._environment(raw, packages, subdirs)) for name, raw in environments.items()
            },
            subdirs=subdirs,
        )

    def _subdirs(self, platforms: Any) -> Iterator[tuple[str, Subdir]]:
        for raw in _typed(platforms, list, "`platforms`"):
            table = _typed(raw, dict, "an item of `platforms`")
            name = _text(table, "name", "a platform")
            yield name, Subdir(_text(table, "subdir", "a platform") or name)

    def _url(self, raw: Mapping[str, Any]) -> str:
        """Return by what a package is named: its URL, or a path."""
        kind = next((kind for kind in ("conda", "pypi", "url", "path") if isinstance(raw.get(kind), str)), "")
        return _text(raw, kind, "a package") if kind else ""

    def _environment(
        self, raw: Any, packages: Mapping[str, Any], subdirs: Mapping[str, Subdir]
    ) -> Iterator[tuple[str, tuple[ForeignPackage, ...]]]:
        found = _typed(_typed(raw, dict, "an environment").get("packages") or {}, dict, "`packages`")
        for name, listed in found.items():
            subdir = subdirs.get(str(name), Subdir(str(name)))
            items = (_typed(item, dict, "a package") for item in _typed(listed, list, "`packages` of a platform"))
            made = (self._package(item, packages, subdir) for item in items)
            yield str(name), tuple(package for package in made if package)

    def _package(
        self, item: Mapping[str, Any], packages: Mapping[str, Any], platform: Subdir
    ) -> ForeignPackage | None:
        """Return a package that an environment names; None where no lock can hold it, which is told once."""
        url = self._url(item)
        raw = packages.get(url)
        if raw is None or not _REMOTE.fullmatch(url):
            why = "stands in no list of packages" if raw is None else "is not from a channel or an index"
            self._tell(url, f"`{url or next(iter(item), '')}` {why}: not taken over")
            return None
        if has_secret(url):
            self._tell(url, f"`{url}` holds a secret: not taken over")
            return None
        for key in raw.keys() - _READ - _OF_THE_FILE:
            self._tell(f"{key}:", f"`{key}` of a package does not map: mixlock does not know it")
        is_conda = "conda" in raw or raw.get("kind") == "conda"
        return self._conda(raw, url, platform) if is_conda else self._pypi(raw, url, platform)

    def _conda(self, raw: Mapping[str, Any], url: str, platform: Subdir) -> ForeignPackage | None:
        file = _CONDA_FILE.fullmatch(unquote(url.rpartition("/")[2]))
        if file is None:
            self._tell(url, f"`{url}` is named like no conda package: not taken over")
            return None
        dependencies: dict[str, str] = {}
        for need in _lines(raw, "depends", url):
            name, constraint = self._need(need)
            dependencies[name] = _joined(dependencies[name], constraint) if name in dependencies else constraint
        package = LockedPackage(
            name=file["name"],
            version=file["version"],
            manager=Manager.CONDA,
            platform=platform,
            dependencies=dependencies,
            url=url,
            md5=_text(raw, "md5", url),
            sha256=_text(raw, "sha256", url),
        )
        return ForeignPackage(package=package)

    def _need(self, text: str) -> tuple[str, str]:
        """Take what a conda package needs apart; a condition (CEP 43 to 45) is told, and not kept."""
        bare = _CONDITION.sub("", text)
        if bare != text:
            self._tell(text, f"`{text}` has a condition, which conda-lock.yml cannot say")
        name, _space, constraint = bare.strip().partition(" ")
        return name.rpartition("::")[2], constraint.strip()

    def _pypi(self, raw: Mapping[str, Any], url: str, platform: Subdir) -> ForeignPackage | None:
        name, version = _text(raw, "name", url), _text(raw, "version", url)
        if not name or not version:
            self._tell(url, f"`{url}` has no version: not taken over")
            return None
        requires = _lines(raw, "requires_dist", url)
        for each in requires:
            if not _is_requirement(each):
                self._tell(each, f"`{each}`, which `{name}` needs, is not a requirement of PEP 508")
        requires = tuple(filter(_is_requirement, requires))
        package = LockedPackage(
            name=name,
            version=version,
            manager=Manager.PIP,
            platform=platform,
            dependencies={},
            url=url.partition("#")[0],
            sha256=_text(raw, "sha256", url),
        )
        return ForeignPackage(package=package, requires=requires)

    def _tell(self, text: str, claim: str) -> None:
        """List what does not map, once, at the line where it is defined, or named."""
        if claim in self.problems:
            return
        where = max(self._content.rfind(text.encode()), 0)
        line = self._content.count(b"\n", 0, where) + 1
        self.problems[claim] = Problem(
            code=Code.UNKNOWN_KEY,
            place=at(self._path, line),
            claim=claim,
            hint="`mixlock drift` says what the lock lacks without it",
            severity=Severity.WARNING,
        )
