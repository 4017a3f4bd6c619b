"""The command line: every command and option, declared once."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mixlock_hooks import __version__
from mixlock_hooks.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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
    "mv": "move an environment to another spec file, with its lock; solves nothing",
    "rm": "remove an environment: its spec, its lock, what the configuration says of it",
    "merge-driver": "merge one file of a lock, as git's merge driver; never the network",
    "explain": "explain a problem's code: why it matters, the way out, an example",
    "install": "make exactly the locked environment, both halves, without conda",
    "run": "run a command in a locked environment, which is installed if need be",
    "export": "print a lock in another format: explicit, requirements or environment",
    "doctor": "say what is here to work with: versions, configuration, caches, walls around builds",
    "cache": "say where the cache is, or clean it",
    "completion": "print what lets a shell complete commands and options",
    "demo": "see the whole story on a bundled channel and index, offline, on any machine",
}

_COMMON = frozenset({"-q", "--quiet", "-v", "--verbose", "--no-color", "--root"})
"""Options that every command takes, and that may stand before it."""

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


class _Parser(argparse.ArgumentParser):
    """Names the option that was probably meant where an unknown one is given."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse a command line.

        Raises:
            SystemExit: it is none.
        """
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            known = [option for command in self._named(found.command) for option in command._option_string_actions]  # noqa: SLF001 - argparse has no other
            near = nearest(unknown[0].partition("=")[0], known) if unknown[0].startswith("-") else ""
            hint = (
                f"; did you mean `{near}`?" if near else f"; `{self.prog} {found.command} --help` tells the options"
            )
            self.error(f"{found.command} takes no `{unknown[0]}`{hint}")
        return found

    def _named(self, command: str) -> list[argparse.ArgumentParser]:
        """Return the parser of a command."""
        choices = [action.choices for action in self._actions if isinstance(action.choices, dict)]
        return [found[command] for found in choices]


def _in_order(words: Sequence[str]) -> list[str]:
    """Put common options that stand before the command behind it, where they mean the same."""
    leading: list[str] = []
    rest = list(words)
    while rest and (rest[0] in _COMMON or rest[0].startswith("--root=")):
        option = rest.pop(0)
        leading += [option, *([rest.pop(0)] if option == "--root" and rest else [])]
    return [*rest[:1], *leading, *rest[1:]] if rest else leading


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; only the command that is named is loaded.

    Raises:
        SystemExit: with 0 where only help is asked for, with 2 where it is no command line.
    """
    words = _in_order(words)
    named = next((word for word in words if not word.startswith("-")), None)
    parser = make_parser({named} if named else set())
    if named is not None and words[0] == named and named not in COMMANDS:
        near = nearest(named, COMMANDS)
        parser.error(f"there is no command `{named}`" + (f"; did you mean `{near}`?" if near else ""))
    if not words:
        parser.print_help()
        parser.exit(2)  # nothing was checked
    return parser.parse_args(words)


def make_parser(loaded: Collection[str]) -> argparse.ArgumentParser:
    """Return the parser of every command.

    Args:
        loaded: the commands whose options are known; of the others only the names are, as loading each takes time.
    """
    parser = _Parser(
        prog="mixlock",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mixlock {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=argparse.ArgumentParser
    )
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name in loaded:
            for default in (None, "store"):
                command.register("action", default, _Once)
            module = module_of(name)
            command.description = module.__doc__
            module.configure(command)
            _add_common(command)
    return parser


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
