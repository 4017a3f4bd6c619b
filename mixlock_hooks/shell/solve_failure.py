"""Failures of a solve as problems: what conda or conda-lock said, turned into place, code, claim and way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest


def of_conda(request: SolveRequest, kind: str, message: str) -> CannotDoError:
    return CannotDoError(kind + message)


def of_conda_lock(request: SolveRequest, brief: Mapping[str, Any], stdout: str, stderr: str) -> CannotDoError:
    return CannotDoError(stdout + stderr)


def no_python(request: SolveRequest) -> CannotDoError:
    return CannotDoError("no python")


def verify(request: SolveRequest, pypi: tuple[PypiRequirement, ...], packages: tuple[LockedPackage, ...]) -> None:
    pass
