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
    from collections.abc import Iterable, Mapping

HEADING = "package:\n"
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_SAFE = "A-Za-z0-9_./+=@~,<>!*()^|%&-"
_FIRST = "A-Za-z0-9_/=<~"
_PLAIN = re.compile(rf"[{_FIRST}](?:[{_SAFE}]|[ :](?=[{_SAFE}]))*")
"""What stands unquoted wherever it stands, if it is not taken for a number, a date or the like."""
_QUOTED = re.compile(r"'(?:[ -&(-~]|'')*'")
_SCALAR = rf"(?:[{_FIRST}][!-~]*(?: [!-~]+)*|{_QUOTED.pattern})"
_ENTRY = re.compile(
    rf"- name: (?P<name>{_SCALAR})\n"
    rf"  version: (?P<version>{_SCALAR})\n"
    r"  manager: (?P<manager>conda|pip)\n"
    rf"  platform: (?P<platform>{_SCALAR})\n"
    rf"  dependencies:(?: \{{\}}\n|\n(?P<dependencies>(?:    {_SCALAR}: {_SCALAR}\n)+))"
    rf"  url: (?P<url>{_SCALAR})\n"
    rf"  hash:\n(?:    md5: (?P<md5>{_SCALAR})\n)?(?:    sha256: (?P<sha256>{_SCALAR})\n)?"
    rf"  category: (?P<category>{_SCALAR})\n"
    r"  optional: (?P<optional>true|false)\n"
)
_LONGEST_KEY, _LONGEST = 100, 1000
"""PyYAML writes longer keys in another form, and breaks longer lines."""


class _OtherFormError(ValueError):
    """Something stands there that is PyYAML's matter."""


def parse(text: str) -> tuple[LockedPackage, ...] | None:
    """Parse what stands below ``package:``; None where anything of it has another form than mixlock writes."""
    packages: list[LockedPackage] = []
    at = 0
    try:
        while found := _ENTRY.match(text, at):
            packages.append(_package(found))
            at = found.end()
    except _OtherFormError:
        return None
    return tuple(packages) if packages and at == len(text) else None


def _package(found: re.Match[str]) -> LockedPackage:
    fields = found.groupdict(default="")
    return LockedPackage(
        name=_value(fields["name"]),
        version=_value(fields["version"]),
        manager=Manager(fields["manager"]),
        platform=Subdir(_value(fields["platform"])),
        dependencies=_dependencies(fields["dependencies"]),
        url=_value(fields["url"]),
        md5=_value(fields["md5"]) if fields["md5"] else "",
        sha256=_value(fields["sha256"]) if fields["sha256"] else "",
        category=_value(fields["category"]),
        optional=fields["optional"] == "true",
    )


def _dependencies(text: str) -> dict[str, str]:
    lines = [line.strip(" ").partition(": ") for line in text.splitlines()]
    found = {_value(name): _value(constraint) for name, _colon, constraint in lines}
    if len(found) < len(lines):
        raise _OtherFormError
    return found


@lru_cache(maxsize=1 << 14)
def _value(scalar: str) -> str:
    """Return the text that a scalar stands for.

    Raises:
        _OtherFormError: it may be no text.
    """
    if _QUOTED.fullmatch(scalar):
        return scalar[1:-1].replace("''", "'")
    if not _is_plain(scalar):
        raise _OtherFormError
    return scalar


def _is_plain(text: str) -> bool:
    """Return whether a text stands unquoted: nothing in it is YAML's, and nothing takes it for another type."""
    if not _PLAIN.fullmatch(text):
        return False
    resolvers = (*_RESOLVERS.get(text[0], ()), *_RESOLVERS.get(None, ()))
    return not any(pattern.match(text) for _tag, pattern in resolvers)


def render(packages: Iterable[LockedPackage]) -> str | None:
    """Render packages in their order, with ``package:`` above; None where there are none, or one takes PyYAML."""
    try:
        entries = "".join(map(_entry, packages))
    except _OtherFormError:
        return None
    return HEADING + entries if entries else None


def _entry(package: LockedPackage) -> str:
    hashes = {name: value for name, value in (("md5", package.md5), ("sha256", package.sha256)) if value}
    return (
        f"- name: {_scalar(package.name)}\n"
        f"  version: {_scalar(package.version)}\n"
        f"  manager: {package.manager.value}\n"
        f"  platform: {_scalar(package.platform)}\n"
        f"  dependencies:{_table(dict(sorted(package.dependencies.items())))}"
        f"  url: {_scalar(package.url)}\n"
        f"  hash:{_table(hashes)}"
        f"  category: {_scalar(package.category)}\n"
        f"  optional: {'true' if package.optional else 'false'}\n"
    )


def _table(table: Mapping[str, str]) -> str:
    if not table:
        return " {}\n"
    if any(len(name) > _LONGEST_KEY for name in table):
        raise _OtherFormError
    return "\n" + "".join(f"    {_scalar(name)}: {_scalar(value)}\n" for name, value in table.items())


@lru_cache(maxsize=1 << 14)
def _scalar(text: str) -> str:
    """Return a text as PyYAML writes it.

    Raises:
        _OtherFormError: it takes more than a line, or another form where it stands.
    """
    if len(text) > _LONGEST or not (text.isascii() and text.isprintable()):
        raise _OtherFormError
    if _is_plain(text):
        return text
    dumped = str(yaml.dump(text, Dumper=_DUMPER, allow_unicode=True, width=4 * _LONGEST))
    return dumped.removesuffix("\n...\n").rstrip("\n")
