"""Core metadata of an sdist that tells nothing without being built: built once, in mixlock's own sandbox, and kept.

What is kept has mixlock's own digest, what built it and with which requirements; a wheel built for the same
plan tells as much. The backend is asked for metadata alone where it can do that, so that a lock for a platform that
is not this machine's compiles nothing.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.wheelhouse import WheelPlan
from mixlock_hooks.rules.wheel_plan import is_of
from mixlock_hooks.shell.build.cache import WheelCache, build_key, builder_name, key_of
from mixlock_hooks.shell.build.interpreters import Interpreters
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.sandbox import keeps_network_away
from mixlock_hooks.shell.build.wheel_file import NotAWheelError, metadata_of_wheel
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.repository.file_set import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.shell.index.remote_files import RemoteFiles
    from mixlock_hooks.shell.solver.pypi_question import Question


def metadata_of(question: Question, name: PypiName, found: IndexFile, remote: RemoteFiles) -> str:
    """Return the metadata of the wheel that an sdist builds into.

    Args:
        question: what is solved; its python, platform and permission count.
        name: the project.
        found: the sdist, as its index lists it.
        remote: the files of the indices.

    Raises:
        CannotDoError: it cannot be built; the problems say why.
    """
    plan = _plan(question, name, found)
    key = build_key(plan, network=not keeps_network_away())
    kept = cache_folder("sdist-metadata") / f"{key}.json"
    known = _kept(kept) or _of_wheel(plan, key)
    if known:
        return known
    from mixlock_hooks.shell.build.builder import WheelBuilder  # noqa: PLC0415 - few solves build here

    builds = question.request.builds
    limits = Limits(seconds=builds.seconds, memory_bytes=builds.memory_bytes, allow_unboxed=builds.unboxed)
    text, requires = WheelBuilder(Interpreters(), remote, limits).metadata(plan)
    _keep(kept, text, requires)
    return text


def _kept(file: Path) -> str:
    """Return what is kept, where it is what was kept."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(file.read_bytes())
        if told.pop("digest") == key_of(told):
            return str(told["metadata"])
    return ""


def _keep(file: Path, text: str, requires: tuple[str, ...]) -> None:
    told = {"metadata": text, "requires": list(requires), "builder": builder_name()}
    with suppress(OSError):  # a cache that cannot be written is no reason to fail
        write_whole(file, json.dumps({**told, "digest": key_of(told)}).encode(), mode=0o600)


def _of_wheel(plan: WheelPlan, key: str) -> str:
    cache = WheelCache(cache_folder("wheels"))
    known = next((each for each in cache.known(key) if is_of(each, plan) and cache.holds(each.sha256)), None)
    with suppress(NotAWheelError):
        return metadata_of_wheel(cache.path(known.sha256)) if known else ""
    return ""


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
        sources=spec.pypi_sources,
        cutoff=request.cutoff,
        extra_requires=request.builds.extra_for(name),
        place=asked.place if asked else request.environment.place,
    )
