"""Print a script that lets your shell complete mixlock's commands and options.

Put it where your shell looks for completions. The extra ``completion`` is needed to print it, not to use it.

Examples:
  mixlock completion bash > ~/.local/share/bash-completion/completions/mixlock
  mixlock completion zsh > ~/.zfunc/_mixlock
  mixlock completion fish > ~/.config/fish/completions/mixlock.fish
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mixlock_hooks.commands.parsing import COMMANDS, make_parser
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.installation import missing_extra

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish", "powershell")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def run(args: argparse.Namespace) -> int:
    """Print a completion script."""
    if not find_spec("shtab"):
        raise missing_extra("completion")
    import shtab  # noqa: PLC0415 - an extra

    if args.shell not in shtab.SUPPORTED_SHELLS:
        raise CannotDoError(f"shtab {shtab.__version__} knows no {args.shell}: `pip install -U shtab`")
    sys.stdout.write(shtab.complete(make_parser(COMMANDS), shell=args.shell) + "\n")
    return 0
