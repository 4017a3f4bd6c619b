"""Compare what mixlock reads of a flow with what the real Metaflow packages hold after importing it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, canonicalize_version

from mixlock_hooks.formats.metaflow import flow_file
from mixlock_hooks.formats.metaflow.repository import Repository
from mixlock_hooks.model.conda_constraint import canonical_version
from mixlock_hooks.model.problem import Severity
from mixlock_hooks.model.settings import MetaflowProfile, Settings
from mixlock_hooks.rules.flow_merge import merge_flows
from mixlock_hooks.shell.metaflow import import_flow
from tests.real import metaflow_dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.rules.flow_merge import MergedFlows
    from tests.real.flow_specimens import Specimen

PROFILES = ("netflixext", "oss")
_PACKAGES = {"oss": ("metaflow",), "netflixext": ("metaflow", "metaflow-netflixext")}


def settings(profile: str) -> Settings:
    """Return the settings of a profile, without channels of their own."""
    return Settings(metaflow=MetaflowProfile(profile), channels=())


def merged(specimen: Specimen, profile: str) -> MergedFlows:
    """Read and merge a flow as mixlock does."""
    text = specimen.read(specimen.path) or ""
    repository = Repository(read=specimen.read, paths=specimen.paths())
    return merge_flows(flow_file.parse(text, specimen.path, repository), settings(profile))


def dumped(specimens: Iterable[Specimen], profile: str) -> dict[str, Any]:
    """Import flows with the real packages; by name ``{"flows": {flow: {step: requirement}}}``, or ``failed``: why."""
    return _run(specimens, profile, metaflow_dump.__file__, profile)


def imported(specimens: Iterable[Specimen], profile: str, release: str = "") -> dict[str, Any]:
    """Import flows with the real packages as `mixlock lock` does; by name its answer, or ``failed``: why.

    ``release`` is that of Metaflow, else the newest.
    """
    script = str(Path(import_flow.__file__))
    return _run(
        specimens,
        profile,
        str(Path(metaflow_dump.__file__).with_name("metaflow_imports.py")),
        script,
        release=release,
    )


def _run(specimens: Iterable[Specimen], profile: str, *words: str, release: str = "") -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asked = {}
        for number, specimen in enumerate(specimens):
            root = Path(folder, str(number))
            asked[specimen.name] = [str(root), str(specimen.copy_to(root))]
        command = [str(interpreter(profile, release)), *words]
        environment = {**os.environ, "HOME": folder, "METAFLOW_HOME": folder, "USERNAME": "tester"}
        done = subprocess.run(
            command, input=json.dumps(asked), env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def interpreter(profile: str, release: str = "") -> Path:
    """Make an environment with the real packages, kept between sessions, and return its python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(tempfile.gettempdir()) / f"mixlock-real-{profile}{release.rstrip('.*')}-{version}-{os.getuid()}"
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.is_file():
        packages = [f"metaflow=={release}" if release and name == "metaflow" else name for name in _PACKAGES[profile]]
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        done.touch()
    return python


def _canonical_python(text: str | None) -> str:
    if not text:
        return ""
    parts = text.split(".")
    return f"{text}.*" if len(parts) == 2 and all(part.isdigit() for part in parts) else _canonical_conda(text)


def _canonical_conda(text: str) -> str:
    return canonical_version(f"=={text}" if text[:1].isalnum() else text)


def _canonical_pypi(text: str) -> frozenset[str]:
    specifiers = SpecifierSet("" if text == "*" else f"=={text}" if text[:1].isalnum() else text)
    return frozenset(f"{found.operator}{canonicalize_version(found.version)}" for found in specifiers)


def _real(requirement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Metaflow holds for a step, in mixlock's spelling."""
    python = requirement["python"] or requirement["conda"].get("python")
    return {
        "python": _canonical_python(python),
        "conda": {name.lower(): _canonical_conda(v) for name, v in requirement["conda"].items() if name != "python"},
        "pypi": {_project(name): _canonical_pypi(v) for name, v in requirement["pypi"].items() if "@" not in name},
        "channels": frozenset(requirement["channels"]),
        "indices": frozenset(requirement["indices"]),
    }


def _project(name: str) -> str:
    bare, bracket, extras = name.removesuffix("]").partition("[")
    shown = ",".join(sorted(canonicalize_name(extra.strip()) for extra in extras.split(",")))
    return f"{canonicalize_name(bare)}[{shown}]" if bracket else canonicalize_name(bare)


def _ours(environment: EnvironmentSpec) -> dict[str, Any]:
    spec = environment.platforms[0]
    return {
        "python": spec.python.version if spec.python else "",
        "conda": {found.key: found.version for found in spec.conda if found.name != "python" and not found.implied},
        "pypi": {found.key: _canonical_pypi(found.specifier) for found in spec.pypi},
        "channels": frozenset(spec.channels),
        "indices": frozenset(spec.indices),
    }


def _has_environment(requirement: Mapping[str, Any]) -> bool:
    arguments = requirement["conda"] or requirement["pypi"] or requirement["python"]
    return bool(arguments) and not requirement["disabled"] and not requirement["named"]


def differences(specimen: Specimen, dump: Mapping[str, Any], profile: str) -> dict[str, tuple[Any, Any]]:
    """Return each step for which Metaflow (first) and mixlock (second) hold something else."""
    read = merged(specimen, profile)
    environments = read.environments
    ours = {f"{spec.name.split('/')[-2]}.{step}": _ours(spec) for spec in environments for step in spec.steps}
    real = {
        f"{flow}.{step}": _real(requirement)
        for flow, steps in dump["flows"].items()
        for step, requirement in steps.items()
        if _has_environment(requirement)
    }
    both = {step: (real.get(step), ours.get(step)) for step in sorted(real.keys() | ours.keys())}
    different = {step: pair for step, pair in both.items() if pair[0] != pair[1]}
    return {} if different and refused(read) else different


def refused(read: MergedFlows) -> tuple[Problem, ...]:
    """Return the errors that something of a flow cannot be read."""
    found = [*read.problems, *(problem for spec in read.environments for problem in spec.document.problems)]
    return tuple(problem for problem in found if problem.code == "MIX007" and problem.severity is Severity.ERROR)
