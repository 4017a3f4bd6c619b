"""Every code of a problem, and what it claims in general. A code is public: it never changes and is never reused.

A problem says what is wrong in one place; the claims here say what a code is about. ``model/explanations.py`` has a
page for each. ``mixlock explain``, the table in ``docs/reference.md`` and SARIF's rules come from the two.
"""

from __future__ import annotations

from enum import Enum


class Code(str, Enum):
    """A code; it is text, so that reports write it as it is."""

    claim: str

    def __new__(cls, code: str, claim: str) -> Code:  # noqa: PYI034 - an Enum cannot be subclassed
        """Make a member that is its code's text, with what the code claims."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.claim = claim
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, form: str) -> str:  # Python 3.12 changed what a mixed-in Enum formats to
        return format(str(self.value), form)

    UNREADABLE = "MIX001", "the file is not valid YAML, TOML, Python or text"
    UNKNOWN_KEY = "MIX002", "unknown key, section, selector or allowance"
    WRONG_TYPE = "MIX003", "a value of the wrong type"
    NOT_A_MATCH_SPEC = "MIX004", "not a conda match spec"
    NOT_A_REQUIREMENT = "MIX005", "not a PyPI requirement (PEP 508)"
    CONTRADICTION = "MIX006", "requirements that no version can satisfy together, in one entry or several"
    NOT_STATIC = "MIX007", "a decorator, or an argument of one, cannot be read without running the flow"
    INCOMPATIBLE = "MIX008", "incompatible values at one decorator level (python, name, disabled)"
    VIRTUAL_PACKAGE = "MIX009", "unknown virtual package, or one without a version"
    ALIAS = "MIX010", "unknown alias, bad alias name or tag, or an immutable alias that changed"

    VERSION_CONTROL = "MIX101", "version control (`git+`, `hg+`, `svn+`, `bzr+`, or a bare repository URL)"
    LOCAL = "MIX102", "local directory or file (a path, or `file:`)"
    EDITABLE = "MIX103", "editable (`-e`, `--editable`)"
    DIRECT_URL = "MIX104", "direct URL instead of an index"
    INCLUDE = "MIX105", "`-r` or `-c` of a file that cannot be read in place"
    BOTH_MANAGERS = "MIX106", "the same Python project asked from conda and from PyPI"
    SECRET = "MIX107", "a secret in a URL"
    PLAIN_HTTP = "MIX108", "an index or channel over plain http (loopback and `trusted-hosts` excepted)"
    PIP_OPTION = "MIX109", "a pip option that a lock cannot honour"
    NO_PYTHON = "MIX110", "pip requirements and nothing that brings python, or python asked from PyPI"
    MIXED_STEP = "MIX111", "conda and PyPI mixed in one step under the `oss` profile"

    NO_LOCK = "MIX201", "no lock, or (for a hook) a lock that git does not track"
    REQUIREMENT = "MIX202", "a requirement was added, removed or changed"
    PLATFORM = "MIX203", "a platform was added or removed"
    SOURCE = "MIX204", "a channel or index was added, removed or reordered"
    SETTING = "MIX205", "a virtual package or setting changed"
    BODY = "MIX206", "`conda-lock.yml` was changed by hand"
    FILES_DISAGREE = "MIX207", "an explicit or pip file does not say what `conda-lock.yml` says"
    CLOSURE = "MIX208", "a package needs what the lock does not hold, or is locked from both sides"
    ORPHAN = "MIX209", "a lock that no spec asks for"
    CONFLICT = "MIX210", "markers of a merge conflict"
    NEWER = "MIX211", "made by a newer mixlock"
    HASH = "MIX212", "a package is locked without a hash"
    HOST = "MIX213", "a package is locked from a host that nothing declares"

    NO_CONDA_ANSWER = "MIX301", "the conda side has no answer"
    NO_PYPI_ANSWER = "MIX302", "the PyPI side has no answer"
    SIDES_DISAGREE = "MIX303", "the two sides disagree"
    NO_SUCH_PACKAGE = "MIX304", "no such package"
    NO_FILE = "MIX305", "no file fits the platform"

    WHEEL = "MIX401", "a built wheel is not the one that is recorded, or the record was changed"
    BUILD_NEEDED = "MIX402", "a build is needed and not allowed"
    BUILD_FAILED = "MIX403", "a build that is needed failed"
    WHEEL_MISFIT = "MIX404", "a built wheel does not fit the platform"

    @property
    def is_drift(self) -> bool:
        """Return whether the code is about a lock that does not say what its spec says (MIX2xx, and MIX401)."""
        return self.value.startswith("MIX2") or self is Code.WHEEL
