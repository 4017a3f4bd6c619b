"""Real sdists of the index, old and new, pure and with C: locked, built, built again, installed and imported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import wheelhouse_json
from tests.real.conftest import RealRepository, new_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

MODULES = {
    "docopt==0.6.2": "docopt",
    "antlr4-python3-runtime==4.9.3": "antlr4",
    "termcolor==1.1.0": "termcolor",
    "wget==3.2": "wget",
    "bs4==0.0.1": "bs4",
    "fire==0.4.0": "fire",
    "sgmllib3k==1.0.0": "sgmllib",
    "stringcase==1.2.0": "stringcase",
    "ratelimit==2.2.1": "ratelimit",
    "jsonpath==0.82": "jsonpath",
    "python-constraint==1.4.0": "constraint",
    "peewee==3.15.0": "peewee",
    "pyperclip==1.8.2": "pyperclip",
    "avro-python3==1.10.2": "avro",
    "hdfs==2.5.8": "hdfs",
    "intervaltree==3.1.0": "intervaltree",
    "anyjson==0.3.3": "anyjson",
    "crcmod==1.7": "crcmod._crcfunext",
    "simplejson==3.17.0": "simplejson._speedups",
    "thrift==0.16.0": "thrift.protocol.fastbinary",
    "mmh3==3.0.0": "mmh3",
    "ujson==4.3.0": "ujson",
    "python-Levenshtein==0.12.2": "Levenshtein",
}
"""Projects without a wheel for the python that runs this, and what to import of each; the last six are compiled."""
AGAINST_NUMPY = ("pycocotools==2.0.6", "fastdtw==0.3.4")
NUMPY = "1.26.4"
SPEC = f"""\
platforms: [linux-64]
dependencies:
  - python={sys.version_info.major}.{sys.version_info.minor}
  - numpy={NUMPY}
  - pip:
{"".join(f"    - {requirement}{chr(10)}" for requirement in (*MODULES, *AGAINST_NUMPY))}"""
CONFIGURATION = """\
[extra-build-requires]
anyjson = ["setuptools<58"]
fastdtw = ["cython<3", "numpy"]
"""


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory, real_machine: dict[str, str]) -> RealRepository:
    """Lock and build all of them, with a cache of its own."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    environment = {**real_machine, "MIXLOCK_CACHE_DIR": str(folder / "cache")}
    made = new_repository(folder / "repository", environment)
    made.write("mixlock.toml", CONFIGURATION.encode())
    made.write("environment.yml", SPEC.encode())
    for words in (("lock",), ("wheelhouse", "--all")):
        done = made.mixlock(*words)
        assert done.returncode == 0, done.stderr
    return made


def test_every_sdist_is_built_and_recorded(built: RealRepository) -> None:
    wheels = wheelhouse_json.parse((built.lock_folder("environment") / "wheelhouse.json").read_bytes())
    locked = {package.name for package in built.lockfile("environment").packages if package.is_sdist}
    assert len(locked) >= 20
    assert {str(wheel.name) for wheel in wheels} == locked
    assert built.mixlock("drift", "--strict").returncode == 0


def test_what_is_compiled_against_numpy_met_the_locked_one(built: RealRepository) -> None:
    wheels = wheelhouse_json.parse((built.lock_folder("environment") / "wheelhouse.json").read_bytes())
    requires = {str(wheel.name): wheel.requires for wheel in wheels}
    for requirement in AGAINST_NUMPY:
        assert f"numpy=={NUMPY}" in requires[requirement.partition("==")[0]]


def test_a_second_run_builds_nothing(built: RealRepository) -> None:
    done = built.mixlock("wheelhouse")
    assert (done.returncode, done.stdout) == (0, f"environment: {len(MODULES) + len(AGAINST_NUMPY)} cached\n")


def test_every_build_gives_the_same_wheel_again(built: RealRepository) -> None:
    done = built.mixlock("wheelhouse", "--verify-reproducible")
    assert (done.returncode, "MIX401" in done.stderr) == (0, False), done.stderr


def test_pip_installs_it_all_offline_and_it_imports(built: RealRepository, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    install = (python, "-m", "pip", "install", "-q", "--isolated", "--no-index", "--no-deps")
    done = built.run(
        *install, "--find-links", "wheelhouse", "--require-hashes", "-r", "locks/environment/pip-linux-64.txt"
    )
    assert done.returncode == 0, done.stderr
    for module in MODULES.values():
        done = built.run(python, "-c", f"import {module}")
        assert done.returncode == 0, f"{module}: {done.stderr}"


def test_an_old_setup_py_is_reported_with_a_way_out_that_works(built: RealRepository) -> None:
    built.write("old.yml", SPEC.partition("  - pip:")[0].encode() + b"  - pip:\n    - anyjson==0.3.3\n")
    built.write("mixlock.toml", b'specs = ["environment.yml", "old.yml"]\n')
    done = built.mixlock("lock", "old")
    way_out = 'add what it needs to the configuration: extra-build-requires.anyjson = ["setuptools<58"]'
    assert (done.returncode, way_out in done.stderr) == (3, True), done.stderr
    built.write("mixlock.toml", b'specs = ["environment.yml", "old.yml"]\n' + CONFIGURATION.encode())
    for words in (("lock", "old"), ("wheelhouse", "old")):
        done = built.mixlock(*words)
        assert done.returncode == 0, done.stderr
