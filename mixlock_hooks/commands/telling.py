"""Tell problems where a person or a program reads them: what stdout and stderr are is found out here."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.report import neutral
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.report.screen import PLAIN, Screen
from mixlock_hooks.report.sentences import sentences

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from mixlock_hooks.model.problem import Problem

_NARROWEST = 40


def screen_of(args: argparse.Namespace | None, stream: TextIO) -> Screen:
    """Return what a stream is: a terminal has columns; whether it shows colours is decided here alone.

    ``--color`` goes before NO_COLOR (no-color.org), that before FORCE_COLOR (force-color.org), that before what the
    stream is; each variable counts where it is not empty.
    """
    if args is None:
        return PLAIN
    color = _colored(args.color, is_terminal=stream.isatty())
    return Screen(width=width_of(stream), color=color, in_full=args.verbose > 0)


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal; 0 for a file or pipe."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if stream.isatty() else 0


def say(text: str, stream: TextIO | None = None) -> None:
    """Write sentences, each line of them folded where a terminal is narrower.

    Args:
        text: the lines.
        stream: where to (default: stderr).
    """
    stream = stream or sys.stderr
    stream.write(sentences(text, width_of(stream)))


def typed(args: argparse.Namespace | None, text: str) -> str:
    """Return a text whose commands can be typed in the current folder, whatever the repository's root is."""
    if args is None or "`" not in text:
        return text
    from mixlock_hooks.commands.opening import standpoint  # noqa: PLC0415 - most runs tell no command

    return standpoint(args).text(text)


def say_notes(args: argparse.Namespace, claims: Iterable[str]) -> None:
    """Write notes on what a command found, each on a line of its own."""
    say_lines(f"note: {typed(args, claim)}" for claim in claims)


def say_lines(texts: Iterable[str], stream: TextIO | None = None) -> None:
    """Write texts as ``say`` does, each on a line of its own, whatever is in it; nothing where there is none."""
    told = "\n".join(map(neutral.line, texts))
    if told:
        say(told, stream)


def _colored(asked: str, *, is_terminal: bool) -> bool:
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal and os.environ.get("TERM") != "dumb")


def tell_result(args: argparse.Namespace, result: str) -> None:
    """Write what a command found: text folded for a terminal, a format for programs as it is."""
    if args.format == "text":
        say(result, sys.stdout)
    else:
        sys.stdout.write(result)


def write_problems(args: argparse.Namespace, problems: Sequence[Problem], **more: object) -> None:
    """Write problems to stdout in the form that a program reads; services want paths of what they checked out.

    Args:
        args: the command line, with the form.
        problems: what is told.
        more: what the command adds to JSON.
    """
    if problems:
        from mixlock_hooks.commands.opening import standpoint  # noqa: PLC0415 - most runs find nothing

        here = standpoint(args)
        problems = [here.problem(problem) for problem in problems]
        problems = problems if args.format == "json" else [here.placed(problem) for problem in problems]
    sys.stdout.write(problem_report.render(args.format, problems, **more))


def tell_reasons(args: argparse.Namespace | None, problems: Sequence[Problem]) -> None:
    """Tell why a run stopped: where problems are what the command reports, in the form that was asked for."""
    if args and problems and getattr(args, "reports_problems", False) and args.format != "text":
        write_problems(args, problems)
    else:
        tell_problems(args, problems)


def tell_problems(
    args: argparse.Namespace | None, problems: Sequence[Problem], stream: TextIO | None = None, *, brief: bool = False
) -> None:
    """Write problems as text: at a terminal with the lines they are about, elsewhere one line each.

    Args:
        args: the command line; None where it could not be read.
        problems: what is told.
        stream: where to (default: stderr).
        brief: the errors that ``mixlock check`` tells are only counted.
    """
    stream = stream or sys.stderr
    screen = screen_of(args, stream)

    def source(path: str) -> Sequence[str]:
        from mixlock_hooks.commands.opening import lines_of  # noqa: PLC0415 - most runs find nothing

        return lines_of(args, path) if args else ()

    told = problem_report.briefly(problems) if brief else problems
    if args and told:
        from mixlock_hooks.commands.opening import standpoint  # noqa: PLC0415 - as above

        told = [standpoint(args).problem(problem) for problem in told]
    stream.write(problem_report.shown(told, screen, source))


def closing(args: argparse.Namespace, problems: Sequence[Problem]) -> str:
    """Return what ends a line that counts problems: at a terminal, how to read more of the first."""
    first = next(iter(problem_report.heaviest(problems)), None)
    return f"; run `mixlock explain {first.code}` for more" if first and screen_of(args, sys.stderr).width else ""
