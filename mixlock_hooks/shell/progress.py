"""Progress of long work on stderr: a live table on a terminal, plain lines elsewhere.

What is shown holds names of the repository and of packages: ``neutral`` makes a line of them that does nothing.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.ports import Progress

_WORDS = {
    "conda": "solving conda packages",
    "conda again": "solving conda packages again, within what PyPI's accept",
    "what PyPI needs": "asking what PyPI packages need of conda's",
    "proposal": "proposing PyPI packages",
    "metadata": "reading their metadata",
    "verification": "verifying with conda-lock",
    "full index": "solving against the full index",
    "conda-lock": "writing the lock",
}


class Silent:
    """Tells nothing, and knows how long each phase took over all solves."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Note that a solve entered a phase."""
        self._enter((environment, platform), phase)

    def found(self, environment: EnvironmentName, platform: Subdir, words: str) -> None:
        """Say nothing of what a phase found."""

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """Note that a solve ended."""
        self._enter((environment, platform), "")

    def _enter(self, solve: tuple[str, str], phase: str) -> None:
        """End the phase a solve is in, and begin another if one is named; solves tell from threads of their own."""
        with self._lock:
            before, began = self._running.pop(solve, ("", 0.0))
            if before:
                self.seconds[before] = self.seconds.get(before, 0.0) + time.monotonic() - began
            if phase:
                self._running[solve] = (phase, time.monotonic())


class Lines(Silent):
    """One line a phase, for logs; ``verbose`` adds what each found."""

    def __init__(self, neutral: Callable[[str], str], *, verbose: bool = False) -> None:
        super().__init__()
        self._neutral = neutral
        self._verbose = verbose

    def found(self, environment: EnvironmentName, platform: Subdir, words: str) -> None:
        """Write what a phase found."""
        if self._verbose:
            self._write(f"{environment} [{platform}]:   {words}")

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Write a phase."""
        super().phase(environment, platform, phase)
        self._write(f"{environment} [{platform}]: {_WORDS.get(phase, phase)}")

    def _write(self, line: str) -> None:
        sys.stderr.write(f"{self._neutral(line)}\n")


class Live(Silent):
    """A spinner for each solve under way, with its phase and seconds; ``verbose`` adds lines with what it found."""

    def __init__(self, neutral: Callable[[str], str], *, color: bool, verbose: bool = False) -> None:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich
        from rich.progress import Progress as RichProgress  # noqa: PLC0415
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.theme import Theme  # noqa: PLC0415

        super().__init__()
        self._neutral = neutral
        readable = Theme({"progress.elapsed": "cyan"})  # rich's yellow cannot be read on a light ground
        console = Console(file=sys.stderr, no_color=not color, theme=readable)
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self.shown = RichProgress(*columns, console=console, transient=True, redirect_stdout=True)
        self._tasks: dict[tuple[str, str], object] = {}
        self._verbose = verbose

    def found(self, environment: EnvironmentName, platform: Subdir, words: str) -> None:
        """Write what a phase found above the spinners."""
        if self._verbose:
            line = self._neutral(f"{environment} [{platform}]: {words}")
            self.shown.console.print(line, markup=False, highlight=False)

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """Show a phase in the solve's row."""
        task = self._tasks.get((environment, platform))
        super().phase(environment, platform, phase)
        words = self._neutral(f"{environment} [{platform}] {_WORDS.get(phase, phase)}")
        if task is None:
            self._tasks[environment, platform] = self.shown.add_task(words, total=None)
        else:
            self.shown.update(task, description=words)  # type: ignore[arg-type]

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """Take the solve's row away."""
        super().ended(environment, platform)
        task = self._tasks.pop((environment, platform), None)
        if task is not None:
            self.shown.remove_task(task)  # type: ignore[arg-type]


@contextmanager
def progress(
    neutral: Callable[[str], str], say: Callable[[str], None], *, quiet: bool, verbose: bool, color: bool
) -> Iterator[Progress]:
    """Give the progress port that fits stderr; say at the end how long it took; ``verbose`` adds each phase."""
    began = time.monotonic()
    if quiet:
        yield Silent()
        return
    shown: Silent
    if sys.stderr.isatty():
        shown = live = Live(neutral, color=color, verbose=verbose)
        with live.shown:
            yield live
    else:
        yield (shown := Lines(neutral, verbose=verbose))
    phases = ", ".join(f"{_WORDS.get(phase, phase)} {seconds:.1f}" for phase, seconds in shown.seconds.items())
    say(f"took {time.monotonic() - began:.1f} s{f' (over all solves: {phases})' if verbose and phases else ''}\n")
