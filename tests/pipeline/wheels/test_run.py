"""A wheelhouse without a build: what is built, reused, recorded and refused, in memory.

The lock is looked up; ``tests/commands/test_wheelhouse.py`` has the same with processes, builds and pip.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.build_permission import EVERYBODY, NOBODY
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.wheelhouse import WheelOptions
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.find_lock import read_lock
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.wheels.run import Wheelhouse
from tests.conftest import new_repository
from tests.fakes import FakeWheels, memory_project, wheel_of
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.wheelhouse import WheelhouseResult
    from mixlock_hooks.pipeline.project import Project
    from tests.conftest import TableWorld

SPEC = "dependencies:\n  - python=3.12\n  - pip:\n    - tiny-log\n    - old-style\n"
RECORD = "locks/environment/wheelhouse.json"
LINUX, MAC = Subdir("linux-64"), Subdir("osx-arm64")
SETTINGS = Settings(platforms=(LINUX, MAC), channels=(CHANNEL,), default_index=INDEX)
OPTIONS = WheelOptions(host=LINUX, builds=EVERYBODY)


@pytest.fixture(name="content", scope="module")
def _content(tmp_path_factory: pytest.TempPathFactory, shared_world: TableWorld) -> Mapping[str, bytes]:
    """Lock two sdists, and return all files."""
    made = new_repository(tmp_path_factory.mktemp("sdists") / "repository", shared_world, SPEC)
    assert made.mixlock("lock").status == 0
    return {"environment.yml": SPEC.encode(), **{f"locks/{path}": text for path, text in made.locks().items()}}


@dataclass(kw_only=True)
class House:
    """A repository in memory, what builds for it, and the command as a function."""

    project: Project
    wheels: FakeWheels

    def make(self, options: WheelOptions = OPTIONS) -> WheelhouseResult:
        """Make the wheelhouse of the one lock."""
        environments = every_environment(self.project)
        with ThreadPoolExecutor(max_workers=1) as pool:
            house = Wheelhouse(self.project, environments, self.wheels)
            (result,) = house.make([read_lock(self.project, "environment")], options, pool, lambda _result: None)
        return result

    def said(self, options: WheelOptions = OPTIONS) -> list[str]:
        """Return the problems of making it as ``CODE claim``."""
        result = self.make(options)
        found = [*result.problems, *(problem for each in result.results for problem in each.problems)]
        return [f"{problem.code} {problem.claim}" for problem in found]

    def drift(self) -> list[str]:
        """Return what drift finds."""
        (environment,) = every_environment(self.project)
        return [f"{problem.code} {problem.claim}" for problem in drift(self.project, environment).problems()]

    def record(self) -> str:
        """Return the record as text; empty where there is none."""
        return (self.project.files.read(RECORD) or b"").decode()


@pytest.fixture(name="house")
def _house(content: Mapping[str, bytes]) -> House:
    return House(project=memory_project(content, SETTINGS), wheels=FakeWheels(made=lambda plan, _n: wheel_of(plan)))


def test_each_sdist_is_built_once_recorded_and_laid_out(house: House) -> None:
    first = house.make()
    assert [result.origin for result in first.results] == ["built", "built"]
    assert sorted(house.wheels.log) == [
        "built old-style",
        "built tiny-log",
        "put wheelhouse/old_style-0.1-py3-none-any.whl",
        "put wheelhouse/tiny_log-0.3.2-py3-none-any.whl",
    ]
    recorded = json.loads(house.record())["wheels"]
    assert {(each["name"], tuple(each["platforms"])) for each in recorded} == {
        ("old-style", (LINUX, MAC)),
        ("tiny-log", (LINUX, MAC)),
    }
    assert house.drift() == []
    again = house.make()
    assert ([result.origin for result in again.results], again.written) == (["cached", "cached"], ())


def test_all_fetches_the_wheels_of_the_indices_too(house: House) -> None:
    assert house.make(replace(OPTIONS, everything=True)).fetched == 1
    assert "fetched wheelhouse/colors-1.0-py3-none-any.whl" in house.wheels.log


def test_digests_alone_lay_out_nothing(house: House) -> None:
    assert RECORD in house.make(replace(OPTIONS, digests_only=True)).written
    assert [line for line in house.wheels.log if line.startswith("put")] == []


def test_a_wheel_that_is_another_than_the_recorded_one_is_refused_until_it_is_recorded_anew(house: House) -> None:
    house.make()
    before = house.record()
    house.wheels = FakeWheels(made=lambda plan, _number: wheel_of(plan, 1))
    said = house.said()
    assert [line.partition(" built here is ")[0] for line in said] == [
        "MIX401 `old-style` 0.1",
        "MIX401 `tiny-log` 0.3.2",
    ]
    assert house.record() == before
    assert house.said(replace(OPTIONS, force=True)) == []
    assert house.record() != before


def test_a_build_that_is_another_each_time_names_the_members(house: House) -> None:
    house.wheels.made = wheel_of
    said = house.said(replace(OPTIONS, twice=True))
    assert said[0] == "MIX401 `old-style` 0.1 built twice gives two wheels; they differ in stamp.py"
    assert house.record() == ""


def test_where_nobody_may_build_nothing_is_built_and_recorded(house: House) -> None:
    said = house.said(replace(OPTIONS, builds=NOBODY))
    assert said[0].startswith("MIX402 `old-style` 0.1 has no wheel in the cache, and may not be built here")
    assert (house.wheels.log, house.record()) == ([], "")


@pytest.mark.parametrize("tag", ["cp27-cp27m-linux_armv7l", "py3-none-win_amd64"])
def test_a_wheel_that_fits_no_platform_is_neither_recorded_nor_kept(house: House, tag: str) -> None:
    house.wheels.made = lambda plan, _number: wheel_of(plan, file=f"odd-1-{tag}.whl", tags=(tag,))
    assert house.said()[0].startswith(f"MIX404 `old-style` 0.1 was built as odd-1-{tag}.whl")
    assert (house.record(), house.wheels.by_plan) == ("", {})


WRONG = {
    "another version": ("0.3.2", "0.3.3"),
    "a newer format": ('"wheelhouse": 1', '"wheelhouse": 2'),
    "a path for a digest": ('"sha256": "', '"sha256": "../../../etc/hostname'),
    "an epoch without end": ('"epoch": 315532800', '"epoch": Infinity'),
    "a path in a file's name": ("tiny_log-0.3.2-py3", "tiny_log-0.3.2-1/../../evil-py3"),
    "an empty table": (None, "{}"),
    "no JSON": (None, "no JSON"),
    "wheels that are text": (None, '{"wheelhouse": 1, "digest": "", "wheels": ["a"]}'),
}


@pytest.mark.parametrize(("old", "new"), WRONG.values(), ids=WRONG)
def test_a_record_that_a_hand_changed_is_drift_and_stays_until_it_is_made_anew(
    house: House, old: str | None, new: str
) -> None:
    house.make()
    right = house.record()
    wrong = right.replace(old, new, 1) if old else new
    assert wrong != right
    files = house.project.files
    files.replace_set("locks/environment", {"wheelhouse.json": wrong.encode()}, ())
    (found,) = house.drift()
    assert found.startswith("MIX401 wheelhouse.json does not hold: ")
    assert [line[:6] for line in house.said()] == ["MIX401"]
    assert house.record() == wrong
    assert house.said(replace(OPTIONS, force=True)) == []
    assert house.record() == right


def test_nothing_is_built_from_a_lock_that_a_hand_changed(house: House, content: Mapping[str, bytes]) -> None:
    lock = content["locks/environment/conda-lock.yml"].replace(b"old_style-0.1", b"other_style-0.1")
    house.project.files.replace_set("locks/environment", {"conda-lock.yml": lock}, ())
    assert [line[:6] for line in house.said()] == ["MIX206"]
    assert house.wheels.log == []
