"""The command line: its commands, and the order in which their words may stand."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from mixlock_hooks import __version__
from mixlock_hooks.commands.argument_parser import CommandParser, Each, Help, Once, Parser, options_of
from mixlock_hooks.model.nearest import meant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

COMMANDS = {
    "init": "start here: add hooks, git attributes for merges, and configuration where defaults do not fit",
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

_BY_HAND = "edit the spec, such as environment.yml, then run `mixlock lock`"
OF_OTHER_TOOLS = {
    **dict.fromkeys(("add", "remove", "uninstall"), _BY_HAND),
    **dict.fromkeys(("update", "upgrade"), "`mixlock lock --upgrade` upgrades what is locked"),
    **dict.fromkeys(("create", "sync"), "`mixlock install` makes the locked environment"),
    **dict.fromkeys(("activate", "exec", "shell"), "`mixlock run -- COMMAND` runs a command in the environment"),
    **dict.fromkeys(("compile", "solve"), "`mixlock lock` solves and locks"),
    **dict.fromkeys(("info", "config"), "`mixlock doctor` shows versions and the configuration"),
    "status": "`mixlock list` shows the environments and their locks",
    "tree": "`mixlock why PACKAGE` says who asks for a package",
    "verify": "`mixlock drift --verify` checks locks offline, `mixlock lock --verify` asks channels and indices",
}
"""What other tools call a command, and what does it here."""
_UNNAMED = "\0"
"""Stands for the environment of `run` where none is named; no argument of a program can hold it."""

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
    places = [place for place, word in enumerate(words) if not _is_option(word)]
    for place in places:
        word = words[place]
        if word in COMMANDS and (not place or _is_free(words[:place], options_of(command_parser(word)))):
            return place
    return _meant_as_command(words, places)


def _meant_as_command(words: Sequence[str], places: Sequence[int]) -> int:
    """Return where the word stands that was meant as the command, where an option before it is not that command's.

    An option that no command has may have a value too, so behind one only the name of a command is its name.
    """
    if places[:1] == [0]:
        return 0
    known = {name: action for command in COMMANDS for name, action in options_of(command_parser(command)).items()}
    named = [place for place in places if words[place] in COMMANDS]
    if all(_values_of(word, known) is not None for word in words if _is_option(word)):
        return next((place for place in (*named, *places) if _is_free(words[:place], known)), len(words))
    return next(iter((*named, *places)), len(words))


def _is_option(word: str) -> bool:
    """Return whether a word is an option; one dash alone is none, it stands for stdin elsewhere."""
    return word.startswith("-") and word != "-"


def _is_free(before: Sequence[str], options: Mapping[str, argparse.Action]) -> bool:
    """Return whether the word behind these is no option's value; the words are all options and their values."""
    left = list(before)
    while left:
        word = left.pop(0)
        count = _values_of(word, options) or 0 if _is_option(word) else len(before)
        if len(left) < count:
            return False
        del left[:count]
    return True


def _ordered(command: str, words: Sequence[str], parser: argparse.ArgumentParser) -> Sequence[str]:
    """Return a command's words with the options first; what `run` runs, and all behind `--`, stays where it stands.

    argparse treats an optional name as omitted where an option separates it from the next.

    Raises:
        SystemExit: `run` does not take an option before `--`, which argparse would run.
    """
    end = words.index("--") if "--" in words else len(words)
    if command == "run" and end == len(words):
        return words
    known = options_of(command_parser(command))
    options, others = _parted(words[:end], known)
    if command == "run":
        _refuse_unknown(parser, next(filter(_is_option, others), ""), known)
        if len(others) > 1:
            return words
        others = others or [_UNNAMED]
    return [*options, *others, *words[end:]]


def _refuse_unknown(parser: argparse.ArgumentParser, word: str, known: Mapping[str, argparse.Action]) -> None:
    """Refuse an option that `run` does not take, or that lacks its value.

    Raises:
        SystemExit: it is one.
    """
    if word in known:
        parser.error(f"argument {word}: expected one argument")
    if word:
        way_out = meant(word, known, "`mixlock run --help` lists the options")
        parser.error(f"run does not take `{word}`; {way_out}")


def _parted(words: Sequence[str], options: Mapping[str, argparse.Action]) -> tuple[list[str], list[str]]:
    """Return the options with their values, and the other words; from a mistake on nothing is moved."""
    found: list[str] = []
    others: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if not _is_option(word):
            others.append(word)
            continue
        count = _values_of(word, options)
        if count is None or len(left) < count or any(map(_is_option, left[:count])):
            return found, [*others, word, *left]
        found += [word, *left[:count]]
        del left[:count]
    return found, others


def _values_of(word: str, options: Mapping[str, argparse.Action]) -> int | None:
    """Return how many words behind an option are its value: one or none; None where it is no option."""
    name, has_value, _value = word.partition("=")
    action = options.get(name)
    if action is None and not word.startswith("--"):  # a bundle such as -qq, or a value that is joined: -oFILE
        flags = [options.get(f"-{letter}") for letter in word[1:]]
        takes_rest = flags[0] is not None and flags[0].nargs != 0
        return 0 if takes_rest or all(flag is not None and flag.nargs == 0 for flag in flags) else None
    if action is None:
        return None
    return 0 if action.nargs == 0 or has_value else 1


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; only the command that is named is loaded.

    Raises:
        SystemExit: with 0 where only help is asked for, with 2 where it is no command line.
    """
    place = _place_of_command(words)
    before, named, after = words[:place], "".join(words[place : place + 1]), words[place + 1 :]
    parser = make_parser({named})
    if place == len(words) or "--version" in before:
        _end_without_command(parser, before)
    if not named:
        parser.error(f"the command is empty; `{parser.prog} --help` lists the commands")
    if named not in COMMANDS:
        way_out = OF_OTHER_TOOLS.get(named) or meant(named, COMMANDS, f"`{parser.prog} --help` lists the commands")
        parser.error(f"there is no command `{named}`; {way_out}")
    found: argparse.Namespace = parser.parse_args([named, *before, *_ordered(named, after, parser)])
    if getattr(found, "environment", None) == _UNNAMED:
        found.environment = None
    return found


def _end_without_command(parser: argparse.ArgumentParser, words: Sequence[str]) -> NoReturn:
    """Do what may be asked without a command, else print the help and exit with 2, as uv does.

    Raises:
        SystemExit: always.
    """
    for asked in ("--version", "--help", "-h"):
        if asked in words:
            parser.parse_args([asked])
    if words:
        alone = " ".join(words)
        parser.error(f"name a command: `{alone}` alone does nothing; `{parser.prog} --help` lists the commands")
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
    parser.register("action", "append", Each)
    module = module_of(name)
    parser.description = (module.__doc__ or "").replace("``", "`")  # python -OO drops it
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
