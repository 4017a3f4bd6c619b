"""Compare what stands beside a ``conda-lock.yml`` with a fresh rendering of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import explicit_txt
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP, explicit_name, pip_name, platform_of
from mixlock_hooks.model.settings import ExplicitHash
from mixlock_hooks.pipeline.lock.record import render_beside
from mixlock_hooks.rules.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.locks import LockFolder


def findings(
    lock: LockFolder, lockfile: Lockfile, chosen: Sequence[Subdir], hashed: ExplicitHash, setting: Place
) -> Iterator[Finding]:
    """Yield how the rendered files of a lock differ from what they should be.

    Args:
        lock: the lock.
        lockfile: what its ``conda-lock.yml`` holds.
        chosen: the platforms to look at.
        hashed: which hash explicit files are to have.
        setting: where that is set.
    """
    rendered = render_beside(lockfile, lock.read() or b"", lock.wheels_of(lockfile), hashed)
    platforms = sorted({*chosen} & {*lockfile.platforms})
    others = [name for name in map(explicit_name, platforms) if _is_as_before(lock, lockfile, name, hashed)]
    if others:
        claim = f"explicit files are to have `{hashed.value}` hashes now (`explicit-hash`), {others[0]} has others"
        yield Finding(code=Code.SETTING, claim=claim, place=setting)
    names = [name for platform in platforms for name in (explicit_name(platform), pip_name(platform))]
    differing = list(_disagreements(lock, [name for name in names if name not in others], rendered))
    yield from differing or (() if others else _disagreements(lock, [STAMP], rendered))
    for name in lock.names():
        platform = platform_of(name)
        if platform and platform not in lockfile.platforms:
            claim = f"{name} is for a platform that {LOCKFILE} does not hold"
            yield Finding(code=Code.FILES_DISAGREE, claim=claim, place=lock.place(name))


def _is_as_before(lock: LockFolder, lockfile: Lockfile, name: str, hashed: ExplicitHash) -> bool:
    """Return whether an explicit file is what it should be, but for the kind of its hashes."""
    content = lock.read(name)
    if content is None or explicit_txt.is_hashed_by(content, hashed):
        return False
    before = next(kind for kind in ExplicitHash if kind is not hashed)
    rendered = render_beside(lockfile, lock.read() or b"", lock.wheels_of(lockfile), before)
    return digest(content) == digest(rendered[name])


def _disagreements(lock: LockFolder, names: Sequence[str], rendered: Mapping[str, bytes]) -> Iterator[Finding]:
    for name in names:
        found = lock.read(name)
        if found is None:
            claim = f"{name} is missing beside {LOCKFILE}"
            yield Finding(code=Code.FILES_DISAGREE, claim=claim, place=lock.place())
        elif digest(found) != digest(rendered[name]):
            place = lock.place(name, first_difference(found, rendered[name]))
            claim = f"{name} does not say what {LOCKFILE} says"
            yield Finding(code=Code.FILES_DISAGREE, claim=claim, place=place)


def first_difference(found: bytes, expected: bytes) -> int:
    """Return the first line in which two files differ, counted from 1."""
    pairs = zip(found.splitlines(), expected.splitlines(), strict=False)
    same = 0
    for mine, theirs in pairs:
        if mine.rstrip() != theirs.rstrip():
            break
        same += 1
    return same + 1
