"""What Metaflow's own names mean for an environment, checked against the installed packages in a test.

The names are those of ``metaflow`` and ``metaflow-netflixext``; a decorator that neither has is unknown, unless an
extension of which the source was read has it (``EXTENSIONS``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.flow import DecoratorKind

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.bindings import Imported

BASE = "_base"
"""Ends the name of a decorator for flows; without it, it is for steps."""
ENVIRONMENTS = {
    "conda": DecoratorKind.CONDA,
    "pypi": DecoratorKind.PYPI,
    "pip": DecoratorKind.PYPI,
    "sys_packages": DecoratorKind.SYSTEM,
    "named_env": DecoratorKind.NAMED,
}
"""Decorators of steps that ask for an environment; each exists for flows too."""

IDLE = frozenset(
    {
        *("airflow_external_task_sensor", "airflow_internal", "airflow_s3_key_sensor", "argo_workflows_internal"),
        *("batch", "card", "catch", "environment", "exit_hook", "huggingface", "kubernetes", "parallel", "project"),
        *("pytorch_parallel", "resources", "retry", "schedule", "secrets", "step_functions_internal", "timeout"),
        *("trigger", "trigger_on_finish", "unbounded_test_foreach_internal"),
    }
)
"""Decorators of both packages that add no environment."""

INTERNAL = frozenset({"conda_env_internal", "pylock_toml_internal"})
"""Decorators of the Netflix extension that are not for flows to name, and concern environments: never read."""

PACKAGING = frozenset({"package_sources", "package_suffixes"})
"""Mutators of Metaflow's own that add files to what is shipped, and no environment."""

EXTENSIONS = {
    "metaflow-checkpoint": frozenset({"checkpoint", "huggingface_hub", "model"}),
    "metaflow-deepspeed": frozenset({"deepspeed", "huggingface_card"}),
    "metaflow-mpi": frozenset({"mpi"}),
    "metaflow-ollama": frozenset({"ollama"}),
    "metaflow-ray": frozenset({"metaflow_ray"}),
    "metaflow-tensorflow": frozenset({"tensorflow", "tensorflow_parallel"}),
    "metaflow-torchrun": frozenset({"torchrun"}),
    "ob-metaflow-extensions": frozenset({"gpu_profile", "nvidia"}),
    "ob-project-utils": frozenset({"ob_highlighter"}),
}
"""Decorators of other extensions, by package, that add no environment."""

RESOLVED_REQ = "resolved_req"
"""The mutator that takes a flow's environment from files that can be read."""

MUTATORS = frozenset({"FlowMutator", "StepMutator", RESOLVED_REQ, "resolved_uv"})
"""Classes whose decorators change a flow or a step once its configurations are known."""

OTHERS = frozenset(
    {
        *("Config", "ConfigValue", "FlowSpec", "IncludeFile", "JSONType", "Parameter", "UserStepDecorator"),
        *("conda_environment_yml_parser", "config_expr", "current", "namespaced_event_name", "pyproject_toml_parser"),
        *("requirements_txt_parser", "step", "user_step_decorator", "yaml_parser"),
    }
)

ENVIRONMENT_NAMES = frozenset(f"{name}{end}" for name in ENVIRONMENTS for end in ("", BASE))
IDLE_NAMES = IDLE.union(PACKAGING, *EXTENSIONS.values())
KNOWN = ENVIRONMENT_NAMES | IDLE_NAMES | INTERNAL | MUTATORS | OTHERS
"""Every name that ``from metaflow import *`` is known to bring, as far as it matters for environments."""


def kind_of(name: str) -> DecoratorKind:
    """Return what an environment decorator asks for."""
    return DecoratorKind.RESOLVED if name == RESOLVED_REQ else ENVIRONMENTS[name.removesuffix(BASE)]


def is_of_flow(name: str) -> bool:
    """Return whether an environment decorator stands on flows, not on steps."""
    return name == RESOLVED_REQ or name.endswith(BASE)


def is_metaflow(dotted: str) -> bool:
    """Return whether a dotted name is of Metaflow's package."""
    return dotted.partition(".")[0] in {"metaflow", "metaflow_extensions"}


def is_native(imported: Imported) -> bool:
    """Return whether an import is of Metaflow."""
    return is_metaflow(imported.module) and not imported.level
