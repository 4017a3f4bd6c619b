"""What a person can do about a difference between a spec and its lock."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote


@dataclass(frozen=True, kw_only=True, slots=True)
class WayOut:
    """Words that tell what to do; ``locks`` is whether that is ``mixlock lock``, which needs a spec that is right."""

    words: str
    locks: bool = False

    def after_errors(self) -> WayOut:
        """Return the way out where the spec has errors, with which nothing is locked."""
        return WayOut(words=f"correct the spec, then {self.words}", locks=True) if self.locks else self

    def then_staged(self, paths: str) -> WayOut:
        """Return the way out where only what git has staged counts, paths as a shell takes them."""
        return WayOut(words=f"{self.words}, then `git add {paths}`", locks=True) if self.locks else self


def restoring(lock: str) -> WayOut:
    """Return what brings the last commit's lock back, as a way out; its folder as a shell takes it."""
    return WayOut(words=f"run `git restore --staged --worktree {lock}`")


def locking(*names: str, force: bool = False) -> WayOut:
    """Return `mixlock lock` of some environments as a way out.

    Args:
        names: the environments.
        force: solve although the requirements did not change.
    """
    options = [*(("--force",) if force else ()), *(("--",) if any(name.startswith("-") for name in names) else ())]
    return WayOut(words=f"run `{' '.join(('mixlock lock', *options, *map(quote, names)))}`", locks=True)


def as_word(path: str) -> str:
    """Return a path as a shell takes it: one word, and none that begins like an option."""
    return quote(f"./{path}" if path.startswith("-") else path)
