"""The demo's story: what a person would type, one step after another."""

from __future__ import annotations

from dataclasses import dataclass

from mixlock_hooks.demo.channel_and_index import CHANNEL, INDEX, PLATFORMS
from mixlock_hooks.demo.own_python import SERIES

CONFIGURATION = f"""\
platforms = {list(PLATFORMS)}
channels = ["{CHANNEL}"]
default-index = "{INDEX}"
""".replace("'", '"')

_REFUSED = f"""\
channels:
  - {CHANNEL}
dependencies:
  - python={SERIES}
  - numpy=1.26
  - pip:
    - frames<2
    - tracker @ git+https://git.demo.example/team/tracker.git
"""
_LOCKABLE = _REFUSED.replace("tracker @ git+https://git.demo.example/team/tracker.git", "tracker>=0.9")
_EDITED = _LOCKABLE.replace("numpy=1.26", "numpy>=2\n  - scipy").replace("frames<2", "frames")


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What is typed, and the exit status it must have; ``mixlock``, ``git`` or ``head``."""

    words: tuple[str, ...]
    status: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: what is said, what ``environment.yml`` holds from here on (as before where empty), the commands.

    ``installs`` marks what only works where this machine is one of the platforms.
    """

    says: str
    commands: tuple[Command, ...]
    spec: str = ""
    installs: bool = False


_MESSAGES = ("Ask for an environment", "Lock the environment", "Ask for a newer numpy", "Lock the newer numpy")


def _commit(number: int, status: int = 0) -> Command:
    return Command(words=("git", "commit", "-qm", _MESSAGES[number]), status=status)


_STAGE = Command(words=("git", "add", "."))
STORY = (
    Step(
        says="A spec asks for a git repository. No mixed lock can hold that, so the hook refuses the commit.",
        spec=_REFUSED,
        commands=(_STAGE, _commit(0, 1)),
    ),
    Step(
        says="Ask for a version from an index instead. mixlock solves both halves for two platforms.",
        spec=_LOCKABLE,
        commands=(
            Command(words=("mixlock", "lock")),
            Command(words=("head", f"locks/environment/conda-{PLATFORMS[0]}.lock")),
            _STAGE,
            _commit(1),
        ),
    ),
    Step(
        says="The lock says what the spec says. This is what CI asks; it needs no network.",
        commands=(Command(words=("mixlock", "drift")),),
    ),
    Step(
        says="Somebody edits the spec and forgets the lock. The hook names each difference and its line.",
        spec=_EDITED,
        commands=(_STAGE, _commit(2, 1)),
    ),
    Step(
        says="Lock again: what the edit needs changes, and nothing else.",
        commands=(Command(words=("mixlock", "lock")),),
    ),
    Step(
        says="This is the comment on the pull request.",
        commands=(Command(words=("mixlock", "diff", "--format", "markdown")), _STAGE, _commit(3)),
    ),
    Step(
        says="Install exactly what is locked, and run in it. No conda is needed.",
        commands=(
            Command(words=("mixlock", "install", "environment")),
            Command(
                words=("mixlock", "run", "environment", "--", "python", "-c", "import frames; print(frames.__file__)")
            ),
        ),
        installs=True,
    ),
)
