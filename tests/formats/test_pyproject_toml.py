"""``pyproject.toml`` as a spec: what conda-lock's own parser reads, with places; what differs has a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import pyproject_toml
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.fingerprint import pypi_text
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped
from tests.manifests import joined_like_conda_lock, theirs

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.document import SpecDocument

PEP621 = '[build-system]\nrequires=["hatchling"]\nbuild-backend="hatchling.build"\n[project]\nname="own"\n'
POETRY = '[build-system]\nbuild-backend="poetry.core.masonry.api"\n[tool.poetry]\nname="own"\n#\n'
FLIT = '[build-system]\nbuild-backend="flit_core.buildapi"\n[tool.flit.metadata]\nmodule="own"\n'
PDM = PEP621 + 'dependencies=["numpy"]\n'
PIP = '[tool.conda-lock]\ndefault-non-conda-source = "pip"\n'


def _poetry(entries: str, more: str = "") -> str:
    return f"{POETRY}[tool.poetry.dependencies]\n{entries}\n{more}"


def _project(entries: str, more: str = "") -> str:
    return f"{PEP621}dependencies = [{entries}]\n{more}"


SAME = {
    "a name": _project("'numpy'"),
    "a name that is to be normalized": _project("'Typing_Extensions'"),
    "a name that conda has otherwise": _project("'torch'"),
    "clauses": _project("'numpy >=1.26, <2', 'pandas ~=2.1.4', 'six == 1.16.0', 'idna != 3.1'"),
    "a prefix": _project("'numpy==1.26.*'"),
    "arbitrary equality": _project("'numpy===1.26.4'"),
    "a system's marker": _project("\"pyreadline3 ; sys_platform == 'win32'\", \"xattr; sys_platform == 'darwin'\""),
    "markers with or": _project("\"numpy; sys_platform == 'win32' or platform_system == 'Linux'\""),
    "a python's marker": _project("\"tomli >=2 ; python_version < '3.11'\""),
    "extras of conda's": _project("'httpx[cli]'"),
    "an extra": _project("'numpy'", '[project.optional-dependencies]\ntest = ["pytest>=8"]\ndocs = ["sphinx"]\n'),
    "everything from PyPI": _project("'numpy>=1.26', 'httpx[cli,http2]'", PIP),
    "one from PyPI": _project(
        "'numpy', 'requests>=2'", '[tool.conda-lock.dependencies]\nrequests = {source = "pypi"}\n'
    ),
    "conda's own": _project("'numpy'", '[tool.conda-lock.dependencies]\nsqlite = ">=3.34"\npython = "3.12.*"\n'),
    "conda's own by a channel": _project("", '[tool.conda-lock.dependencies]\n"conda-forge::sqlite" = "*"\n'),
    "channels": _project("'numpy'", '[tool.conda-lock]\nchannels = ["pytorch", "conda-forge", "nodefaults"]\n'),
    "conda's alone": _project(
        "'numpy'", '[tool.conda-lock]\nskip-non-conda-lock = true\n[tool.conda-lock.dependencies]\nsqlite = "*"\n'
    ),
    "no requests of PyPI": _project("'numpy'", "[tool.conda-lock]\nallow-pypi-requests = false\n"),
    "repositories": _project("'numpy'", '[tool.conda-lock]\npip-repositories = ["http://127.0.0.1/simple"]\n'),
    "dynamic, with conda's own": POETRY
    + '[project]\ndynamic = ["dependencies"]\n[tool.conda-lock.dependencies]\nsqlite = "*"\n',
    "a caret": _poetry('numpy = "^1.26"\npandas = "^2"\nsix = "^0.3"\nidna = "^0.0.3"\nclick = "^0"\nattrs = "^0.0"'),
    "a tilde": _poetry('numpy = "~1.26.4"\npandas = "~2.1"\nsix = "~1"\nidna = "~=3.1"'),
    "a bare version": _poetry('numpy = "1.26.4"\npandas = "2.1.*"\nsix = "*"'),
    "several clauses": _poetry('numpy = ">=1.26, <2.0"\npandas = "~2.1, ^2.0"'),
    "alternatives": _poetry('numpy = "^1.26 || ^2.1"'),
    "a pre-release": _poetry('numpy = "^1.26.0rc1"'),
    "python": _poetry('python = "^3.10"\nnumpy = "*"'),
    "a table": _poetry('numpy = {version = "^1.26"}\nhttpx = {version = "*", extras = ["cli"]}'),
    "a table's marker": _poetry('xattr = {version = "*", markers = "sys_platform == \'darwin\'"}'),
    "a table from PyPI": _poetry('numpy = {version = "^1.26", source = "pypi", extras = ["dev"]}'),
    "Poetry's from PyPI": _poetry('python = "^3.10"\nnumpy = "1.26.4"\nsix = "*"', PIP),
    "an extra of Poetry's": _poetry(
        'numpy = "*"\nsphinx = {version = "^7", optional = true}', '[tool.poetry.extras]\ndocs = ["sphinx"]\n'
    ),
    "groups": _poetry(
        'numpy = "*"', '[tool.poetry.group.t.dependencies]\npytest = "^8"\n[tool.poetry.dev-dependencies]\nmypy="*"'
    ),
    "flit": f'{FLIT}requires = ["numpy>=1.26"]\n[tool.flit.metadata.requires-extra]\ndocs = ["sphinx"]\n',
    "pdm": f'{PDM}[tool.pdm.dev-dependencies]\ntest = ["pytest"]\nlint = ["mypy>=1"]\n',
}


@pytest.mark.filterwarnings("ignore")  # conda-lock and what it bundles warn at their import, and of what they ignore
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in SAME.items()])
def test_what_is_read_is_what_conda_lock_reads(text: str, tmp_path: Path) -> None:
    mapping = tmp_path / "names.json"
    names = {"torch": "pytorch", "typing-extensions": "typing_extensions"}
    mapping.write_text(json.dumps({pypi: {"conda_name": conda, "pypi_name": pypi} for pypi, conda in names.items()}))
    (tmp_path / "pyproject.toml").write_text(text)
    assert joined_like_conda_lock(text) == theirs([tmp_path / "pyproject.toml"], mapping.as_uri())


def _read(text: str, part: str | None = None) -> SpecDocument:
    return pyproject_toml.parse(text, "pyproject.toml", shipped, part)


def _asked(document: SpecDocument) -> list[str]:
    first = merge(document, Settings()).platforms[0]
    conda = [each.shown for each in first.conda if not each.implied]
    return [*conda, *(f"pip {pypi_text(each)}" for each in first.pypi)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            _project("\"tomli; python_version < '3.11'\"", PIP),
            ['pip tomli; python_version < "3.11"'],
            id="a marker of python stays with PyPI's, which the locked python judges; conda-lock drops it",
        ),
        pytest.param(
            _project("'torch'", '[tool.conda-lock.dependencies]\ntorch = {source = "pypi"}\n'),
            ["pip torch"],
            id="a project is named as PyPI names it; conda-lock compares with conda's name alone",
        ),
        pytest.param(
            _poetry('numpy = [{version = "^1", platform = "linux"}, {version = "^2", platform = "win32"}]'),
            ["numpy>=1.0.0,<2.0.0"],
            id="several constraints, which conda-lock cannot read",
        ),
        pytest.param(
            '[project]\nname="own"\ndependencies=["numpy"]\n', ["numpy"], id="no build system: conda-lock stops"
        ),
    ],
)
def test_what_differs_from_conda_lock(text: str, expected: list[str]) -> None:
    document = _read(text)
    assert _asked(document) == expected


GROUPS = """[project]
name = "own"
dependencies = ["numpy"]
[project.optional-dependencies]
test = ["pytest"]
all = ["own[test, docs]", "rich"]
docs = ["sphinx"]
[dependency-groups]
lint = ["mypy", {include-group = "Test_More"}]
test-more = ["coverage", {include-group = "lint"}]
"""


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (None, ["numpy"]),
        ("", ["numpy"]),
        ("test", ["pytest"]),
        ("all", ["pytest", "rich", "sphinx"]),
        ("lint", ["coverage", "mypy"]),
        ("test_more", ["coverage", "mypy"]),
    ],
)
def test_a_part_is_an_extra_or_a_group_with_what_it_includes(part: str | None, expected: list[str]) -> None:
    document = _read(GROUPS, part)
    assert _asked(document) == expected
    assert not has_errors(document.problems)


@pytest.mark.parametrize(
    ("text", "part", "told"),
    [
        pytest.param("a = [", None, "1:6 MIX001 error", id="no TOML"),
        pytest.param(PEP621, None, "1:1 MIX003 error", id="nothing is asked for"),
        pytest.param(GROUPS, "tset", "1:1 MIX002 error", id="no such part"),
        pytest.param(GROUPS, None, "6:1 MIX002 note", id="parts that are left out"),
        pytest.param(_project("'numpy>'"), None, "6:23 MIX005 error", id="no requirement, at its character"),
        *(
            pytest.param(_project(f"'numpy{behind}'"), None, "6:24 MIX005 error", id=f"a line of pip's:{behind}")
            for behind in (" --no-binary :all:", " --hash=sha256:" + 64 * "a", " # why", " -x")
        ),
        pytest.param(_project("'numpy', 3"), None, "6:26 MIX003 error", id="no text"),
        pytest.param(_poetry('numpy = "^x"'), None, "7:1 MIX005 error", id="no constraint of Poetry's"),
        pytest.param(_poetry("numpy = 3"), None, "7:1 MIX003 error", id="no table of Poetry's"),
        pytest.param(_poetry("numpy = {version = 3}"), None, "7:1 MIX003 error", id="no text in a table"),
        pytest.param(
            _poetry('numpy = {version = "*", python = "<3"}'), None, "7:1 MIX002 warning", id="a key unread"
        ),
        pytest.param(
            _project("'numpy'", '[tool.conda-lock]\nplatforms = ["linux6"]'), None, "8:14 MIX003 error", id="platform"
        ),
        pytest.param(
            _project("'numpy'", '[tool.conda-lock]\nchanels = ["c"]'), None, "8:1 MIX002 warning", id="an unknown key"
        ),
        pytest.param(
            _project("'numpy'", '[tool.conda-lock]\nchannels = "c"'), None, "8:1 MIX003 error", id="a list is wanted"
        ),
        pytest.param(
            _project("'numpy'", '[tool.conda-lock.dependencies]\nsix = {source = "pypi"}'),
            None,
            "8:1 MIX002 warning",
            id="nothing of that name is asked for",
        ),
        pytest.param(
            f'{PEP621}dynamic = ["dependencies"]\n[tool.conda-lock.dependencies]\nsqlite = "*"',
            None,
            "6:12 MIX002 warning",
            id="dynamic",
        ),
        pytest.param(
            f'{PEP621}requires-python = ">=3.10"\ndependencies = ["numpy"]', None, "6:1 MIX002 warning", id="python"
        ),
        pytest.param(
            _project("\"numpy; python_version < '3'\""), None, "6:17 MIX004 warning", id="a marker that never holds"
        ),
        pytest.param(_project("'httpx[cli]'"), None, "6:17 MIX004 warning", id="extras of conda's"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(text: str, part: str | None, told: str) -> None:
    found = [f"{p.place.line}:{p.place.column} {p.code} {p.severity.value}" for p in _read(text, part).problems]
    assert found == [told]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        pytest.param(_project("'a @ git+https://127.0.0.1/a.git'"), "version control", id="git"),
        pytest.param(_project("'a @ file:///a'"), "local path", id="a path"),
        pytest.param(_project("'a @ https://127.0.0.1/a.tar.gz'"), "direct URL", id="a URL"),
        pytest.param(_poetry('a = {git = "https://127.0.0.1/a", tag = "v1"}'), "version control", id="Poetry's git"),
        pytest.param(_poetry('a = {path = "../a"}'), "local path", id="Poetry's path"),
        pytest.param(_poetry('a = {path = "../a", develop = true}'), "editable", id="Poetry's editable"),
        pytest.param(_poetry('a = {url = "https://127.0.0.1/a.whl"}'), "direct URL", id="Poetry's URL"),
    ],
)
def test_what_no_lock_can_hold_is_a_reference(entry: str, kind: str) -> None:
    assert [each.value.kind.value for each in _read(entry).references] == [kind]
