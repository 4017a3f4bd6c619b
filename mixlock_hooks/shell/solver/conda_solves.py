"""Solves of the conda side by the embedded solver: one process reads each channel once for all of a run.

Where the system has no order server, or it ended, each is asked of a ``mixlock-conda`` of its own, which tells why.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import engine_messages
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.solver import order_server
from mixlock_hooks.shell.solver.clean_environment import deadline_seconds
from mixlock_hooks.shell.solver.order_server import OrderServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.shell.solver.scratch import Scratch

_MODULE = "mixlock_hooks.shell.solver.conda_solver"


class CondaSolver:
    """The embedded solver; closed when nothing more is solved."""

    def __init__(self, executable: str, *, serves: bool = order_server.HERE) -> None:
        self._executable = executable
        self._serves = serves
        self._server: OrderServer | None = None

    def begin(self) -> None:
        """Start what reads channels once, unless it was; one thread at a time may say so."""
        if self._serves and not self._server:
            self._server = OrderServer([sys.executable, "-m", _MODULE])

    def answer(self, brief: Mapping[str, Any], spec: PlatformSpec, scratch: Scratch) -> dict[str, Any]:
        """Return an answer as conda prints it.

        Raises:
            EngineError: there is none.
            StoppedError: ``process.stop_all`` was called.
        """
        try:
            said = self._served(brief, spec, scratch) or self._executed(brief, scratch)
        except process.OverrunError as error:
            raise _failed(EngineFailure(kind=FailureKind.SOURCE, words=str(error))) from error
        answer: dict[str, Any] = json.loads(said)
        if not answer["success"]:
            raise _failed(engine_messages.of_conda(answer["kind"], answer["message"], answer["known"]))
        return answer

    def _served(self, brief: Mapping[str, Any], spec: PlatformSpec, scratch: Scratch) -> bytes:
        if not self._server:
            return b""
        order = {**brief, "platform": spec.platform, "priority": spec.channel_priority.value}
        said = self._server.answer(json.dumps(order), scratch.folder, seconds=deadline_seconds())
        return said if said.endswith(b"}") else b""  # it ended in the middle of a word

    def _executed(self, brief: Mapping[str, Any], scratch: Scratch) -> str:
        command = [self._executable, "create", "--prefix", "none", "--dry-run", "--json"]
        environment, seconds = scratch.environment(brief), deadline_seconds()
        done = process.run(command, env=environment, cwd=scratch.folder, seconds=seconds)
        if not done.stdout.startswith("{"):
            raise _failed(EngineFailure(kind=FailureKind.UNKNOWN, words=done.last_words))
        return done.stdout

    def close(self) -> None:
        """End what was started."""
        if self._server:
            self._server.close()


def _failed(failure: EngineFailure) -> EngineError:
    return EngineError(replace(failure, tool="py-rattler", version=tools.rattler_version()))
