"""The developer's menu: ``nox -l`` lists it, ``nox`` runs what every commit must pass."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import nox
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.default_venv_backend = "uv|virtualenv"

_DEV = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "dev")
_ALL = ".[lock,wheelhouse,cache,completion,sbom,nox]"
_WORKERS = min((os.cpu_count() or 1) + 1, 8)
"""One more than processors: some tests wait for a deadline."""
_PARALLEL = ("-n", str(_WORKERS), "--dist", "worksteal")
_BY_FILE = ("-n", str(_WORKERS), "--dist", "loadfile")
"""What a file of real tests locks or builds for all of its tests is made by one worker, once."""
_HERMETIC = ("-m", "not real", *_PARALLEL)
_COMPILED = {"PYTHONDONTWRITEBYTECODE": None}
"""Let python keep what it compiles, whoever starts nox: uv installs source only, and conda-lock's takes seconds."""


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    session.install(*[requirement for requirement in _DEV if requirement.startswith("ruff")])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy, strictly."""
    session.install("-e", _ALL, *_DEV)
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the hermetic tests: no network beyond loopback."""
    session.install("-e", _ALL, *_DEV)
    session.run("pytest", *_HERMETIC, *session.posargs, env=_COMPILED)


@nox.session
def real(session: nox.Session) -> None:
    """Run the tests against real channel metadata (../shared or $MIXLOCK_SHARED) and this machine's package index."""
    session.install("-e", _ALL, *_DEV)
    session.run("pytest", "-m", "real", *_BY_FILE, *session.posargs, env=_COMPILED)


@nox.session(venv_backend="uv", reuse_venv=False)
def canary(session: nox.Session) -> None:
    """Run the hermetic tests with the newest release of everything, beyond upper bounds too: the weekly job."""
    unbounded = Path(session.create_tmp(), "unbounded.txt")
    unbounded.write_text("\n".join(_without_upper_bounds()), encoding="utf-8")
    session.install("--override", str(unbounded), "--prerelease", "disallow", "-e", _ALL, *_DEV)
    session.run("uv", "pip", "list", "--outdated", external=True)
    session.run("pytest", *_HERMETIC, *session.posargs, env=_COMPILED)


def _without_upper_bounds() -> Iterator[str]:
    """Yield the requirements that have an upper bound, without it."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    for requirement in map(Requirement, chain(project["dependencies"], *project["optional-dependencies"].values())):
        lower = [str(each) for each in requirement.specifier if not each.operator.startswith("<")]
        if len(lower) < len(requirement.specifier):
            yield f"{requirement.name}{','.join(lower)}"


@nox.session(venv_backend="uv", reuse_venv=False)
def lowest(session: nox.Session) -> None:
    """Run the hermetic tests with the oldest releases that pyproject.toml admits."""
    session.install("--resolution", "lowest-direct", "-e", _ALL, *_DEV)
    session.run("pytest", *_HERMETIC, *session.posargs, env=_COMPILED)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure mixlock beside its peers, and print the ratios."""
    session.install("-e", _ALL)
    session.run("python", "-m", "benchmarks", *session.posargs, env=_COMPILED)


@nox.session
def profile(session: nox.Session) -> None:
    """Say where a lock's time goes (phases, imports, processes): of the demo's spec, or of ``-- SPEC``."""
    session.install("-e", _ALL)
    session.run("python", "-m", "benchmarks.profile", *session.posargs, env=_COMPILED)


@nox.session
def reference(session: nox.Session) -> None:
    """Write docs/reference/, the tables of docs/reference.md and the JSON schema anew."""
    session.install("-e", ".")
    session.run("python", "-m", "tests.reference_page")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation's site into site/: a warning is an error."""
    session.install(*nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "docs"))
    session.run("python", "-m", "sphinx", "--fail-on-warning", "--keep-going", "docs", "site", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Tell the demo's story with a fresh installation."""
    session.install(".[lock]")
    session.run("mixlock", "demo", *session.posargs)


@nox.session
def cast(session: nox.Session) -> None:
    """Record the demo anew as docs/demo.cast."""
    session.install(".[lock]")
    session.run("python", "-m", "tests.demo_cast")


@nox.session
def pictures(session: nox.Session) -> None:
    """Write the pictures of docs/pictures/ anew."""
    session.install("-e", _ALL, *_DEV)
    session.run("python", "-m", "tests.pictures")


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist and the wheel into dist/."""
    session.install("build")
    session.run("python", "-m", "build", *session.posargs)
