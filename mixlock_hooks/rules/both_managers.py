"""MIX106 and MIX110: where conda and PyPI meet in one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.settings import REQUIREMENTS_SUFFIXES
from mixlock_hooks.model.target import may_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement


def same_package_twice(spec: EnvironmentSpec, names: Counterparts) -> Iterator[Problem]:
    """Yield a problem for every project that both managers are asked for.

    It is a warning where conda's package is another project, of which some build held a copy of this one. Where the
    project is known under other names, a package of its own name that is in no table is taken for another.
    """
    for platform in spec.platforms:
        asked = [requirement for requirement in platform.conda if not requirement.implied]
        provisions = [(each, names.provision(each.name, _channels(each, platform))) for each in asked]
        twins = {project: each for each, found in provisions for project in found.projects}
        copies = {project: each for each, found in provisions for project in found.carried}
        for requirement in platform.pypi:
            twin = twins.get(requirement.name)
            if not (twin or requirement.name in copies) or not _may_be_asked(requirement, platform.platform):
                continue
            if twin and twin.name in names.conda_names(requirement.name, _channels(twin, platform)):
                yield _twice(requirement, twin)
            elif requirement.name in copies:
                yield _copied(requirement, copies[requirement.name])


def answered_by_conda(
    asked: Iterable[PypiRequirement], packages: Iterable[LockedPackage], names: Counterparts
) -> Iterator[str]:
    """Say of each PyPI requirement that conda's package answers it, not one of PyPI.

    Args:
        asked: the requirements that hold on a platform.
        packages: what is locked for it.
        names: the names that conda packages have on PyPI.
    """
    locked = tuple(packages)
    of_pypi = {package.name for package in locked if package.manager is Manager.PIP}
    holders = names.holders([package for package in locked if package.manager is Manager.CONDA])
    for requirement in asked:
        holder = holders.get(requirement.name)
        if holder and requirement.name not in of_pypi:
            yield (
                f"{requirement.place}: conda's {holder.name} {holder.version} answers `{requirement.name}`, which is "
                f"asked for from PyPI; no pip file holds it"
            )


def _channels(requirement: CondaRequirement, platform: PlatformSpec) -> tuple[str, ...]:
    return (requirement.channel,) if requirement.channel else platform.channels


def _twice(requirement: PypiRequirement, twin: CondaRequirement) -> Problem:
    return Problem(
        code=Code.BOTH_MANAGERS,
        place=requirement.place,
        claim=f"`{requirement.name}` is asked for from PyPI and, as `{twin.name}`, "
        f"from conda in {twin.place.seen_from(requirement.place)}; pip would overwrite conda's files",
        hint="keep one of the two",
    )


def _may_be_asked(requirement: PypiRequirement, platform: Subdir) -> bool:
    if not requirement.marker:
        return True
    from packaging.markers import Marker  # noqa: PLC0415 - few specs ask both worlds for one project

    return may_hold(Marker(requirement.marker), platform)


def _copied(requirement: PypiRequirement, other: CondaRequirement) -> Problem:
    return Problem(
        code=Code.BOTH_MANAGERS,
        place=requirement.place,
        claim=f"`{requirement.name}` is asked for from PyPI, and `{other.name}`, asked from conda in "
        f"{other.place.seen_from(requirement.place)}, had a copy of it in some builds; pip would overwrite that",
        hint=f"ask conda for `{requirement.name}` too, or allow it: `# mixlock: allow MIX106 reason`",
        severity=Severity.WARNING,
    )


def python_is_there(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield problems for python asked from PyPI, and warnings for pip requirements whose python is left to chance.

    Whatever else is asked, conda's pip is, and brings a python.
    """
    for entry in spec.document.pypi:
        if entry.value.name == "python":
            yield Problem(
                code=Code.NO_PYTHON,
                place=entry.place,
                claim="python is asked for from PyPI, which does not have it",
                hint=f"remove it here, and {_python_hint(spec)}",
            )
    yield from (problem for platform in spec.platforms for problem in _without_python(spec, platform))


def _without_python(spec: EnvironmentSpec, platform: PlatformSpec) -> Iterator[Problem]:
    if platform.python or not platform.pypi:
        return
    yield Problem(
        code=Code.NO_PYTHON,
        place=min(requirement.place for requirement in platform.pypi),
        claim="pip requirements without python: its version is whatever conda chooses",
        hint=_python_hint(spec),
        severity=Severity.WARNING,
    )


def _python_hint(spec: EnvironmentSpec) -> str:
    if spec.document.path.endswith(".py"):
        return 'say python="3.12" in the decorator'
    if spec.document.path.endswith(REQUIREMENTS_SUFFIXES):
        return 'name it, `python==3.12.*`, or configure `python = "3.12"` for every requirements file'
    return "ask for it among the conda requirements: `- python=3.12`"
