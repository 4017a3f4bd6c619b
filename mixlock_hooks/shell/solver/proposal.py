"""Offer just the files of uv's proposal on loopback, with their real metadata, for conda-lock to verify."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from mixlock_hooks.formats import core_metadata, simple_page
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.platform_tags import neutral_name
from mixlock_hooks.rules.requested_extras import not_provided, requested_extras, with_needs_of_held
from mixlock_hooks.shell.index.loopback import Answer, serve_answers
from mixlock_hooks.shell.solver.pypi_answer import PypiAnswer, answer, pages_of, remote_files
from mixlock_hooks.shell.solver.stub_conda import HeldStubs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile, ProposedProject
    from mixlock_hooks.shell.index.remote_files import RemoteFiles
    from mixlock_hooks.shell.solver.pypi_question import Question
    from mixlock_hooks.shell.tools import Tool


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A proposal as it is served.

    ``projects`` are the proposed names and versions; ``real_urls`` are the real URLs of the proposed files by their
    loopback URLs, ``stub_urls`` the loopback URLs of what stands for conda's. ``answers`` are those of the index, by
    URL, but for stubs. ``pages`` are what was read of the indices on the way, by project; ``notes`` are for the user.
    """

    url: str
    projects: Mapping[PypiName, str]
    real_urls: Mapping[str, str]
    stub_urls: frozenset[str]
    answers: Mapping[str, Answer]
    pages: Mapping[PypiName, tuple[IndexFile, ...]]
    notes: tuple[str, ...] = ()


@contextmanager
def offered(
    question: Question, scratch: Path, uv: Tool, tell: Callable[[str], None], found: Callable[[str], None]
) -> Iterator[Offer]:
    """Serve a proposal, and stubs for what conda holds, as one index.

    Args:
        question: what is to be proposed.
        scratch: where files may lie.
        uv: who proposes.
        tell: is told each phase.
        found: is told what a phase found.

    Raises:
        EngineError: uv has no answer, or an index does not give a file's metadata.
        CannotDoError: a build failed.
    """
    remote = remote_files(question)
    with closing(pages_of(question, remote)) as pages:
        answered = answer(question, pages, scratch, uv, tell)
        listed, unread = pages.known(), pages.unread()
    found(_told(answered, question))
    found(_told_metadata(remote, len(answered.projects)))
    stubs, projects = HeldStubs(question.held), [_known_to_conda_lock(project) for project in answered.projects]
    proposed, none = dict(_answers(projects, answered, question)), Answer(status=HTTPStatus.NOT_FOUND)
    with serve_answers(lambda path, _range: stubs.answer(path) or proposed.get(path, none)) as base:
        files = (file for project in projects for file in project.files)
        yield Offer(
            url=f"{base}/simple",
            projects={project.name: project.version for project in projects},
            real_urls={f"{base}/files/{quote(file.name)}": file.url for file in files},
            stub_urls=frozenset(f"{base}/files/{quote(name)}" for name in stubs.files),
            answers={f"{base}{quote(path)}": found for path, found in proposed.items()},
            pages=listed,
            notes=(*_not_provided(answered, question), *unread),
        )


def _not_provided(answered: PypiAnswer, question: Question) -> tuple[str, ...]:
    known = {**answered.held_extras, **answered.metadata}
    return not_provided(question.pypi, known, marker_environment(question.target))


def _told(answered: PypiAnswer, question: Question) -> str:
    sdists = sum(not project.files[0].is_wheel for project in answered.projects)
    count, held = len(answered.projects), len(question.held)
    return f"{count} projects proposed, {sdists} of them as sdists; conda holds {held} names"


def _told_metadata(remote: RemoteFiles, count: int) -> str:
    """Say how many metadata had to be fetched, and which took longest."""
    slowest = sorted(remote.seconds.items(), key=lambda pair: -pair[1])[:3]
    shown = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
    return f"metadata of {count} projects, {len(remote.seconds)} fetched{f' (slowest: {shown})' if shown else ''}"


def _known_to_conda_lock(project: ProposedProject) -> ProposedProject:
    """Return a project whose file was judged, under a name that conda-lock takes on every platform."""
    files = (replace(file, name=neutral_name(file.name)) if file.is_wheel else file for file in project.files)
    return replace(project, files=tuple(files))


def _answers(
    projects: Sequence[ProposedProject], answered: PypiAnswer, question: Question
) -> Iterator[tuple[str, Answer]]:
    """Yield paths with their pages, and with metadata judged for the target."""
    environment = marker_environment(question.target)
    held = answered.held_extras
    metadata = {name: with_needs_of_held(each, held, environment) for name, each in answered.metadata.items()}
    extras = requested_extras(question.pypi, metadata, environment)
    for project in projects:
        for file in project.files:
            text = core_metadata.render(metadata[project.name], environment, extras.get(project.name, frozenset()))
            yield f"/files/{file.name}.metadata", _page(text, "application/octet-stream")
        names = frozenset(file.name for file in project.files)
        yield f"/simple/{project.name}/", _page(simple_page.render(project.name, project.files, names), "text/html")


def _page(text: str, content_type: str) -> Answer:
    return Answer(status=HTTPStatus.OK, body=text.encode(), headers={"Content-Type": content_type})
