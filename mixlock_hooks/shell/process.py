"""The one place that runs programs, each in a process group of its own, so that all of it can be ended."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 2.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.005, 0.25
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_running: dict[subprocess.Popen[bytes], float] = {}
"""What runs, and how many seconds it has to end in order."""
_lock = threading.Lock()
_stopping = threading.Event()


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """What a program left: its exit status and both outputs as text."""

    status: int
    stdout: str
    stderr: str

    @property
    def last_words(self) -> str:
        """Return the last line on stderr that says something."""
        return next((line for line in reversed(self.stderr.splitlines()) if line.strip()), "it said nothing")


class StoppedError(Exception):
    """The run is being ended; no program is started any more."""


class Started:
    """A program that runs, until it is finished or stopped."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def finish(self, said: str = "", *, seconds: float | None = None) -> Completed:
        """Say something on its stdin and wait for its end, no longer than some seconds.

        Raises:
            OverrunError: it ran longer, and was ended.
            StoppedError: ``stop_all`` was called.
        """
        try:
            stdout, stderr = self._process.communicate(said.encode(), seconds)
        except subprocess.TimeoutExpired as error:
            raise OverrunError(f"it took longer than {seconds:g} seconds") from error
        finally:
            self.stop()
        refuse_stopped()
        return Completed(
            status=self._process.returncode,
            stdout=stdout.decode("utf-8", "replace"),
            stderr=stderr.decode("utf-8", "replace"),
        )

    def stop(self) -> None:
        """End it if it still runs."""
        _end(self._process)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                with suppress(OSError):
                    stream.close()
        with _lock:
            _running.pop(self._process, None)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: int = subprocess.PIPE,
    keeps: tuple[int, ...] = (),
) -> Started:
    """Start a program, which may be told something on its stdin later; ``stdin`` is another file where it is given.

    It keeps the descriptors ``keeps`` open, such as that of a lock.

    Raises:
        FileNotFoundError: there is no such program.
        StoppedError: ``stop_all`` was called.
    """
    told = subprocess.PIPE if stdin == subprocess.PIPE else subprocess.DEVNULL
    return Started(_popen(command, env=env, cwd=cwd, stdin=stdin, stdout=told, stderr=told, pass_fds=keeps))


def _popen(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, grace: float = _GRACE_SECONDS, **more: Any
) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, unless the run is being ended."""
    with _lock:
        if _stopping.is_set():
            raise StoppedError
        running = subprocess.Popen(command, env=dict(env), cwd=cwd, start_new_session=True, **more)
        _running[running] = grace
    return running


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, seconds: float | None = None) -> Completed:
    """Run a program to its end, with nothing on its stdin.

    Raises:
        FileNotFoundError: there is no such program.
        OverrunError: it ran longer than some seconds, and was ended.
        StoppedError: ``stop_all`` was called.
    """
    return start(command, env=env, cwd=cwd).finish(seconds=seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How many seconds a program may run, and how many bytes it may write on both outputs together.

    ``grace`` are the seconds that it has to end in order, when it is asked to.
    """

    seconds: float
    output_bytes: int
    grace: float = _GRACE_SECONDS


class OverrunError(Exception):
    """A program ran longer, or wrote more, than it may; the text says which."""


def run_bounded(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, bounds: Bounds) -> int:
    """Run a program whose output goes to a file, and return its exit status; end all of it when it overruns.

    Raises:
        FileNotFoundError: there is no such program.
        OverrunError: it overran its bounds.
        StoppedError: ``stop_all`` was called.
    """
    with log.open("ab") as output:
        before = log.stat().st_size
        running = _popen(
            command,
            env=env,
            cwd=cwd,
            grace=bounds.grace,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            umask=0o022,
        )
    deadline = time.monotonic() + bounds.seconds
    pause = _SHORTEST_PAUSE
    ended = False
    try:
        while not ended:
            ended = _ended(running, pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            if not ended and time.monotonic() > deadline:
                raise OverrunError(f"it took longer than {bounds.seconds:g} seconds")
            if log.stat().st_size - before > bounds.output_bytes:
                raise OverrunError(f"it wrote more than {bounds.output_bytes // 2**20} MiB of output")
    finally:
        _end(running)  # a launcher that is asked ends all that it started, whatever its group
        _signal_group(running, _KILL)
        running.wait()
        with _lock:
            _running.pop(running, None)
    refuse_stopped()
    return running.returncode


def _ended(running: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        running.wait(seconds)
    return running.returncode is not None


def refuse_stopped() -> None:
    """Go no further in a run that is being ended.

    Raises:
        StoppedError: ``stop_all`` was called.
    """
    if _stopping.is_set():
        raise StoppedError


def begin() -> None:
    """Let programs start again: a process may hold several runs, and one that was broken off ends only itself."""
    _stopping.clear()


def stop_all() -> None:
    """End every running program and its children, and let none start after."""
    with _deaf():
        with _lock:
            _stopping.set()
            processes = list(_running)
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        for process in processes:
            _end(process)


@contextmanager
def _deaf() -> Iterator[None]:
    """Hear no second Ctrl-C while what runs is being ended: that takes two seconds at most."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process group to end, and make it end if it does not."""
    if process.poll() is not None:
        return
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(_running.get(process, _GRACE_SECONDS))
    except subprocess.TimeoutExpired:
        _signal_group(process, _KILL)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()
