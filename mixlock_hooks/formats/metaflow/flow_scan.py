"""One quick scan that tells which Python files can hold a flow at all, without parsing them."""

from __future__ import annotations

import re

_DECORATOR = re.compile(rb"\b(?:conda|pypi|pip|sys_packages|named_env)(?:_base)?\b")


def may_hold_flows(content: bytes) -> bool:
    """Return whether a file can hold a flow with an environment decorator; most cannot."""
    return b"metaflow" in content and b"@" in content and _DECORATOR.search(content) is not None
