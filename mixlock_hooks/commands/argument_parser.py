"""argparse's parser, with what it lacks: values given twice are refused, and a slip is told with what was meant."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from mixlock_hooks.commands.telling import say
from mixlock_hooks.model.nearest import meant, nearest

_NEAR = 0.5
"""How alike a value must be to one of a few that an option takes: `reqs` is near `requirements`."""


class _Stored(argparse.Action):
    """Store a value, unless it is empty: a variable that is not set must not mean all, or the default."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store the value.

        Raises:
            SystemExit: it is empty, or one more than there may be.
        """
        self.refuse_more(parser, option_string)
        given = values if isinstance(values, list) else [values]
        if "" in given and self.nargs != argparse.REMAINDER:
            parser.error(f"{option_string or self.metavar or self.dest} is empty; leave it out, or give it a value")
        setattr(namespace, self.dest, self.joined(getattr(namespace, self.dest, None), values))
        if option_string:  # a value may be the default, too
            namespace.given = {*getattr(namespace, "given", ()), option_string}

    def refuse_more(self, parser: argparse.ArgumentParser, option_string: str | None) -> None:
        """Refuse a value beyond those that there may be; there may be any number."""

    def joined(self, _before: Any, values: Any) -> Any:
        """Return what is stored, given what was before."""
        return values


class Once(_Stored):
    """Store a value, as argparse does; a second one would drop the first without a word, so it is refused."""

    given = False

    def refuse_more(self, parser: argparse.ArgumentParser, option_string: str | None) -> None:
        """Refuse a second value of an option.

        Raises:
            SystemExit: the option was given before.
        """
        if self.given and option_string:
            parser.error(f"{option_string} is given twice, but takes only one {self.dest}")
        self.given = True


class Each(_Stored):
    """Store every value, as argparse's ``append`` does."""

    def joined(self, before: Any, values: Any) -> Any:
        """Return the values before, and this one."""
        return [*(before or ()), values]


class Help(argparse.HelpFormatter):
    """Folds paragraphs to the terminal's width, and leaves examples, which are indented, as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip().split("\n\n")
        return "\n\n".join(
            paragraph if "\n  " in paragraph else super(Help, self)._fill_text(paragraph, width, indent)
            for paragraph in paragraphs
        )

    def add_argument(self, action: argparse.Action) -> None:
        """Make room for an argument's name; argparse forgets that names of commands are indented."""
        super().add_argument(action)
        if isinstance(action.choices, dict):
            self._action_max_length += self._indent_increment


class CommandParser(argparse.ArgumentParser):
    """Tells what is wrong with a command line as all else is told: folded to the terminal's width.

    Options have their full names: a slip such as ``--all`` must never mean ``--allow-unboxed``.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **{**named, "allow_abbrev": False})

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is none of an option's, with the nearest one; argparse lists them all."""
        if action.choices is not None and value not in action.choices:
            near = nearest(str(value), map(str, action.choices), _NEAR)
            way_out = f"did you mean `{near}`?" if near else f"choose from {', '.join(map(str, action.choices))}"
            raise argparse.ArgumentError(action, f"`{value}` is none of its values; {way_out}")

    def error(self, message: str) -> NoReturn:
        """Say how the command is used and what is wrong, and exit with 2.

        Raises:
            SystemExit: always.
        """
        self.print_usage(sys.stderr)
        say(f"{self.prog}: error: {message}")
        self.exit(2)
        raise AssertionError


class Parser(CommandParser):
    """Names the option that was probably meant where an unknown one is given."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse a command line.

        Raises:
            SystemExit: it is none.
        """
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            known = options_of(command_parsers(self)[found.command]) if unknown[0].startswith("-") else {}
            way_out = f"`{self.prog} {found.command} --help` lists the options"
            self.error(
                f"{found.command} does not take `{unknown[0]}`; {meant(unknown[0].partition('=')[0], known, way_out)}"
            )
        return found


def command_parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    found = (action.choices for action in parser._actions if isinstance(action.choices, dict))  # noqa: SLF001 - argparse has no other
    return dict(next(found))


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options of a command: each spelling with what it does."""
    return dict(parser._option_string_actions)  # noqa: SLF001 - as above
