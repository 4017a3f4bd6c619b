"""MIX106 and MIX110: where conda and PyPI meet in one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.environment import Mode
from mixlock_hooks.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.name_map import NameMap


def same_package_twice(spec: EnvironmentSpec, name_map: NameMap) -> Iterator[Problem]:
    """Yield a problem for every project that both managers are asked for, by the name map."""
    for platform in spec.platforms:
        asked = {requirement.name: requirement for requirement in platform.conda}
        for requirement in platform.pypi:
            twin = asked.get(name_map.conda_name(requirement.name))  # type: ignore[call-overload]
            if twin:
                yield Problem(
                    code=Code.BOTH_MANAGERS,
                    place=requirement.place,
                    claim=f"`{requirement.name}` is asked from PyPI and, as `{twin.name}`, "
                    f"from conda in line {twin.place.line}; pip would overwrite conda's files",
                    hint="keep one of the two",
                )


def python_is_there(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Tell pip requirements without a python to install them for, and python asked from PyPI."""
    for entry in spec.document.pypi:
        if entry.value.name == "python":
            yield Problem(
                code=Code.NO_PYTHON,
                place=entry.place,
                claim="python is asked from PyPI, which does not have it",
                hint=f"remove it here, and {_python_hint(spec)}",
            )
    if spec.mode is not Mode.CONDA:
        yield from (problem for platform in spec.platforms for problem in _without_python(spec, platform))


def _without_python(spec: EnvironmentSpec, platform: PlatformSpec) -> Iterator[Problem]:
    if platform.python or not platform.pypi:
        return
    certain = spec.mode is Mode.PYPI
    yield Problem(
        code=Code.NO_PYTHON,
        place=min(requirement.place for requirement in platform.pypi),
        claim="pip requirements without python"
        if certain
        else "pip requirements without python: its version is whatever the conda packages bring",
        hint=_python_hint(spec),
        severity=Severity.ERROR if certain else Severity.WARNING,
    )


def _python_hint(spec: EnvironmentSpec) -> str:
    if spec.document.path.endswith(".py"):
        return 'say python="3.12" in the decorator'
    if spec.document.path.endswith((".txt", ".in")):
        return "ask for it on the conda side: `--conda-pkg python=3.12`"
    return "ask for it among the conda requirements: `- python=3.12`"
