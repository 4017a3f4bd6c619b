"""The developer's menu: ``nox -l`` lists it, ``nox`` runs what every commit must pass."""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.default_venv_backend = "uv|virtualenv"

_DEV = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "dev")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    session.install(*[requirement for requirement in _DEV if requirement.startswith("ruff")])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy, strictly."""
    session.install("-e", ".[lock,wheelhouse,cache,nox]", *_DEV)
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the hermetic tests: no network beyond loopback."""
    session.install("-e", ".[lock,wheelhouse,cache,nox]", *_DEV)
    session.run("pytest", "-m", "not real", *session.posargs)


@nox.session
def real(session: nox.Session) -> None:
    """Run the tests against real channel metadata (../shared/data) and the package index of this machine."""
    session.install("-e", ".[lock,wheelhouse,cache,nox]", *_DEV)
    session.run("pytest", "-m", "real", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure mixlock beside its peers, and print the ratios."""
    session.install("-e", ".[lock,wheelhouse,cache,nox]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Tell the demo's story with a fresh installation."""
    session.install(".[lock]")
    session.run("mixlock", "demo", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist and the wheel into dist/."""
    session.install("build")
    session.run("python", "-m", "build", *session.posargs)
