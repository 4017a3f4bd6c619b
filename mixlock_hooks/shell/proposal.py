"""Propose the PyPI side with uv, and offer just the proposed files on loopback, for conda-lock to verify.

uv is given an index of stubs first: what conda holds exists there only, at conda's version and without requirements,
so it stays fixed. Then come the spec's indices in order, each project from the first that has it.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from mixlock_hooks.formats import core_metadata, engine_messages, pylock_toml, simple_page, uv_toml
from mixlock_hooks.model.engine_failure import FailureKind
from mixlock_hooks.model.failure import CannotDoError, NoProposalError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.platforms import marker_environment
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.uv_platform import uv_platforms
from mixlock_hooks.rules.wheel_tags import can_be_had, offered_name
from mixlock_hooks.shell import process
from mixlock_hooks.shell.isolation import timeout_seconds
from mixlock_hooks.shell.loopback import serve
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.remote_files import CONNECTIONS, RemoteFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.shell.indices import UsedIndex

_CONFIGURATION = "uv.toml"

# uv takes what a build needs from the same indices: a build may meet a stub of one of these, and fail for that alone.
_BUILD_TOOLS = frozenset(
    [
        "cython",
        "flit-core",
        "hatchling",
        "maturin",
        "meson-python",
        "numpy",
        "packaging",
        "pbr",
        "pdm-backend",
        "poetry-core",
        "pybind11",
        "scikit-build-core",
        "setuptools",
        "setuptools-scm",
        "versioneer",
        "wheel",
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is to be proposed: requirements that hold on the target, and where to look for them."""

    request: SolveRequest
    pypi: tuple[PypiRequirement, ...]
    python: str
    indices: tuple[UsedIndex, ...]
    stubs: str
    held: frozenset[str]


@contextmanager
def proposed_index(
    question: Question, scratch: Path, tell: Callable[[str], None]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Serve a proposal; give the index's URL, and the real URL of each file by its loopback URL.

    Raises:
        NoProposalError: uv is not here or has no proposal, or an index does not give a file's metadata.
        CannotDoError: a build failed that any other way would need too.
    """
    tell("proposal")
    projects = _propose(question, scratch)
    tell("metadata")
    folder = scratch / "proposal"
    offered = tuple(_offered(project, question) for project in projects)
    try:
        _write(offered, question, folder)
    except CannotDoError as error:
        raise NoProposalError(str(error)) from error
    with serve(folder) as base:
        files = (file for project in offered for file in project.files)
        yield f"{base}/simple", {f"{base}/files/{quote(file.name)}": file.url for file in files}


def _offered(project: ProposedProject, question: Question) -> ProposedProject:
    """Return a project whose files bear names that conda-lock understands; two that would be one are kept once."""
    spec = question.request.spec
    files = {name: replace(file, name=name) for file in project.files if (name := offered_name(file.name, spec))}
    return replace(project, files=tuple(files.values()))


def _propose(question: Question, scratch: Path) -> tuple[ProposedProject, ...]:
    """Ask uv, for each of its platforms that the target could be, until every project has a file that suits."""
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    if uv is None:
        raise NoProposalError("uv is not installed")
    spec = question.request.spec
    for platform in uv_platforms(spec):
        projects = _ask(uv, question, platform, scratch)
        if all(can_be_had((file.name for file in project.files), spec) for project in projects):
            return projects
    raise NoProposalError(f"uv has no proposal whose files suit {spec.platform}")


def _ask(uv: str, question: Question, platform: str, scratch: Path) -> tuple[ProposedProject, ...]:
    source, target = scratch / "proposal.in", scratch / "pylock.proposal.toml"
    source.write_text("".join(f"{_bare(requirement)}\n" for requirement in question.pypi), encoding="utf-8")
    preferred = [package for package in question.request.preferred if package.manager is Manager.PIP]
    kept = {package.name: package.version for package in preferred}
    target.unlink(missing_ok=True)
    if kept:
        target.write_text(pylock_toml.render_preference(kept), encoding="utf-8")
    urls = [index.url for index in question.indices]
    configuration = uv_toml.render(f"{question.stubs}/simple", urls, refresh=question.request.refresh)
    (scratch / _CONFIGURATION).write_text(configuration, encoding="utf-8")
    command = [uv, *_arguments(question, platform), "--output-file", str(target), str(source)]
    done = process.run(command, env=_environment(scratch), cwd=scratch)
    if done.status != 0:
        failure = engine_messages.of_uv(done.stderr)
        problem = solve_problem.of_pypi_side(question.request, failure, {})
        if failure.kind is FailureKind.BUILD_FAILED and question.held.isdisjoint(_BUILD_TOOLS):
            raise CannotDoError("the solve failed", (problem,))
        raise NoProposalError(failure.words)
    try:
        projects = pylock_toml.parse(target.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NoProposalError(str(error)) from error
    return tuple(
        found for found in projects if not any(file.url.startswith(f"{question.stubs}/") for file in found.files)
    )


def _bare(requirement: PypiRequirement) -> str:
    """Return a requirement without its marker, which was judged, and its hashes, which are checked later."""
    return f"{requirement.key}{requirement.specifier}"


def _arguments(question: Question, platform: str) -> list[str]:
    return [
        *("pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml", "--config-file", _CONFIGURATION),
        *("--python", sys.executable, "--no-python-downloads"),
        *("--python-version", question.python, "--python-platform", platform),
        *(("--exclude-newer", question.request.cutoff) if question.request.cutoff else ()),
        *(() if question.request.builds_allowed else ("--no-build",)),
    ]


def _environment(scratch: Path) -> dict[str, str]:
    """Return what uv may know: no settings of the user's, and nothing of its own outside of mixlock's cache."""
    dropped = ("UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    certificate = os.environ.get("PIP_CERT")
    return {
        **({"SSL_CERT_FILE": certificate} if certificate else {}),
        **kept,
        "UV_CACHE_DIR": str(cache_folder("uv")),
        "UV_CREDENTIALS_DIR": str(scratch / "credentials"),
        "UV_HTTP_RETRIES": "1",
        "UV_HTTP_TIMEOUT": timeout_seconds(),
    }


def _write(projects: Sequence[ProposedProject], question: Question, folder: Path) -> None:
    """Write pages and metadata; projects are read at the same time."""
    (folder / "files").mkdir(parents=True)
    remote = RemoteFiles(cache_folder("pypi"), _credentials(question.indices), float(timeout_seconds()))
    environment = marker_environment(question.request.spec.platform, question.python)
    pool = ThreadPoolExecutor(max_workers=CONNECTIONS)
    try:
        for future in [pool.submit(_write_project, found, remote, environment, folder) for found in projects]:
            future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _write_project(
    project: ProposedProject, remote: RemoteFiles, environment: Mapping[str, str], folder: Path
) -> None:
    wheels = [file for file in project.files if file.is_wheel]
    metadata = remote.metadata(wheels[0]) if wheels else _of_sdist(project.files[0], remote, folder)
    announced = project.files if metadata else ()
    text = core_metadata.for_target(metadata, environment) if metadata else ""
    for file in announced:
        (folder / "files" / f"{file.name}.metadata").write_text(text, encoding="utf-8")
    page = folder / "simple" / project.name
    page.mkdir(parents=True)
    names = frozenset(file.name for file in announced)
    (page / "index.html").write_text(simple_page.render(project.name, project.files, names), encoding="utf-8")


def _of_sdist(file: ProposedFile, remote: RemoteFiles, folder: Path) -> str:
    """Return an sdist's metadata if it is static; else lay the sdist itself there for conda-lock to build."""
    metadata = remote.metadata(file)
    if metadata and core_metadata.is_static(metadata):
        return metadata
    (folder / "files" / file.name).write_bytes(remote.content(file))
    return ""


def _credentials(indices: Sequence[UsedIndex]) -> dict[str, tuple[str, str]]:
    """Return user and password by scheme and host, from the indices' URLs; others come from netrc."""
    found = {}
    for index in indices:
        parts = urlsplit(index.url)
        if parts.username:
            host = parts.netloc.rpartition("@")[2]
            found[f"{parts.scheme}://{host}"] = (unquote(parts.username), unquote(parts.password or ""))
    return found
