"""The demo's story: what a person would type, one step after another."""

from __future__ import annotations

from dataclasses import dataclass

from mixlock_hooks.demo.channel_and_index import CHANNEL, INDEX

CONFIGURATION = f"""\
platforms = ["linux-64", "osx-arm64"]
channels = ["{CHANNEL}"]
default-index = "{INDEX}"
"""

_REFUSED = f"""\
channels:
  - {CHANNEL}
dependencies:
  - python=3.12
  - numpy=1.26
  - pip:
    - frames<2
    - tracker @ git+https://git.demo.example/team/tracker.git
"""
_LOCKABLE = _REFUSED.replace("tracker @ git+https://git.demo.example/team/tracker.git", "tracker>=0.9")
_EDITED = _LOCKABLE.replace("numpy=1.26", "numpy>=2\n  - scipy").replace("frames<2", "frames")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: what is said, what ``environment.yml`` holds from here on, the command, its exit status."""

    says: str
    spec: str
    command: tuple[str, ...]
    status: int


STORY = (
    Step(
        says="A spec asks for a git repository: no mixed lock can hold that, and the commit is refused.",
        spec=_REFUSED,
        command=("check",),
        status=1,
    ),
    Step(
        says="With a version from an index instead, both worlds are solved for two platforms and locked.",
        spec=_LOCKABLE,
        command=("lock",),
        status=0,
    ),
    Step(
        says="The lock says what the spec says: this is what CI asks, offline, in milliseconds.",
        spec=_LOCKABLE,
        command=("drift",),
        status=0,
    ),
    Step(
        says="Somebody edits the spec and forgets the lock: every difference is named with its line.",
        spec=_EDITED,
        command=("drift",),
        status=1,
    ),
    Step(
        says="Locking again changes what the edit needs, and nothing else; here is the diff to review.",
        spec=_EDITED,
        command=("lock",),
        status=0,
    ),
)
