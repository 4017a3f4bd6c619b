"""``pixi.toml``: what becomes a spec, and what is listed because no spec can say it."""

from __future__ import annotations

from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.formats import environment_yml, toml_text
from mixlock_hooks.formats.foreign import pixi_manifest, spec_text
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.rules import pixi
from mixlock_hooks.shell.name_map_file import shipped

_HEAD = '[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64", "osx-arm64", "win-64"]\n'


def _specs(text: str, path: str = "pixi.toml") -> dict[str, list[str]]:
    """Return the lines of each environment's spec, without what all have."""
    workspace, _problems = pixi_manifest.parse(text, path)
    assert workspace is not None
    found = {}
    for environment in workspace.environments:
        rendered = spec_text.render(pixi.spec_of(workspace, environment, shipped()))
        assert not environment_yml.parse(rendered, "environment.yml").problems
        found[environment.name] = [line.strip().removeprefix("- ") for line in rendered.splitlines()[2:]]
    return found


def _problems(text: str, path: str = "pixi.toml") -> tuple[Problem, ...]:
    workspace, problems = pixi_manifest.parse(text, path)
    of_environments = (
        (pixi.problems_of(workspace, each, shipped()) for each in workspace.environments) if workspace else ()
    )
    return (*problems, *(problem for each in of_environments for problem in each))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('dependencies.x = "*"', ["x"]),
        ('dependencies.x = ">=1,<2"', ["x >=1,<2"]),
        ('dependencies.x = "3.10"', ["x ==3.10"]),
        ('dependencies.x = "3.10.*"', ["x 3.10.*"]),
        ('dependencies.x = "1.2|>=2"', ["x ==1.2|>=2"]),
        ('dependencies.x = { version = ">=1", build = "*cuda*" }', ["x >=1 *cuda*"]),
        ('dependencies.x = { build = "py_0" }', ["x * py_0"]),
        ('dependencies.x = { version = "*", channel = "pytorch" }', ["pytorch::x"]),
        ('dependencies.x = { channel = "https://a.example/c" }', ["https://a.example/c::x"]),
        ('dependencies.x = { version = ">=1", build-number = ">=3" }', ["x >=1[build_number='>=3']"]),
        ('dependencies.x = { workspace = true }\nworkspace.dependencies.x = "2.*"', ["x 2.*"]),
        ('host-dependencies.x = ">=1"\nbuild-dependencies.y = "*"', ["x >=1", "y"]),
        ('pypi-dependencies.x = "*"', ["pip:", "x"]),
        ('pypi-dependencies.x = "~=1.2"', ["pip:", "x~=1.2"]),
        ('pypi-dependencies.x = { version = ">=1", extras = ["a", "b"] }', ["pip:", "x[a,b]>=1"]),
        (
            """pypi-dependencies.x = { version = "==2.*", env-markers = "sys_platform == 'linux'" }""",
            ["pip:", "x==2.*; sys_platform == 'linux'"],
        ),
        ('target.linux-64.dependencies.x = "*"', ["x  # [linux]"]),
        ('target.unix.dependencies.x = "*"', ["x  # [unix]"]),
        ('dependencies.x = "1.*"\ntarget.win.dependencies.x = "2.*"', ["x 1.*  # [unix]", "x 2.*  # [win]"]),
        ('target.osx.pypi-dependencies.x = "*"', ["pip:", "x  # [osx]"]),
        ('pypi-options.index-url = "https://a.example/simple"', ["pip:", "--index-url https://a.example/simple"]),
        (
            'pypi-options.find-links = [{ url = "https://a.example/links" }]',
            ["pip:", "--find-links https://a.example/links"],
        ),
        ('pypi-options.no-binary = ["a", "b"]', ["pip:", "--no-binary a,b"]),
        ('pypi-options.no-build = ["a"]', ["pip:", "--only-binary a"]),
        ('pypi-options.prerelease-mode = "allow"', ["pip:", "--pre"]),
    ],
)
def test_requirements_become_a_spec(written: str, expected: list[str]) -> None:
    lines = _specs(_with(written))["default"]
    below = lines[lines.index("dependencies:") + 1 :]
    assert [line for line in below if line != "anchor"] == expected
    assert not _problems(_with(written))


def _with(written: str) -> str:
    """Return a manifest that asks for one package and says what a row says."""
    document: dict[str, Any] = toml_text.loads(_HEAD)
    for key, value in toml_text.loads(f'dependencies.anchor = "*"\n{written}').items():
        document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    return tomlkit.dumps(document)


_LINUX = '[workspace]\nplatforms = ["linux-64"]\n[system-requirements]'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('[[workspace.platforms]]\nplatform = "linux-64"\ncuda = "12.4"', {"__cuda": "12.4", "__glibc": "2.28"}),
        ('[[workspace.platforms]]\nname = "linux-64"\nglibc = "2.34"', {"__glibc": "2.34"}),
        (
            '[[workspace.platforms]]\nplatform = "linux-64"\narchspec = "x86_64_v3"',
            {"__archspec": "1 x86_64_v3", "__glibc": "2.28"},
        ),
        (
            f'{_LINUX}\ncuda = "12"\nlinux = "5.4"\nmacos = "12.0"',
            {"__cuda": "12", "__glibc": "2.28", "__linux": "5.4"},
        ),
        (
            f'{_LINUX}\nlibc = {{ family = "glibc", version = "2.17" }}',
            {"__glibc": "2.17"},
        ),
        ('[workspace]\nplatforms = ["osx-64"]\n[system-requirements]\nmacos = 12.3', {"__osx": "12.3"}),
    ],
)
def test_what_a_machine_must_have_becomes_virtual_packages(written: str, expected: dict[str, str]) -> None:
    workspace, problems = pixi_manifest.parse(written, "pixi.toml")
    assert workspace is not None
    assert not problems
    (packages,) = pixi.spec_of(workspace, workspace.environments[0], shipped()).virtual_packages.values()
    assert packages == expected


_FEATURES = f"""{_HEAD}
[dependencies]
python = ">=3.11"
[feature.test.dependencies]
pytest = "*"
[feature.gpu]
channels = ["nvidia", {{ channel = "pytorch", priority = 1 }}]
platforms = ["linux-64"]
dependencies.cuda = "12.*"
[environments]
"""


_PYTHON = ["python >=3.11"]


@pytest.mark.parametrize(
    ("written", "name", "channels", "platforms", "requirements"),
    [
        ("", "default", ["conda-forge"], 3, ["python >=3.11"]),
        ('t = ["test"]', "t", ["conda-forge"], 3, ["pytest", "python >=3.11"]),
        ('t = ["test"]', "default", ["conda-forge"], 3, ["python >=3.11"]),
        ('g = ["gpu"]', "g", ["pytorch", "nvidia", "conda-forge"], 1, ["cuda 12.*", "python >=3.11"]),
        ('b = ["test", "gpu"]', "b", ["pytorch", "conda-forge", "nvidia"], 1, ["pytest", "cuda 12.*", *_PYTHON]),
        ('n = { features = ["test"], no-default-feature = true }', "n", ["conda-forge"], 3, ["pytest"]),
        ('i = { features = ["test"], dependencies.git = "*" }', "i", ["conda-forge"], 3, ["git", "pytest", *_PYTHON]),
    ],
)  # fmt: skip
def test_features_are_joined_as_pixi_joins_them(
    written: str, name: str, channels: list[str], platforms: int, requirements: list[str]
) -> None:
    workspace, problems = pixi_manifest.parse(_FEATURES + written, "pixi.toml")
    assert workspace is not None
    assert all("in no environment" in problem.claim for problem in problems)
    environment = next(each for each in workspace.environments if each.name == name)
    spec = pixi.spec_of(workspace, environment, shipped())
    assert (list(spec.channels), len(spec.platforms), list(spec.conda)) == (channels, platforms, requirements)


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ('pypi-dependencies.x = { git = "https://a.example/x.git" }', Code.VERSION_CONTROL, "version control"),
        ('dependencies.x = { git = "https://a.example/x.git" }', Code.VERSION_CONTROL, "version control"),
        ('pypi-dependencies.x = { path = "." }', Code.LOCAL, "a local path"),
        ('pypi-dependencies.x = { path = ".", editable = true }', Code.EDITABLE, "editable"),
        ('pypi-dependencies.x = { url = "https://a.example/x.whl" }', Code.DIRECT_URL, "a direct URL"),
        ("dependencies.x = { workspace = true }", Code.UNKNOWN_KEY, "workspace.dependencies"),
        ('dependencies.x = "one two three"', Code.NOT_A_MATCH_SPEC, "not a conda match spec"),
        *(
            (f'pypi-dependencies.x = "{version}"', Code.NOT_A_REQUIREMENT, "not a PyPI requirement")
            for version in ("-y", "_y>=1", ".y", " --pre", ">=1 --pre")
        ),
        *((f'dependencies.x = "{version}"', Code.NOT_A_MATCH_SPEC, "match spec") for version in ("-y", "_y", ".y")),
        ('dependencies.python = "one"', Code.NOT_A_MATCH_SPEC, "'one' is not a version of python"),
        ('pypi-dependencies.x = "1.2"', Code.NOT_A_REQUIREMENT, "not a PyPI requirement"),
        ("dependencies.x = 3", Code.WRONG_TYPE, "must be a version or a table, this is a number"),
        ("pypi-dependencies = []", Code.WRONG_TYPE, "must be a table, this is a list"),
        ('pypi-options.find-links = [{ path = "links" }]', Code.LOCAL, "a folder"),
        ('pypi-options.index-url = "https://me:hush@a.example/simple"', Code.SECRET, "holds a secret"),
        ('dependencies.x = { channel = "https://me:hush@a.example/c" }', Code.SECRET, "holds a secret"),
        ('pypi-options.extra-index-urls = ["a.example/simple"]', Code.WRONG_TYPE, "must be a URL"),
        ('workspace.channels = ["/here/channel"]', Code.LOCAL, "a folder of one machine"),
        ('workspace.platforms = ["linux-65"]', Code.WRONG_TYPE, "unknown platform `linux-65`"),
        ('system-requirements.cuda = "twelve"', Code.VIRTUAL_PACKAGE, "not a version of `__cuda`"),
        ('environments.e = ["nothing"]', Code.UNKNOWN_KEY, "no feature `nothing`"),
        ('environments."../e" = []', Code.WRONG_TYPE, "not the name of an environment"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_an_error_with_its_line_and_way_out(written: str, code: Code, words: str) -> None:
    text = _with(written)
    found = [problem for problem in _problems(text) if problem.severity is Severity.ERROR]
    assert [(problem.code, words in problem.claim) for problem in found][:1] == [(code, True)], found
    assert found[0].hint
    assert "hush" not in found[0].claim
    assert text.splitlines()[found[0].place.line - 1].strip()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('tasks.lint = "ruff"', "mixlock has no tasks"),
        ('activation.scripts = ["a.sh"]', "runs no scripts"),
        ('target.linux.activation.scripts = ["a.sh"]', "runs no scripts"),
        ('target.linux.tasks.lint = "ruff"', "mixlock has no tasks"),
        ('feature.dev.tasks.lint = "ruff"\nenvironments.e = ["dev"]', "mixlock has no tasks"),
        ('pypi-dependencies.tool = { version = "*", surprise = 1 }', "does not know it"),
        ('constraints.openssl = ">=3"', "a spec has none"),
        ('dev.x = { path = "." }', "what a package of this workspace needs"),
        ('package.name = "x"', "builds no conda packages"),
        ('workspace.preview = ["pixi-build"]', "pixi's own features"),
        ('workspace.requires-pixi = ">=0.40"', "about pixi"),
        ('workspace.channel-priority = "disabled"', "a spec has none"),
        ('workspace.exclude-newer = "7d"', "a spec has none"),
        ('workspace.solve-strategy = "lowest"', "highest versions"),
        ("workspace.conda-pypi-map = false", "a map of its own"),
        ('workspace.authors = ["a"]', "not part of an environment"),
        ('environments.e = { features = [], solve-group = "g" }', "each environment is solved for itself"),
        ("pypi-options.no-build = true", "a spec names projects"),
        ('pypi-options.no-build-isolation = ["x"]', "in isolation"),
        ('pypi-options.index-strategy = "unsafe-best-match"', "first index that has it"),
        ('pypi-options.prerelease-mode = "disallow"', "pre-releases"),
        ('pypi-options.dependency-overrides.x = "1"', "what packages say of themselves"),
        ('dependencies.x = { version = "*", license = "MIT" }', "no field of a match spec"),
        ('pypi-dependencies.x = { version = "*", index = "https://a.example/simple" }', "alone"),
        ('target.linux-65.dependencies.x = "*"', "not a platform of this workspace"),
        ('system-requirements.libc = { family = "musl", version = "1.2" }', "no such virtual package"),
        ('workspace.platforms = ["linux-64", { name = "gpu", platform = "linux-64" }]', "second platform"),
        ('dependencies.requests = "*"\npypi-dependencies.requests = ">=2"', "as pixi takes it"),
        ('feature.f.dependencies.x = "*"', "in no environment"),
        ('workspace.platforms = ["win-64"]\ntarget.osx.dependencies.x = "*"', "not a platform of this workspace"),
        ('workspace.dependencies.x = "*"', "no requirement of an environment"),
        ("surprise = 1", "does not know it"),
    ],
)  # fmt: skip
def test_what_means_nothing_here_is_listed_with_its_reason(written: str, words: str) -> None:
    found = _problems(_with(written))
    assert [words in problem.claim for problem in found] == [True], found
    assert found[0].severity in {Severity.NOTE, Severity.WARNING}


_PROJECT = """\
[project]
name = "own"
requires-python = ">= 3.11"
dependencies = ["requests>=2", "numpy; sys_platform == 'linux'"]
[project.optional-dependencies]
test = ["pytest", "own[more]"]
more = ["rich"]
[dependency-groups]
docs = ["sphinx", {include-group = "more-docs"}]
more-docs = ["furo"]
[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64"]
[tool.pixi.pypi-dependencies]
own = { path = ".", editable = true }
[tool.pixi.environments]
test = ["test"]
docs = { features = ["docs"], no-default-feature = true }
[tool.ruff]
line-length = 100
"""


def test_a_project_asks_for_what_its_own_tables_say() -> None:
    specs = _specs(_PROJECT, "pyproject.toml")
    main = ["python >=3.11", "pip:"]
    own = ["requests>=2", "numpy; sys_platform == 'linux'"]
    assert specs["default"][-4:] == [*main, *own]
    assert specs["test"][-6:] == [*main, "pytest", "rich", *own]
    assert specs["docs"][-3:] == ["pip:", "sphinx", "furo"]
    assert [problem.code for problem in _problems(_PROJECT, "pyproject.toml")] == [Code.EDITABLE]
    (_editable, task) = _problems(f"{_PROJECT}[tool.pixi.tasks]\nlint = 'ruff'\n", "pyproject.toml")
    assert task.claim == "`tool.pixi.tasks` does not map: mixlock has no tasks"


_WHOLE = toml_text.loads(f"""{_FEATURES}
t = ["test"]
n = {{ features = ["gpu"], no-default-feature = true, solve-group = "g" }}
[target.linux.pypi-dependencies]
x = {{ version = "*", extras = ["a"] }}
[pypi-options]
extra-index-urls = ["https://a.example/simple"]
find-links = [{{ url = "https://a.example/links" }}]
[system-requirements]
libc = {{ family = "glibc", version = "2.17" }}
[tasks]
a = {{ cmd = "x" }}
""")


def _tables(value: object, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [keys, *(found for key, inner in value.items() for found in _tables(inner, (*keys, key)))]
    if isinstance(value, list):
        return [found for index, inner in enumerate(value) for found in _tables(inner, (*keys, index))]
    return []


def _values(value: object, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inner for found in ((*keys, key), *_values(each, (*keys, key)))]


def _changed(keys: tuple[str | int, ...], value: object) -> str:
    document = toml_text.loads(tomlkit.dumps(_WHOLE))
    table: Any = document
    for key in keys[:-1]:
        table = table[key]
    table[keys[-1]] = value
    return tomlkit.dumps(document)


@pytest.mark.parametrize("keys", _tables(_WHOLE), ids=lambda keys: ".".join(map(str, keys)) or "the top")
def test_an_unknown_key_anywhere_is_listed(keys: tuple[str | int, ...]) -> None:
    text = _changed((*keys, "surprise"), {"x": 1})
    before = {problem.claim for problem in _problems(tomlkit.dumps(_WHOLE))}
    listed = [problem.claim for problem in _problems(text) if problem.claim not in before]
    is_known_name = keys in {("environments",), ("feature",), ("environments", "n", "features")}
    assert listed or "tasks" in keys or is_known_name, "a key was passed over in silence"


@pytest.mark.parametrize("keys", _values(_WHOLE), ids=lambda keys: ".".join(map(str, keys)))
def test_a_value_that_is_not_understood_is_never_passed_over(keys: tuple[str | int, ...]) -> None:
    before = {problem.claim for problem in _problems(tomlkit.dumps(_WHOLE))}
    found = {problem.claim for problem in _problems(_changed(keys, {"surprise": {"x": 1}}))}
    is_listed = any(f"`{'.'.join(map(str, keys))}`" in claim for claim in found)
    assert found - before or is_listed or keys[0] == "tasks", "a value was passed over in silence"


@given(
    keys=st.sampled_from(_values(_WHOLE)),
    value=st.one_of(st.integers(), st.booleans(), st.text(max_size=5), st.sampled_from(([], {}, [[1], {"a": 1}]))),
)
def test_a_value_of_any_type_is_read_or_told(keys: tuple[str | int, ...], value: object) -> None:
    workspace, problems = pixi_manifest.parse(_changed(keys, value), "pixi.toml")
    for environment in workspace.environments if workspace else ():
        spec = pixi.spec_of(workspace, environment, shipped())  # type: ignore[arg-type]
        read = environment_yml.parse(spec_text.render(spec), "environment.yml")
        assert spec.asks_for_nothing or not [each for each in read.problems if each.code is Code.UNREADABLE]
    assert all(problem.place.path == "pixi.toml" for problem in problems)
