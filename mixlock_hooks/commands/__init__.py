"""The ``mixlock`` command: one module a command, and the one place from exception to exit status."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from mixlock_hooks.commands import parsing
from mixlock_hooks.commands.output import prepare_output
from mixlock_hooks.commands.telling import say, screen_of, tell_reasons, typed
from mixlock_hooks.commands.unapplied import tell_unapplied
from mixlock_hooks.model.failure import CannotDoError, UsageError, fault
from mixlock_hooks.report import neutral
from mixlock_hooks.report.engine_words import engine_words

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from mixlock_hooks.ports import OpenEngines


def main(argv: Sequence[str] | None = None, engines: OpenEngines | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        argv: the command line without the program; this process's where it is not given.
        engines: what opens the engines of a command that solves; conda-lock where it is not given.

    0: clean, fresh or done; 1: the user has something to fix; 2: usage or configuration; 3: could not tell or
    could not do; 130: interrupted.
    """
    args = None
    _forget_earlier_run()
    try:
        args = parsing.parse(list(sys.argv[1:] if argv is None else argv))
        if engines:
            args.engines = engines
        tell_unapplied(args)
        status = int(parsing.module_of(args.command).run(args))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; no file was left half-written", 130)
    except Exception as error:  # noqa: BLE001 - no traceback reaches who did not ask for one
        return _ended_by(error, args)
    return status


def _forget_earlier_run() -> None:
    """Let programs start again: an earlier run of this process, as under nox, may have been stopped."""
    process = sys.modules.get("mixlock_hooks.shell.process")  # its import would cost a check milliseconds
    if process:
        process.begin()


def _ended_by(error: Exception, args: Namespace | None) -> int:
    """Return the exit status of a run that was stopped, and tell why, where stderr takes it."""
    try:
        return _told(error, args)
    except OSError:
        return 3


def _told(error: Exception, args: Namespace | None) -> int:
    """Tell what stopped a run, and return its exit status; the traceback of a fault only to who asks for it."""
    if isinstance(error, BrokenPipeError):
        _drop_output()
        return 3
    if isinstance(error, UsageError | CannotDoError):
        tell_reasons(args, error.problems)
        return _fail(typed(args, _short(str(error), args)), 2 if isinstance(error, UsageError) else 3)
    if isinstance(error, OSError):
        _drop_output()
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 3)
    in_full = screen_of(args, sys.stderr).in_full
    if in_full:
        import traceback  # noqa: PLC0415 - a run that goes well needs none

        sys.stderr.write(neutral.text("".join(traceback.format_exception(error))))
    return _fail(f"{fault(error)}{'' if in_full else '; `-v` shows where'}", 3)


def _short(message: str, args: Namespace | None) -> str:
    """Return a message that may hold an engine's words, as they are shown below mixlock's own."""
    return "\n".join(engine_words(message, screen_of(args, sys.stderr)))


def _fail(message: str, status: int) -> int:
    say(f"mixlock: {message}")
    return status


def _drop_output() -> None:
    """Point stdout elsewhere where it takes no more, so that the interpreter's last flush does not fail."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """Run as the console script. A cancelled CI job (SIGTERM) and a closed terminal (SIGHUP) interrupt it too."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is not signal.SIG_IGN:  # nohup says that nobody minds
            signal.signal(number, signal.default_int_handler)
    gc.set_threshold(50_000, 20, 20)  # a run makes much and drops little: looking for cycles cost a sixth of it
    prepare_output()
    try:
        status = main()
    except SystemExit as ended:  # argparse's, after a mistake or a help
        status = ended.code if isinstance(ended.code, int) else 2
    _leave(status)


def _leave(status: int) -> NoReturn:
    """End at once: taking the interpreter down costs a tenth of a check, and py-rattler may crash in it."""
    try:
        sys.stdout.flush()  # a help is still there
    except OSError as error:
        status = _ended_by(error, None)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(status)
