"""The pages on drift (MIX2xx).

Sessions begin where the lock of one spec is committed: `python=3.12`, `numpy=1.26`, and `requests==2.31.0` of PyPI.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

_RELOCK = "Run `mixlock lock`; it keeps every version that still fits."
_BY_HAND = (
    "Restore the lock from git (`git restore`), or run `mixlock lock`, which keeps the last intact lock's versions."
)


def _page(why: str, way_out: str, deed: str, told: str) -> Explanation:
    """Return a page with what somebody did, and what ``mixlock drift`` tells then."""
    return Explanation(why=why, way_out=way_out, session=f"$ {deed}\n$ mixlock drift\n{told}\n")


OF_LOCKS: Mapping[Code, Explanation] = MappingProxyType(
    {
        Code.NO_LOCK: _page(
            "The spec was never locked, or its lock would not be part of the commit.",
            "Run `mixlock lock`, then `git add` the lock.",
            "rm -r locks/environment",
            "environment.yml:1:1: MIX201 `environment` has no lock (run `mixlock lock environment`)",
        ),
        Code.REQUIREMENT: _page(
            "The lock was made for different requirements. As a note: what is locked satisfies the new ones, too.",
            f"{_RELOCK} Where that is all of them, it solves nothing and renews the stamp.",
            "sed -i 's/numpy=1.26/numpy=2.2/' environment.yml",
            "environment.yml:3:3: MIX202 conda requirement `numpy` is `2.2.*` now, was `1.26.*` "
            "[linux-64] (run `mixlock lock environment`)",
        ),
        Code.PLATFORM: _page(
            "The lock does not hold the platforms that the spec asks for.",
            _RELOCK,
            "echo 'platforms: [linux-64, osx-arm64]' >> environment.yml",
            "environment.yml:1:1: MIX203 the lock lacks a platform that is wanted: [osx-arm64] "
            "(run `mixlock lock environment`)",
        ),
        Code.SOURCE: _page(
            "Different channels or indices, or a different order of them, may give different packages.",
            _RELOCK,
            "echo 'channels: [https://conda.example/other]' >> environment.yml",
            "environment.yml:6:12: MIX204 channel `https://conda.example/other` was added [linux-64] "
            "(run `mixlock lock environment`)",
        ),
        Code.SETTING: _page(
            "A setting that affects the solve has changed since the lock was made.",
            _RELOCK,
            "echo 'sys: [__glibc=2.28]' >> environment.yml",
            "environment.yml:6:7: MIX205 virtual package `__glibc` is `2.28` now, was `2.27` "
            "[linux-64] (run `mixlock lock environment`)",
        ),
        Code.BODY: _page(
            "The lock was edited by hand. Nothing solved the result, so no one knows whether it works.",
            _BY_HAND,
            "sed -i 's/version: 1.26.4/version: 1.26.5/' locks/environment/conda-lock.yml",
            "locks/environment/conda-lock.yml:1:1: MIX206 conda-lock.yml was changed by hand: it is "
            "not what was solved (run `git restore --staged --worktree locks/environment`)",
        ),
        Code.FILES_DISAGREE: _page(
            "Two installers would install different things from the same lock.",
            _BY_HAND,
            "echo 'colors==1.0' >> locks/environment/pip-linux-64.txt",
            "locks/environment/pip-linux-64.txt:5:1: MIX207 pip-linux-64.txt does not say what "
            "conda-lock.yml says (run `mixlock lock environment`)",
        ),
        Code.CLOSURE: _page(
            "An environment installed from this lock would be broken.",
            _BY_HAND,
            "sed -i \"s/version: '3.10'/version: '2.10'/\" locks/environment/conda-lock.yml",
            "locks/environment/conda-lock.yml:84:1: MIX208 `requests` 2.31.0 needs `idna` >=3, the "
            "lock holds 2.10 [linux-64] (run `git restore --staged --worktree locks/environment`)",
        ),
        Code.ORPHAN: _page(
            "Someone may still install from a lock that no spec keeps up to date.",
            "Delete its folder, or restore its spec. A spec that cannot be locked has no lock.",
            "git rm -q environment.yml",
            "locks/environment/conda-lock.yml:1:1: MIX209 no spec asks for `environment` any more "
            "(delete locks/environment, or restore its spec)",
        ),
        Code.CONFLICT: _page(
            "Git could not merge the file, so it holds parts of both branches.",
            "Merge the spec, then run `mixlock lock`.",
            "echo '<<<<<<< ours' >> locks/environment/pip-linux-64.txt",
            "locks/environment/pip-linux-64.txt:5:1: MIX210 pip-linux-64.txt holds the markers of a "
            "merge conflict (run `mixlock lock environment`)",
        ),
        Code.NEWER: _page(
            "An older mixlock does not understand what a newer one wrote.",
            "Upgrade mixlock.",
            "sed -i \"s/mixlock.schema: .*/mixlock.schema: '99'/\" locks/environment/conda-lock.yml",
            "locks/environment/conda-lock.yml:1:1: MIX211 conda-lock.yml was made by a newer mixlock "
            "(schema 99, known is 2) (upgrade mixlock)",
        ),
        Code.HASH: _page(
            "An installer could not verify the file that it installs.",
            _BY_HAND,
            "sed -i '/sha256:/d' locks/environment/conda-lock.yml",
            "locks/environment/conda-lock.yml:70:1: MIX212 `idna` 3.10 is locked without a hash "
            "[linux-64] (run `git restore --staged --worktree locks/environment`)",
        ),
        Code.HOST: _page(
            "A package comes from a place that the spec does not name.",
            _BY_HAND,
            "sed -i 's|conda.example/science/linux-64/numpy|other.example/linux-64/numpy|' "
            "locks/environment/conda-lock.yml",
            "locks/environment/conda-lock.yml:38:1: MIX213 `numpy` 1.26.4 is locked from undeclared "
            "`https://other.example` [linux-64] (run `git restore --staged --worktree locks/environment`)",
        ),
    }
)
