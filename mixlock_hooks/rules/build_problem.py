"""From a build that failed to the problem a user can mend: what its last words mean, and the way out (MIX4xx)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan

_ADDED = "add what it needs to the configuration: [tool.mixlock.extra-build-requires] {name} = [{needs}]"
_SIGNS = (
    (
        re.compile(r"use_2to3 is invalid"),
        "it is written for a setuptools older than 58",
        _ADDED.replace("{needs}", '"setuptools<58"'),
    ),
    (
        re.compile(r"No module named '?pkg_resources|cannot import name '?\w+'? from 'pkg_resources"),
        "it uses pkg_resources, which setuptools no longer has",
        _ADDED.replace("{needs}", '"setuptools<81"'),
    ),
    (
        re.compile(r"(?:setuptools\.extern\.)?packaging\.version\.InvalidVersion|InvalidVersion: "),
        "its version is not PEP 440, which setuptools refuses since 66",
        _ADDED.replace("{needs}", '"setuptools<66"'),
    ),
    (
        re.compile(r"module 'pkgutil' has no attribute 'ImpImporter'|No module named '?(?:distutils|imp)\b"),
        "it is written for a python older than {python}",
        "lock a newer version of it, or an older python",
    ),
    (
        re.compile(r"No module named '?(?P<module>[\w.]+)"),
        "its build needs `{module}` and does not say so",
        _ADDED.replace("{needs}", '"{module}"'),
    ),
    (
        re.compile(
            r"(?:command|compiler) '?(?P<tool>[\w./+\-]+)'? (?:failed: No such file|not found)"
            r"|error: command '(?P<command>[^']+)' failed: No such file"
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
        re.compile(r"Permission denied: '(?P<path>[^']+)'|PermissionError"),
        "its build wants to write outside of its own folder",
        "lock a version with a wheel; a build may write nowhere else",
    ),
)
_LAST_LINES = 12


def failed(plan: WheelPlan, said: str, words: str = "") -> Problem:
    """Return the problem of a build that failed.

    Args:
        plan: what was built.
        said: the end of what the build wrote.
        words: why it failed, where that is known better than from what it wrote.
    """
    claim, hint = (words, "lock another version of it, or a wheel") if words else _meaning(plan, said)
    last = [line for line in said.splitlines() if line.strip()][-_LAST_LINES:]
    return _problem(plan, "MIX403", f"cannot be built: {claim}", hint, "\n".join(last))


def _meaning(plan: WheelPlan, said: str) -> tuple[str, str]:
    for pattern, claim, hint in _SIGNS:
        found = pattern.search(said)
        if found:
            named = {name: value or "" for name, value in found.groupdict().items()}
            known = {"name": plan.package.name, "python": plan.python, **named}
            known["module"] = known.get("module", "").partition(".")[0]
            return claim.format(**known), hint.format(**known)
    return "its build failed", "its last words stand above; --verbose shows where the whole log is kept"


def unsafe(plan: WheelPlan, words: str) -> Problem:
    """Return the problem of an sdist that is not unpacked."""
    return _problem(
        plan, "MIX403", f"is not unpacked: {words}", "lock another version of it, and tell its maintainers"
    )


def no_python(plan: WheelPlan) -> Problem:
    """Return the problem of a machine without the python of the environment."""
    claim = f"needs python {plan.python} to be built, which is neither here nor can be fetched"
    hint = (
        f"install it (`uv python install {plan.python}`, or a system package), or run where the channel is reachable"
    )
    return _problem(plan, "MIX403", claim, hint)


def not_allowed(plan: WheelPlan) -> Problem:
    """Return the problem of a wheel that is nowhere to be had, and may not be built."""
    hint = "run `mixlock wheelhouse` (or `nox -s wheelhouse`) where builds are allowed, or name a shared --cache"
    return _problem(plan, "MIX402", "has no wheel in the cache, and may not be built here", hint)


def differs(plan: WheelPlan, recorded: BuiltWheel, built: BuiltWheel) -> Problem:
    """Return the problem of a wheel that is not the recorded one."""
    claim = f"built here is {built.file} with sha256 {built.sha256[:16]}…, recorded is {recorded.sha256[:16]}…"
    hint = "fetch the recorded wheel from a shared --cache, or record this one with --force"
    return _problem(plan, "MIX401", claim, hint)


def not_reproducible(plan: WheelPlan, members: Iterable[str]) -> Problem:
    """Return the problem of a build that gives another wheel each time."""
    claim = f"built twice gives two wheels; they differ in {', '.join(members) or 'their order or dates'}"
    return _problem(plan, "MIX401", claim, "share the one wheel with --cache, so that nobody builds another")


def unfit(plan: WheelPlan, platforms: Iterable[str], built: BuiltWheel) -> Problem:
    """Return the problem of a wheel that does not suit a target."""
    claim = f"was built as {built.file}, which does not fit {', '.join(platforms)}"
    hint = "run `mixlock wheelhouse` on that platform; what is recorded for others stays"
    return _problem(plan, "MIX404", claim, hint)


def _problem(plan: WheelPlan, code: str, claim: str, hint: str, detail: str = "") -> Problem:
    package = plan.package
    return Problem(
        code=code,
        place=plan.place,
        claim=f"`{package.name}` {package.version} {claim}",
        hint=hint,
        detail=detail,
        environment=plan.environment,
        platform=plan.targets[0].platform,
    )
