"""Values of the configuration that say how new packages may be."""

from __future__ import annotations

import re
from datetime import date

from packaging.utils import canonicalize_name

from mixlock_hooks.formats.config_values import WrongTypeError, WrongValueError
from mixlock_hooks.model.cutoff import is_cutoff
from mixlock_hooks.model.urls import is_on_the_web, without_credentials

_NAME = re.compile(r"[A-Za-z0-9_](?:[\w.-]*\w)?", re.ASCII)
_EXAMPLE = 'such as openssl = "0 days" or "https://conda.anaconda.org/bioconda" = "2026-01-01"'


def cutoff(value: object) -> str:
    """Convert a moment: a date, or a number of days."""
    written = str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value
    if isinstance(written, str) and is_cutoff(written):
        return written
    raise WrongTypeError('a date such as "2026-10-01", or a number of days such as "7 days"')


def exceptions(value: object) -> tuple[tuple[str, str], ...]:
    """Convert packages and sources with moments of their own; false for none."""
    if not isinstance(value, dict):
        raise WrongTypeError(f"a table of packages and URLs of channels or indices, {_EXAMPLE}")
    found = {_key(key): "" if moment is False else _moment(key, moment) for key, moment in value.items()}
    return tuple(sorted(found.items()))


def _key(written: str) -> str:
    """Return a name as both sides spell it, or a URL as channels and indices are compared."""
    if is_on_the_web(written) and not re.search(r"[;\s]", written):
        if without_credentials(written) != written.rstrip("/"):
            raise WrongTypeError("free of credentials: a channel or index is told by what is left without them")
        return without_credentials(written)
    if _NAME.fullmatch(written):
        return canonicalize_name(written)
    raise WrongTypeError(f"made of names of packages and URLs of channels or indices, not `{written}`: {_EXAMPLE}")


def _moment(key: str, value: object) -> str:
    written = value if isinstance(value, str | date) else None
    try:
        return cutoff(written)
    except WrongTypeError as error:
        raise WrongValueError(f"`{key}` must be {error}, or false") from error
