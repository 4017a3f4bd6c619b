"""What is known of an index is answered as the index would answer it, without asking the index."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from mixlock_hooks.commands import main
from mixlock_hooks.shell.index.loopback import Answer, serve_answers
from mixlock_hooks.shell.solver import known_answers, order_server, proposal
from mixlock_hooks.shell.solver.known_answers import KnownAnswers
from tests.commands.conftest import versions
from tests.conftest import run_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Repository

PAGE = Answer(status=200, body="<a href='x'>größer</a>".encode(), headers={"Content-Type": "text/html"})
OTHER = Answer(status=200, body=b"served")


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def index(asked: list[str]) -> Iterator[str]:
    def answer(path: str, _range: str) -> Answer:
        asked.append(path)
        return PAGE if path == "/known/" else OTHER

    with serve_answers(answer) as base:
        yield base


@pytest.fixture
def session(tmp_path: Path, index: str) -> Iterator[requests.Session]:
    file = tmp_path / "answers.json"
    file.write_text(known_answers.render({f"{index}/known/": PAGE}), encoding="utf-8")
    with requests.Session() as made:
        made.mount("http://127.0.0.1", KnownAnswers(file))
        yield made


def test_what_is_known_reads_like_what_is_served(session: requests.Session, index: str, asked: list[str]) -> None:
    known = session.get(f"{index}/known/")
    assert asked == []
    served = requests.get(f"{index}/known/", timeout=60)
    for told in (known, served):
        told.encoding = "utf-8"
    assert (known.status_code, known.reason, known.url) == (served.status_code, served.reason, served.url)
    assert (known.content, known.text) == (served.content, served.text)
    assert known.headers["content-type"] == served.headers["content-type"]


@pytest.mark.parametrize("path", ["/known", "/other/", "/known/more/"])
def test_anything_else_is_asked(session: requests.Session, index: str, asked: list[str], path: str) -> None:
    assert session.get(f"{index}{path}").content == OTHER.body
    assert asked == [path]


def test_a_verification_asks_nothing_that_is_known(
    served_repository: Repository, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    if not order_server.HERE:
        pytest.skip("conda-lock is run by an order server on Linux alone")
    offers: list[str] = []

    @contextmanager
    def recorded(answer: Callable[[str, str], Answer]) -> Iterator[str]:
        def recording(path: str, ranged: str) -> Answer:
            asked.append(path)
            return answer(path, ranged)

        with serve_answers(recording) as base:
            offers.append(base)
            yield base

    monkeypatch.setattr(proposal, "serve_answers", recorded)
    world, words = served_repository.world, ["lock", "--platform", "linux-64"]
    done = run_here(lambda: main(words), served_repository.root, world.environment)
    assert done.status == 0, done.stderr
    assert len(offers) == 1
    locked = {f"/simple/{name.split()[1]}/" for name in versions(served_repository) if name.startswith("pip ")}
    assert locked
    assert locked.isdisjoint(asked)
