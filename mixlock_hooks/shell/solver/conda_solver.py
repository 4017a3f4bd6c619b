"""Answers of the conda side: one, or as a program one for each order, at the same time, from channels read once.

Run with ``python -m`` it obeys as ``order_server`` tells: an order is a brief of ``mixlock-conda`` with ``platform``
and ``priority``, and its answer the JSON that conda would print. Where stdin ends, it ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.cutoff import parse_cutoff
from mixlock_hooks.shell.solver import conda_answer
from mixlock_hooks.shell.solver.order_server import LONGEST_PATH
from mixlock_hooks.shell.solver.rattler_solve import CondaQuestion, gateway, gone, solve

if TYPE_CHECKING:
    from collections.abc import Mapping

    import rattler


def solved(brief: Mapping[str, Any]) -> dict[str, Any]:
    """Return one answer.

    Raises:
        CondaSolveError: there is none.
    """
    return asyncio.run(_solved(brief, gateway()))


async def _solved(brief: Mapping[str, Any], source: rattler.Gateway) -> dict[str, Any]:
    question = CondaQuestion(
        specs=tuple(brief["specs"]),
        channels=tuple(brief["channels"]),
        platform=brief["platform"],
        priority=brief["priority"],
        preferred=tuple(brief.get("preferred", ())),
        virtual_packages=brief.get("virtual-packages", {}),
        constraints=tuple(brief.get("constraints", ())),
        cutoff=parse_cutoff(brief.get("cutoff", "")),
        keeps_newer=brief.get("keeps-newer", True),
        other_platforms=tuple(brief.get("other-platforms", ())),
    )
    answer = conda_answer.solved(await solve(question, source))
    return {**answer, "gone": await gone(tuple(brief.get("locked", ())), question, source)}


async def _serve(orders: socket.socket) -> None:
    source = gateway()
    running: set[asyncio.Task[None]] = set()
    ended = asyncio.Event()

    def take() -> None:
        path, pipes, _flags, _address = socket.recv_fds(orders, LONGEST_PATH, 1)
        if not path:
            ended.set()
            return
        order = Path(os.fsdecode(path)).read_text(encoding="utf-8")
        task = asyncio.ensure_future(_obey(order, pipes[0], source))
        running.add(task)
        task.add_done_callback(running.discard)

    asyncio.get_running_loop().add_reader(orders, take)
    await ended.wait()


async def _obey(order: str, pipe: int, source: rattler.Gateway) -> None:
    try:
        answer = await _solved(json.loads(order), source)
    except Exception as error:  # noqa: BLE001 - as ``mixlock-conda`` does, whatever it was
        answer = conda_answer.refused(error)
    with os.fdopen(pipe, "w", encoding="utf-8") as answered:
        json.dump(answer, answered)


if __name__ == "__main__":
    asyncio.run(_serve(socket.socket(fileno=0)))
    os._exit(0)
