"""The configuration: every key, every wrong one with its place, in either file."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.config_keys import KEYS
from mixlock_hooks.formats.project_config import parse
from mixlock_hooks.model.build_permission import EVERYBODY, NOBODY, BuildPermission
from mixlock_hooks.model.names import CondaName, PypiName, Subdir, VirtualName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.settings import (
    MACHINE_INDEX,
    NO_INDEX,
    ChannelPriority,
    ComposedEnvironment,
    ExplicitHash,
    MetaflowProfile,
    Settings,
)


def _settings(text: str) -> Settings:
    settings, problems = parse(text, "mixlock.toml")
    assert settings is not None
    assert problems == ()
    return settings


PYTHON = CondaName("python")

_RIGHT = [
    ("specs", '["envs/*.yml"]', "specs", ("envs/*.yml",)),
    ("lock-dir", '"my/locks/"', "lock_dir", "my/locks"),
    ("platforms", '["osx-arm64"]', "platforms", ("osx-arm64",)),
    ("platforms", '["osx-64", "osx-64"]', "platforms", ("osx-64",)),
    ("channels", '["b", "a"]', "channels", ("b", "a")),
    ("pypi-indices", '["https://a.example/s"]', "pypi_indices", ("https://a.example/s",)),
    ("default-index", '"https://a.example/s"', "default_index", "https://a.example/s"),
    ("default-index", "false", "default_index", NO_INDEX),
    ("find-links", '["https://a.example/l.html"]', "find_links", ("https://a.example/l.html",)),
    ("index-of", '{Torch = "https://a.example/s"}', "index_of", ((PypiName("torch"), "https://a.example/s"),)),
    ("metaflow-like", "true", "metaflow_like", True),
    ("channel-priority", '"strict"', "channel_priority", ChannelPriority.STRICT),
    ("channel-priority", '"flexible"', "channel_priority", ChannelPriority.FLEXIBLE),
    ("channel-priority", '"auto"', "channel_priority", ChannelPriority.AUTO),
    ("solver", '"micromamba"', "solver", "micromamba"),
    ("python", '"3.12"', "python", CondaRequirement(name=PYTHON, asked="=3.12", version="3.12.*", place=at(""))),
    ("python", '">=3.11"', "python", CondaRequirement(name=PYTHON, asked=">=3.11", version=">=3.11", place=at(""))),
    ("default-branch", '"develop"', "default_branch", "develop"),
    ("equals", '"exact"', "exact_equals", True),
    ("equals", '"conda"', "exact_equals", False),
    ("exclude-newer", '"2026-10-01"', "exclude_newer", "2026-10-01"),
    ("exclude-newer", "2026-10-01", "exclude_newer", "2026-10-01"),
    ("exclude-newer", '"7 days"', "exclude_newer", "7 days"),
    (
        "exclude-newer-for",
        '{Open_SSL = "0 days", "https://conda.anaconda.org/x/" = 2026-01-01, a = false, _b = "7"}',
        "exclude_newer_for",
        (("-b", "7"), ("a", ""), ("https://conda.anaconda.org/x", "2026-01-01"), ("open-ssl", "0 days")),
    ),
    ("build-sdists", "true", "build_sdists", EVERYBODY),
    ("build-sdists", "false", "build_sdists", NOBODY),
    ("build-sdists", '["Old.Style"]', "build_sdists", BuildPermission(names=frozenset({PypiName("old-style")}))),
    (
        "extra-build-requires",
        '{Old_Style = ["setuptools<58"]}',
        "extra_build_requires",
        ((PypiName("old-style"), ("setuptools<58",)),),
    ),
    ("explicit-hash", '"sha256"', "explicit_hash", ExplicitHash.SHA256),
    ("wheelhouse-dir", '"build/wheels"', "wheelhouse_dir", "build/wheels"),
    ("metaflow", '"netflixext"', "metaflow", MetaflowProfile.NETFLIXEXT),
    ("metaflow", '"oss"', "metaflow", MetaflowProfile.OSS),
    ("metaflow-runtime", "[]", "metaflow_runtime", ()),
    ("metaflow-import", '["flows/*.py"]', "metaflow_import", ("flows/*.py",)),
    ("default-branch", '"develop"', "default_branch", "develop"),
    (
        "environments",
        '{dev = {specs = ["a.yml", "b.yml"]}}',
        "environments",
        {"dev": ComposedEnvironment(specs=("a.yml", "b.yml"))},
    ),
    (
        "constraints",
        '["URLlib3>=2.5"]',
        "constraints",
        (PypiRequirement(name=PypiName("urllib3"), specifier=">=2.5", place=at("")),),
    ),
    ("file-hosts", '["Files.Example"]', "file_hosts", frozenset({"files.example"})),
    ("trusted-hosts", '["Mirror.Example"]', "trusted_hosts", frozenset({"mirror.example"})),
    ("default-branch", '"develop"', "default_branch", "develop"),
    ("required-mixlock", '" >=0.1, <2"', "required_mixlock", "<2,>=0.1"),
    ("required-uv", '">=0.13"', "required_uv", ">=0.13"),
    ("virtual-packages", '{linux-64 = {__cuda = "12"}}', "virtual_packages", {"linux-64": {"__cuda": "12"}}),
]


@pytest.mark.parametrize(
    ("key", "value", "field", "setting"), [pytest.param(*r, id=f"{r[0]} = {r[1]}") for r in _RIGHT]
)
def test_a_key_is_read(key: str, value: str, field: str, setting: object) -> None:
    assert getattr(_settings(f"{key} = {value}"), field) == setting


def test_every_key_has_a_row_above() -> None:
    assert {row[0] for row in _RIGHT} == set(KEYS)


def test_everything_has_a_default() -> None:
    assert _settings("") == Settings(source="mixlock.toml")
    assert (Settings().channels, Settings().default_index) == (("conda-forge",), MACHINE_INDEX)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("[tool.other]\nchannels = 5\n", id="another tool"),
        pytest.param("tool = 5\n", id="no tools at all"),
    ],
)
def test_a_pyproject_without_the_table_configures_nothing(text: str) -> None:
    assert parse(text, "pyproject.toml") == (None, ())


def test_the_table_of_virtual_packages() -> None:
    text = '[virtual-packages.linux-64]\n__glibc = "2.28"\n[virtual-packages.osx-64]\n__osx = "13.0"\n'
    glibc, osx = VirtualName("__glibc"), VirtualName("__osx")
    assert _settings(text).virtual_packages == {Subdir("linux-64"): {glibc: "2.28"}, Subdir("osx-64"): {osx: "13.0"}}


@pytest.mark.parametrize(
    ("line", "claim"),
    [
        pytest.param(
            'required-uv = "0.13"', 'must be a version specifier such as ">=0.3,<0.4", not', id="required-uv"
        ),
        pytest.param("exclude-newer-for = 7", "must be a table of packages and URLs", id="exclude-newer-for"),
        pytest.param("exclude-newer-for.a = true", "`a` must be a date", id="exclude-newer-for, true"),
        pytest.param(
            'exclude-newer-for."a>=1" = "7"', "made of names of packages", id="exclude-newer-for, a version"
        ),
        pytest.param(
            'exclude-newer-for."https://u:p@x.y/z" = "7"', "free of credentials", id="exclude-newer-for, a secret"
        ),
        pytest.param('specs = "a"', "`specs` must be a list of texts", id="specs"),
        pytest.param("specs = [1]", "`specs` must be a list of texts", id="specs of numbers"),
        pytest.param('lock-dir = " "', "`lock-dir` must be text", id="lock-dir"),
        pytest.param('platforms = ["linux"]', "known platforms (linux-64, ", id="platforms"),
        pytest.param("channels = 5", "`channels` must be a list of texts", id="channels"),
        pytest.param("pypi-indices = {}", "`pypi-indices` must be a list of texts", id="pypi-indices"),
        pytest.param(
            "default-index = true", "must be the URL of a simple API on the web, or false", id="default-index"
        ),
        pytest.param('default-index = "file:///srv/simple"', "a folder is on one machine only", id="a local index"),
        pytest.param('pypi-indices = ["/srv/wheels"]', "a folder is on one machine only", id="a folder as an index"),
        pytest.param('pypi-indices = ["file:///srv/simple"]', "a folder is on one machine only", id="local indices"),
        pytest.param(
            'channel-priority = ["strict"]', "must be strict, flexible or auto", id="channel-priority, a list"
        ),
        pytest.param('channel-priority = "disabled"', "must be strict, flexible or auto", id="channel-priority"),
        pytest.param("solver = 1", "`solver` must be one of rattler, conda", id="solver"),
        pytest.param('solver = "./run-me"', "a path belongs in [solvers] of the machine's", id="a solver's path"),
        pytest.param("equals = {}", "must be conda or exact", id="equals, a table"),
        pytest.param("default-branch = 1", "must be text", id="default-branch"),
        pytest.param("trusted-hosts = [1]", "must be a list of texts", id="trusted-hosts"),
        *(
            pytest.param(f"{key} = []", f"`{key}`: the list is empty", id=f"no {key}")
            for key in ("channels", "platforms")
        ),
        *(
            pytest.param(f'{key} = ["a", " "]', f"`{key}`: one of its texts is empty", id=f"{key}, an empty text")
            for key in ("specs", "channels", "metaflow-import", "trusted-hosts")
        ),
        pytest.param('trusted-hosts = ["http://a"]', "`http://a` is not a host", id="a trusted address"),
        pytest.param('trusted-hosts = ["*.a.example"]', "is not a host", id="a trusted pattern"),
        pytest.param(
            'file-hosts = ["a.example:80"]', "`a.example:80` is not a host", id="a host of files with a port"
        ),
        pytest.param('file-hosts = ["a/b"]', "`a/b` is not a host", id="a host of files with a path"),
        pytest.param('python = "banana"', "'banana' is not a version of python", id="a fruit of python"),
        pytest.param('python = "-dateutil"', "must be a version of python", id="what makes another name of python"),
        pytest.param('python = "::numpy"', "must be a version of python", id="what makes a channel of python"),
        pytest.param('python = ">=3,<x"', "'x' is not a version of python", id="a fruit below python"),
        pytest.param("environments.x = {specs = []}", "`x` needs `specs`", id="an environment of nothing"),
        pytest.param('environments.x = {specs = ["a", ""]}', "texts is empty", id="an environment of an empty text"),
        pytest.param(
            'environments.x = {specs = ["a"], platforms = []}', "list is empty", id="an environment nowhere"
        ),
        pytest.param(
            'virtual-packages.osx-64 = {__glibc = "2.28"}', "osx-64 cannot have `__glibc`", id="a Mac's glibc"
        ),
        pytest.param('virtual-packages.win-64 = {__osx = "13"}', "win-64 cannot have `__osx`", id="Windows' macOS"),
        pytest.param("virtual-packages = 1", "must be a table of platforms", id="virtual-packages"),
        pytest.param("virtual-packages.linux = {}", "known platforms", id="a platform nobody knows"),
        pytest.param("virtual-packages.osx-64 = {__osx = 13}", "versions in quotes", id="a version without quotes"),
        pytest.param('virtual-packages.osx-64 = {__os = "1"}', "did you mean `__osx`?", id="an unknown package"),
    ],
)
def test_a_wrong_type_is_told_at_its_key(line: str, claim: str) -> None:
    _, (problem,) = parse(f"# first\n  {line}\n", "mixlock.toml")
    assert (problem.code, str(problem.place)) == ("MIX003", "mixlock.toml:2:3")
    assert claim in problem.claim


@pytest.mark.parametrize(
    ("text", "path", "place", "hint"),
    [
        pytest.param("chanels = []", "mixlock.toml", "1:1", "did you mean `channels`?", id="a slip"),
        pytest.param('\n"chanels" = []', "mixlock.toml", "2:1", "did you mean `channels`?", id="a slip in quotes"),
        pytest.param("zzz = 1", "mixlock.toml", "1:1", "known: specs, lock-dir, ", id="a stranger"),
        pytest.param("[chanels]", "mixlock.toml", "1:2", "did you mean `channels`?", id="a table"),
        pytest.param(
            "[tool.other]\nchanels = 1\n[tool.mixlock] # own\nchanels = 1\n[tool.more]\nchanels = 1\n",
            "pyproject.toml",
            "4:1",
            "did you mean `channels`?",
            id="the key of mixlock's table, not of another tool's",
        ),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(text: str, path: str, place: str, hint: str) -> None:
    _, (problem,) = parse(text, path)
    assert (problem.code, str(problem.place)) == ("MIX002", f"{path}:{place}")
    assert hint in problem.hint


def test_right_keys_beside_wrong_ones_are_read() -> None:
    settings, problems = parse('chanels = []\nequals = 1\nsolver = "mamba"\n', "mixlock.toml")
    assert [problem.code for problem in problems] == ["MIX002", "MIX003"]
    assert settings == Settings(source="mixlock.toml", solver="mamba")


def test_a_table_that_is_none_is_told() -> None:
    _, (problem,) = parse("[tool]\nmixlock = 5\n", "pyproject.toml")
    assert (problem.code, problem.claim) == ("MIX003", "the configuration must be a table")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("a = 1\nb =\n", "2:4", id="at its line and column"),
        pytest.param('a = 1\nb = "x', "2:7", id="at the end of the file"),
        pytest.param("a = " + "[" * 100_000, None, id="too deep to be read"),
    ],
)
def test_invalid_toml_is_told(text: str, place: str | None) -> None:
    _, (problem,) = parse(text, "mixlock.toml")
    assert problem.code == "MIX001"
    assert problem.claim.startswith("not valid TOML: ")
    assert place is None or str(problem.place) == f"mixlock.toml:{place}"
