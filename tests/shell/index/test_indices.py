"""Which index is asked on this machine, and what a lock calls its files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.settings import MACHINE_INDEX, NO_INDEX
from mixlock_hooks.shell.index.indices import UsedIndex, canonical_url, machine_index, used_indices

if TYPE_CHECKING:
    from pathlib import Path

A, B = "https://a.example/simple", "https://b.example/simple"


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("SECRET", "hunter2")
    monkeypatch.setenv("MIXLOCK_CREDENTIAL_HOSTS", "other.example, A.example")


@pytest.mark.parametrize(
    ("indices", "default", "mirrors", "expected"),
    [
        pytest.param((A,), B, {}, [(A, A), (B, B)], id="the spec's, then the default"),
        pytest.param((A, B), NO_INDEX, {}, [(A, A), (B, B)], id="no default"),
        pytest.param((A + "/",), A, {}, [(A, A)], id="a trailing slash"),
        pytest.param((A,), A, {}, [(A, A)], id="the default named again"),
        pytest.param((A,), NO_INDEX, {A: ("http://m/a", "http://n/a")}, [(A, "http://m/a")], id="the first mirror"),
        pytest.param(
            ("https://me:${SECRET}@a.example/simple",),
            NO_INDEX,
            {},
            [(A, "https://me:hunter2@a.example/simple")],
            id="a secret by variable",
        ),
        pytest.param(
            ("https://me:${SECRET}@a.example/simple",), NO_INDEX, {A: ("http://m/a",)}, [(A, "http://m/a")],
            id="a mirror needs no secret",
        ),
    ],
)  # fmt: skip
def test_used_indices(
    indices: tuple[str, ...], default: str, mirrors: dict[str, tuple[str, ...]], expected: list[tuple[str, str]]
) -> None:
    assert [
        (used.canonical, used.url)
        for used in used_indices(PypiSources(indices=indices, default_index=default), mirrors)
    ] == expected


@pytest.mark.parametrize(
    ("variables", "file", "expected"),
    [
        ({"PIP_INDEX_URL": A, "UV_DEFAULT_INDEX": B}, "", A),
        ({"UV_DEFAULT_INDEX": B}, f"[global]\nindex-url = {A}\n", B),
        ({}, f"[global]\nindex-url = {A}\n", A),
        ({}, f"[global]\nindex-url = {A}\n[install]\nindex-url = {B}\n", B),
    ],
    ids=["pip's variable", "uv's variable", "pip's file", "pip's file, for install"],
)
def test_machine_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], file: str, expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "pip.conf").write_text(file)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert machine_index() == expected
    assert used_indices(PypiSources(default_index=MACHINE_INDEX), {})[0].canonical == expected


@pytest.mark.parametrize(
    ("url", "used", "expected"),
    [
        ("https://a.example/files/x.whl#sha256=1", UsedIndex(canonical=A, url=A), "https://a.example/files/x.whl"),
        ("https://me:pw@a.example/x.whl", UsedIndex(canonical=A, url=A), "https://a.example/x.whl"),
        ("http://127.0.0.1:9/files/x.whl", UsedIndex(canonical=A, url="http://127.0.0.1:9/simple"), "https://a.example/files/x.whl"),
        ("http://127.0.0.1:90/x.whl", UsedIndex(canonical=A, url="http://127.0.0.1:9/simple"), "http://127.0.0.1:90/x.whl"),
        ("http://127.0.0.1:9/m/x.whl", UsedIndex(canonical=A, url="http://127.0.0.1:9/m/simple"), "https://a.example/x.whl"),
        ("https://files.example/x.whl", UsedIndex(canonical=A, url="http://127.0.0.1:9/simple"), "https://files.example/x.whl"),
    ],
    ids=["a fragment", "a password", "a mirror", "another port", "a mirror in a folder", "another host"],
)  # fmt: skip
def test_canonical_url(url: str, used: UsedIndex, expected: str) -> None:
    assert canonical_url(url, [used]) == expected
