"""The packages of a ``conda-lock.yml`` in the one form that mixlock writes, without a YAML library in between.

Thousands of packages are verified on a commit, and PyYAML takes a third of a millisecond for each. What mixlock
writes is one fixed form of PyYAML's, with plain or single-quoted scalars of ASCII on one line: that is read and
written here in a tenth of the time. Anything else, in any place, is None, and PyYAML's matter. Properties in the
tests hold both to PyYAML.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEADING = "package:\n"
_BEGIN = "- name: "
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_SAFE = "A-Za-z0-9_./+=@~,<>!*()^|%&-"
_FIRST = "A-Za-z0-9_/=<~"
_PLAIN = re.compile(rf"[{_FIRST}][{_SAFE}]*(?:[ :][{_SAFE}]+)*")
"""What stands unquoted wherever it stands, if it is not taken for a number, a date or the like."""
_TYPED = {
    first: tuple(pattern for _tag, pattern in (*_RESOLVERS.get(first, ()), *_RESOLVERS.get(None, ())))
    for first in map(chr, range(ord("!"), ord("~") + 1))
    if first in _RESOLVERS or None in _RESOLVERS
}
"""By first character: what takes a text for another type."""
_QUOTED = re.compile(r"'(?:[ -&(-~]|'')*'")
_SCALAR = rf"(?:[{_FIRST}][!-~]*(?: [!-~]+)*|{_QUOTED.pattern})"
_ENTRY = re.compile(
    rf"({_SCALAR})\n"
    rf"  version: ({_SCALAR})\n"
    r"  manager: (conda|pip)\n"
    rf"  platform: ({_SCALAR})\n"
    rf"  dependencies:(?: \{{\}}\n|\n((?:    {_SCALAR}: {_SCALAR}\n)+))"
    rf"  url: ({_SCALAR})\n"
    rf"  hash:\n(?:    md5: ({_SCALAR})\n)?(?:    sha256: ({_SCALAR})\n)?"
    rf"  category: ({_SCALAR})\n"
    r"  optional: (true|false)"
)
_LONGEST_KEY, _LONGEST = 100, 1000
"""PyYAML writes longer keys in another form, and breaks longer lines."""
_KEPT = 1 << 13
"""Entries that are remembered: locks of one repository share most of theirs, and so do two versions of one lock."""


class _OtherFormError(ValueError):
    """Something stands there that is PyYAML's matter."""


def parse(text: str) -> tuple[LockedPackage, ...] | None:
    """Parse what stands below ``package:``; None where anything of it has another form than mixlock writes."""
    if not text.startswith(_BEGIN) or not text.endswith("\n"):
        return None
    try:
        return tuple(map(_package, text[len(_BEGIN) : -1].split(f"\n{_BEGIN}")))
    except _OtherFormError:
        return None


@lru_cache(maxsize=_KEPT)
def _package(entry: str) -> LockedPackage:
    """Parse an entry, from its name to before its last line's end; equal texts are one value.

    Raises:
        _OtherFormError: it has another form.
    """
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise _OtherFormError
    name, version, manager, platform, dependencies, url, md5, sha256, category, optional = found.groups()
    return LockedPackage(
        name=_value(name),
        version=_value(version),
        manager=_MANAGERS[manager],
        platform=Subdir(_value(platform)),
        dependencies=_dependencies(dependencies) if dependencies else {},
        url=_unquoted(url),
        md5=_unquoted(md5) if md5 else "",
        sha256=_unquoted(sha256) if sha256 else "",
        category=_value(category),
        optional=optional == "true",
    )


_MANAGERS = {manager.value: manager for manager in Manager}


@lru_cache(maxsize=_KEPT)
def _dependencies(text: str) -> dict[str, str]:
    lines = [line[4:].partition(": ") for line in text.splitlines()]
    found = {_value(name): _value(constraint) for name, _colon, constraint in lines}
    if len(found) < len(lines):
        raise _OtherFormError
    return found


def _unquoted(scalar: str) -> str:
    """Return the text that a scalar stands for.

    Raises:
        _OtherFormError: it may be no text.
    """
    if _is_plain(scalar):
        return scalar
    if not _QUOTED.fullmatch(scalar):
        raise _OtherFormError
    return scalar[1:-1].replace("''", "'")


_value = lru_cache(maxsize=1 << 14)(_unquoted)


@lru_cache(maxsize=_KEPT)
def _is_plain(text: str) -> bool:
    """Return whether a text stands unquoted: nothing in it is YAML's, and nothing takes it for another type."""
    if not _PLAIN.fullmatch(text):
        return False
    return not any([pattern.match(text) for pattern in _TYPED.get(text[0], ())])  # noqa: C419 - a list is made faster


class _Rendered:
    """Entries by the very packages that they were rendered from, which a cache of parsed entries hands out again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[LockedPackage, str]] = {}

    def entry(self, package: LockedPackage) -> str:
        """Return a package's entry; see ``_entry``."""
        known = self._known.get(id(package))
        if known is not None:
            return known[1]
        entry = _entry(package)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[id(package)] = package, entry
        return entry


_rendered = _Rendered()


def render(packages: Iterable[LockedPackage]) -> str | None:
    """Render packages in their order, with ``package:`` above; None where there are none, or one takes PyYAML."""
    try:
        entries = "".join(map(_rendered.entry, packages))
    except _OtherFormError:
        return None
    return HEADING + entries if entries else None


def _entry(package: LockedPackage) -> str:
    hashes = {name: value for name, value in (("md5", package.md5), ("sha256", package.sha256)) if value}
    return (
        f"{_BEGIN}{_scalar(package.name)}\n"
        f"  version: {_scalar(package.version)}\n"
        f"  manager: {package.manager.value}\n"
        f"  platform: {_scalar(package.platform)}\n"
        f"  dependencies:{_needs(tuple(sorted(package.dependencies.items())))}"
        f"  url: {_written(package.url)}\n"
        f"  hash:{_table(tuple(hashes.items()), _written)}"
        f"  category: {_scalar(package.category)}\n"
        f"  optional: {'true' if package.optional else 'false'}\n"
    )


@lru_cache(maxsize=_KEPT)
def _needs(dependencies: tuple[tuple[str, str], ...]) -> str:
    return _table(dependencies, _scalar)


def _table(rows: tuple[tuple[str, str], ...], written: Callable[[str], str]) -> str:
    if not rows:
        return " {}\n"
    if any(len(name) > _LONGEST_KEY for name, _value in rows):
        raise _OtherFormError
    return "\n" + "".join([f"    {_scalar(name)}: {written(value)}\n" for name, value in rows])


def _written(text: str) -> str:
    """Return a text as PyYAML writes it.

    Raises:
        _OtherFormError: it takes more than a line, or another form where it stands.
    """
    if len(text) > _LONGEST:
        raise _OtherFormError
    if _is_plain(text):
        return text
    if not (text.isascii() and text.isprintable()):
        raise _OtherFormError
    dumped = str(yaml.dump(text, Dumper=_DUMPER, allow_unicode=True, width=4 * _LONGEST))
    return dumped.removesuffix("\n...\n").rstrip("\n")


_scalar = lru_cache(maxsize=1 << 14)(_written)
