"""Progress of long work on stderr: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.ports import Progress

_WORDS = {
    "conda": "solving conda packages",
    "conda again": "solving conda packages again, within what PyPI's accept",
    "pypi": "solving PyPI packages",
    "conda-lock": "writing the lock",
}


class Silent:
    """Tells nothing."""

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Ignore a phase."""

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """Ignore an end."""


class Lines(Silent):
    """One line a phase, for logs."""

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Write a phase."""
        sys.stderr.write(f"{environment} [{platform}]: {_WORDS.get(phase, phase)}\n")


class Live(Silent):
    """A spinner for each solve under way, with its phase and seconds."""

    def __init__(self, *, color: bool) -> None:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich
        from rich.progress import Progress as RichProgress  # noqa: PLC0415
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        console = Console(file=sys.stderr, no_color=not color)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.shown = RichProgress(*columns, console=console, transient=True, redirect_stdout=True)
        self._tasks: dict[tuple[str, str], object] = {}

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Show a phase in the solve's row."""
        words = f"{environment} \\[{platform}] {_WORDS.get(phase, phase)}"
        task = self._tasks.get((environment, platform))
        if task is None:
            self._tasks[environment, platform] = self.shown.add_task(words, total=None)
        else:
            self.shown.update(task, description=words)  # type: ignore[arg-type]

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """Take the solve's row away."""
        task = self._tasks.pop((environment, platform), None)
        if task is not None:
            self.shown.remove_task(task)  # type: ignore[arg-type]


@contextmanager
def progress(*, quiet: bool, color: bool) -> Iterator[Progress]:
    """Give the progress port that fits stderr; say at the end how long it took."""
    began = time.monotonic()
    if quiet:
        yield Silent()
        return
    if sys.stderr.isatty():
        live = Live(color=color)
        with live.shown:
            yield live
    else:
        yield Lines()
    sys.stderr.write(f"took {time.monotonic() - began:.1f} s\n")
