"""Limit what a process writes into one file: py-rattler unpacks repodata into its cache, however large they become.

A frame of Zstandard of a hundred kilobytes may unpack to gigabytes. The limit is the system's (``RLIMIT_FSIZE``), so
it holds on POSIX alone, and for programs that do nothing but read channels.
"""

from __future__ import annotations

import errno
import sys

LARGEST_BYTES = 2 * 2**30
"""The largest repodata of conda-forge are 0.4 GiB."""
_SIGN = f"(os error {errno.EFBIG})"


def limit_files(largest: int = LARGEST_BYTES) -> None:
    """Let this process write no larger file."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has none

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        soft = largest if hard == resource.RLIM_INFINITY else min(largest, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def told(words: str) -> str:
    """Return the words of an error, with the limit where a file was larger (``EFBIG``)."""
    if sys.platform == "win32" or _SIGN not in words:
        return words
    import resource  # noqa: PLC0415 - as above

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0] // 2**20
    return f"{words.splitlines()[0]}: it is larger than {limit} MiB, unpacked"
