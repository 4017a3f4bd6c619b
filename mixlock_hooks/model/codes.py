"""Every code and what it claims in general, as ``docs/reference.md`` tells it.

A problem says what is wrong in one place; these sentences say what its code is about. A code is never reused.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES: Mapping[str, str] = MappingProxyType(
    {
        "MIX001": "not valid YAML, TOML or text",
        "MIX002": "unknown key, section or selector",
        "MIX003": "a value of the wrong type",
        "MIX004": "not a conda match spec",
        "MIX005": "not a PyPI requirement (PEP 508)",
        "MIX006": "constraints that no version can satisfy; as a warning: entries of one package that were joined",
        "MIX007": "a decorator argument cannot be read without running the flow",
        "MIX008": "incompatible values at one decorator level",
        "MIX009": "unknown virtual package under `sys`, or one without a version",
        "MIX010": "unknown alias, bad alias name or tag, or an immutable alias that changed",
        "MIX101": "version control",
        "MIX102": "local directory or file",
        "MIX103": "editable",
        "MIX104": "direct URL",
        "MIX105": "`-r` or `-c`",
        "MIX106": "the same package from conda and from PyPI",
        "MIX107": "a secret in a URL",
        "MIX108": "plain http",
        "MIX109": "a pip option inside `pip:`",
        "MIX110": "pip requirements without python, or python from PyPI",
        "MIX111": "conda and PyPI mixed in one step under the `oss` profile",
        "MIX201": "no lock, or (for a hook) a lock that git does not track",
        "MIX202": "a requirement was added, removed or changed",
        "MIX203": "a platform was added or removed",
        "MIX204": "a channel or index was added, removed or reordered",
        "MIX205": "a virtual package or setting changed",
        "MIX206": "`conda-lock.yml` was changed by hand",
        "MIX207": "an explicit or pip file does not say what `conda-lock.yml` says",
        "MIX208": "a package needs what the lock does not hold, or is locked from both sides",
        "MIX209": "a lock whose spec is gone",
        "MIX210": "markers of a merge conflict",
        "MIX211": "made by a newer mixlock",
        "MIX212": "a package is locked without a hash",
        "MIX213": "a package is locked from a host that nothing declares",
        "MIX301": "the conda side has no answer",
        "MIX302": "the PyPI side has no answer",
        "MIX303": "the two sides disagree",
        "MIX304": "no such package",
        "MIX305": "no file fits the platform",
        "MIX401": "a built wheel is not the one that is recorded, or the record was changed",
        "MIX402": "a build is needed and not allowed",
        "MIX403": "a build that is needed failed",
        "MIX404": "a built wheel does not fit the platform",
    }
)
