"""Offer just the files of uv's proposal on loopback, with their real metadata, for conda-lock to verify."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from mixlock_hooks.formats import core_metadata, simple_page
from mixlock_hooks.model.engine_failure import EngineFailure, FailureKind
from mixlock_hooks.model.failure import CannotDoError, NoProposalError
from mixlock_hooks.model.platforms import marker_environment
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.wheel_tags import offered_name
from mixlock_hooks.shell.isolation import timeout_seconds
from mixlock_hooks.shell.loopback import serve
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.remote_files import CONNECTIONS, RemoteFiles
from mixlock_hooks.shell.uv_solver import Question, propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.shell.indices import UsedIndex


@contextmanager
def proposed_index(
    question: Question, scratch: Path, tell: Callable[[str], None]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Serve a proposal; give the index's URL, and the real URL of each file by its loopback URL.

    Raises:
        NoProposalError: uv is not here or has no proposal, or an index does not give a file's metadata.
        CannotDoError: a build failed or is not allowed, which any other way would need too.
    """
    remote = RemoteFiles(cache_folder("pypi"), _credentials(question.indices), float(timeout_seconds()))
    tell("proposal")
    projects = propose(question, remote, scratch)
    tell("metadata")
    folder = Path(tempfile.mkdtemp(prefix="proposal-", dir=scratch))
    offered = tuple(_offered(project, question) for project in projects)
    try:
        _write(offered, question, remote, folder)
    except CannotDoError as error:
        raise error if error.problems else NoProposalError(str(error)) from error
    with serve(folder) as base:
        files = (file for project in offered for file in project.files)
        yield f"{base}/simple", {f"{base}/files/{quote(file.name)}": file.url for file in files}


def _offered(project: ProposedProject, question: Question) -> ProposedProject:
    """Return a project whose files bear names that conda-lock understands; two that would be one are kept once."""
    spec = question.request.spec
    files = {name: replace(file, name=name) for file in project.files if (name := offered_name(file.name, spec))}
    return replace(project, files=tuple(files.values()))


def _write(projects: Sequence[ProposedProject], question: Question, remote: RemoteFiles, folder: Path) -> None:
    """Write pages and metadata; projects are read at the same time."""
    (folder / "files").mkdir(parents=True)
    environment = marker_environment(question.request.spec.platform, question.python)
    pool = ThreadPoolExecutor(max_workers=CONNECTIONS)
    try:
        writing = {found: pool.submit(_write_project, found, remote, environment, folder) for found in projects}
        for project, written in writing.items():
            if not written.result():
                raise CannotDoError("the solve failed", (_untrue(project, question),))
    finally:
        pool.shutdown(cancel_futures=True)


def _write_project(
    project: ProposedProject, remote: RemoteFiles, environment: Mapping[str, str], folder: Path
) -> bool:
    """Write one project; tell whether its wheel's metadata are its own."""
    wheels = [file for file in project.files if file.is_wheel]
    metadata = remote.metadata(wheels[0]) if wheels else _of_sdist(project.files[0], remote, folder)
    if wheels and not core_metadata.is_of(metadata, wheels[0].name):
        return False
    announced = project.files if metadata else ()
    text = core_metadata.for_target(metadata, environment) if metadata else ""
    for file in announced:
        (folder / "files" / f"{file.name}.metadata").write_text(text, encoding="utf-8")
    page = folder / "simple" / project.name
    page.mkdir(parents=True)
    names = frozenset(file.name for file in announced)
    (page / "index.html").write_text(simple_page.render(project.name, project.files, names), encoding="utf-8")
    return True


def _untrue(project: ProposedProject, question: Question) -> Problem:
    failure = EngineFailure(kind=FailureKind.WRONG_METADATA, package=project.name, constraint=project.version)
    return solve_problem.of_pypi_side(question.request, failure, {})


def _of_sdist(file: ProposedFile, remote: RemoteFiles, folder: Path) -> str:
    """Return an sdist's metadata if they are known or static; else lay the sdist there for conda-lock to build."""
    metadata = file.metadata or remote.metadata(file)
    if file.metadata or (metadata and core_metadata.is_static(metadata)):
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
