"""Core metadata judged for a target, and recognised for what it is."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.target import make_target, marker_environment

LINUX = marker_environment(make_target(Subdir("linux-64"), (), {"python": "3.11.9"}, {}))
HEAD = "Metadata-Version: 2.1\nName: Some.Thing\nVersion: 1.0\n"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        pytest.param("a>=1", ["a>=1"], id="without a marker"),
        pytest.param('a; sys_platform == "linux"', ["a"], id="a marker that holds loses itself"),
        pytest.param('a; sys_platform == "win32"', [], id="a marker that does not hold"),
        pytest.param('a; platform_machine == "aarch64"', [], id="one that conda-lock's solver does not know"),
        pytest.param('a; implementation_name == "cpython"', ["a"], id="another of those"),
        pytest.param('a; extra == "x"', ['a; extra == "x"'], id="an extra stays"),
        pytest.param('a; extra == "y"', [], id="an extra that nobody asks for"),
        pytest.param('a; extra == "x" and python_version < "3"', [], id="an extra that cannot hold"),
        pytest.param('a; extra == "x" and os_name == "posix"', ['a; extra == "x"'], id="an extra that can"),
        pytest.param("not a requirement!", ["not a requirement!"], id="what nobody can read stays as it is"),
    ],
)
def test_requirements_are_judged_for_the_target(asked: str, kept: list[str]) -> None:
    text = f"{HEAD}Provides-Extra: x\nProvides-Extra: y\nRequires-Dist: {asked}\n"
    judged = core_metadata.render(core_metadata.parse(text), LINUX, {"x"})
    assert [line[15:] for line in judged.splitlines() if line.startswith("Requires-Dist: ")] == kept


def test_name_version_and_python_stay() -> None:
    judged = core_metadata.render(core_metadata.parse(f"{HEAD}Requires-Python: >=3.8\n"), LINUX, ())
    assert judged == f"{HEAD}Requires-Python: >=3.8\n"


@pytest.mark.parametrize(
    ("text", "wheel", "expected"),
    [
        pytest.param(HEAD, "some_thing-1.0-py3-none-any.whl", True, id="its own"),
        pytest.param(HEAD, "some_thing-1.1-py3-none-any.whl", False, id="of another version"),
        pytest.param(HEAD, "other-1.0-py3-none-any.whl", False, id="of another project"),
        pytest.param("<html>please log in</html>", "some_thing-1.0-py3-none-any.whl", False, id="a login page"),
        pytest.param("", "some_thing-1.0-py3-none-any.whl", False, id="nothing"),
        pytest.param(HEAD, "not-a-wheel", False, id="of no wheel"),
    ],
)
def test_metadata_are_those_of_the_file(text: str, wheel: str, expected: bool) -> None:  # noqa: FBT001
    assert core_metadata.is_of(text, wheel) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Metadata-Version: 2.2\n", True, id="2.2 without Dynamic"),
        pytest.param("Metadata-Version: 2.2\nDynamic: Requires-Dist\n", False, id="dynamic requirements"),
        pytest.param("Metadata-Version: 2.2\nDynamic: Summary\n", True, id="something else that is dynamic"),
        pytest.param("Metadata-Version: 1.2\n", False, id="before PEP 643"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_an_sdist_is_static_as_pep_643_says(text: str, expected: bool) -> None:  # noqa: FBT001
    assert core_metadata.is_static(text) is expected


def test_a_requirement_whose_marker_nobody_can_judge_stays_text() -> None:
    metadata = core_metadata.parse(
        "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b; os_name ~= 'posix'\n"
    )
    assert metadata.requirements == ("b; os_name ~= 'posix'",)
    assert list(metadata.holding({"os_name": "posix"}, ())) == [("b; os_name ~= 'posix'", "")]


def test_an_extra_that_nothing_can_ask_for_is_left_out() -> None:
    """Releases of fastapi had such ones in 2019."""
    text = "Metadata-Version: 2.1\nName: a\nVersion: 1\nProvides-Extra: .none\nProvides-Extra: all\n"
    assert core_metadata.parse(text).extras == ("all",)
