"""Is a lock exactly an answer to what is asked? Judged offline, package by package.

Every request is answered, everything that an answer needs is there and fits, nothing is there that nobody asks for,
everything is hashed and comes from a place that is declared, and no package stands in both managers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.constraint import NotAConstraintError, admits_by_default, satisfies
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.urls import host_of
from mixlock_hooks.rules.constraints import violated
from mixlock_hooks.rules.declared_sources import declared_channels, lies_in, undeclared
from mixlock_hooks.rules.file_names import complaint
from mixlock_hooks.rules.findings import Finding
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.limits import limits_of_wheel
from mixlock_hooks.rules.lock_graph import PYTHON, LockGraph, key_of
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.rules.match_specs import fits_match_spec
from mixlock_hooks.rules.misfit import words_of
from mixlock_hooks.rules.platform_tags import unloadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

_SEEDED = ("pip", "setuptools", "wheel")
"""What conda's own solvers install with python, unasked (``add_pip_as_python_dependency``)."""


def unanswered(spec: PlatformSpec, locked: LockGraph) -> Iterator[Finding]:
    """Yield the requests that no locked package satisfies."""
    for wanted in spec.conda:
        claim = _conda_claim(wanted, locked, spec)
        if claim:
            yield Finding(code=Code.REQUIREMENT, claim=claim, place=wanted.place)
    for asked in applicable(spec.pypi, locked.target(spec)):
        claim = _pypi_claim(asked, locked)
        if claim:
            yield Finding(code=Code.REQUIREMENT, claim=claim, place=asked.place)


def _conda_claim(wanted: CondaRequirement, locked: LockGraph, spec: PlatformSpec) -> str:
    shown = f"conda requirement `{wanted.shown}`"
    shown += ", which the PyPI requirements imply," if wanted.implied else ""
    package = locked.conda.get(wanted.name)
    if package is None:
        return f"{shown} is not in the lock"
    try:
        fits = fits_match_spec(package, wanted.constraint)
    except NotAConstraintError as error:
        return f"{shown} cannot be judged: {error}"
    if not fits:
        return f"{shown} is not satisfied: the lock holds {package.version} {package.build}".rstrip()
    if wanted.channel and not lies_in(package, wanted.channel, spec.platform):
        return f"{shown} is not satisfied: the lock holds it from {host_of(package.url)}"
    return ""


def _pypi_claim(asked: PypiRequirement, locked: LockGraph) -> str:
    shown = f"PyPI requirement `{asked.key}{asked.specifier}`"
    package = locked.of_pypi(asked.name)
    if package is None:
        return f"{shown} is not in the lock"
    if not satisfies(package.version, asked.specifier):
        return f"{shown} is not satisfied: the lock holds {package.version}"
    wanted = {value.partition(":")[2] for value in asked.hashes if value.startswith("sha256:")}
    if wanted and package.manager is Manager.PIP and package.sha256 not in wanted:
        return f"{shown} is not satisfied: the lock holds a file of another hash"
    return ""


def gaps(locked: LockGraph) -> Iterator[Finding]:
    """Yield what a locked package needs that is missing or does not fit, and what would be installed twice."""
    for package in locked.packages:
        for name, constraint, needed in locked.needs(package):
            if package.manager is Manager.PIP and name == PYTHON:
                continue
            who = f"`{package.name}` {package.version} needs `{name}`"
            if needed is None:
                yield _gap(package, f"{who}, which is not in the lock")
            else:
                yield from _misfit(package, needed, constraint)
    yield from _doubles(locked)


def _misfit(package: LockedPackage, needed: LockedPackage, constraint: str) -> Iterator[Finding]:
    who = f"`{package.name}` {package.version} needs `{needed.name}` {constraint}"
    try:
        if not _fits(package, needed, constraint):
            yield _gap(package, f"{who}, the lock holds {needed.version} {needed.build}".rstrip())
    except NotAConstraintError:
        yield _gap(package, f"{who}, a constraint that nobody can read")


def _doubles(locked: LockGraph) -> Iterator[Finding]:
    for name in locked.twice:
        yield Finding(code=Code.CLOSURE, claim=f"`{name}` is in the lock twice for one platform")
    for package, twin in locked.doubles():
        held = f"`{twin.name}` {twin.version}" if twin.name != package.name else twin.version
        yield _gap(package, f"`{package.name}` is locked from PyPI ({package.version}) and from conda ({held})")


def _gap(package: LockedPackage, claim: str) -> Finding:
    return Finding(code=Code.CLOSURE, claim=claim, package=package)


def _fits(package: LockedPackage, needed: LockedPackage, constraint: str) -> bool:
    if package.manager is Manager.PIP:
        return satisfies(needed.version, constraint)
    return fits_match_spec(needed, constraint)


def misplaced(locked: LockGraph, *, foreign: bool = False) -> Iterator[Finding]:
    """Yield packages whose file cannot be theirs; in a foreign lock a direct reference may have any name."""
    for package in locked.packages:
        why = "" if foreign and package.is_sdist else complaint(package)
        if why:
            claim = f"`{package.name}` {package.version} {why}"
            yield Finding(code=Code.BODY, claim=claim, package=package)


def refused(spec: PlatformSpec, locked: LockGraph) -> Iterator[Finding]:
    """Yield wheels that the target cannot load: of another platform or python, or for a newer system."""
    target = locked.target(spec)
    for name, package in locked.pip.items():
        if target.python and unloadable(package.file, target):
            limits = words_of(limits_of_wheel(package.file, target))
            claim = f"`{name}` {package.version} is locked as {package.file}, but {limits}"
            yield Finding(code=Code.BODY, claim=claim, package=package)


def unhashed(locked: LockGraph) -> Iterator[Finding]:
    """Yield packages that nobody could verify."""
    for package in locked.packages:
        if not (package.sha256 or (package.manager is Manager.CONDA and package.md5)):
            claim = f"`{package.name}` {package.version} is locked without a hash"
            yield Finding(code=Code.HASH, claim=claim, package=package)


def less_hashed(locked: LockGraph) -> Iterator[Finding]:
    """Yield packages of conda without a hash that others of their channel have: a channel has each kind or none."""
    conda = [package for package in locked.packages if package.manager is Manager.CONDA]
    for kind in ("md5", "sha256"):
        having = {package.channel for package in conda if getattr(package, kind)}
        for package in conda:
            if not getattr(package, kind) and package.channel in having:
                claim = f"`{package.name}` {package.version} is locked without the {kind} that its channel has"
                yield Finding(code=Code.HASH, claim=claim, package=package)


def from_elsewhere(spec: PlatformSpec, locked: LockGraph) -> Iterator[Finding]:
    """Yield packages whose file lies in no place that the spec declares."""
    channels = declared_channels(spec)
    for package in locked.packages:
        why = undeclared(package, spec, channels)
        if why:
            yield Finding(code=Code.HOST, claim=f"`{package.name}` {package.version} {why}", package=package)


def surplus(spec: PlatformSpec, locked: LockGraph, *, foreign: bool) -> Iterator[Finding]:
    """Yield packages that nothing asks for, neither a request nor a package.

    Args:
        spec: what is asked.
        locked: what is locked.
        foreign: the lock is plain conda-lock's, some of whose versions leave out what a PyPI package needs under a
            marker, so that nothing tells what of PyPI is surplus while any of it is asked for.
    """
    wanted = locked.reachable(*_wanted(spec, locked))
    if foreign:
        wanted |= locked.reachable(_SEEDED if PYTHON in locked.conda else (), locked.pip if spec.pypi else ())
    for package in locked.packages:
        if key_of(package) not in wanted:
            claim = f"`{package.name}` {package.version} is in the lock, and nothing asks for it"
            yield Finding(code=Code.REQUIREMENT, claim=claim, package=package)


def _wanted(spec: PlatformSpec, locked: LockGraph) -> tuple[list[str], list[str]]:
    """Return the names that are asked for on the platform, of either side."""
    asked = applicable(spec.pypi, locked.target(spec))
    return [wanted.name for wanted in spec.conda], [wanted.name for wanted in asked]


def still_answers(spec: PlatformSpec, before: PlatformSpec, locked: LockGraph) -> bool:
    """Return whether what was solved for other requirements is exactly an answer to those of today.

    Channels, indices and settings must be the same, and so must extras and channels of single requirements: nothing
    offline tells what another solve would bring. A pre-release answers only who asks for one.

    Args:
        spec: what is asked now.
        before: what was asked when it was solved.
        locked: what was solved.
    """
    if _terms(spec) != _terms(before) or _extras(spec, locked) != _extras(before, locked):
        return False
    if (
        any(unanswered(spec, locked))
        or any(violated(spec, locked))
        or any(_wants_a_release(asked, locked) for asked in _new(spec, before))
    ):
        return False
    return locked.reachable(*_wanted(before, locked)) <= locked.reachable(*_wanted(spec, locked))


def _terms(spec: PlatformSpec) -> tuple[Inputs, frozenset[str]]:
    """Return what must be equal: all but the requirements, and those that name their channel."""
    inputs = inputs_of(spec)
    bare = replace(inputs, conda={}, pypi=(), python=None, constraints=(), pip_constraints=())
    return bare, frozenset(key for key in inputs.conda if "::" in key)


def _extras(spec: PlatformSpec, locked: LockGraph) -> frozenset[str]:
    """Return every project that is asked for with extras on the platform, with them."""
    return frozenset(asked.key for asked in applicable(spec.pypi, locked.target(spec)) if asked.extras)


def _new(spec: PlatformSpec, before: PlatformSpec) -> list[PypiRequirement]:
    known = set(before.pypi)
    return [asked for asked in spec.pypi if asked not in known]


def _wants_a_release(asked: PypiRequirement, locked: LockGraph) -> bool:
    package = locked.of_pypi(asked.name)
    return package is not None and not admits_by_default(package.version, asked.specifier)
