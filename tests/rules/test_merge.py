"""What a document and a repository's settings ask together, per platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml, requirements_txt
from mixlock_hooks.model.names import CondaName, Subdir, VirtualName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.requirement import CondaRequirement
from mixlock_hooks.model.settings import ChannelPriority, Settings
from mixlock_hooks.rules.fingerprint import pypi_text
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec

LINUX, OSX = Subdir("linux-64"), Subdir("osx-arm64")


def _merge(text: str, settings: Settings | None = None) -> EnvironmentSpec:
    return merge(environment_yml.parse(text, "envs/e.yml"), settings or Settings())


def _linux(text: str, settings: Settings | None = None) -> PlatformSpec:
    return next(spec for spec in _merge(text, settings).platforms if spec.platform == LINUX)


def _conda(spec: PlatformSpec) -> list[str]:
    return [f"{requirement.key} {requirement.constraint}" for requirement in spec.conda]


def test_an_environment_is_named_by_its_path() -> None:
    assert _merge("dependencies: [a]").name == "envs/e"


@pytest.mark.parametrize(
    ("text", "configured", "platforms"),
    [
        pytest.param("", (), ["linux-64", "osx-arm64"], id="neither: the default"),
        pytest.param("", (Subdir("win-64"),), ["win-64"], id="the configured"),
        pytest.param("platforms: [osx-64, osx-64]\n", (Subdir("win-64"),), ["osx-64"], id="the spec's replace them"),
    ],
)
def test_platforms(text: str, configured: tuple[Subdir, ...], platforms: list[str]) -> None:
    spec = _merge(f"{text}dependencies: [a]", Settings(platforms=configured))
    assert [platform.platform for platform in spec.platforms] == platforms


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        pytest.param("", ("own", "more"), id="the configured where the spec names none"),
        pytest.param("channels: [b, a, b]\n", ("b", "a"), id="the spec's in order, each once"),
        pytest.param("channels: [nodefaults]\n", ("own", "more"), id="nodefaults alone names none"),
        pytest.param("channels: []\n", ("own", "more"), id="an empty list names none"),
    ],
)
def test_channels(text: str, channels: tuple[str, ...]) -> None:
    assert _linux(f"{text}dependencies: [a]", Settings(channels=("own", "more"))).channels == channels


def test_the_specs_indices_come_before_the_configured() -> None:
    text = "pypi-indices: [https://b.example/s, https://a.example/s]\ndependencies: [a]"
    settings = Settings(pypi_indices=("https://c.example/s", "https://a.example/s"))
    assert _linux(text, settings).indices == ("https://b.example/s", "https://a.example/s", "https://c.example/s")


@pytest.mark.parametrize(
    ("text", "settings", "priority"),
    [
        pytest.param("dependencies: [a]", Settings(), "strict", id="nothing special: strict"),
        pytest.param("channels: [conda-forge]\ndependencies: [a]", Settings(), "strict", id="the configured channel"),
        pytest.param("channels: [conda-forge, b]\ndependencies: [a]", Settings(), "flexible", id="an extra channel"),
        pytest.param("dependencies: [b::a]", Settings(), "flexible", id="`::`"),
        pytest.param(
            "dependencies: [b::a]", Settings(channel_priority=ChannelPriority.STRICT), "strict", id="as configured"
        ),
        pytest.param("dependencies:\n- b::a # [osx]\n- c\n", Settings(), "strict", id="`::` on another platform"),
    ],
)
def test_channel_priority(text: str, settings: Settings, priority: str) -> None:
    assert _linux(text, settings).channel_priority.value == priority


@pytest.mark.parametrize(
    ("sys", "configured", "glibc"),
    [
        pytest.param("", None, "2.27", id="the default"),
        pytest.param("", "2.28", "2.28", id="the configured over the default"),
        pytest.param("sys: {__glibc: '2.31'}\n", "2.28", "2.31", id="`sys:` over the configured"),
        pytest.param("sys: {__glibc: '2.31'} # [osx]\n", "2.28", "2.28", id="`sys:` of another platform"),
    ],
)
def test_virtual_packages(sys: str, configured: str | None, glibc: str) -> None:
    name = VirtualName("__glibc")
    settings = Settings(virtual_packages={LINUX: {name: configured}} if configured else {})
    packages = dict(_linux(f"{sys}dependencies: [a]", settings).virtual_packages)
    assert (packages[name], packages[VirtualName("__cuda")]) == (glibc, "11.2")


@pytest.mark.parametrize(
    ("entries", "conda"),
    [
        pytest.param("[b, a]", ["a *", "b *"], id="sorted by name"),
        pytest.param("[a=1.2]", ["a 1.2.*"], id="`=` is conda's"),
        pytest.param("[a>=1, a, a<2]", ["a <2,>=1"], id="one name's constraints are joined"),
        pytest.param("['a>=1,<2|>3', a]", ["a <2,>=1|>3"], id="alternatives survive an entry without constraint"),
        pytest.param("['a<1|>2', a!=3]", ["a !=3,<1|!=3,>2"], id="a clause is joined to each alternative"),
        pytest.param("[a=1.2=b0, a]", ["a ==1.2 b0"], id="a build is kept"),
        pytest.param("[a=1.2=*]", ["a ==1.2"], id="any build, named, is exact"),
        pytest.param("[a, c::a]", ["c::a *"], id="a channel is kept"),
    ],
)
def test_conda_requirements(entries: str, conda: list[str]) -> None:
    assert _conda(_linux(f"dependencies: {entries}")) == conda


@pytest.mark.parametrize(
    ("entry", "conda"),
    [
        pytest.param("a=1.2", "a ==1.2", id="`=` is exact"),
        pytest.param("a=1.2.*", "a 1.2.*", id="a star stays a prefix"),
        pytest.param("a>=1,=1.2", "a ==1.2,>=1", id="among clauses"),
    ],
)
def test_equals_exact(entry: str, conda: str) -> None:
    assert _conda(_linux(f"dependencies: ['{entry}']", Settings(exact_equals=True))) == [conda]


@pytest.mark.parametrize(
    ("entries", "pypi"),
    [
        pytest.param("[b, a]", ["a", "b"], id="sorted by name"),
        pytest.param("['a[y]>=1', 'a[x]<2']", ["a[x,y]<2,>=1"], id="extras and clauses are joined"),
        pytest.param(
            """["a==2; python_version<'3.9'", "a==3; python_version>='3.9'"]""",
            ['a==2; python_version < "3.9"', 'a==3; python_version >= "3.9"'],
            id="different markers are kept apart",
        ),
        pytest.param(
            "['a==1 --hash=sha256:02', 'a==1 --hash=sha256:01']",
            ["a==1 --hash=sha256:01 --hash=sha256:02"],
            id="hashes are joined",
        ),
    ],
)
def test_pypi_requirements(entries: str, pypi: list[str]) -> None:
    assert [pypi_text(r) for r in _linux(f"dependencies: [{{pip: {entries}}}]").pypi] == pypi


@pytest.mark.parametrize(
    ("entries", "conda"),
    [
        pytest.param("[python, {pip: [a]}]", ["pip (implied)", "python"], id="PyPI requirements imply it"),
        pytest.param("[{pip: [a]}]", ["pip (implied)"], id="alone too"),
        pytest.param("[pip, {pip: [a]}]", ["pip"], id="it is asked for"),
        pytest.param("['c::pip>=25', {pip: [a]}]", ["pip"], id="in a version, from a channel"),
        pytest.param("[python, numpy]", ["numpy", "python"], id="nothing is asked of PyPI"),
        pytest.param("[python, {pip: ['git+https://a.example/r']}]", ["python"], id="nothing that can be locked"),
    ],
)
def test_condas_pip(entries: str, conda: list[str]) -> None:
    found = _linux(f"dependencies: {entries}").conda
    assert [f"{each.name}{' (implied)' if each.implied else ''}" for each in found] == conda


def test_a_selector_decides_per_platform() -> None:
    spec = _merge("dependencies:\n- a # [linux]\n- b # [osx]\n- c\n- pip: # [osx]\n  - d\n")
    asked = {p.platform: [*_conda(p), *(r.key for r in p.pypi)] for p in spec.platforms}
    assert asked == {LINUX: ["a *", "c *"], OSX: ["b *", "c *", "pip *", "d"]}


@pytest.mark.parametrize(
    ("entries", "mode"),
    [
        pytest.param("[numpy]", "conda", id="conda only"),
        pytest.param("[python, pip]", "conda", id="python and pip alone"),
        pytest.param("[numpy, {pip: []}]", "conda", id="an empty pip list"),
        pytest.param("[numpy, {pip: [--pre]}]", "conda", id="an option is not a requirement"),
        pytest.param("[python, pip, {pip: [a]}]", "pypi", id="python and pip do not count as conda"),
        pytest.param("[python, {pip: [-e .]}]", "pypi", id="a reference counts as a pip requirement"),
        pytest.param("[python, numpy, {pip: [a]}]", "mixed", id="both"),
        pytest.param("[numpy, {pip: [-e .]}]", "mixed", id="conda and a reference"),
    ],
)
def test_mode(entries: str, mode: str) -> None:
    assert _merge(f"dependencies: {entries}").mode.value == mode


def test_an_environment_has_no_spec_for_a_platform_it_is_not_locked_for() -> None:
    spec = _merge("platforms: [linux-64]\ndependencies: [python=3.8]")
    assert spec.for_platform(OSX) is None
    linux = spec.for_platform(LINUX)
    assert linux is not None
    assert linux.python is not None
    assert linux.python.version == "3.8.*"


@pytest.mark.parametrize(
    ("path", "text", "python"),
    [
        pytest.param("requirements.txt", "a\n", "3.12.*", id="a requirements file that names none"),
        pytest.param("envs/r.in", "a\n", "3.12.*", id="under its other name"),
        pytest.param("r.txt", "python==3.10.*\na\n", "3.10.*", id="one that names it as Metaflow's parsers read it"),
        pytest.param("r.txt", "--conda-pkg python=3.11\na\n", "3.11.*", id="one that asks conda for it"),
        pytest.param("r.txt", "--conda-pkg 'numpy'\na\n", "3.12.*", id="a mixed one"),
    ],
)
def test_the_configured_python_serves_requirements_files(path: str, text: str, python: str) -> None:
    asked = CondaRequirement(name=CondaName("python"), asked="=3.12", version="3.12.*", place=at("mixlock.toml"))
    spec = merge(requirements_txt.parse(text, path), Settings(python=asked))
    assert {platform.python.version for platform in spec.platforms if platform.python} == {python}


def test_the_configured_python_is_no_environment_files() -> None:
    asked = CondaRequirement(name=CondaName("python"), version="3.12.*", place=at("mixlock.toml"))
    assert _linux("dependencies: [{pip: [a]}]", Settings(python=asked)).python is None
