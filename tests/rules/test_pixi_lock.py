"""What a package of PyPI in another tool's lock needs, judged for the platform and the extras that are asked for."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.foreign import ForeignPackage
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.pixi_lock import locked

LINUX = Subdir("linux-64")


def _package(name: str, version: str = "1.0", manager: Manager = Manager.PIP) -> LockedPackage:
    suffix = "-0.conda" if manager is Manager.CONDA else "-py3-none-any.whl"
    url = f"https://a.example/linux-64/{name}-{version}{suffix}"
    return LockedPackage(name=name, version=version, manager=manager, platform=LINUX, dependencies={}, url=url)


@pytest.mark.parametrize(
    ("asked", "requires", "expected"),
    [
        ("x", ("y>=1,<2", "z"), {"y": "<2,>=1", "z": ""}),
        ("x", ("y>=1", "y<2"), {"y": "<2,>=1"}),
        ("x", ("y; python_version < '3.9'", "z; sys_platform == 'linux'"), {"z": ""}),
        ("x", ("y; extra == 'more'",), {}),
        ("x[more]", ("y; extra == 'more'", "z; extra == 'other'"), {"y": ""}),
        ("x[more]", ("x[most]; extra == 'more'", "y; extra == 'most'"), {"y": ""}),
        ("x", ("Y_y>=1",), {"y-y": ">=1"}),
    ],
)
def test_requirements_are_judged(asked: str, requires: tuple[str, ...], expected: dict[str, str]) -> None:
    text = f"platforms: [linux-64]\ndependencies: [python, pip: ['{asked}']]\n"
    (spec,) = merge(environment_yml.parse(text, "environment.yml"), Settings()).platforms
    python = ForeignPackage(package=_package("python", "3.12.1", Manager.CONDA))
    found = {
        each.name: each for each in locked(spec, [python, ForeignPackage(package=_package("x"), requires=requires)])
    }
    assert found["x"].dependencies == expected
    assert found["python"].dependencies == {}
