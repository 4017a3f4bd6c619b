"""What the last words of a failed build mean, and the way out, as far as they can be known by sight."""

from __future__ import annotations

import re


def _adding(needs: str) -> str:
    """Return the way out of a build that lacks something: what to write into the configuration."""
    return f"add what it needs to the configuration: extra-build-requires.{{name}} = [{needs}]"


_SIGNS = (
    (
        re.compile(r"use_2to3 is invalid"),
        "it is written for a setuptools older than 58",
        _adding('"setuptools<58"'),
    ),
    (
        re.compile(r"No module named '?pkg_resources|cannot import name '?\w+'? from 'pkg_resources"),
        "it uses pkg_resources, which setuptools no longer has",
        _adding('"setuptools<81"'),
    ),
    (
        re.compile(r"(?:setuptools\.extern\.)?packaging\.version\.InvalidVersion|InvalidVersion: "),
        "its version is not PEP 440, which setuptools refuses since 66",
        _adding('"setuptools<66"'),
    ),
    (
        re.compile(r"No module named '?distutils\.msvccompiler"),
        "it uses numpy.distutils, which no setuptools since 74 goes with",
        _adding('"setuptools<65"'),
    ),
    (
        re.compile(
            r"module 'pkgutil' has no attribute 'ImpImporter'|No module named '?(?:distutils|imp)\b|longintrepr\.h"
        ),
        "it is written for a python older than {python}",
        "lock a newer version of it, or an older python",
    ),
    (
        re.compile(r"cython_sources|Cython\.Compiler\.Errors\.CompileError"),
        "it is written for a Cython older than 3",
        _adding('"cython<3"'),
    ),
    (
        re.compile(r"No module named '?(?P<module>[\w.]+)"),
        "its build needs `{module}` and does not say so",
        _adding('"{module}"'),
    ),
    (
        re.compile(
            r"(?:command|compiler) '?(?P<tool>[\w./+\-]+)'? (?:failed: No such file|not found)"
            r"|error: command '(?P<command>[^']+)' failed: No such file"
            r"|No such file or directory: '(?:\S*/)?(?P<gone>cc|c\+\+|gcc|g\+\+|clang|clang\+\+|gfortran)'"
            r"|(?P<unable>Unable to find a compiler|[Nn]o C compiler|Unknown compiler)"
            r"|(?P<visual>Microsoft Visual C\+\+ [\d.]+ or greater is required)"
        ),
        "it needs a compiler that is not here",
        "install a C compiler (a system package, or conda-forge's `compilers`), or lock a version with a wheel",
    ),
    (
        re.compile(r"fatal error: (?P<header>\S+): No such file"),
        "it needs the header `{header}`, which is not here",
        "install the library's development files, or take the package from conda",
    ),
    (
        re.compile(
            r"Name or service not known|Temporary failure in name resolution|Network is unreachable"
            r"|Address family not supported by protocol|Could not resolve host"
            r"|Failed to establish a new connection|Cannot connect to proxy|ProxyError|Connection refused"
        ),
        "its build wants the network, which builds do not have",
        "allow it with --allow-network, or lock a version with a wheel",
    ),
    (
        re.compile(r"No space left on device"),
        "there is no space left on the disk",
        "make space, and run it again",
    ),
    (
        re.compile(r"Permission denied: '(?P<path>[^']+)'|PermissionError|Read-only file system|Errno (?:1|13|30)\]"),
        "its build wants to write outside of its own folder",
        "lock a version with a wheel; a build may write nowhere else",
    ),
)


def meaning(said: str, name: str, python: str) -> tuple[str, str] | None:
    """Return what a build's words mean and the way out; None where they are not known.

    Args:
        said: what the build wrote.
        name: the project.
        python: the ``X.Y`` it was built with.
    """
    for pattern, claim, hint in _SIGNS:
        found = pattern.search(said)
        if found:
            named = {key: value or "" for key, value in found.groupdict().items()}
            known = {"name": name, "python": python, **named}
            known["module"] = known.get("module", "").partition(".")[0]
            return claim.format(**known), hint.format(**known)
    return None
