"""What a URL gives away: no secret is overlooked, none is repeated, none is kept."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.urls import complaint, has_secret, host_of, is_plain_http, redacted, without_credentials


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://me:pw@a.example/simple", "https://***@a.example/simple", id="user and password"),
        pytest.param("https://:pw@a.example/x", "https://***@a.example/x", id="a password without user"),
        pytest.param("https://ghp_123@a.example/x", "https://***@a.example/x", id="a bare token"),
        pytest.param("https://me:p@ss@a.example/x", "https://***@a.example/x", id="a password with an @"),
        pytest.param("https://a.example/t/tk-1/ch", "https://a.example/t/***/ch", id="a conda token"),
        pytest.param(
            "p @ git+https://me:pw@a.example/r@v1", "p @ git+https://***@a.example/r@v1", id="inside a text"
        ),
        pytest.param(
            "-i https://${T}@a.example --extra-index-url https://me:pw@b.example",
            "-i https://***@a.example --extra-index-url https://***@b.example",
            id="in a second URL",
        ),
        pytest.param(
            "https://a.example/f?X-Amz-Signature=ab12&n=1", "https://a.example/f?X-Amz-Signature=***&n=1", id="S3"
        ),
        pytest.param("https://a.example/f?n=1&sig=ab%2F", "https://a.example/f?n=1&sig=***", id="Azure"),
        pytest.param(
            "https://a.example/f?X-Goog-Credential=me", "https://a.example/f?X-Goog-Credential=***", id="Google"
        ),
        pytest.param("https://a.example/s?private_token=ab", "https://a.example/s?private_token=***", id="GitLab"),
        pytest.param(
            "`https://a.example/t/tk-1` and `b/c`", "`https://a.example/t/***` and `b/c`", id="a token in a sentence"
        ),
        pytest.param(
            "`https://a.example?token=ab` and b", "`https://a.example?token=***` and b", id="a query in a sentence"
        ),
    ],
)
def test_a_secret_is_found_and_never_repeated(url: str, shown: str) -> None:
    assert has_secret(url)
    assert redacted(url) == shown
    assert redacted(shown) == shown


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://a.example/simple", id="no credentials"),
        pytest.param("https://${TOKEN}@a.example/x", id="a variable for a token"),
        pytest.param("https://me:$PASSWORD@a.example/x", id="a variable for a password"),
        pytest.param("https://me:****@a.example/x", id="a masked password"),
        pytest.param("https://<user>@a.example/x", id="a placeholder"),
        pytest.param("git+ssh://git@a.example/r.git", id="ssh's customary user"),
        pytest.param("https://a.example/t/<TOKEN>/ch", id="a placeholder for a conda token"),
        pytest.param("https://a.example/t/$TOKEN/ch", id="a variable for a conda token"),
        pytest.param("git+https://a.example/r.git@main", id="an @ in the path"),
        pytest.param("https://a.example?mail=me@b.example", id="an @ in the query"),
        pytest.param("conda-forge", id="the name of a channel"),
    ],
)
def test_what_is_no_secret(url: str) -> None:
    assert not has_secret(url)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        pytest.param("https://me:pw@a.example/x/", "https://a.example/x", id="user, password, last slash"),
        pytest.param("https://${TOKEN}@a.example/x", "https://a.example/x", id="a variable too"),
        pytest.param("https://me:p@ss@a.example/x", "https://a.example/x", id="a password with an @"),
        pytest.param("https://a.example/t/tk-1/ch", "https://a.example/ch", id="a conda token"),
        pytest.param("https://a.example/x#egg=y", "https://a.example/x", id="a fragment"),
    ],
)
def test_without_credentials(url: str, bare: str) -> None:
    assert without_credentials(url) == bare


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://A.Example:8080/x", "a.example", id="lower case, without port"),
        pytest.param("https://me:pw@a.example/x", "a.example", id="without user"),
        pytest.param("http://localhost@evil.example/", "evil.example", id="a user that looks like a host"),
        pytest.param("http://[::1]:80/x", "::1", id="an IPv6 address"),
        pytest.param("conda-forge", "", id="a name has none"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "is_plain"),
    [
        pytest.param("http://a.example/x", True, id="http"),
        pytest.param("HTTP://a.example/x", True, id="in capitals"),
        pytest.param("https://a.example/x", False, id="https"),
        pytest.param("file:///x", False, id="a file"),
        pytest.param("http://localhost:8000/x", False, id="localhost"),
        pytest.param("http://127.0.0.2/x", False, id="the loopback network"),
        pytest.param("http://[::1]/x", False, id="the loopback of IPv6"),
        pytest.param("http://127.evil.example/x", True, id="a host that only begins like the loopback"),
        pytest.param("http://localhost.evil.example/x", True, id="a host that only begins like localhost"),
        pytest.param("http://mirror.example:81/x", False, id="a trusted host, any port"),
        pytest.param("http://u@ported.example:81/x", False, id="a trusted port"),
        pytest.param("http://ported.example:811/x", True, id="another port"),
        pytest.param("http://ported.example/x", True, id="the usual port, another is trusted"),
        pytest.param("http://usual.example/x", False, id="the usual port, which is trusted"),
    ],
)
def test_plain_http(url: str, *, is_plain: bool) -> None:
    trusted = frozenset({"mirror.example", "ported.example:81", "usual.example:80"})
    assert is_plain_http(url, trusted) is is_plain


CLEAR = [
    "conda-forge",
    "conda-forge/label/x",
    "https://a.example/c",
    "https://${USER}:${PASSWORD}@a.example/c",
    "https://a.example/t/${TOKEN}/c",
    "https://a.example/c/noarch/a-1%212.0..1-0.conda",
    "https://[::1]:80/simple/",
]
UNCLEAR = {
    "a tab in the host": "https://${S}@ours.example\t.evil.example/c",
    "a backslash in the host": "https://evil.example\\:${S}@ours.example/simple",
    "a line end": "https://a.example/\n/c",
    "a space": "https://a.example/c d",
    "a no-break space": "https://a.example/\xa0c",
    "an end of another world": "https://a.example/\u2028c",
    "an escape": "https://a.example/\x1b[0m",
    "a backslash in the path": "https://a.example/c\\..\\evil",
    "an encoded backslash": "https://a.example/c%5c..%5Cevil",
    "an encoded line end": "https://a.example/c%0aevil",
    "a segment of dots": "https://a.example/c/../evil",
    "an encoded segment of dots": "https://a.example/c/%2E./evil",
    "encoded slashes": "https://a.example/c/x%2f..%2f..%2fevil",
    "dots at the end": "https://a.example/c/..",
    "a channel's name with dots": "conda-forge/../evil",
}


@pytest.mark.parametrize("url", CLEAR)
def test_a_clear_url(url: str) -> None:
    assert complaint(url) == ""


@pytest.mark.parametrize("url", UNCLEAR.values(), ids=UNCLEAR)
def test_a_url_that_misleads(url: str) -> None:
    assert complaint(url)
