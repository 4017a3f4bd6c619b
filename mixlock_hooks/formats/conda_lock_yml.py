"""``conda-lock.yml``, conda-lock's unified format, version 1 (CEP 37), with mixlock's facts as custom metadata."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from packaging.version import InvalidVersion, Version

from mixlock_hooks.formats import lock_packages, plain_yaml
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.stamp import Making

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DUMPER: Any = type("_Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {})
"""PyYAML's dumper with texts of several lines as blocks, so that a line of a text is a line of the file."""
_DUMPER.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)

_SOURCES = re.compile(rb"^  sources:\r?\n(?P<items>(?: *- [^\n]+\n)+)", re.MULTILINE)
_ENTRY = re.compile(
    rb"^(?:- | +)name: (?P<name>[^\r\n]+?)\r?$(?:\n  version: [^\n]*\n  manager: (?P<manager>\w+)\r?$)?",
    re.MULTILINE,
)
_SEVERAL = re.compile(rb"^(?:---|\.\.\.|%)", re.MULTILINE)
"""What begins or ends a document of YAML: there may be more than one."""
_HEAD = 65536
"""Bytes of a lock in which its metadata stand."""
_HEADER = """\
# This lock file was made by mixlock through conda-lock. Do not edit: `mixlock drift` would tell.
#
# Install it with one of:
#     conda-lock install --name NAME conda-lock.yml
#     micromamba create --name NAME --file conda-lock.yml
# Renew it with `mixlock lock` after a change of its source.
"""


class _NotTextError(TypeError):
    """A value is not text, or text that would do something to a terminal or a report."""


class _UnknownVersionError(ValueError):
    """The document is of a version of the format that is not known."""


class NotALockfileError(ValueError):
    """The text is not a ``conda-lock.yml`` of version 1."""


def parse(content: bytes) -> Lockfile:
    """Parse a lockfile of version 1, whoever wrote it.

    Raises:
        NotALockfileError: it is not YAML, of another version, or lacks what every lockfile has.
    """
    try:
        document: Any = _of_mixlocks_form(content) or plain_yaml.load(content)
    except yaml.YAMLError as error:
        raise NotALockfileError(f"not YAML: {getattr(error, 'problem', None) or error}") from error
    except (ValueError, RecursionError) as error:  # a date such as 2026-13-45, nesting without end
        raise NotALockfileError(f"not YAML that can be read: {error}") from error
    try:
        return _lockfile(document)
    except KeyError as error:
        raise NotALockfileError(f"not a conda-lock.yml: {error} is missing") from error
    except _UnknownVersionError as error:
        raise NotALockfileError(str(error)) from error
    except (_NotTextError, ValueError) as error:
        raise NotALockfileError(f"not a conda-lock.yml: {error}") from error
    except (AttributeError, TypeError) as error:
        raise NotALockfileError("not a conda-lock.yml: a value stands where a table or a list is expected") from error


def _of_mixlocks_form(content: bytes) -> dict[str, Any] | None:
    """Return a document whose packages are parsed, if they stand at its end in the form that mixlock writes."""
    head, found, body = content.partition(f"\n{lock_packages.HEADING}".encode())
    try:
        packages = lock_packages.parse(body.decode("ascii")) if found and not _SEVERAL.search(head) else None
        document = plain_yaml.load(head) if packages else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return {**document, "package": packages} if isinstance(document, dict) and "package" not in document else None


def _lockfile(document: Mapping[str, Any]) -> Lockfile:
    version = document["version"]
    if version != 1:
        raise _UnknownVersionError(f"version {version!r} of conda-lock's format is not known; 1 is")
    metadata = document["metadata"]
    facts = _facts(metadata.get("custom_metadata"))
    platforms = tuple(Subdir(_text(platform)) for platform in metadata["platforms"])
    return Lockfile(
        packages=tuple(map(_judged, document["package"])),
        channels=tuple(_channel(channel) for channel in metadata["channels"]),
        platforms=platforms,
        content_hash=_texts(metadata["content_hash"]),
        facts=facts,
        sources=len(metadata.get("sources") or ()),
        making=_making(facts, platforms),
    )


def _judged(raw: Any) -> LockedPackage:
    """Return a package whose name, version and URL are such: whatever reads the lock counts on it.

    Raises:
        ValueError: one of them is none.
    """
    package = raw if isinstance(raw, LockedPackage) else _package(raw)
    if package.manager is Manager.PIP:
        _judge_project(package.name, package.version)
    if not package.url.isascii() or "[" in package.url or "]" in package.url:
        urlsplit(package.url)
    return package


@lru_cache(maxsize=1 << 13)
def _judge_project(name: str, version: str) -> None:
    pypi_name(name)
    try:
        Version(version)
    except InvalidVersion as error:
        raise ValueError(f"{version!r} is the version of no PyPI project") from error


def _channel(channel: Any) -> str:
    return channel if isinstance(channel, str) else _text(channel["url"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _NotTextError(f"{value!r} stands where text is expected")
    if not value.isprintable():
        raise _NotTextError(f"{value!r} holds what nobody can read")
    return value


def _texts(table: Any) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in dict(table or {}).items()}


def _facts(table: Any) -> dict[str, str]:
    """Return custom metadata, whose texts may be of several lines."""
    facts = {_text(name): value for name, value in dict(table or {}).items()}
    for value in facts.values():
        for line in value.split("\n") if isinstance(value, str) else [value]:
            _text(line)
    return facts


def _making(facts: Mapping[str, str], platforms: Iterable[Subdir]) -> Making:
    """Return how a lock was made as an older mixlock recorded it, among its facts."""
    cutoffs = {platform: facts.get(f"mixlock.{platform}.cutoff", "") for platform in platforms}
    return Making(
        engine=facts.get("mixlock.engine", ""),
        name_map=facts.get("mixlock.name-map", ""),
        cutoffs={platform: cutoff for platform, cutoff in cutoffs.items() if cutoff},
    )


def _package(raw: Mapping[str, Any]) -> LockedPackage:
    return LockedPackage(
        name=_text(raw["name"]),
        version=_text(raw["version"]),
        manager=Manager(raw["manager"]),
        platform=Subdir(_text(raw["platform"])),
        dependencies=_texts(raw.get("dependencies")),
        url=_text(raw["url"]),
        md5=_text(raw["hash"].get("md5") or ""),
        sha256=_text(raw["hash"].get("sha256") or ""),
        category=_text(raw.get("category", "main")),
        optional=bool(raw.get("optional", False)),
    )


def source_of(content: bytes) -> str:
    """Return the spec that a lock says it was made from, relative to the lock's folder; empty where it says none."""
    return next(iter(sources_of(content)), "")


def sources_of(content: bytes) -> tuple[str, ...]:
    """Return the specs that a lock says it was made from, relative to the lock's folder."""
    found = _SOURCES.search(content[:_HEAD])
    try:
        sources = plain_yaml.load(found["items"]) if found else []
    except (yaml.YAMLError, ValueError):
        return ()
    return tuple(source for source in sources if isinstance(source, str))


def with_sources(content: bytes, sources: Sequence[str]) -> bytes:
    """Return a lock, whoever wrote it, that names other specs as its sources, and is the same byte for byte else."""
    items = yaml.dump(list(sources), Dumper=_DUMPER, allow_unicode=True, width=4096)
    lines = "".join(f"  {line}\n" for line in items.splitlines()).encode()
    found = _SOURCES.search(content[:_HEAD])
    return content[: found.start("items")] + lines + content[found.end("items") :] if found else content


def package_lines(content: bytes) -> dict[tuple[str, str], int]:
    """Return the line (from 1) of each package, by name and manager, and by name alone for odd forms."""
    found: dict[tuple[str, str], int] = {}
    line, at_byte = 1, 0
    for match in _ENTRY.finditer(content):
        line += content.count(b"\n", at_byte, match.start())
        at_byte = match.start()
        name, manager = match["name"].decode("utf-8", "replace").strip("'\""), (match["manager"] or b"").decode()
        found.setdefault((name, manager), line)
        found.setdefault((name, ""), line)
    return found


def render(lockfile: Lockfile, source: str) -> bytes:
    """Render a lockfile; equal values give equal bytes.

    Args:
        lockfile: what to render; packages come out sorted by manager, name and platform.
        source: the spec's path relative to the lockfile's folder.
    """
    document = {
        "version": 1,
        "metadata": {
            "content_hash": dict(sorted(lockfile.content_hash.items())),
            "channels": [{"url": channel, "used_env_vars": []} for channel in lockfile.channels],
            "platforms": sorted(lockfile.platforms),
            "sources": [source],
            "custom_metadata": dict(sorted(lockfile.facts.items())),
        },
    }
    packages = in_order(lockfile.packages)
    entries = lock_packages.render(packages) or _dumped({"package": [_raw_package(package) for package in packages]})
    return (_HEADER + _dumped(document) + entries).encode()


def _dumped(document: Mapping[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=4096))


def in_order(packages: tuple[LockedPackage, ...]) -> tuple[LockedPackage, ...]:
    """Return packages sorted by manager, name and platform, as conda-lock does."""
    return tuple(sorted(packages, key=lambda package: (package.manager.value, package.name, package.platform)))


def _raw_package(package: LockedPackage) -> dict[str, Any]:
    hashes = {"md5": package.md5, "sha256": package.sha256}
    return {
        "name": package.name,
        "version": package.version,
        "manager": package.manager.value,
        "platform": package.platform,
        "dependencies": dict(sorted(package.dependencies.items())),
        "url": package.url,
        "hash": {name: value for name, value in hashes.items() if value},
        "category": package.category,
        "optional": package.optional,
    }
