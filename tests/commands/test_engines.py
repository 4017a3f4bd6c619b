"""The real engines: what the fakes answer they answer too, to the byte, and what only they can be asked.

The fakes solve the same tables. Two runs of the real conda-lock confirm every kind of spec, solvable or not, so what
is tested with the fakes elsewhere is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import LOOSE, versions
from tests.commands.specs import CONFIRMED, HEAD, UNSOLVABLE, lock_table
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.commands.specs import Spec, Unsolvable
    from tests.conftest import Repository, ServedWorld, TableWorld


@pytest.mark.parametrize("table", [CONFIRMED, UNSOLVABLE], ids=["solvable", "unsolvable"])
def test_the_fakes_answer_as_the_real_engines_do(
    tmp_path: Path,
    shared_served: ServedWorld,
    shared_world: TableWorld,
    table: Mapping[str, Spec] | Mapping[str, Unsolvable],
) -> None:
    real = lock_table(tmp_path / "real", shared_served, table)
    fake = lock_table(tmp_path / "fake", shared_world, table)
    assert fake.locks().keys() == real.locks().keys()
    assert [name for name, content in real.locks().items() if fake.locks()[name] != content] == []
    assert fake.read("said.txt") == real.read("said.txt")


def test_a_relock_keeps_and_upgrades_as_the_fakes_do(loosened: Repository, shared_served: ServedWorld) -> None:
    loosened.write("environment.yml", f"platforms: [linux-64]\n{LOOSE}    - colors\n")
    before = loosened.locks()
    assert loosened.mixlock("lock", "--upgrade-package", "numpy").status == 0
    expected = loosened.locks()
    for name, content in before.items():
        (loosened.root / "locks" / name).write_bytes(content)
    loosened.world = shared_served
    done = loosened.mixlock("lock", "--upgrade-package", "numpy")
    assert done.status == 0, done.stderr
    assert loosened.locks() == expected
    assert (versions(loosened)["conda numpy"], versions(loosened)["pip requests"]) == ("2.2.6", "2.31.0")


def test_conda_gives_way_too_where_the_index_has_what_conda_has(served_repository: Repository) -> None:
    numpy = [render_wheel(SyntheticProject(name="numpy", version=version)) for version in ("1.26.4", "2.2.6")]
    served_repository.world.add(*numpy)
    served_repository.write("environment.yml", f"{HEAD}  - numpy\n  - pip: [frames==1.0]\n")
    done = served_repository.mixlock("lock", "--platform", "linux-64")
    assert done.status == 0, done.stderr
    assert versions(served_repository)["conda numpy"] == "1.26.4"
    assert "pip numpy" not in versions(served_repository)


SECRET_SPEC = f"""\
platforms: [linux-64]
channels:
  - {CHANNEL.replace("://", "://me:${PASSWORD}@")}
pypi-indices:
  - {INDEX.replace("://", "://me:${PASSWORD}@")}
dependencies:
  - python=3.12
  - numpy
  - pip:
    - requests
"""
TOKEN_SPEC = SECRET_SPEC.replace("me:${PASSWORD}@conda.example/", "conda.example/t/${PASSWORD}/")


@pytest.mark.parametrize("spec", [SECRET_SPEC, TOKEN_SPEC], ids=["passwords", "a conda token"])
def test_a_secret_is_used_but_never_locked_and_may_change(served_locked: Repository, spec: str) -> None:
    served_locked.write("environment.yml", spec)
    done = served_locked.mixlock("lock", "--platform", "linux-64", PASSWORD="hunter2")
    assert done.status == 0, done.stderr
    told = b"\n".join(served_locked.locks().values()).decode() + done.stdout + done.stderr
    assert [word for word in ("hunter2", "PASSWORD", "//me", "/t/") if word in told] == []
    assert served_locked.mixlock("drift", PASSWORD="rotated").status == 0
    if spec is SECRET_SPEC:
        assert served_locked.mixlock("lock", "--force", PASSWORD="rotated").stdout == ""


def test_a_secret_that_is_not_set_is_told_at_its_line(served_repository: Repository) -> None:
    served_repository.write(
        "environment.yml", SECRET_SPEC.replace("conda.example", "other.example").replace("PASSWORD", "NEVER_SET")
    )
    done = served_repository.mixlock("lock", MIXLOCK_CREDENTIAL_HOSTS="other.example")
    assert "environment.yml:3:5: MIX301 `https://***@other.example/science` names a variable" in done.stderr
    assert (done.status, served_repository.locks()) == (3, {})
