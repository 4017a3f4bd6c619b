"""conda-lock, imported while its questions are still being made: most of what a small lock would wait for.

Run with ``python -m``, it imports conda-lock and is conda-lock's command line for each order, which is JSON with
``arguments``, ``environment``, ``folder``, ``keep_pages`` and ``answers``. With ``--fork``, stdin is a socket: each
message is the path of an order, with a pipe on which the exit status is told; the outputs become files beside the
order, and each order has a process of its own, so that nothing of one solve is left for the next. Without, one order
comes as a line on stdin. Where stdin ends, nobody asks any more, and it ends.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.shell.solver.order_server import LONGEST_PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

STDOUT, STDERR = "conda-lock.stdout", "conda-lock.stderr"


def main() -> None:
    """Become conda-lock when told how."""
    gc.set_threshold(50_000, 20, 20)  # a solve makes much and drops little
    from conda_lock import pypi_solver  # noqa: F401, PLC0415 - it is imported late otherwise
    from conda_lock.conda_lock import main as conda_lock  # noqa: PLC0415

    _read_grammars()
    order = _forked() if "--fork" in sys.argv else sys.stdin.readline()
    if order:
        told = json.loads(order)
        _write_less(keep_pages=told["keep_pages"])
        if told["answers"]:
            _answer_from(Path(told["answers"]))
        _obey(told)
        _end_at_once(conda_lock)


def _read_grammars() -> None:
    """Have Poetry read its grammars, which it does at the first requirement and the first marker."""
    with suppress(ImportError):  # another version has them elsewhere, and reads them when it needs them
        from conda_lock._vendor.poetry.core.packages.dependency import Dependency  # noqa: PLC0415

        Dependency.create_from_pep_508('a>=1; python_version>"3"')


def _write_less(*, keep_pages: bool) -> None:
    """Have a lock rendered by libyaml, and no release kept whose index is gone tomorrow.

    Poetry makes up to fourteen folders for each release that it keeps.
    """
    import conda_lock.lockfile as rendering  # noqa: PLC0415
    from conda_lock.pypi_solver import Factory  # noqa: PLC0415

    yaml: Any = rendering.yaml
    if hasattr(yaml, "CDumper"):  # PyYAML is built without libyaml here and there
        yaml.dump = partial(yaml.dump, Dumper=yaml.CDumper)
    if not keep_pages:
        Factory.create_package_source = partial(Factory.create_package_source, disable_cache=True)


def _answer_from(file: Path) -> None:
    """Have Poetry's sessions know the answers in a file: what is not among them is still asked."""
    from conda_lock._vendor.poetry.utils.authenticator import Authenticator  # noqa: PLC0415

    from mixlock_hooks.shell.solver.known_answers import KnownAnswers  # noqa: PLC0415

    poetrys: Any = Authenticator
    create_session, known = poetrys.create_session, KnownAnswers(file)

    def create(authenticator: Authenticator) -> Any:
        session = create_session(authenticator)
        session.mount("http://127.0.0.1", known)
        return session

    poetrys.create_session = create


def _end_at_once(run: Callable[[], None]) -> None:
    """Run what ends with ``SystemExit``; where all went well, nothing is taken down piece by piece."""
    try:
        run()
    except SystemExit as ended:
        if ended.code:
            raise
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _obey(order: dict[str, Any]) -> None:
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None  # it may have been looked up in the old environment
    sys.argv = ["conda-lock", *order["arguments"]]


def _forked() -> str:
    """Return each order in a process of its own; nothing in the first one, when nobody asks any more."""
    gc.freeze()  # what is never looked at stays shared
    signal.signal(signal.SIGCHLD, _bury)
    orders = socket.socket(fileno=0)
    while True:
        path, pipes, _flags, _address = socket.recv_fds(orders, LONGEST_PATH, 1)
        if not path:
            return ""
        if os.fork() == 0:
            orders.close()
            return _as_worker(Path(os.fsdecode(path)), pipes[0])
        os.close(pipes[0])


def _bury(_number: int, _frame: FrameType | None) -> None:
    """Wait for who has ended, so that what they took counts as this process's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _as_worker(order: Path, pipe: int) -> str:
    """Return the order in a new process; wait for its end in this one, and tell its status, whatever ended it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    worker = os.fork()
    if worker:
        _pid, status = os.waitpid(worker, 0)
        os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(pipe)
    for name, number, flags in ((os.devnull, 0, os.O_RDONLY), (STDOUT, 1, _NEW), (STDERR, 2, _NEW)):
        opened = os.open(order.with_name(name) if number else name, flags, 0o600)
        os.dup2(opened, number)
        if opened != number:
            os.close(opened)
    return order.read_text(encoding="utf-8")


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    main()
