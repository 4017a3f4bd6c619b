"""Laws of the fingerprint: how a spec is written does not reach it, what it asks for does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Fingerprint


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What an environment file asks for, before it is written down."""

    channels: list[str]
    indices: list[str]
    conda: list[str]
    pypi: list[str]


_NAMES = st.from_regex(r"p[a-z0-9]{0,4}", fullmatch=True)
_VERSIONS = st.sampled_from(["", ">=1", "<2", "==1.2", ">=1,<2", "!=1.5"])
_CONDA_VERSIONS = _VERSIONS | st.sampled_from(["=1.2", "=1.2=py_0", "=1.*", " >=1|<0.5", " 1.2.*"])
_MARKERS = st.sampled_from(["", "; python_version < '3.9'", "; sys_platform == 'linux'"])
_QUOTES = st.sampled_from(["", "'", '"'])
_COMMENTS = st.sampled_from(["", "  # why", " # [unix]", " # [see 1.2]"])
_BREAKS = st.sampled_from(["", "\n", "# a comment\n", "\n  # indented\n\n"])


def _lists(texts: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(texts, min_size=least, max_size=5, unique=True)


def _requirements(versions: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    named = st.dictionaries(_NAMES, versions, min_size=1, max_size=5)
    return named.map(lambda found: [name + version for name, version in found.items()])


SPECS = st.builds(
    Spec,
    channels=_lists(_NAMES, 1),
    indices=_lists(_NAMES.map("https://{}.example/simple".format)),
    conda=_requirements(_CONDA_VERSIONS),
    pypi=_requirements(st.builds("{}{}".format, _VERSIONS, _MARKERS)),
)


def _plain(spec: Spec) -> str:
    lines = ["channels:", *_items(spec.channels), "pypi-indices:", *_items(spec.indices)]
    lines += ["dependencies:", *_items(spec.conda), "- pip:", *(f"  {item}" for item in _items(spec.pypi))]
    return "\n".join(lines) + "\n"


def _items(texts: list[str]) -> list[str]:
    return [f"- {text}" for text in texts]


def _fingerprints(text: str) -> list[Fingerprint]:
    document = environment_yml.parse(text, "e.yml")
    assert document.problems == ()
    return [fingerprint(inputs_of(platform)) for platform in merge(document, Settings()).platforms]


@given(st.data(), SPECS)
@settings(deadline=None)
def test_the_order_of_requirements_does_not_change_it(data: st.DataObject, spec: Spec) -> None:
    conda, pypi = data.draw(st.permutations(spec.conda)), data.draw(st.permutations(spec.pypi))
    assert _fingerprints(_plain(replace(spec, conda=conda, pypi=pypi))) == _fingerprints(_plain(spec))


@given(st.data(), SPECS)
@settings(deadline=None)
def test_comments_quotes_blank_lines_and_line_endings_do_not_change_it(data: st.DataObject, spec: Spec) -> None:
    written = ""
    for line in _plain(spec).splitlines():
        indent, dash, text = line.partition("- ")
        quote = data.draw(_QUOTES) if dash and text != "pip:" and "'" not in text else ""
        comment = data.draw(_COMMENTS) if quote else ""
        written += f"{indent}{dash}{quote}{text}{quote}{comment}\n{data.draw(_BREAKS)}"
    assert _fingerprints(written.replace("\n", data.draw(st.sampled_from(["\n", "\r\n"])))) == _fingerprints(
        _plain(spec)
    )


@given(st.data(), SPECS)
@settings(deadline=None)
def test_the_order_of_channels_changes_it(data: st.DataObject, spec: Spec) -> None:
    channels = data.draw(st.permutations(spec.channels))
    assume(channels != spec.channels)
    assert _fingerprints(_plain(replace(spec, channels=channels))) != _fingerprints(_plain(spec))


@given(st.data(), SPECS)
@settings(deadline=None)
def test_the_order_of_indices_changes_it(data: st.DataObject, spec: Spec) -> None:
    indices = data.draw(st.permutations(spec.indices))
    assume(indices != spec.indices)
    assert _fingerprints(_plain(replace(spec, indices=indices))) != _fingerprints(_plain(spec))


_CREDENTIALS = st.from_regex(r"[A-Za-z0-9_.~%!*@:$-]{1,12}", fullmatch=True)


@given(SPECS, _CREDENTIALS)
@settings(deadline=None)
def test_credentials_do_not_change_it(spec: Spec, credentials: str) -> None:
    secret = [index.replace("https://", f"https://{credentials}@") for index in spec.indices]
    assert _fingerprints(_plain(replace(spec, indices=secret))) == _fingerprints(_plain(spec))
