"""The workflow that checks locks on a CI service, for a repository that has none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.first_steps import CiExample, FirstSteps
    from mixlock_hooks.model.installation import InstalledFrom
    from mixlock_hooks.pipeline.project import Project

PATHS = {"github": ".github/workflows/mixlock.yml", "gitlab": ".gitlab-ci.yml"}
_SOURCE = re.compile(r"(?m)^(?P<key> +MIXLOCK: ).*$")
_UNKNOWN = "REPLACE_WITH_WHERE_MIXLOCK_COMES_FROM"


def with_ci(steps: FirstSteps, project: Project, installed: InstalledFrom | None, example: CiExample) -> FirstSteps:
    """Return first steps with a workflow, where there is no file in its place.

    Args:
        steps: what else is written.
        project: the repository.
        installed: where the mixlock that runs was installed from, if that is known.
        example: the service's workflow.
    """
    path = PATHS[example.service]
    shared = installed if installed and installed.is_shared else None
    source = f"git+{shared.url}@{shared.revision}" if shared else _UNKNOWN
    text = _SOURCE.sub(lambda found: found["key"] + source, example.text)
    before = project.files.read(path)
    if before is not None:
        is_same = before.decode("utf-8", "replace") == text
        note = f"{path} is there and stays as it is; docs/how-to/ci.md of mixlock shows what its jobs need"
        return steps if is_same else replace(steps, notes=(*steps.notes, note))
    unknown = () if shared else (f"{path}: write the repository of mixlock that CI can reach for `{_UNKNOWN}`",)
    return replace(steps, files={**steps.files, path: text}, notes=(*steps.notes, *unknown))
