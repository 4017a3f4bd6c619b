"""stdout as mixlock writes it: a result that is lost is told, and that it was stdout's fault."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Output(io.TextIOWrapper):
    """A stream of text whose failures say that it is stdout."""

    def write(self, text: str, /) -> int:
        """Write text.

        Raises:
            OSError: stdout does not take it.
        """
        with _named():
            return super().write(text)

    def flush(self) -> None:
        """Write what is held back.

        Raises:
            OSError: stdout does not take it.
        """
        with _named():
            super().flush()


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # the reader left, which is no failure
        raise
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror}", "stdout") from error


def prepare_output() -> None:
    """Let both streams take every text: a path may hold bytes that are not UTF-8, a terminal may know only ASCII.

    One that is closed is replaced, or the next file that is opened would take its place. What is said on stderr may
    be lost where that is wanted; a result on stdout may not, so what stands for it is open for reading, and fails.
    """
    anything = "backslashreplace"
    if isinstance(sys.stdout, io.TextIOWrapper):
        binary = os.fdopen(sys.stdout.fileno(), "wb", closefd=False)  # its own stays open: by it widths are found out
        by_line = sys.stdout.line_buffering or sys.stdout.write_through  # as at a terminal, or PYTHONUNBUFFERED
        sys.stdout = Output(binary, sys.stdout.encoding, anything, line_buffering=by_line)
    else:
        sys.stdout = Output(os.fdopen(os.open(os.devnull, os.O_RDONLY), "wb"), "utf-8", anything)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors=anything)
    else:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8", errors=anything)
