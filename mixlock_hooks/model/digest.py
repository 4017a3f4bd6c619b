"""Digests that do not depend on a checkout's line endings."""

from __future__ import annotations

import hashlib


def digest(content: bytes) -> str:
    """Return ``sha256:hex`` of the content with every line ending read as LF."""
    unified = content.replace(b"\r\n", b"\n") if b"\r" in content else content
    return f"sha256:{hashlib.sha256(unified).hexdigest()}"
