"""Run the steps of a build behind the walls of this machine, and learn what became of them.

``walls`` names the walls, ``confine`` builds them on Linux, ``seatbelt`` describes them to macOS. Every step sees an
allowed list of variables, a home and temporary folder of its own, a fixed clock, language and hash seed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyproject_hooks

from mixlock_hooks.shell import process
from mixlock_hooks.shell.build import leftovers, seatbelt
from mixlock_hooks.shell.build.launcher import BROKEN, Limits, Step, launch_command, policy_of, verdict_of
from mixlock_hooks.shell.build.readable import is_readable, of_python, of_system
from mixlock_hooks.shell.build.variables import of_build
from mixlock_hooks.shell.build.walls import Means, means

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GRACE_SECONDS = 15.0
"""The launcher ends a run by itself; after so much longer it is ended with it."""
_MOST_ANSWER = 2**20
_HOOKS = str(Path(pyproject_hooks.__file__).resolve().parent)


class SandboxError(Exception):
    """A wall could not be built, so nothing ran; the text tells which."""


class Sandbox:
    """One build's folder, the variables it sees, and its log.

    The build may write below ``work`` only, and where a step allows it: its environment, what uv is told and the log
    lie beside it.
    """

    def __init__(self, folder: Path, limits: Limits, epoch: int = 0, found: Means | None = None) -> None:
        """Make the folders.

        Args:
            folder: the build's, which nobody else can look into.
            limits: what each step may take.
            epoch: the build's clock (``SOURCE_DATE_EPOCH``), in seconds.
            found: what walls are made of; else what this machine has.
        """
        self.folder = folder
        self.work = folder / "work"
        self.log = folder / "build.log"
        self.epoch = epoch
        self._limits = limits
        self._means = means() if found is None else found
        self._steps = 0
        for name in ("home", "tmp"):
            (self.work / name).mkdir(parents=True, exist_ok=True)

    def __call__(
        self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        """Run one hook of the build, as a runner of ``pyproject_hooks``.

        The last word of such a step is a folder of ``pyproject_hooks``' own, in which it looks for the answer. The
        hook gets a copy; what it answers comes back as a regular file of a bounded size, or not at all.

        Raises:
            process.OverrunError: it took too much of something.
            SandboxError: a wall could not be built.
            subprocess.CalledProcessError: it failed.
            leftovers.UnreadableError: its answer cannot be read.
        """
        asked = Path(cmd[-1])
        control = self.new_folder("control")
        shutil.copy(asked / "input.json", control)
        self.run(
            [*cmd[:-1], str(control)],
            reads=(_HOOKS, str(self.folder / "env"), *of_python(cmd[0])),
            writes=(str(control), *self._made("out")),
            directory=cwd,
            extra=extra_environ or {},
        )
        answer = leftovers.read_file(control, "output.json", _MOST_ANSWER)
        (asked / "output.json").write_bytes(answer)

    def run(
        self,
        command: Sequence[str],
        *,
        reads: Sequence[str] = (),
        writes: Sequence[str] = (),
        directory: str | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """Run a program to its end, and the end of all that it started.

        Args:
            command: the program, by its path, and its arguments.
            reads: what it may read beside the system.
            writes: folders that it may write beside ``work``.
            directory: where it runs; else in ``work``.
            extra: variables that it sees beside those of every build.

        Raises:
            process.OverrunError: it took too much of something.
            SandboxError: a wall could not be built.
            subprocess.CalledProcessError: it failed.
        """
        variables = self._variables(command[0], reads, extra or {})
        step = Step(
            directory=directory or str(self.work), environment=variables, reads=tuple(reads), writes=tuple(writes)
        )
        launched = self._launched(command, step)
        status = process.run_bounded(launched, env=variables, cwd=self.folder, log=self.log, bounds=self._bounds())
        if status == BROKEN:
            self._raise_verdict()
        if status:
            raise subprocess.CalledProcessError(status, list(command))

    def _variables(self, program: str, reads: Sequence[str], extra: Mapping[str, str]) -> dict[str, str]:
        """Return what a step sees; of the path what it may read, for a folder that it may not is no "not found"."""
        variables = {**of_build(self.work, self.epoch, network=self._limits.network), **extra}
        readable = [*of_system(variables, network=self._limits.network), *reads]
        found = [word for word in variables.get("PATH", os.defpath).split(os.pathsep) if is_readable(word, readable)]
        return {**variables, "PATH": os.pathsep.join([str(Path(program).parent), *found])}

    def _bounds(self) -> process.Bounds:
        """Return the limits of a run; where there is a launcher it watches, and needs time to end what it started."""
        if str(sys.platform) != "linux":
            return process.Bounds(seconds=self._limits.seconds, output_bytes=self._limits.output_bytes)
        seconds = self._limits.seconds + _GRACE_SECONDS
        return process.Bounds(seconds=seconds, output_bytes=sys.maxsize, grace=_GRACE_SECONDS)

    def new_folder(self, name: str) -> Path:
        """Make a folder beside ``work`` that one step may write, and nothing wrote before."""
        self._steps += 1
        folder = self.folder / f"{name}-{self._steps}"
        folder.mkdir()
        return folder

    def _made(self, name: str) -> tuple[str, ...]:
        folder = self.folder / name
        return (str(folder),) if folder.is_dir() else ()

    def _launched(self, command: Sequence[str], step: Step) -> list[str]:
        system = str(sys.platform)
        if system == "linux":
            return launch_command(self.folder, policy_of(self.folder, self._means, command, step, self._limits))
        if system == "darwin" and shutil.which("sandbox-exec"):
            reads = [*of_system(step.environment, network=self._limits.network), *step.reads]
            writes = [str(self.work), *step.writes]
            profile = seatbelt.profile(reads, writes, network=self._limits.network)
            return [
                "sandbox-exec",
                "-p",
                profile,
                "/bin/sh",
                "-c",
                'cd "$1" && shift && exec "$@"',
                "sh",
                step.directory,
                *command,
            ]
        return list(command)

    def _raise_verdict(self) -> None:
        kind, words = verdict_of(self.folder)
        if kind == "overrun":
            raise process.OverrunError(words)
        if kind == "wall":
            raise SandboxError(words)

    def said(self) -> str:
        """Return the end of what the build wrote."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 2**16))
            return file.read().decode("utf-8", "replace")


def keeps_network_away() -> bool:
    """Return whether a build here has no network, whatever it does; else it is only told so."""
    return means().seccomp or (sys.platform == "darwin" and shutil.which("sandbox-exec") is not None)
