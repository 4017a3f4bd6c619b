"""What a URL may give away, and where it leads: secrets, hosts, loopback."""

from __future__ import annotations

import re
from urllib.parse import unquote

_CONDA_TOKEN = re.compile(r"/t/(?!<TOKEN>|\$|\*\*\*)[^/\s`'\"]+")
_ANY_CONDA_TOKEN = re.compile(r"/t/[^/]+")
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?|\*+|<\w+>")
HOST = r"(?:[\w.\-]+|\[[0-9a-fA-F:.]+\])"
"""How a host is written where no URL is: a name, or an address of IPv6 in brackets (RFC 3986, 3.2.2)."""
_AUTHORITY = re.compile(
    r"[A-Za-z][\w+.\-]*://(?:[^/?#\s]*@)?(?:\[(?P<ipv6>[^\]]*)\]|(?P<host>[^/:?#\s]*))(?::(?P<port>\d+))?"
)
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
"""All before the last ``@`` of the authority, as every client splits it: a password may hold an ``@``."""
_QUERY_SECRET = re.compile(
    r"(?P<name>[?&#](?:[\w%-]*(?:token|secret|passw(?:or)?d|signature|credential|api_?key)|auth|key|pass|sig|"
    r"googleaccessid|awsaccesskeyid|key-pair-id)=)"
    r"(?!\$|\*|<)[^&#\s`'\"]+",
    re.IGNORECASE,
)
"""Parameters that carry a credential: customary names, and those of presigned URLs (AWS, Google, Azure)."""
_PUBLIC_USERS = frozenset({"git", "hg", "aws", "oauth2accesstoken", "VssSessionToken"})
"""ssh's customary users, and those that the clouds' keyrings know; everybody has the same."""
_UNCLEAR = re.compile(r"[\x00-\x20\x7f-\xa0\\]|\s")
_BEFORE_PATH = re.compile(r"[^/?#:]*://[^/?#]*")
_LOOPBACK = re.compile(r"localhost|::1|127(?:\.\d{1,3}){3}")


def has_secret(url: str) -> bool:
    """Return whether the URL carries a credential.

    That is a password, a bare token before ``@``, a conda ``/t/TOKEN``, or a parameter named like a secret.

    Names of environment variables (``${TOKEN}``) are no secrets, nor are users that everybody has: ``git@`` of ssh,
    ``oauth2accesstoken@`` of a cloud's keyring.
    """
    if any(not _is_public(found.group()) for found in _CREDENTIALS.finditer(url)):
        return True
    return "://" in url and (_CONDA_TOKEN.search(url) or _QUERY_SECRET.search(url)) is not None


def _is_public(credentials: str) -> bool:
    user, colon, password = credentials.partition(":")
    if colon:
        return not password or _PLACEHOLDER.fullmatch(password) is not None
    return user in _PUBLIC_USERS or _PLACEHOLDER.fullmatch(user) is not None


def redacted(text: str) -> str:
    """Return the text with every credential in its URLs replaced by ``***``."""
    if "://" not in text:
        return text
    return _QUERY_SECRET.sub(r"\g<name>***", _CONDA_TOKEN.sub("/t/***", _CREDENTIALS.sub("***", text)))


def without_credentials(url: str) -> str:
    """Return the URL without user, password, conda token and fragment, be they secrets or names of variables.

    A trailing slash goes too, so that equal places are equal text.
    """
    bare = re.sub(r"(?<=://)[^/?#\s]+@", "", _QUERY_SECRET.sub("", url).partition("#")[0])
    return _ANY_CONDA_TOKEN.sub("", bare).rstrip("/")


def without_secrets(url: str) -> str:
    """Return the URL, without credentials where one is a secret: ``git@`` of ssh is none, and stays."""
    return without_credentials(url) if has_secret(url) else url


def complaint(url: str) -> str:
    """Return what in a URL, or a channel's name, tools read differently, so that it leads elsewhere; else nothing.

    Some take a backslash for a slash, some drop tabs and line ends, some follow ``..`` before they ask and some do
    not, encoded or not.
    """
    path = unquote(_BEFORE_PATH.sub("", url, count=1))
    if _UNCLEAR.search(url) or _UNCLEAR.search(path):
        return "a backslash, white space or a control character"
    return "a segment of dots" if {".", ".."} & set(path.split("/")) else ""


def is_on_the_web(url: str) -> bool:
    """Return whether a text is the address of something on the web: a folder is on one machine only."""
    return url.lower().startswith(("https://", "http://"))


def is_plain_http(url: str, trusted_hosts: frozenset[str] = frozenset()) -> bool:
    """Return whether the URL is read over plain http from elsewhere than this machine or a trusted host.

    A host may be trusted with a port or without, as pip's ``--trusted-host`` reads it.
    """
    if not url.lower().startswith("http://") or is_loopback(url):
        return False
    found = _AUTHORITY.match(url)
    host = host_of(url)
    return not {host, f"{host}:{(found and found['port']) or 80}"} & trusted_hosts


def is_loopback(url: str) -> bool:
    """Return whether the URL's host is this machine."""
    return _LOOPBACK.fullmatch(host_of(url)) is not None


def host_of(url: str) -> str:
    """Return the URL's host in lower case, without port; empty where there is none (RFC 3986, 3.2)."""
    found = _AUTHORITY.match(url)
    return (found["ipv6"] or found["host"]).lower() if found else ""
