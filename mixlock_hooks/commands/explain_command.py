"""Explain a problem's code: why it matters, how to fix it, an example. Without a code, list them all.

Examples:
  mixlock explain MIX106
  mixlock explain
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.telling import width_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.report import explanation

if TYPE_CHECKING:
    import argparse

_CODE = re.compile(r"MIX\d+", re.IGNORECASE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("code", metavar="CODE", nargs="?", help="a code such as MIX106 (default: list all)")


def run(args: argparse.Namespace) -> int:
    """Print one page, or every code."""
    width = width_of(sys.stdout)
    sys.stdout.write(explanation.page(_code(args.code), width) if args.code else explanation.overview(width))
    return 0


def _code(word: str) -> Code:
    """Return the code that a word names, in any case.

    Raises:
        UsageError: there is no such code.
    """
    codes = {code.value: code for code in Code}
    found = codes.get(word.upper())
    if found is None:
        codes = {} if _CODE.fullmatch(word) else codes  # a number is near to every other
        raise UsageError(f"{word}: no such code; {meant(word.upper(), codes, '`mixlock explain` lists all')}")
    return found
