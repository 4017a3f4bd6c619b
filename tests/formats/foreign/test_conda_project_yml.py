"""``conda-project.yml``: its environments, and what of it is listed."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.foreign import conda_project_yml
from mixlock_hooks.model.codes import Code

_ENVIRONMENTS = "environments:\n  default: [environment.yml]\n  test: [environment.yml, ../shared/extras.yml]\n"


def test_environments_are_of_the_files_beside() -> None:
    project, problems = conda_project_yml.parse(_ENVIRONMENTS, "sub/conda-project.yml")
    assert project is not None
    assert not problems
    test = ("sub/environment.yml", "shared/extras.yml")
    assert project.environments == {"default": ("sub/environment.yml",), "test": test}
    assert project.environment("test") == "sub/test"
    assert project.locks("test") == ("sub/conda-lock.test.yml", "sub/test.conda-lock.yml")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("name: x\n", Code.UNKNOWN_KEY, "names the project"),
        ("variables: {A: b}\n", Code.UNKNOWN_KEY, "sets no variables"),
        ("commands: {a: {cmd: b}}\n", Code.UNKNOWN_KEY, "has no commands"),
        ("surprise: 1\n", Code.UNKNOWN_KEY, "does not know it"),
        ("environments: [a]\n", Code.WRONG_TYPE, "must be a table, this is a list"),
        ("environments: {a: b.yml}\n", Code.WRONG_TYPE, "must be a list, this is text"),
        ("environments: {a: [3]}\n", Code.WRONG_TYPE, "must be text, this is a number"),
        ("environments: {a: [../../b.yml]}\n", Code.INCLUDE, "leads out"),
        ("environments: {a: [/etc/b.yml]}\n", Code.INCLUDE, "leads out"),
        ("environments: {../a: [b.yml]}\n", Code.WRONG_TYPE, "not the name of an environment"),
        ("- a\n", Code.WRONG_TYPE, "must be a table"),
        ("a: [\n", Code.UNREADABLE, "not valid YAML"),
    ],
)
def test_what_does_not_map_is_listed_with_its_reason(text: str, code: Code, words: str) -> None:
    project, problems = conda_project_yml.parse(text, "sub/conda-project.yml")
    assert not (project and project.environments)
    assert [(each.code, words in each.claim) for each in problems] == [(code, True)], problems
