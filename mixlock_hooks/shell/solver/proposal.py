"""Offer just the files of uv's proposal on loopback, with their real metadata, for conda-lock to verify."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mixlock_hooks.formats import core_metadata, simple_page
from mixlock_hooks.model.failure import CannotDoError, EngineFailure, FailureKind, NoProposalError
from mixlock_hooks.model.platforms import marker_environment
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.platform_tags import offered_name
from mixlock_hooks.rules.requested_extras import requested_extras
from mixlock_hooks.shell.index.indices import credentials_of
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.index.remote_files import CONNECTIONS, RemoteFiles
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.solver.clean_environment import timeout_seconds
from mixlock_hooks.shell.solver.failures import failed
from mixlock_hooks.shell.solver.stub_conda import write_stub_index
from mixlock_hooks.shell.solver.uv import propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.shell.solver.pypi_question import Question


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A proposal as it is served.

    ``real_urls`` are the real URLs of the proposed files by their loopback URLs, ``stub_urls`` the loopback URLs of
    what stands for conda's; ``needs_builds`` tells whether some metadata are had only by building.
    """

    url: str
    real_urls: Mapping[str, str]
    stub_urls: frozenset[str]
    needs_builds: bool


@contextmanager
def offered(
    question: Question, scratch: Path, tell: Callable[[str], None], found: Callable[[str], None]
) -> Iterator[Offer]:
    """Serve a proposal, and stubs for what conda holds, as one index.

    Args:
        question: what is to be proposed.
        scratch: where files may lie.
        tell: is told each phase.
        found: is told what a phase found.

    Raises:
        NoProposalError: uv is not here or has no proposal, or an index does not give a file's metadata.
        CannotDoError: a build failed or is not allowed, which any other way would need too.
    """
    remote = RemoteFiles(cache_folder("pypi"), credentials_of(question.indices), float(timeout_seconds()))
    tell("proposal")
    projects = tuple(_known_to_conda_lock(project, question) for project in propose(question, remote, scratch))
    sdists = sum(not project.files[0].is_wheel for project in projects)
    found(f"{len(projects)} projects proposed, {sdists} of them as sdists; conda holds {len(question.held)} names")
    tell("metadata")
    folder = Path(tempfile.mkdtemp(prefix="proposal-", dir=scratch))
    try:
        metadata = _read(projects, question, remote)
        found(_told(remote, len(projects)))
        write_stub_index(question.held, folder)
        held = [file.name for file in (folder / "files").iterdir()]
        _write(projects, metadata, question, folder)
        unread = [project for project in projects if project.name not in metadata]
        for project in unread:
            sdist = project.files[0]
            (folder / "files" / sdist.name).write_bytes(remote.content(sdist))
    except CannotDoError as error:
        raise error if error.problems else NoProposalError(str(error)) from error
    with serve(folder) as base:
        files = (file for project in projects for file in project.files)
        real_urls = {f"{base}/files/{quote(file.name)}": file.url for file in files}
        stub_urls = frozenset(f"{base}/files/{quote(name)}" for name in held)
        yield Offer(url=f"{base}/simple", real_urls=real_urls, stub_urls=stub_urls, needs_builds=bool(unread))


def _told(remote: RemoteFiles, count: int) -> str:
    """Say how many metadata had to be fetched, and which took longest."""
    slowest = sorted(remote.seconds.items(), key=lambda pair: -pair[1])[:3]
    shown = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
    return f"metadata of {count} projects, {len(remote.seconds)} fetched{f' (slowest: {shown})' if shown else ''}"


def _known_to_conda_lock(project: ProposedProject, question: Question) -> ProposedProject:
    """Return a project whose files bear names that conda-lock understands; two that would be one are kept once."""
    spec = question.request.spec
    files = {name: replace(file, name=name) for file in project.files if (name := offered_name(file.name, spec))}
    return replace(project, files=tuple(files.values()))


def _read(
    projects: Sequence[ProposedProject], question: Question, remote: RemoteFiles
) -> dict[PypiName, CoreMetadata]:
    """Read the projects' metadata at the same time; those that take a build are missing."""
    pool = ThreadPoolExecutor(max_workers=CONNECTIONS)
    try:
        reading = {project: pool.submit(_metadata, project.files[0], remote) for project in projects}
        read = {project: future.result() for project, future in reading.items()}
    finally:
        pool.shutdown(cancel_futures=True)
    for project, text in read.items():
        wheel = project.files[0]
        if wheel.is_wheel and not core_metadata.is_of(text, wheel.name):
            failure = EngineFailure(kind=FailureKind.WRONG_METADATA, package=project.name, constraint=project.version)
            raise failed(solve_problem.of_pypi_side(question.request, failure, {}))
    return {project.name: core_metadata.parse(text) for project, text in read.items() if text}


def _metadata(file: ProposedFile, remote: RemoteFiles) -> str:
    """Return a file's metadata; empty for those of an sdist that are neither known nor static."""
    metadata = file.metadata or remote.metadata(file)
    return metadata if file.is_wheel or file.metadata or core_metadata.is_static(metadata) else ""


def _write(
    projects: Sequence[ProposedProject],
    metadata: Mapping[PypiName, CoreMetadata],
    question: Question,
    folder: Path,
) -> None:
    """Write pages, and metadata judged for the target."""
    environment = marker_environment(question.request.spec.platform, question.python)
    extras = requested_extras(question.pypi, metadata, environment)
    for project in projects:
        announced = project.files if project.name in metadata else ()
        for file in announced:
            text = core_metadata.render(metadata[project.name], environment, extras.get(project.name, frozenset()))
            (folder / "files" / f"{file.name}.metadata").write_text(text, encoding="utf-8")
        page = folder / "simple" / project.name
        page.mkdir(parents=True)
        names = frozenset(file.name for file in announced)
        (page / "index.html").write_text(simple_page.render(project.name, project.files, names), encoding="utf-8")
