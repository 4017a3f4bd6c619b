"""Who serves a project: one table, asked of uv's answer and of the gate that conda-lock reads without uv."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests
from pypi_simple import RepositoryPage

from mixlock_hooks.model.failure import EngineError, FailureKind
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.settings import NO_INDEX
from mixlock_hooks.shell.index.gate import open_gate
from mixlock_hooks.shell.index.indices import used_indices
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.index.pages import Pages
from mixlock_hooks.shell.machine_config import CACHE_FOLDER
from mixlock_hooks.shell.solver.pypi_answer import remote_files
from mixlock_hooks.synthetic.indices import write_index
from tests.shell.solver.test_uv import Index, answered, question, wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mixlock_hooks.shell.solver.pypi_question import Question

A = (wheel("shared", "1.0"), wheel("only-a", "1.0"), wheel("uses-shared", "1.0", "shared"))
B = (wheel("shared", "9.0"), wheel("only-b", "1.0"))
P = (wheel("shared", "1.0"), wheel("shared", "2.0+local"), wheel("only-p", "1.0"))

ROWS: Mapping[str, tuple[dict[str, str], str, str | None]] = {
    "the first index that has it": ({}, "shared", "a/files/shared-1.0"),
    "the next where the first has none": ({}, "only-b", "b/files/only_b-1.0"),
    "what it is bound to": ({"shared": "b/simple"}, "shared", "b/files/shared-9.0"),
    "what a need of another is bound to": ({"shared": "b/simple"}, "uses-shared", "b/files/shared-9.0"),
    "nobody else where that has none": ({"only-a": "b/simple"}, "only-a", None),
    "not an index that others are bound to": ({"shared": "b/simple"}, "only-b", None),
    "a page beside the index": ({"page": "p.html"}, "shared", "p/shared-2.0%2Blocal"),
    "the index, of two files of one name": ({"page": "p.html"}, "shared==1.0", "a/files/shared-1.0"),
    "a page alone": ({"page": "p.html"}, "only-p", "p/only_p-1.0"),
    "not a page where it is bound to an index": (
        {"page": "p.html", "shared": "b/simple"}, "shared", "b/files/shared-9.0",
    ),
    "a page that it is bound to": ({"page": "p.html", "shared": "p.html"}, "shared==1.0", "p/shared-1.0"),
    "not a page that others are bound to": ({"page": "p.html", "shared": "p.html"}, "only-p", None),
}  # fmt: skip
"""What is declared beside the indices A and B, what is asked, and where the last of what is needed comes from."""


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sources")
    write_index(folder / "a", A)
    write_index(folder / "b", B)
    (folder / "p").mkdir()
    for file in P:
        (folder / "p" / file.name).write_bytes(file.content)
    (folder / "p.html").write_text("".join(f'<a href="p/{file.name.replace("+", "%2B")}">x</a>' for file in P))
    with pytest.MonkeyPatch.context() as patch, serve(folder) as base:
        patch.setenv(CACHE_FOLDER, str(folder / "cache"))
        yield base


@pytest.fixture(name="asked", params=list(ROWS))
def _asked(base: str, request: pytest.FixtureRequest) -> tuple[Question, str | None]:
    declared, asked, expected = ROWS[request.param]
    sources = PypiSources(
        indices=(f"{base}/a/simple", f"{base}/b/simple"),
        default_index=NO_INDEX,
        index_of=tuple((pypi_name(name), f"{base}/{place}") for name, place in declared.items() if name != "page"),
        find_links=tuple(f"{base}/{place}" for name, place in declared.items() if name == "page"),
    )
    made = replace(question(Index(url=base), asked), indices=used_indices(sources, {}))
    return made, f"{base}/{expected}" if expected else None


def test_uv(asked: tuple[Question, str | None], tmp_path: Path) -> None:
    made, expected = asked
    if expected is None:
        with pytest.raises(EngineError) as caught:
            answered(made, tmp_path)
        assert caught.value.failure.kind is FailureKind.NO_VERSION
        return
    files = [project.files[0] for project in answered(made, tmp_path).projects]
    assert [file.url for file in files if file.url.startswith(expected)], files
    assert all(file.sha256 for file in files)


def test_the_gate_that_conda_lock_reads(asked: tuple[Question, str | None]) -> None:
    made, expected = asked
    name = "shared" if expected and "shared" in expected else made.pypi[0].name
    with closing(Pages(remote_files(made), made.indices)) as pages, open_gate(made, pages, sdists=False) as gate:
        page = requests.get(f"{gate.url}/{name}/", timeout=10)
        links = RepositoryPage.from_html(page.content, page.url).links
        files = [file for link in links if (file := gate.real(link.url))]
    assert (page.status_code == 404) == (expected is None)
    assert expected is None or any(file.url.startswith(expected) for file in files)
    roots = {file.url.split("/")[3] for file in files}
    assert len(roots) <= (2 if any(index.is_page for index in made.indices) else 1)
