"""Entries that name a place instead of a version, by kind."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.direct_reference import parse

_FORMS = {
    "version control": [
        "git+https://a.example/r",
        "git+ssh://git@a.example/u/r.git@v1#egg=x",
        "hg+https://a.example/r",
        "svn+svn://a.example/r",
        "bzr+lp:r",
        "git://a.example/r",
        "git@a.example:u/r.git",
        "ssh://git@a.example/u/r",
        "https://github.com/u/r",
        "https://gitlab.com/u/r@main#egg=r",
        "https://a.example/u/r.git",
        "r @ git+https://a.example/u/r@main",
        "r[x]@git+https://a.example/u/r ; os_name == 'nt'",
        "r @ https://a.example/u/r.git@v1",
    ],
    "local path": [
        ".",
        ".[dev]",
        "./r",
        "../r",
        "/srv/r",
        "~/r",
        "C:\\r",
        "libs/",
        "file:///srv/r",
        "FILE:r",
        "r @ file:///srv/r",
        "r @ ../r",
        "r-1.0.tar.gz",
        "dist/r-1.0-py3-none-any.whl",
    ],
    "editable": ["-e .", "-e.", "--editable=.", "--editable ./r", "-e git+https://a.example/r"],
    "direct URL": [
        "https://a.example/r-1.0-py3-none-any.whl",
        "https://github.com/u/r/archive/v1.zip",
        "https://github.com/u/r/releases/download/v1/r-1.0-py3-none-any.whl",
        "r @ https://a.example/r-1.0.tar.gz",
        "https://conda.anaconda.org/conda-forge/linux-64/r-1.0-0.conda",
    ],
    "include": ["-r r.txt", "-rr.txt", "-c r.txt", "--requirement r.txt", "--constraint=r.txt"],
    "index option": [
        "-i https://a.example/simple",
        "--index-url=https://a.example/simple",
        "--extra-index-url https://a.example/simple",
        "-f https://a.example",
        "--find-links=https://a.example",
        "--trusted-host a.example",
        "--no-index",
        "--pre",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"), [pytest.param(kind, text, id=text) for kind, texts in _FORMS.items() for text in texts]
)
def test_a_reference_is_recognised(kind: str, text: str) -> None:
    reference = parse(text)
    assert reference is not None
    assert (reference.kind.value, reference.text) == (kind, text)


@pytest.mark.parametrize(
    "text",
    ["numpy", "numpy>=1,<2", "numpy =1.2", "git", "dask[complete]>=1", "cf::numpy", "cf/linux-64::numpy=1.2=*cuda*"],
)
def test_an_ordinary_requirement_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", ["r @ git+https://a.example/r", "r[x] @ ./r", "r@https://a.example/r-1.0.zip"])
def test_the_name_of_a_reference_is_kept(text: str) -> None:
    reference = parse(text)
    assert reference is not None
    assert reference.name == "r"
