"""The documentation says what the program says, and its links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.suite import SUITE
from mixlock_hooks.demo.steps import STORY
from tests import pictures
from tests.demo_cast import CAST
from tests.reference_pages import FOLDER, PAGES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
_FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *$", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_what_the_program_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `nox -s reference`"


def test_every_benchmark_is_named() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert [name for name in SUITE if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_shows_what_the_program_says(name: str, tmp_path: Path) -> None:
    picture = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert pictures.text_of(picture) == pictures.plain(pictures.shown(name, tmp_path)), "run `nox -s pictures`"
    assert re.findall(r"(?:href|src|url)\W+https?://", picture) == []


def test_the_cast_tells_the_demo_as_it_is() -> None:
    header, *events = map(json.loads, CAST.read_text(encoding="utf-8").splitlines())
    assert header["version"] == 2
    assert [kind for _moment, kind, _text in events] == ["o"] * len(events)
    assert [moment for moment, *_ in events] == sorted(moment for moment, *_ in events)
    told = "".join(text for *_, text in events)
    assert [step.says for step in STORY if step.says not in told] == [], "run `nox -s cast`"


def _prose(document: str) -> str:
    return _FENCED.sub("", (ROOT / document).read_text(encoding="utf-8"))


def _anchors(document: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them; a second one of a name gets a number."""
    found: list[str] = []
    for heading in _HEADING.finditer(_prose(document)):
        bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["text"]).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", bare).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_documentation_lead_somewhere(document: str) -> None:
    for link in _LINK.finditer(_prose(document)):
        target, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (ROOT / document).parent / target if target else ROOT / document
        assert path.exists(), link["target"]
        if anchor:
            assert anchor in _anchors(path.resolve().relative_to(ROOT).as_posix()), link["target"]
