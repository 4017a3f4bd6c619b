"""The ``mixlock`` command: one module a command, and the one place from exception to exit status."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from mixlock_hooks.commands import parsing
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.report import problems as problem_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.problem import Problem


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    0: clean, fresh or done; 1: the user has something to fix; 2: usage or configuration; 3: could not tell or
    could not do; 130: interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        args = parsing.parse(words)
        return int(import_module(f"mixlock_hooks.commands.{args.command}_command").run(args))
    except UsageError as error:
        return _fail(str(error), error.problems, 2)
    except CannotDoError as error:
        return _fail(str(error), error.problems, 3)
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was half-written", (), 130)
    except BrokenPipeError:
        _drop_output()
        return 3


def _fail(message: str, problems: tuple[Problem, ...], status: int) -> int:
    sys.stderr.write(problem_report.text(problems))
    sys.stderr.write(f"mixlock: {message}\n")
    return status


def _drop_output() -> None:
    """Point stdout elsewhere, so that the interpreter's last flush does not fail on the closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """Run as the console script."""
    sys.exit(main())
