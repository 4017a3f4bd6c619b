"""Metadata of an index's files that are read ahead of time."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.proposal import ProposedFile
from mixlock_hooks.shell.index.loopback import Answer, answer_file, serve_answers
from mixlock_hooks.shell.index.pages import Pages
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHEELS = {wheel.name: wheel for wheel in (render_wheel(SyntheticProject(name=name, version="1")) for name in "ab")}


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def base(tmp_path: Path, asked: list[str]) -> Iterator[str]:
    for wheel in WHEELS.values():
        (tmp_path / wheel.name).write_bytes(wheel.content)

    def answer(path: str, ranged: str) -> Answer:
        asked.append(path)
        return answer_file(tmp_path.resolve(), path, ranged)

    with serve_answers(answer) as url:
        yield url


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with closing(Pages(RemoteFiles(tmp_path / "cache", {}, 5.0), ())) as made:
        yield made


def files(base: str) -> list[ProposedFile]:
    return [ProposedFile(name=name, url=f"{base}/{name}", sha256=wheel.sha256) for name, wheel in WHEELS.items()]


def test_what_was_begun_is_not_asked_again(pages: Pages, base: str, asked: list[str]) -> None:
    pages.metadata_ahead(files(base))
    pages.metadata_ahead(files(base))
    assert [pages.metadata(file).splitlines()[1] for file in files(base)] == ["Name: a", "Name: b"]
    assert {path for path in asked if asked.count(path) > 1} == set()


def test_a_failure_is_told_to_who_needs_the_file(pages: Pages, base: str) -> None:
    missing, there = ProposedFile(name="c-1-py3-none-any.whl", url=f"{base}/c", sha256="0" * 64), files(base)[0]
    pages.metadata_ahead([missing, there])
    assert "Name: a" in pages.metadata(there)
    with pytest.raises(CannotDoError, match=r"c: cannot be read"):
        pages.metadata(missing)
