"""The command line: every command and option, declared once."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from mixlock_hooks import __version__
from mixlock_hooks.commands.argument_parser import CommandParser, Help, Once, Parser, options_of
from mixlock_hooks.model.nearest import meant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

COMMANDS = {
    "check": "report every problem in the specs, with path, line and column; works offline",
    "drift": "report which locks no longer match their specs, and why; works offline",
    "lock": "solve the environments that drifted and write their lockfiles",
    "resolve": "lock a spec file that is not in the configuration, under an alias if you like",
    "outdated": "show what `lock --upgrade` would change, and what was yanked; writes nothing",
    "wheelhouse": "build every locked sdist into a wheel, once, and record its digest",
    "diff": "show what changed between two versions of the locks, as text, markdown or JSON; works offline",
    "list": "list the environments, their specs and the state of their locks",
    "show": "show one lock: its packages, URLs and hashes, per platform",
    "why": "show why a package is in a lock: which requirements lead to it, through conda and PyPI",
    "init": "start here: add hooks, git attributes for merges, and configuration where defaults do not fit",
    "adopt": "take over what conda-lock, pixi, unidep or conda-project lock here; keeps versions, solves nothing",
    "mv": "move an environment to another spec file, with its lock; solves nothing",
    "rm": "remove an environment: its spec, its lock and its configuration",
    "publish": "commit changed locks and push them to a branch, as bots do; runs no code from the repository",
    "merge-driver": "merge one file of a lock when git asks for it; works offline",
    "explain": "explain a problem's code: why it matters, how to fix it, an example",
    "install": "install exactly what is locked, from conda and PyPI, without conda",
    "run": "run a command in a locked environment, and install that first if needed",
    "export": "print a lock in another format, such as explicit, requirements or pylock",
    "doctor": "show versions, configuration, caches and the sandbox for builds",
    "cache": "show where the cache is, or clean it",
    "completion": "print a completion script for your shell",
    "demo": "see the whole story offline, on a bundled channel and index, on any machine",
}

_DESCRIPTION = """\
Keep mixed conda + PyPI environments locked in git.

mixlock reads what a repository asks for (environment.yml), refuses what a mixed lock cannot hold, solves
through conda-lock into committed explicit lockfiles, and says offline whether a lock is still true.
"""

_EPILOG = """\
Exit status: 0 clean, fresh or done; 1 something to fix, such as a problem in a spec, drift, or a lock that a hook
rewrote; 2 wrong usage or configuration; 3 mixlock could not do it or could not tell; 130 interrupted.
"""


def _place_of_command(words: Sequence[str]) -> int:
    """Return where the command stands: the first word that is neither an option nor, for that command, one's value.

    Only the command's own parser knows which of the options before it take a value, so each word that is a command's
    name is tried. Where there is none, the first word that is no option was meant as one; there may be none at all.
    """
    places = [place for place, word in enumerate(words) if not word.startswith("-")]
    for place in places:
        word = words[place]
        if word in COMMANDS and (not place or _is_free(words[:place], options_of(command_parser(word)))):
            return place
    common = _common_options()
    return next((place for place in places if _is_free(words[:place], common)), len(words))


def _common_options() -> dict[str, argparse.Action]:
    parser = argparse.ArgumentParser()
    _add_common(parser)
    return options_of(parser)


def _is_free(before: Sequence[str], options: Mapping[str, argparse.Action]) -> bool:
    """Return whether the word behind these is no option's value; the words are all options and their values."""
    left = list(before)
    while left:
        word = left.pop(0)
        action = options.get(word)
        takes_value = action is not None and action.nargs != 0
        if not word.startswith("-") or (takes_value and not left):
            return False
        if takes_value:
            left.pop(0)
    return True


def _environment_last(words: Sequence[str]) -> Sequence[str]:
    """Return the words of `run` with the options behind the environment before it: all else is the command's."""
    options = options_of(command_parser("run"))
    end = words.index("--") if "--" in words else 0
    free = (place for place in range(end) if not words[place].startswith("-") and _is_free(words[:place], options))
    place = next(free, end)
    between = words[place + 1 : end]
    return [*words[:place], *between, words[place], *words[end:]] if between and _is_free(between, options) else words


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; only the command that is named is loaded.

    Raises:
        SystemExit: with 0 where only help is asked for, with 2 where it is no command line.
    """
    place = _place_of_command(words)
    before, named, after = words[:place], "".join(words[place : place + 1]), words[place + 1 :]
    parser = make_parser({named})
    if not named or "--version" in before:
        _end_without_command(parser, before)
    if named not in COMMANDS:
        way_out = f"`{parser.prog} --help` lists the commands"
        parser.error(f"there is no command `{named}`; {meant(named, COMMANDS, way_out)}")
    if named == "run":
        after = _environment_last(after)
    found: argparse.Namespace = parser.parse_args([named, *before, *after])
    return found


def _end_without_command(parser: argparse.ArgumentParser, words: Sequence[str]) -> NoReturn:
    """Do what may be asked without a command, else print the help and exit with 2, as uv does.

    Raises:
        SystemExit: always.
    """
    for asked in ("--version", "--help", "-h"):
        if asked in words:
            parser.parse_args([asked])
    common = _common_options()
    for word in words:
        if word.startswith("--") and word.partition("=")[0] not in common:
            parser.error(f"name a command: `{word}` alone does nothing; `{parser.prog} --help` lists the commands")
    parser.print_help(sys.stderr)
    parser.exit(2)  # nothing was checked
    raise AssertionError


def make_parser(loaded: Collection[str]) -> argparse.ArgumentParser:
    """Return the parser of every command.

    Args:
        loaded: the commands whose options are known; of the others only the names are, as loading each takes time.
    """
    parser = Parser(
        prog="mixlock",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Help,
    )
    parser.add_argument("--version", action="version", version=f"mixlock {__version__}")
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True, parser_class=CommandParser
    )
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, epilog=_EPILOG, formatter_class=Help)
        if name in loaded:
            _configure(command, name)
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of one command alone."""
    parser = argparse.ArgumentParser(prog=f"mixlock {name}")
    _configure(parser, name)
    return parser


def _configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Give a parser what a command says of itself, and its options."""
    for default in (None, "store"):
        parser.register("action", default, Once)
    module = module_of(name)
    parser.description = module.__doc__.replace("``", "`")
    module.configure(parser)
    _add_common(parser)


def module_of(command: str) -> Any:
    """Return the module of a command: ``configure(parser)`` and ``run(args)``."""
    return import_module(f"mixlock_hooks.commands.{command.replace('-', '_')}_command")


def _add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every command")
    group.add_argument("--root", metavar="DIR", help="the repository's root (default: that of the current folder)")
    group.add_argument("-q", "--quiet", action="count", default=0, help="say less on stderr")
    group.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="say more on stderr, such as what each phase of a solve found",
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="when to use colours; auto means at a terminal, unless NO_COLOR or FORCE_COLOR says otherwise",
    )
    group.add_argument(
        "--no-color", action="store_const", const="never", dest="color", help="the same as --color never"
    )


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
        help="an environment's name or its spec's path (default: all)",
    )


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--jobs``, and say what of there may be so many."""
    parser.add_argument("--jobs", metavar="N", type=_jobs, default=os.cpu_count() or 1, help=what)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of jobs")
    return int(text)
