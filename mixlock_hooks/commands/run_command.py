"""Run a command in a locked environment, and install that first if needed.

The environment is activated as conda does it: its programs come first on PATH, and packages' variables and activation
scripts apply. `PYTHONPATH` and similar variables are not passed on, and mixlock says so. Signals go to the
command, and mixlock ends with its exit status.

Examples:
  mixlock run environment -- python -m pytest
  mixlock run environment -- jupyter lab
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from mixlock_hooks.commands.installing import add_installing, install, locked_of, prefix_of
from mixlock_hooks.model.failure import CannotDoError, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_installing(parser)
    parser.add_argument("words", metavar="COMMAND", nargs=argparse.REMAINDER, help="what to run, after `--`")


def run(args: argparse.Namespace) -> int:
    """Become the command, where the system can do that."""
    words = args.words[1:] if args.words[:1] == ["--"] else args.words
    if not words or not words[0]:
        raise UsageError("name a command to run: mixlock run [ENV] -- COMMAND")
    locked = locked_of(args)
    prefix = prefix_of(args, locked)
    install(args, locked, prefix, tells=False)
    from mixlock_hooks.shell.install.activation import activated  # noqa: PLC0415 - help needs none of it

    environment = activated(prefix)
    sys.stdout.flush()
    try:
        if os.name == "posix":
            os.execvpe(words[0], words, environment)  # noqa: S606 - signals and status are the command's own
        return subprocess.run(words, env=environment, check=False).returncode
    except OSError as error:
        raise CannotDoError(f"{words[0]}: cannot be run in {prefix}: {error.strerror}") from error
