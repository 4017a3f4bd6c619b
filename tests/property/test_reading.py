"""Laws of reading: any text gives a document or problems inside it, and a canonical reading is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from rattler import MatchSpec

from mixlock_hooks.formats import environment_yml, match_spec, pip_requirement, project_config
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.conda_constraint import canonical_version
from mixlock_hooks.model.place import at
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.selector import admits, both
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.urls import has_secret, redacted
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import pypi_text
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place

_KEYS = ("dependencies", "channels", "sys", "pip", "platforms")
_PIECES = ("numpy", "a", "1.2", "[linux]", "git+", "https://", "./", "<<", "==", ">=", "::", "é", "\x00")
_SPACES = ("\n", "\n- ", "\n  - ", " ", "\t", "\r\n")
_SHARDS = st.sampled_from([*_KEYS, *_PIECES, *_SPACES, *"&*-:,[]{}#'\">|=@;~!%"])
_TEXTS = st.lists(_SHARDS, max_size=40).map("".join) | st.text()
_LINES = st.lists(_SHARDS.filter(lambda shard: "\n" not in shard), max_size=12).map("".join)


def _stands_in(place: Place, text: str) -> bool:
    lines = text.splitlines() or [""]
    beyond = place.line == len(lines) + 1 and place.column == 1
    return beyond or (place.line <= len(lines) and place.column <= len(lines[place.line - 1]) + 1)


@given(_TEXTS)
@settings(deadline=None)
def test_any_text_is_read_and_its_problems_stand_inside(text: str) -> None:
    document = environment_yml.parse(text, "e.yml")
    places = [problem.place for problem in document.problems]
    places += [e.place for e in document.conda] + [e.place for e in document.pypi]
    places += [e.place for e in document.references]
    assert places or document.virtual_packages
    assert all(_stands_in(place, text) for place in places)
    policy.check(merge(document, Settings()), Settings(), shipped)


@given(_TEXTS)
@settings(deadline=None)
def test_any_configuration_is_read(text: str) -> None:
    settings_, problems = project_config.parse(text, "mixlock.toml")
    assert settings_ is not None
    assert all(_stands_in(problem.place, text) for problem in problems)


@given(st.binary())
def test_any_bytes_are_text_or_a_problem(content: bytes) -> None:
    assert isinstance(decode(content, "e.yml"), str) == _is_utf8(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(_LINES)
@settings(deadline=None)
def test_a_match_spec_that_is_read_is_canonical(text: str) -> None:
    try:
        requirement = match_spec.parse(text, at("e.yml"))
    except ValueError:
        return
    assert canonical_version(requirement.version) == requirement.version
    asked = requirement.asked
    assert requirement.version in {canonical_version(asked), canonical_version(asked, has_build=True)}
    again = MatchSpec(f"{requirement.name} {requirement.constraint}")
    assert str(again.build or "") == requirement.build
    assert (
        match_spec.parse(f"{requirement.name} {requirement.constraint}", at("e.yml")).version == requirement.version
    )


@given(_LINES)
@settings(deadline=None)
def test_a_pip_requirement_that_is_read_is_canonical(text: str) -> None:
    try:
        requirement = pip_requirement.parse(text, at("e.yml"))
    except pip_requirement.NotARequirementError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017 - nothing else may be raised
        return
    assert pip_requirement.parse(pypi_text(requirement), at("e.yml")) == requirement


_WORDS = st.sampled_from(["linux", "osx", "win", "unix", "arm64", "x86_64", "not win", "not not linux"])
_MORE = st.lists(st.builds("{}{}".format, st.sampled_from([" and ", " or "]), _WORDS), max_size=3).map("".join)
_SELECTORS = st.just("") | st.builds("{}{}".format, _WORDS, _MORE)


@given(_SELECTORS, _SELECTORS, st.sampled_from(KNOWN_PLATFORMS))
def test_two_selectors_admit_where_both_do(first: str, second: str, platform: Subdir) -> None:
    assert admits(both(first, second), platform) == (admits(first, platform) and admits(second, platform))


_SECRETS = st.from_regex(r"[A-Za-z0-9_.~%!@:-]{3,20}", fullmatch=True)


@given(_SECRETS)
def test_a_password_is_found_and_never_shown(password: str) -> None:
    url = f"https://me:{password}@host.example/simple"
    assert has_secret(url)
    assert redacted(url) == "https://***@host.example/simple"
