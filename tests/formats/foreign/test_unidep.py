"""unidep's ``requirements.yaml`` and ``[tool.unidep]``: what becomes a spec, and what is listed."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.formats.foreign import spec_text, unidep
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Severity

_HEAD = "channels: [conda-forge]\nplatforms: [linux-64, osx-arm64, win-64]\n"


def _lines(text: str, path: str = "requirements.yaml") -> list[str]:
    spec, problems = unidep.parse(text, path)
    assert spec is not None
    assert not problems
    rendered = spec_text.render(spec)
    assert not environment_yml.parse(rendered, "environment.yml").problems
    return [line.strip().removeprefix("- ") for line in rendered.partition("dependencies:\n")[2].splitlines()]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("- numpy", ["numpy"]),
        ("- numpy >=1.21", ["numpy >=1.21"]),
        ("- adaptive >=0.15.0, <2.0.0  # [linux64]", ["adaptive >=0.15.0,<2.0.0  # [linux]"]),
        ("- conda: python=3.11", ["python=3.11"]),
        ("- conda: qsimcirq * cuda*", ["qsimcirq * cuda*"]),
        ("- pip: slurm-usage >=1.1.0,<2", ["pip:", "slurm-usage>=1.1.0,<2"]),
        ("- pip: slurm-usage =1.1", ["pip:", "slurm-usage==1.1"]),
        ("- conda: python-graphviz\n  pip: graphviz", ["python-graphviz"]),
        ("- conda: x\n  pip: y >=2", ["pip:", "y>=2"]),
        ("- conda: x >=1\n  pip: y >=2", ["x >=1"]),
        ("- conda: x >=1\n  pip: y[extra]", ["pip:", "y[extra]"]),
        ("- pip: cirq  # [macos win]\n  conda: cirq  # [linux]", ["cirq  # [linux]", "pip:", "cirq  # [not linux]"]),
        ("- some >=1:unix", ["some >=1  # [unix]"]),
        ("- pexpect  # [unix]\n- wexpect  # [win]", ["pexpect  # [unix]", "wexpect  # [win]"]),
        ("- a  # [aarch64]\n- b", ["b"]),
    ],
)
def test_requirements_become_a_spec(entry: str, expected: list[str]) -> None:
    assert _lines(f"{_HEAD}dependencies:\n{entry}\n") == expected


def test_a_table_of_a_project_says_the_same() -> None:
    text = """\
[project]
name = "own"
[tool.unidep]
channels = ["conda-forge"]
dependencies = ["numpy", { conda = "cuda-toolkit =11.8:linux64" }, { pip = "cirq:macos win", conda = "cirq:linux" }]
platforms = ["linux-64", "osx-arm64"]
"""
    expected = ["numpy", "cuda-toolkit =11.8  # [linux]", "cirq  # [linux]", "pip:", "cirq  # [osx]"]
    assert _lines(text, "pyproject.toml") == expected


def test_of_several_indices_the_first_is_the_default_one() -> None:
    text = "dependencies: [pip: x]\npip_indices:\n- https://a.example/simple\n- https://b.example/simple\n"
    spec, problems = unidep.parse(text, "requirements.yaml")
    assert spec is not None
    assert not problems
    assert (spec.pip_options, spec.indices) == (
        ("--index-url https://a.example/simple",),
        ("https://b.example/simple",),
    )


def test_a_file_without_platforms_leaves_them_to_the_configuration() -> None:
    assert _lines("dependencies:\n- a\n- b  # [win64]\n") == ["a", "b  # [win]"]


@pytest.mark.parametrize(
    ("text", "code", "words", "severity"),
    [
        ("name: x\ndependencies: [a]\n", Code.UNKNOWN_KEY, "names the file", Severity.NOTE),
        ("dependencies: [a]\noptional_dependencies: {t: [b]}\n", Code.UNKNOWN_KEY, "is not an env", Severity.NOTE),
        ("dependencies: [a]\nlocal_dependencies: [../b]\n", Code.UNKNOWN_KEY, "local projects", Severity.NOTE),
        ("dependencies: [a]\nsurprise: 1\n", Code.UNKNOWN_KEY, "does not know it", Severity.WARNING),
        ("dependencies:\n- conda: a\n  surprise: 1\n", Code.UNKNOWN_KEY, "does not know it", Severity.WARNING),
        ("dependencies: [a]\nplatforms: [linux-65]\n", Code.WRONG_TYPE, "unknown platform", Severity.ERROR),
        ("dependencies: [a, 3]\n", Code.WRONG_TYPE, "must be text, or a table", Severity.ERROR),
        ("dependencies: [a, ~]\n", Code.WRONG_TYPE, "this is nothing", Severity.ERROR),
        ("dependencies: [a]\nchannels: [~]\n", Code.WRONG_TYPE, "this is nothing", Severity.ERROR),
        ("dependencies: [b]\ndependencies: [a]\n", Code.CONTRADICTION, "appears twice", Severity.ERROR),
        ("dependencies: a\n", Code.WRONG_TYPE, "must be a list", Severity.ERROR),
        ("dependencies:\n- pip: a @ git+https://a.io/a\n", Code.VERSION_CONTROL, "version control", Severity.ERROR),
        ("dependencies:\n- pip: ./here\n", Code.LOCAL, "local directory", Severity.ERROR),
        ("dependencies:\n- a  # [sun]\n", Code.UNKNOWN_KEY, "unknown selector `sun`", Severity.WARNING),
        ("dependencies: [a]\npip_indices: https://u:hush@a.example/\n", Code.SECRET, "secret", Severity.ERROR),
        ("dependencies: [a\n", Code.UNREADABLE, "not valid YAML", Severity.ERROR),
        ("dependencies: &a\n- x: *a\n", Code.UNREADABLE, "stands inside itself", Severity.ERROR),
    ],
)  # fmt: skip
def test_what_does_not_map_is_listed_with_its_reason(text: str, code: Code, words: str, severity: Severity) -> None:
    _spec, problems = unidep.parse(text, "requirements.yaml")
    assert [(each.code, words in each.claim, each.severity) for each in problems] == [(code, True, severity)], (
        problems
    )


@pytest.mark.parametrize("text", ["", "- a\n", "collections:\n- name: x\n", "3\n"])
def test_a_file_of_somebody_elses_is_not_read(text: str) -> None:
    assert unidep.parse(text, "requirements.yaml") == (None, ())


_KEYS = (
    "dependencies",
    "platforms",
    "channels",
    "pip_indices",
    "optional_dependencies",
    "local_dependencies",
    "name",
)
_LEAF = st.one_of(st.none(), st.integers(), st.text("ab=@:/ #[]\n{", max_size=8), st.booleans())
_VALUE = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["pip", "conda", "x"]), inner)
)


@given(table=st.dictionaries(st.sampled_from(_KEYS), _VALUE))
def test_whatever_stands_there_is_read_or_told(table: dict[str, object]) -> None:

    spec, problems = unidep.parse(yaml.safe_dump(table, allow_unicode=True), "requirements.yaml")
    if spec is not None and not spec.asks_for_nothing:
        read = environment_yml.parse(spec_text.render(spec), "environment.yml").problems
        assert not [each for each in read if each.code is Code.UNREADABLE]
    assert all(each.claim and each.place.path == "requirements.yaml" for each in problems)


_WHOLE: dict[str, object] = {
    "channels": ["conda-forge"],
    "dependencies": ["a", {"conda": "b", "pip": "c"}],
    "platforms": ["linux-64"],
    "pip_indices": ["https://a.example/simple"],
}


@pytest.mark.parametrize("keys", [(), ("dependencies", 1)], ids=["the top", "a pair"])
def test_an_unknown_key_anywhere_is_listed(keys: tuple[str | int, ...]) -> None:
    document = yaml.safe_load(yaml.safe_dump(_WHOLE))
    table = document
    for key in keys:
        table = table[key]
    table["surprise"] = {"x": 1}
    _spec, problems = unidep.parse(yaml.safe_dump(document), "requirements.yaml")
    assert [each.claim for each in problems] == [
        f"`{'.'.join(map(str, (*keys, 'surprise')))}` does not map: mixlock does not know it"
    ]
