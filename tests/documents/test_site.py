"""The site is built without a warning, and a page that nothing leads to, or a link that leads nowhere, fails it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.documents.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOC = "root: index\nentries:\n  - file: other\n"
INDEX = "# Here\n\nSee [the other](other.md#there).\n"
OTHER = "# Other\n\n## There\n"


def _build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    strictly = ("--fail-on-warning", "--keep-going", "--quiet")
    command = [sys.executable, "-m", "sphinx", *strictly, str(source), str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    done = _build(ROOT / "docs", tmp_path / "site")
    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").glob("**/*.md")}
    assert [page for page in pages if not (tmp_path / "site" / page).is_file()] == []


@pytest.mark.parametrize(
    ("index", "more", "says"),
    [
        pytest.param(INDEX, {}, "", id="nothing is wrong"),
        pytest.param(INDEX, {"lost.md": "# Lost\n"}, "isn't included in any toctree", id="a page outside of the nav"),
        pytest.param(INDEX.replace("other.md", "gone.md"), {}, "gone.md", id="a link to no page"),
        pytest.param(INDEX.replace("#there", "#nowhere"), {}, "nowhere", id="a link to no heading"),
    ],
)
def test_what_a_strict_build_refuses(tmp_path: Path, index: str, more: dict[str, str], says: str) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=lambda _folder, names: {*names} - {"conf.py"})
    for name, text in {"_toc.yml": TOC, "index.md": index, "other.md": OTHER, **more}.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    done = _build(tmp_path / "docs", tmp_path / "site")
    assert (done.returncode != 0, says in done.stderr) == (bool(says), True), done.stderr
