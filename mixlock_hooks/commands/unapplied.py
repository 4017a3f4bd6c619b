"""Options that were given and do not apply: what another option, or what was found, leaves them nothing to do.

They are said, never ignored; that is no error, for a script may give the same options everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.commands.telling import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterable, Iterator

    from mixlock_hooks.model.lock_options import LockResult


@dataclass(frozen=True, kw_only=True, slots=True)
class _Idle:
    """Options that do not apply where something holds, and why."""

    options: tuple[str, ...]
    where: Callable[[argparse.Namespace], bool]
    why: str


_OF_BUILDS = ("--allow-network", "--allow-unboxed", "--memory", "--timeout")
_OF_SOLVES = (*_OF_BUILDS, "--no-build", "--jobs")
_UNBUILT = _Idle(options=_OF_BUILDS, where=lambda args: args.no_build, why="nothing is built with --no-build")
_IDLE = {
    "cache": (_Idle(options=("--dry-run",), where=lambda args: args.action == "dir", why="`dir` removes nothing"),),
    "drift": (_Idle(options=("--jobs",), where=lambda args: not args.verify, why="it is for --verify"),),
    "install": (
        _Idle(
            options=("--keep-extra", "--link-scripts", "--wheelhouse", *_OF_BUILDS),
            where=lambda args: args.dry_run,
            why="a dry run installs nothing",
        ),
    ),
    "lock": (_UNBUILT,),
    "outdated": (_UNBUILT,),
    "resolve": (_UNBUILT,),
    "wheelhouse": (
        _UNBUILT,
        _Idle(
            options=("--all", "--dir"),
            where=lambda args: args.digests_only,
            why="--digests-only puts no wheel anywhere",
        ),
    ),
}


def tell_unapplied(args: argparse.Namespace) -> None:
    """Say which options do not apply, as far as the command line tells."""
    idle = [each for each in _IDLE.get(args.command, ()) if each.where(args)]
    _tell(args, {option: each.why for each in idle for option in _given(args, each.options)})


def tell_unsolved(args: argparse.Namespace, results: Collection[LockResult]) -> None:
    """Say which options did not apply where every lock was as it should be."""
    if any(each.solved or each.failed or each.problems for each in results):
        return
    known = {option for each in _IDLE[args.command] if each.where(args) for option in each.options}
    options = [option for option in _given(args, _OF_SOLVES) if option not in known]
    _tell(args, dict.fromkeys(options, "nothing had to be solved"))


def _given(args: argparse.Namespace, options: Iterable[str]) -> Iterator[str]:
    """Yield those of some options that stood on the command line; a flag is true where it did."""
    for option in options:
        if option in getattr(args, "given", ()) or getattr(args, _FIELDS.get(option, _field(option)), None) is True:
            yield option


_FIELDS = {"--all": "everything"}


def _field(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


def _tell(args: argparse.Namespace, reasons: dict[str, str]) -> None:
    if args.quiet:
        return
    for why in dict.fromkeys(reasons.values()):
        options = [option for option, each in reasons.items() if each == why]
        verb = "does not apply" if len(options) == 1 else "do not apply"
        say(f"note: {', '.join(options)} {verb}: {why}")
