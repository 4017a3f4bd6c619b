"""The name map as text: what each kind of line means, what is refused, and the file that conda-lock takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

import mixlock_hooks.data
from mixlock_hooks.formats.name_map import parse, render, render_lookup_json
from mixlock_hooks.model.counterparts import ChannelNames, Provision
from mixlock_hooks.model.names import PypiName
from mixlock_hooks.shell.name_map_file import shipped

_TEXT = """\
# a comment
[conda-forge]
bwa
pytorch\ttorch
r-*
ray-core\tray\taiohttp yarl
upd\t\tclick
web.py\t= webpy
[bioconda]
bwa\t=
"""


@pytest.mark.parametrize(
    ("name", "projects", "carried"),
    [
        pytest.param("bwa", (), (), id="a name alone: no project"),
        pytest.param("pytorch", ("torch",), (), id="a project of another name"),
        pytest.param("r-base", (), (), id="a beginning: no project"),
        pytest.param("rich", ("rich",), (), id="no line: the same name"),
        pytest.param("ray-core", ("ray",), ("aiohttp", "yarl"), id="copies of others"),
        pytest.param("upd", (), ("click",), id="nothing but copies"),
        pytest.param("web.py", ("web-py", "webpy"), (), id="an equals sign: the same name, normalized"),
    ],
)
def test_a_line(name: str, projects: tuple[str, ...], carried: tuple[str, ...]) -> None:
    found = parse(_TEXT).provision(name, ["conda-forge"])
    assert (found.projects, found.carried) == (projects, carried)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("bwa\n[conda-forge]\n", "before any channel", id="a line before any channel"),
        pytest.param("[c]\nbwa\nbwa\n", "twice", id="a name twice, alike"),
        pytest.param("[c]\nbwa\nbwa\tx\n", "twice", id="a name twice, differently"),
        pytest.param("[c]\nbwa\t\n", "no project", id="a tab and no project"),
        pytest.param("[c]\nbwa\n[c]\nx\n", "a channel stands there twice", id="a channel twice"),
    ],
)
def test_what_is_no_map_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param(f"# other\n\n{_TEXT}", True, id="comments and empty lines"),
        pytest.param(_TEXT.replace("\n", "\r\n"), True, id="line endings"),
        pytest.param(_TEXT.replace("torch\n", "pytorch\n"), False, id="another project"),
        pytest.param(_TEXT.replace("[bioconda]", "[other]"), False, id="another channel"),
    ],
)
def test_the_digest_is_that_of_the_lines(text: str, *, same: bool) -> None:
    assert (parse(text).digest == parse(_TEXT).digest) is same
    assert (parse(text) == parse(_TEXT)) is same


def test_what_is_rendered_is_parsed_as_it_was() -> None:
    tables = {
        "conda-forge": ChannelNames(
            none=frozenset({"bwa", "r-*"}),
            none_beginning_with=("r-",),
            provided={"web.py": Provision(projects=(PypiName("web-py"),), carried=(PypiName("six"),))},
        )
    }
    text = render(tables, "two\nlines")
    assert text == "# two\n# lines\n[conda-forge]\nbwa\nr-*\nweb.py\t=\tsix\n"
    assert render(parse(text).channels, "two\nlines") == text


def _conda_lock_project(lookup: dict[str, dict[str, str]], conda: str) -> str:
    """Answer as ``conda_lock.lookup.conda_name_to_pypi_name`` 4.0.3 does, written out again."""
    reverse = {record["conda_name"]: record["pypi_name"] for record in lookup.values()}
    return reverse.get(canonicalize_name(conda), canonicalize_name(conda))


@pytest.mark.parametrize(
    ("conda", "project"),
    [
        pytest.param("pytorch", "torch", id="a project of another name"),
        pytest.param("typing_extensions", "typing-extensions", id="a name that is not normalized"),
        pytest.param("opencv", "opencv-python", id="of two projects, the first"),
        pytest.param("bwa", "mixlock-no-project-bwa", id="no project: a name that no index has"),
        pytest.param("dask-core", "mixlock-no-project-dask-core", id="another package stands for the project"),
        pytest.param("python", "python", id="python, as conda-lock looks for it"),
    ],
)
def test_conda_lock_takes_a_conda_package_for(conda: str, project: str) -> None:
    holders = {
        PypiName(name): package
        for name, package in (
            ("torch", "pytorch"),
            ("typing-extensions", "typing_extensions"),
            ("opencv-python", "opencv"),
            ("opencv-python-headless", "opencv"),
            ("dask", "dask"),
        )
    }
    lookup = json.loads(render_lookup_json(holders, [*holders.values(), "bwa", "dask-core", "python"]))
    assert all(record["pypi_name"] == key for key, record in lookup.items())
    assert _conda_lock_project(lookup, conda) == project


def test_the_shipped_map_is_read_once() -> None:
    assert shipped() is shipped()
    assert shipped().projects("pytorch") == ("torch",)


def test_the_shipped_map_names_its_source_and_has_its_licence_beside_it() -> None:
    folder = Path(mixlock_hooks.data.__file__).parent
    assert "prefix-dev/parselmouth" in (folder / "name_map.tsv").read_text(encoding="utf-8")
    assert "BSD 3-Clause License" in (folder / "name_map.LICENSE").read_text(encoding="utf-8")
