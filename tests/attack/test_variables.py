"""No variable of the machine is sent anywhere by a repository alone."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.failure import EngineError
from mixlock_hooks.shell.index.credentials import ALLOWED_HOSTS, with_variables


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    monkeypatch.delenv("NEVER_SET", raising=False)
    monkeypatch.setenv(ALLOWED_HOSTS, "ours.example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ours.example/simple", "https://ours.example/simple"),
        ("https://${TOKEN}@ours.example/simple", "https://hunter2@ours.example/simple"),
        ("https://me:$TOKEN@OURS.example/simple", "https://me:hunter2@OURS.example/simple"),
        ("https://ours.example/t/${TOKEN}/channel", "https://ours.example/t/hunter2/channel"),
    ],
)
def test_a_variable_is_put_in_where_a_credential_stands(url: str, expected: str) -> None:
    assert with_variables(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/${TOKEN}/simple",
        "https://${TOKEN}.evil.example/simple",
        "https://${TOKEN}@evil.example/simple",
        "https://ours.example@${TOKEN}.evil.example/simple",
        "https://${TOKEN}@ours.example.evil.example/simple",
        "https://${TOKEN}@ours.example@evil.example/simple",
        "https://evil.example/?ours.example@${TOKEN}",
        "https://evil.example/#${TOKEN}@ours.example",
        "https://evil.example/t/${TOKEN}/channel",
        "https://ours.example/${TOKEN}/simple",
        "https://ours.example/simple?key=${TOKEN}",
        "https://ours.example:${TOKEN}/simple",
        "https://${NEVER_SET}@ours.example/simple",
        "${TOKEN}://ours.example/simple",
        "${TOKEN}",
        "$TOKEN/channel",
    ],
)
def test_and_nowhere_else(url: str) -> None:
    with pytest.raises(EngineError) as refused:
        with_variables(url)
    assert "hunter2" not in str(refused.value)


def test_no_variable_is_sent_where_the_machine_allows_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOWED_HOSTS)
    with pytest.raises(EngineError, match="does not allow ours"):
        with_variables("https://${TOKEN}@ours.example/simple")
