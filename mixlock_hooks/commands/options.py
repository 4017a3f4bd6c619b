"""Options that mean the same wherever a command takes them."""

from __future__ import annotations

import argparse
import os


def add_format(parser: argparse.ArgumentParser, *forms: str) -> None:
    """Add ``--format`` with the forms a command can write."""
    parser.add_argument("--format", choices=forms, default="text", help="the format of the result on stdout")


def add_platforms(parser: argparse.ArgumentParser) -> None:
    """Add ``--platform``, repeatable."""
    parser.add_argument(
        "--platform",
        metavar="P",
        action="append",
        default=[],
        dest="platforms",
        help="only this platform, such as linux-64; may be repeated",
    )


def add_platform(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--platform``, once."""
    parser.add_argument("--platform", metavar="P", default="", help=f"the platform (default: {default})")


def add_base(parser: argparse.ArgumentParser) -> None:
    """Add ``--base``, which immutable tags are compared with."""
    parser.add_argument(
        "--base",
        metavar="REV",
        default="",
        help="where this branch began, so that immutable tags stay (default: the merge base with the default branch)",
    )


def add_since(parser: argparse.ArgumentParser) -> None:
    """Add ``--since``, which restricts a command to what a branch changed."""
    parser.add_argument(
        "--since",
        metavar="REV",
        help="only environments whose specs, locks or configuration changed since this branch left REV",
    )


def add_environments(parser: argparse.ArgumentParser) -> None:
    """Add the environments that a command is about."""
    parser.add_argument(
        "environments",
        metavar="ENV",
        nargs="*",
        help="an environment's name, its spec's path, or a folder of specs (default: all)",
    )


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Add the one environment that a command is about."""
    parser.add_argument(
        "environment",
        metavar="ENV",
        nargs="?",
        help="an environment's name, its spec's path, or an alias (default: the only one that is locked)",
    )


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--jobs``, and say what of there may be so many."""
    parser.add_argument("--jobs", metavar="N", type=_jobs, default=os.cpu_count() or 1, help=what)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of jobs")
    return int(text)
