"""What builds may take, on the command line of every command that may run one."""

from __future__ import annotations

import argparse

from mixlock_hooks.model.build_permission import MEMORY_BYTES, STEP_SECONDS

MEBIBYTE = 2**20


def add_build_limits(parser: argparse.ArgumentParser) -> None:
    """Add the limits of builds, and the option that lets them run where a wall of the sandbox is missing."""
    group = parser.add_argument_group("limits of builds")
    group.add_argument(
        "--allow-unboxed",
        action="store_true",
        help="build even if this machine lacks part of the sandbox; a stranger's build can then do whatever you can",
    )
    group.add_argument(
        "--memory",
        metavar="MIB",
        type=_mebibytes,
        default=MEMORY_BYTES // MEBIBYTE,
        help="how much memory the processes of a build may use together (default: %(default)s)",
    )
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=STEP_SECONDS,
        help="how long a step of a build may take (default: %(default)g)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _mebibytes(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of mebibytes")
    return int(text)
