"""The command line: every command and option, declared once."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mixlock_hooks import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "check": "read specs and report every problem with path:line:col; never the network",
    "drift": "say whether each lock still says what its spec says, and exactly what differs; never the network",
    "lock": "solve the environments that drifted and write their lockfiles",
    "resolve": "lock one file outside the configured set, optionally under an alias",
    "outdated": "say what `lock --upgrade` would change, and what was yanked; writes nothing",
    "wheelhouse": "build every locked sdist into a wheel, once, and record its digest",
    "diff": "say what changed between two versions of the locks, as text, markdown or JSON; never the network",
    "list": "list the environments, where they come from and the state of their locks",
    "show": "show one lock: its packages, URLs and hashes, per platform",
    "why": "say why a package is in a lock: the requests that lead to it, through both managers",
    "merge-driver": "merge one file of a lock, as git's merge driver; never the network",
    "explain": "explain a problem's code: why it matters, the way out, an example",
    "install": "make exactly the locked environment, both halves, without conda",
    "run": "run a command in a locked environment, which is installed if need be",
    "export": "print a lock in another format: explicit, requirements or environment",
    "doctor": "say what is here to work with: versions, configuration, caches, walls around builds",
    "demo": "see the whole story on a bundled channel and index, offline, on any machine",
}

_DESCRIPTION = """\
Keep mixed conda + PyPI environments locked in git.

mixlock reads what a repository asks for (environment.yml), refuses what a mixed lock cannot hold, solves
through conda-lock into committed explicit lockfiles, and says offline whether a lock is still true.
"""

_EPILOG = """\
Exit status: 0 clean, fresh or done; 1 something to fix: a policy problem, drift, a lock that a hook rewrote;
2 usage or configuration; 3 could not tell or could not do; 130 interrupted.
"""


class _Once(argparse.Action):
    """Store a value, as argparse does; a second one would drop the first without a word, so it is refused."""

    given = False

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store the value.

        Raises:
            SystemExit: the option was given before.
        """
        if self.given and option_string:
            parser.error(f"{option_string} is given twice, and only one {self.dest} can be meant")
        self.given = True
        setattr(namespace, self.dest, values)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; only the command that is named is loaded."""
    parser = argparse.ArgumentParser(
        prog="mixlock",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mixlock {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = next((word for word in words if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name == named:
            for default in (None, "store"):
                command.register("action", default, _Once)
            module = module_of(name)
            command.description = module.__doc__
            module.configure(command)
            _add_common(command)
    return parser.parse_args(words)


def module_of(command: str) -> Any:
    """Return the module of a command: ``configure(parser)`` and ``run(args)``."""
    return import_module(f"mixlock_hooks.commands.{command.replace('-', '_')}_command")


def _add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every command")
    group.add_argument("--root", metavar="DIR", help="the repository's root (default: found from here upwards)")
    group.add_argument("-q", "--quiet", action="count", default=0, help="say less on stderr")
    group.add_argument(
        "-v", "--verbose", action="count", default=0, help="say more on stderr: what each phase of a solve found"
    )
    group.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")


def add_format(parser: argparse.ArgumentParser, *forms: str) -> None:
    """Add ``--format`` with the forms a command can write."""
    parser.add_argument("--format", choices=forms, default="text", help="the form of the result on stdout")


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


def add_base(parser: argparse.ArgumentParser) -> None:
    """Add ``--base``, which immutable tags are compared with."""
    parser.add_argument(
        "--base",
        metavar="REV",
        default="",
        help="where this branch began, for immutable tags (default: the merge base with the default branch)",
    )


def add_since(parser: argparse.ArgumentParser) -> None:
    """Add ``--since``, which restricts a command to what a branch changed."""
    parser.add_argument(
        "--since",
        metavar="REV",
        help="only what changed since this branch left REV: specs and what they read, locks, configuration",
    )


def add_environments(parser: argparse.ArgumentParser) -> None:
    """Add the environments that a command is about."""
    parser.add_argument(
        "environments",
        metavar="ENV",
        nargs="*",
        help="an environment's name or its spec's path (default: all)",
    )


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--jobs``, and say what of there may be so many."""
    parser.add_argument("--jobs", metavar="N", type=_jobs, default=os.cpu_count() or 1, help=what)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of jobs")
    return int(text)


def add_allow_unboxed(parser: argparse.ArgumentParser) -> None:
    """Add the option that lets builds run where a wall of the sandbox is missing."""
    parser.add_argument(
        "--allow-unboxed",
        action="store_true",
        help="build even where this machine lacks a wall of the sandbox: a stranger's build can then do what you can",
    )
