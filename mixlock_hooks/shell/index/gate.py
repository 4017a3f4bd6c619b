"""Real indices as one index on loopback that offers just the files that fit a target.

Who knows no such target asks here: uv for a free-threaded python, conda-lock where uv cannot be asked at all. Each
project comes from the first index that has it, and an index that cannot be read is a failure. A wheel is offered
under a name for any platform, because it was judged already.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mixlock_hooks.formats import simple_page
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.gate_files import offered_files
from mixlock_hooks.shell.index.loopback import Answer, serve_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile
    from mixlock_hooks.shell.index.pages import Pages
    from mixlock_hooks.shell.solver.pypi_question import Question

_PAGE = re.compile(r"/simple/(?P<project>[^/]+)/?")
_FILE = re.compile(r"/files/(?P<key>[0-9a-f]{64})/(?P<name>[^/]+)")
_METADATA = ".metadata"


@dataclass(kw_only=True, slots=True)
class Gate:
    """The gate of one solve; ``url`` is that of its simple API, once it is served."""

    question: Question
    pages: Pages
    sdists: bool
    url: str = ""
    _offered: dict[str, ProposedFile] = field(default_factory=dict)

    def real(self, url: str) -> ProposedFile | None:
        """Return the file of an index that stands behind a file's URL here; None for any other URL."""
        found = _FILE.search(url)
        file = self._offered.get(found["key"]) if found else None
        return self.pages.hashed(file) if file else None

    def answer(self, path: str, _asked_range: str) -> Answer:
        """Answer a path of the simple API, or of a file."""
        page, file = _PAGE.fullmatch(path), _FILE.fullmatch(path)
        try:
            if page:
                return self._page(pypi_name(page["project"]))
            return self._file(file["key"], file["name"]) if file else Answer(status=HTTPStatus.NOT_FOUND)
        except (CannotDoError, ValueError):
            return Answer(status=HTTPStatus.BAD_GATEWAY)

    def _page(self, name: PypiName) -> Answer:
        request = self.question.request
        asked = next((found.specifier for found in self.question.pypi if found.name == name), "")
        listed = self.pages.read(name)
        if not listed:
            return Answer(status=HTTPStatus.NOT_FOUND)
        everything = self.sdists or name in request.builds.names
        wanted, cutoff = None if everything else asked, request.cutoff.for_package(name)
        files = offered_files(listed, self.question.target, cutoff, wanted, request.kept_files)
        self._offered.update({found.file.key: found.file for _name, found in files})
        body = simple_page.render_offered(name, files).encode()
        return Answer(status=HTTPStatus.OK, body=body, headers={"Content-Type": "text/html"})

    def _file(self, key: str, name: str) -> Answer:
        if key not in self._offered:
            return Answer(status=HTTPStatus.NOT_FOUND)
        file = self.pages.hashed(self._offered[key])
        if unquote(name).endswith(_METADATA):
            return Answer(status=HTTPStatus.OK, body=self.pages.remote.metadata(file).encode())
        return Answer(status=HTTPStatus.OK, body=self.pages.remote.content(file))


@contextmanager
def open_gate(question: Question, pages: Pages, *, sdists: bool) -> Iterator[Gate]:
    """Serve a gate.

    Args:
        question: what is solved, from which indices, for which target.
        pages: reads the indices.
        sdists: offer sdists also of projects that have a wheel that fits.

    Raises:
        EngineError: a flat page cannot be read.
    """
    try:
        pages.read_flat()
    except CannotDoError as error:
        raise EngineError(EngineFailure(kind=FailureKind.SOURCE, words=str(error))) from error
    gate = Gate(question=question, pages=pages, sdists=sdists)
    with serve_answers(gate.answer) as base:
        gate.url = f"{base}/simple"
        yield gate


def behind_gate(package: LockedPackage, gate: Gate) -> LockedPackage:
    """Return a package that was locked through a gate with the URL of the real file."""
    file = gate.real(package.url) if package.manager is Manager.PIP else None
    return replace(package, url=file.url) if file else package
