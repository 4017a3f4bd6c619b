"""Core metadata of an sdist that only builds with what the repository adds to its build: built in mixlock's own sandbox.

Neither uv nor Poetry can be given such requirements for one project of a solve. The wheel is kept, so that it is
built once, and a wheelhouse may find it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.wheelhouse import WheelPlan
from mixlock_hooks.rules.wheel_plan import is_of
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.build.sandbox import Limits, keeps_network_away
from mixlock_hooks.shell.build.cache import build_key
from mixlock_hooks.shell.build.interpreters import Interpreters
from mixlock_hooks.shell.build.cache import WheelCache
from mixlock_hooks.shell.build.wheel_file import metadata_of

if TYPE_CHECKING:
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.shell.solver.pypi_question import Question
    from mixlock_hooks.shell.index.remote_files import RemoteFiles


def built_metadata(question: Question, name: PypiName, found: IndexFile, remote: RemoteFiles) -> str:
    """Return the metadata of the wheel that an sdist builds into.

    Raises:
        CannotDoError: it cannot be built all the same; the problems say why.
    """
    from mixlock_hooks.shell.build.builder import WheelBuilder  # noqa: PLC0415 - few solves build here

    plan = _plan(question, name, found)
    cache = WheelCache(cache_folder("wheels"))
    key = build_key(plan, network=not keeps_network_away())
    known = next((each for each in cache.known(key) if is_of(each, plan) and cache.holds(each.sha256)), None)
    if known:
        return metadata_of(cache.path(known.sha256))
    with WheelBuilder(Interpreters(), remote, Limits()).built(plan) as (wheel, file, _note):
        cache.lay(wheel.sha256, file)
        if plan.targets[0].platform == host_platform():
            cache.keep(key, wheel)
        return metadata_of(file)


def _plan(question: Question, name: PypiName, found: IndexFile) -> WheelPlan:
    request, spec = question.request, question.request.spec
    asked = next((requirement for requirement in spec.pypi if requirement.name == name), None)
    package = LockedPackage(
        name=name,
        version=str(found.version),
        manager=Manager.PIP,
        platform=spec.platform,
        dependencies={},
        url=found.file.url,
        sha256=found.file.sha256,
    )
    return WheelPlan(
        environment=request.environment.name,
        package=package,
        targets=(question.target,),
        held=question.held,
        indices=spec.indices,
        default_index=spec.default_index,
        cutoff=request.cutoff,
        extra_requires=request.builds.extra_for(name),
        place=asked.place if asked else request.environment.place,
    )
