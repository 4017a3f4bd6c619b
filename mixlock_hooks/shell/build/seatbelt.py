"""The walls of macOS as text: a profile for ``sandbox-exec``, in which the last rule that fits counts.

Apple calls the program deprecated and uses it in its own systems; Bazel, Nix and Chromium build and run with such
profiles. This one was written from theirs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD = """\
(version 1)
(deny default)
(allow process-fork)
(allow process-exec*)
(allow process-info* (target same-sandbox))
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read* (subpath "/System") (subpath "/usr") (subpath "/bin") (subpath "/sbin")
  (subpath "/Library/Developer")
  (subpath "/Applications/Xcode.app") (subpath "/private/var/db/xcode_select_link") (subpath "/private/etc/ssl")
  (literal "/") (literal "/private/etc/passwd") (literal "/private/var/db/timezone"))
(allow file-read* file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/random")
  (literal "/dev/urandom") (literal "/dev/dtracehelper"))
"""
_NETWORK = "(allow network-outbound)\n(allow network-inbound)\n(allow system-socket)\n"


def profile(reads: Iterable[str], writes: Iterable[str], *, network: bool) -> str:
    """Return a profile that allows reading and running of some paths, and all below others.

    Args:
        reads: absolute real paths.
        writes: absolute real paths of folders.
        network: whether sockets may be used.
    """
    readable = "".join(f"(allow file-read* (subpath {_quoted(path)}))\n" for path in reads)
    writable = "".join(f"(allow file-read* file-write* (subpath {_quoted(path)}))\n" for path in writes)
    return f"{_HEAD}{readable}{writable}{_NETWORK if network else '(deny network*)' + chr(10)}"


def _quoted(path: str) -> str:
    return json.dumps(path, ensure_ascii=False)
