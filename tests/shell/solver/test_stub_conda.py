"""What stands for conda's projects beside the proposed ones is made when it is asked for."""

from __future__ import annotations

import hashlib

import pytest

from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.shell.solver.stub_conda import HeldStubs

STUBS = HeldStubs({pypi_name("ruamel.yaml"): "0.18", pypi_name("old"): "2004d-odd"})
FILE = "ruamel_yaml-0.18-py3-none-any.whl"


def test_a_page_names_the_file_that_is_served_with_its_hash() -> None:
    page, wheel = STUBS.answer("/simple/ruamel-yaml/"), STUBS.answer(f"/files/{FILE}")
    assert page is not None
    assert wheel is not None
    assert f"../../files/{FILE}#sha256={hashlib.sha256(wheel.body).hexdigest()}" in page.body.decode()


def test_only_versions_that_an_index_could_have_are_there() -> None:
    assert frozenset({FILE}) == STUBS.files


@pytest.mark.parametrize(
    "path", ["/simple/old/", "/simple/other/", f"/simple/{FILE}", "/files/ruamel-yaml", f"/other/{FILE}", "/", ""]
)
def test_anything_else_is_somebody_elses(path: str) -> None:
    assert STUBS.answer(path) is None
