"""Forms that are rare in the wild, written here, and compared with what the real packages hold.

The two flows of the user's document are locked to the end, against real channel metadata and the real index.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.model.locked import Manager
from tests.real.conftest import new_repository
from tests.real.flow_specimens import Specimen
from tests.real.metaflow_comparison import PROFILES, differences, dumped, interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.conftest import RealRepository

pytestmark = pytest.mark.real


def _flow(base: str, step: str, before: str = "") -> str:
    decorators = "".join(f"    {line}\n" for line in step.splitlines())
    return (
        f"from metaflow import *\n{before}{base}\nclass F(FlowSpec):\n{decorators}    @step\n    def start(self):\n"
        "        self.next(self.end)\n    @step\n    def end(self): pass\n"
    )


_BOTH = {
    "literals": _flow("@conda_base(libraries={'a': '1.0', 'b': '>=1,<2', 'c': ''}, python='3.9')", ""),
    "constants": _flow("@conda_base(libraries={**A, 'b': V})", "", "V = '2'\nA = dict(a='1')\n"),
    "joins": _flow("@pypi_base(packages={'a': '1.%d' % 2} | {'b': f'{1}.{2}', 'c': '{}'.format('3')})", ""),
    "conditions": _flow("@pypi_base(packages={'a': '1' if X == 'x' else '2'}, python='3.9')", "", "X = 'y'\n"),
    "aliases": _flow("@cb(libraries={'a': '1'})", "", "from metaflow import conda_base as cb\n"),
    "bound": _flow("@E", "", "E = conda_base(libraries={'a': '1'})\n"),
    "step over flow": _flow(
        "@conda_base(libraries={'a': '>=1', 'b': '1'}, python='3.9')", "@conda(libraries={'a': '<2'}, python='3.10')"
    ),
    "disabled step": _flow("@conda_base(libraries={'a': '1'})", "@conda(disabled=True)"),
    "disabled flow": _flow("@conda_base(libraries={'a': '1'}, disabled=True)", "@conda(disabled=False)"),
    "inherited": _flow("@conda_base(libraries={'a': '1'})", "@pypi(packages={})"),
    "base class": _flow("@conda_base(libraries={'a': '1'})", "")
    + "class G(F):\n    @step\n    def start(self): self.next(self.end)\n",
}
_EXTENSION = {
    "joined": _flow("", "@conda(libraries={'a': '>=1.20'})\n@conda(libraries={'a': '<2', 'b': '1'}, python='3.9')"),
    "mixed": _flow(
        "@conda_base(libraries={'a': '1'}, channels=['x', 'y'])",
        "@pypi(packages={'b[z]': '1'}, extra_indices=['https://i.example'])",
    ),
    "mixed levels": _flow(
        "@conda_base(libraries={'a': '1'})\n@pypi_base(packages={'b': '1', 'c': '1'})",
        "@pypi(packages={'b': '2'})\n@conda(channels=['x'])",
    ),
    "bare enables": _flow("@conda_base(libraries={'a': '1'}, disabled=True)", "@conda"),
    "packages enable": _flow("@conda_base(libraries={'a': '1'}, disabled=True)", "@pypi(packages={'b': '1'})"),
    "disabled with packages": _flow("", "@conda(libraries={'a': '1'}, disabled=True)"),
    "deprecated": _flow(
        "@pip_base(packages={'a': '1'}, sources=['https://i.example'])",
        "@conda(pip_packages={'b': '1'}, pip_sources=['https://j.example'])",
    ),
    "conda only": _flow("", "@pypi(packages={'a': '1'}, conda_only={'b': '1'})"),
    "named": _flow("@conda_base(libraries={'a': '1'})", "@named_env(name='x')"),
    "own decorator replaces": _flow("@conda_base(libraries={'a': '1'}, python='3.9')", "")
    + "@conda_base(libraries={'b': '1'})\nclass G(F): pass\n",
    "spelled": _flow("@pypi_base(packages={'A_b': '1'})", "@pypi(packages={'a-b': '2'})"),
    "extras": _flow("@pypi_base(packages={'a': '1'})", "@pypi(packages={'a[x]': '2'})"),
    "channel": _flow("@conda_base(libraries={'a': '1'})", "@conda(libraries={'c::a': '2'})"),
    "pathspec": _flow("@conda_base(libraries={'a': '1'})", "@conda(pathspec='F/1/s')"),
}
_OPEN_SOURCE = {
    "packages": _flow(
        "@conda_base(packages={'a': '1', 'b': '1'}, libraries={'a': '0', 'c': '1'})", "@conda(packages={'b': '2'})"
    ),
    "packages enable": _flow("@conda_base(packages={'a': '1'}, disabled=True)", "@conda(packages={'b': '1'})"),
}
_WRITTEN = {"netflixext": _BOTH | _EXTENSION, "oss": _BOTH | _OPEN_SOURCE}

_KNOWN = {
    "netflixext": {
        "extras": "the extension holds one project twice where only one level asks for extras",
        "channel": "the extension holds one package twice where only one level names its channel",
        "pathspec": "the extension forgets the pathspec of @conda: its property has another name",
    },
    "oss": {
        "packages enable": "open-source Metaflow keeps the flow's disabled=True; a lock too many does no harm",
    },
}
"""Differences that are meant, and why: the extension's are its defects."""


@pytest.mark.parametrize("profile", PROFILES)
def test_written_flows_hold_what_the_real_packages_hold(tmp_path: Path, profile: str) -> None:
    written = []
    for name, source in _WRITTEN[profile].items():
        (tmp_path / name).write_text(source)
        written.append(
            Specimen(name=name, kind="static", path="flows/f.py", support=tmp_path / "no", folder=tmp_path)
        )
    dump = dumped(written, profile)
    assert {name: found["failed"] for name, found in dump.items() if "failed" in found} == {}
    different: dict[str, Any] = {found.name: differences(found, dump[found.name], profile) for found in written}
    known = _KNOWN[profile]
    assert {name: steps for name, steps in different.items() if steps and name not in known} == {}
    assert {name for name, steps in different.items() if steps} == known.keys()


_DECORATORS = """\
from metaflow import FlowSpec, step, conda, pypi
class MixedEnvFlow(FlowSpec):
    @conda(libraries={"numpy": "1.21.5"}, python=">=3.9,<3.10")
    @pypi(packages={"tensorflow": "2.7.4"})
    @step
    def start(self):
        import numpy as np
        import tensorflow as tf
        print(f"NumPy {np.__version__} from Conda")
        print(f"TensorFlow {tf.__version__} from PyPI")
        self.next(self.end)
    @step
    def end(self):
        print("Done")
if __name__ == "__main__":
    MixedEnvFlow()
"""
_BASES = """\
from metaflow import FlowSpec, step, conda, conda_base, pypi, pypi_base
@conda_base(libraries={"numpy": "1.21.5"}, python=">=3.9,<3.10")
@pypi_base(packages={"requests": "2.28.0"})
class MixedEnvFlow(FlowSpec):
    @pypi(packages={"pandas": "1.5.0"})
    @step
    def start(self):
        # Has numpy (from conda_base), requests (from pypi_base),
        # and pandas (from step decorator)
        import numpy, requests, pandas
        self.next(self.end)
    @conda(libraries={"scipy": "1.9.0"})
    @step
    def end(self):
        # Has numpy, scipy, and requests
        # Step-level overrides flow-level
        import numpy, scipy, requests
if __name__ == "__main__":
    MixedEnvFlow()
"""


@pytest.fixture(name="users", scope="module")
def _users(tmp_path_factory: pytest.TempPathFactory, real_machine: dict[str, str]) -> RealRepository:
    """Lock the two flows of the user's document.

    The channel metadata hold numpy 1.21.5 for python 3.9 and 3.10 only: ``>=3.8,<3.9`` became ``>=3.9,<3.10``.
    """
    made = new_repository(tmp_path_factory.mktemp("users") / "repository", real_machine)
    made.write("mixlock.toml", b'platforms = ["linux-64"]\n')
    made.write("decorators.py", _DECORATORS.encode())
    made.write("bases.py", _BASES.encode())
    done = made.mixlock("lock")
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.parametrize(
    ("environment", "conda", "pip"),
    [
        pytest.param("decorators/MixedEnvFlow/start", {"numpy": "1.21.5"}, {"tensorflow": "2.7.4"}, id="decorators"),
        pytest.param(
            "bases/MixedEnvFlow/start", {"numpy": "1.21.5"}, {"requests": "2.28.0", "pandas": "1.5.0"}, id="start"
        ),
        pytest.param(
            "bases/MixedEnvFlow/end", {"numpy": "1.21.5", "scipy": "1.9.0"}, {"requests": "2.28.0"}, id="end"
        ),
    ],
)
def test_the_users_flows_get_what_their_comments_promise(
    users: RealRepository, environment: str, conda: dict[str, str], pip: dict[str, str]
) -> None:
    packages = users.lockfile(environment).packages
    locked = {
        manager: {found.name: found.version for found in packages if found.manager is manager} for manager in Manager
    }
    assert conda.items() <= locked[Manager.CONDA].items()
    assert pip.items() <= locked[Manager.PIP].items()
    assert locked[Manager.CONDA]["python"].startswith("3.9.")
    assert not locked[Manager.CONDA].keys() & pip.keys()
    assert not locked[Manager.PIP].keys() & conda.keys()


def test_a_step_without_decorators_has_no_environment_and_all_locks_are_fresh(users: RealRepository) -> None:
    folders = sorted(
        str(found.parent.relative_to(users.root / "locks")) for found in users.root.glob("locks/**/conda-lock.yml")
    )
    assert folders == ["bases/MixedEnvFlow/end", "bases/MixedEnvFlow/start", "decorators/MixedEnvFlow/start"]
    done = users.mixlock("drift")
    assert (done.returncode, done.stdout) == (0, "")


_PARSE = """\
import json, sys
import metaflow
from metaflow_extensions.netflixext.plugins.conda.parsers import parse_yml_value
sources, conda, pypi = {}, {}, {}
python = parse_yml_value(sys.stdin.read(), {}, sources, conda, pypi, {})
json.dump({"python": python, "sources": sources, "conda": conda, "pypi": pypi}, sys.stdout)
"""


def test_the_extensions_parser_reads_an_export_completely(users: RealRepository, tmp_path: Path) -> None:
    name = "bases/MixedEnvFlow/start"
    exported = users.mixlock("export", name, "--to", "environment").stdout
    environment = {**os.environ, "HOME": str(tmp_path), "METAFLOW_HOME": str(tmp_path), "USERNAME": "tester"}
    command = [str(interpreter("netflixext")), "-c", _PARSE]
    done = subprocess.run(command, input=exported, env=environment, capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)
    lock = users.lockfile(name)
    packages = {found.name: found for found in lock.packages}
    pins = {**read["conda"], "python": read["python"], **read["pypi"]}
    assert read["sources"] == {"conda": list(lock.channels)}
    assert pins.keys() == packages.keys()
    for found in packages.values():
        version, equals, build = pins[found.name].lstrip("=").partition("=")
        assert version == found.version
        assert bool(equals) is (found.manager is Manager.CONDA)
        assert build in found.url
