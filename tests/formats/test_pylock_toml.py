"""``pylock.toml`` in and out, and the page that offers its files."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import pylock_toml, simple_page
from mixlock_hooks.model.proposal import ProposedFile

_TEXT = """\
lock-version = "1.0"
[[packages]]
name = "Torch"
version = "2.1.0+cpu"
wheels = [{ url = "https://files.example/a/torch-2.1.0%2Bcpu-py3-none-any.whl?x=1", hashes = { sha256 = "aa" } }]
sdist = { url = "https://files.example/a/torch-2.1.0.tar.gz", hashes = { sha256 = "bb" } }
"""


def test_files_are_read_wheels_first_under_their_plain_names() -> None:
    (project,) = pylock_toml.parse(_TEXT)
    assert (project.name, project.version) == ("torch", "2.1.0+cpu")
    assert [(file.name, file.sha256) for file in project.files] == [
        ("torch-2.1.0+cpu-py3-none-any.whl", "aa"),
        ("torch-2.1.0.tar.gz", "bb"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[[packages", id="no TOML"),
        pytest.param('[[packages]]\nname = "a"\n', id="no version"),
        pytest.param('[[packages]]\nname = "a"\nversion = "1"\nwheels = [{}]\n', id="no URL"),
    ],
)
def test_what_is_no_lock_of_index_files_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        pylock_toml.parse(text)


def test_a_file_without_a_sha256_has_an_empty_one() -> None:
    (project,) = pylock_toml.parse(
        '[[packages]]\nname = "a"\nversion = "1"\nwheels = [{url = "https://x.example/a.whl"}]\n'
    )
    assert [file.sha256 for file in project.files] == [""]


def test_a_preference_is_read_back() -> None:
    text = pylock_toml.render_preference({"b": "2", "a": '1"'})
    assert [(found.name, found.version, found.files) for found in pylock_toml.parse(text)] == [
        ("a", '1"', ()),
        ("b", "2", ()),
    ]


def test_a_page_quotes_names_and_announces_metadata() -> None:
    file = ProposedFile(name="torch-2.1.0+cpu-py3-none-any.whl", url="", sha256="aa")
    page = simple_page.render("torch", [file], frozenset({file.name}))
    assert '<a href="../../files/torch-2.1.0%2Bcpu-py3-none-any.whl#sha256=aa" data-core-metadata="true"' in page
    assert "data-core-metadata" not in simple_page.render("torch", [file], frozenset())
