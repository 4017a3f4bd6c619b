"""The compact name map answers as the full one, and as conda-lock, in both directions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from mixlock_hooks.formats.name_map import compact, parse, render_lookup_json
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    FullMap = Mapping[str, Mapping[str, str]]

_MAP = "# a comment\n\nfoo\tpy-foo\npython-bar\tbar\nbar\tbar\nspam-eggs\tspam_eggs\n"


def _full(*rows: tuple[str, str]) -> FullMap:
    return {pypi: {"pypi_name": pypi, "conda_name": conda} for pypi, conda in rows}


def _rows(text: str) -> list[str]:
    return [line.replace("\t", " -> ") for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("pypi", "conda"),
    [
        pytest.param("foo", "py-foo", id="a name that differs"),
        pytest.param("Foo", "py-foo", id="is found in any spelling"),
        pytest.param("python_bar", "bar", id="of several with one conda name, the first has it"),
        pytest.param("bar", "bar", id="and so has the last"),
        pytest.param("Spam.Eggs", "spam_eggs", id="a conda name keeps its own spelling"),
        pytest.param("Un_Known", "un-known", id="silence means the normalized name"),
    ],
)
def test_conda_name(pypi: str, conda: str) -> None:
    assert parse(_MAP).conda_name(pypi) == conda


@pytest.mark.parametrize(
    ("conda", "pypi"),
    [
        pytest.param("py-foo", "foo", id="a name that differs"),
        pytest.param("Py_Foo", "foo", id="is found in any spelling"),
        pytest.param("bar", "bar", id="of several, the last row answers"),
        pytest.param("spam_eggs", "spam-eggs", id="a conda name that is not normalized answers normalized"),
        pytest.param("foo", "foo", id="silence means the name itself"),
    ],
)
def test_pypi_name(conda: str, pypi: str) -> None:
    assert parse(_MAP).pypi_name(conda) == pypi


def test_a_conda_name_that_is_not_normalized_is_never_found_as_in_conda_lock() -> None:
    assert parse("foo\tpy_foo\n").pypi_name("py_foo") == "py-foo"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("foo", id="one name"),
        pytest.param("foo py-foo", id="a blank for the tab"),
        pytest.param("foo\t", id="no conda name"),
        pytest.param("\tpy-foo", id="no PyPI name"),
        pytest.param("foo\tpy-foo\tmore", id="a third column"),
        pytest.param("Foo\tpy-foo", id="a PyPI name that is not normalized"),
        pytest.param("known\tpy-known", id="a PyPI name a second time"),
        pytest.param("<<<<<<< HEAD", id="a conflict marker"),
    ],
)
def test_a_line_that_is_no_row_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="name map, line 2: "):
        parse(f"known\tpy-known\n{line}\n")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("a\tpy-a\nb\tpy-b\n", True, id="the same text"),
        pytest.param("# said\na\tpy-a\n\nb\tpy-b", True, id="comments and blank lines"),
        pytest.param("a\tpy-a\r\nb\tpy-b\r\n", True, id="line endings"),
        pytest.param("a\tpy-a\nb\tpy-c\n", False, id="another name"),
        pytest.param("b\tpy-b\na\tpy-a\n", False, id="another order, which may change who is last"),
        pytest.param("a\tpy-a\n", False, id="a row less"),
    ],
)
def test_the_digest_is_of_the_rows(text: str, *, same: bool) -> None:
    name_map = parse("a\tpy-a\nb\tpy-b\n")
    assert name_map.digest.startswith("sha256:")
    assert (parse(text).digest == name_map.digest) is same
    assert (parse(text) == name_map) is same


@pytest.mark.parametrize(
    ("full", "rows"),
    [
        pytest.param(_full(), [], id="nothing of nothing"),
        pytest.param(_full(("numpy", "numpy")), [], id="the same name is left out"),
        pytest.param(_full(("torch", "pytorch")), ["torch -> pytorch"], id="a name that differs is kept"),
        pytest.param(_full(("a-b", "a_b")), ["a-b -> a_b"], id="a spelling that differs is kept"),
        pytest.param(
            _full(("cyipopt", "cyipopt"), ("ipopt", "cyipopt")),
            ["ipopt -> cyipopt"],
            id="the same name is left out when another row answers anyway",
        ),
        pytest.param(
            _full(("ipopt", "cyipopt"), ("cyipopt", "cyipopt")),
            ["ipopt -> cyipopt", "cyipopt -> cyipopt"],
            id="the same name is kept when it is last of several",
        ),
        pytest.param(
            _full(("pyqt5", "pyqt"), ("pyqt4", "pyqt")),
            ["pyqt5 -> pyqt", "pyqt4 -> pyqt"],
            id="the last stays last against the alphabet",
        ),
        pytest.param(
            _full(("z", "py-a"), ("a", "py-z")),
            ["z -> py-a", "a -> py-z"],
            id="rows are sorted by conda name",
        ),
        pytest.param(_full(("Foo.Bar", "py-foo")), ["foo-bar -> py-foo"], id="PyPI names are normalized"),
        pytest.param(
            _full(("a_b", "x"), ("c", "x"), ("a.b", "x")),
            ["a-b -> x", "c -> x"],
            id="a spelling met again keeps its first place",
        ),
    ],
)
def test_compact(full: FullMap, rows: list[str]) -> None:
    assert _rows(compact(full)) == rows


@pytest.mark.parametrize(
    "full",
    [
        pytest.param({"foo": {"pypi_name": "foo"}}, id="no conda name"),
        pytest.param(_full(("foo", "")), id="an empty conda name"),
        pytest.param(_full(("foo", "py\tfoo")), id="a conda name with a tab"),
        pytest.param(_full(("foo", "py-foo\n")), id="a conda name with a line end"),
        pytest.param(_full(("#foo", "py-foo")), id="a PyPI name that would be a comment"),
        pytest.param({"foo": {"conda_name": "py-foo"}}, id="no PyPI name"),
        pytest.param({"foo": {"conda_name": "py-foo", "pypi_name": "bar"}}, id="another PyPI name than its key"),
    ],
)
def test_a_record_that_cannot_be_a_row_is_refused_with_its_name(full: FullMap) -> None:
    with pytest.raises(ValueError, match="foo'"):
        compact(full)


def test_the_lookup_file_holds_what_conda_lock_reads_in_the_order_of_the_rows() -> None:
    lookup = json.loads(render_lookup_json(parse("pyqt5\tpyqt\npyqt4\tpyqt\n")))
    assert list(lookup.items()) == [
        ("pyqt5", {"pypi_name": "pyqt5", "conda_name": "pyqt"}),
        ("pyqt4", {"pypi_name": "pyqt4", "conda_name": "pyqt"}),
    ]


_NAMES = ("a", "b", "c", "A", "a-b", "a_b", "A.B", "b.c", "b-c", "_c")
_SPELLED = st.sampled_from([name for name in _NAMES if name != "_c"])
_FULL_MAPS = st.lists(st.tuples(_SPELLED, st.sampled_from(_NAMES))).map(lambda rows: _full(*rows))


def _conda_lock_answers(full: FullMap) -> dict[str, tuple[str, str]]:
    """Answer for every name as ``conda_lock.lookup`` 4.0.3 does, written out again."""
    lookup = {canonicalize_name(key): record for key, record in full.items()}
    reverse = {record["conda_name"]: canonicalize_name(record["pypi_name"]) for record in lookup.values()}
    normalized = {name: canonicalize_name(name) for name in _NAMES}
    return {
        name: (lookup.get(key, {"conda_name": key})["conda_name"], reverse.get(key, key))
        for name, key in normalized.items()
    }


@given(_FULL_MAPS)
def test_the_compact_map_answers_as_conda_lock_does_with_the_full_one(full: FullMap) -> None:
    name_map = parse(compact(full))
    answers = {name: (name_map.conda_name(name), name_map.pypi_name(name)) for name in _NAMES}
    assert answers == _conda_lock_answers(full)


@given(_FULL_MAPS)
def test_the_lookup_file_makes_conda_lock_answer_as_the_full_map_does(full: FullMap) -> None:
    lookup = json.loads(render_lookup_json(parse(compact(full))))
    assert _conda_lock_answers(lookup) == _conda_lock_answers(full)


@given(_FULL_MAPS)
def test_no_row_of_the_compact_map_can_be_left_out(full: FullMap) -> None:
    rows = compact(full).removeprefix(compact({})).splitlines(keepends=True)
    for row in rows:
        rest = parse("".join(other for other in rows if other != row))
        answers = {name: (rest.conda_name(name), rest.pypi_name(name)) for name in _NAMES}
        assert answers != _conda_lock_answers(full)


@given(_FULL_MAPS)
def test_compacting_what_was_compact_changes_nothing(full: FullMap) -> None:
    text = compact(full)
    assert compact(json.loads(render_lookup_json(parse(text)))) == text


def test_the_shipped_map_is_read_once() -> None:
    assert shipped() is shipped()
    assert shipped().conda_name("torch") == "pytorch"
    assert shipped().pypi_name("pytorch") == "torch"
