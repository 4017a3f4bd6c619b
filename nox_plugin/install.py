"""Let a session run inside a locked environment.

The conda part is installed by the embedded library, so that no conda is needed; the pip part from wheels alone, which
are fetched or built once and kept. With a conda backend the session's own environment becomes the locked one. With
any other backend the locked environment lies in nox's cache, shared by all sessions that ask for it, and the
session's virtualenv is laid over it: what a session installs beside it stays the session's, and keeps to the locked
versions.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nox

    from mixlock_hooks.installation.locked_environment import LockedEnvironment, Made, Options

_CONDA_BACKENDS = frozenset({"conda", "mamba", "micromamba", "rattler"})


def install(session: nox.Session, environment: str, *, root: str | Path = ".", allow_unboxed: bool = False) -> None:
    """Install a locked environment for a session, or do nothing where it is what the lock says already.

    Args:
        session: the session, with any backend but ``none``. It is ended with ``session.error`` where there is no such
            lock, its python is not the session's, a package cannot be had, or a build failed.
        environment: the environment's name, its spec's path, or an alias.
        root: where the repository is looked for, upwards; nox runs in the folder of the noxfile.
        allow_unboxed: build what has no wheel even where this machine lacks a wall of the sandbox.
    """
    if session.venv_backend == "none":
        session.error(f"mixlock.install({environment!r}) needs a session with an environment of its own")
    from mixlock_hooks.installation.locked_environment import Options, open_locked  # noqa: PLC0415
    from mixlock_hooks.model.failure import CannotDoError, UsageError  # noqa: PLC0415 - `nox -l` needs none of these
    from mixlock_hooks.report import problems as problem_report  # noqa: PLC0415
    from mixlock_hooks.shell.install.activation import said  # noqa: PLC0415

    for chatty in ("build", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        locked = open_locked(Path(root), environment)
        _refuse_other_python(session, locked)
        prefix, made = _made(session, locked, Options(may_replace=True, allow_unboxed=allow_unboxed))
        session.env.update({**_shadowing(session), **_variables(prefix)})
    except (CannotDoError, UsageError) as error:
        told = problem_report.text(error.problems)
        session.error(f"mixlock.install({environment!r}): {error}" + (f"\n{told.rstrip()}" if told else ""))
    for words in (*made.said(), *said(os.environ), f"{locked.title}: {made.done}"):
        session.log(words)


def _made(session: nox.Session, locked: LockedEnvironment, options: Options) -> tuple[Path, Made]:
    """Make the prefix of a session, and return it with what became of it."""
    from mixlock_hooks.installation.locked_environment import make  # noqa: PLC0415 - as above
    from mixlock_hooks.shell.install.virtualenv import lay_over  # noqa: PLC0415
    from mixlock_hooks.shell.install.wheels import remove_old  # noqa: PLC0415

    folder = Path(session.bin).parent
    if session.venv_backend in _CONDA_BACKENDS:
        return folder, make(folder, locked, options)
    kept = folder.parent / ".cache" / "mixlock" / locked.found.name
    prefix = kept / f"{locked.platform}-{locked.stamp[-16:]}"
    made = make(prefix, locked, options)
    for shadow in lay_over(folder, prefix):
        session.log(f"{shadow} of the session's own is removed, since the lock has another version")
    remove_old(kept, prefix)
    return prefix, made


def _variables(prefix: Path) -> dict[str, str]:
    """Return what a session is to know: what activation sets, and constraints that hold installers to the lock."""
    from mixlock_hooks.shell.install.activation import activated  # noqa: PLC0415 - as above
    from mixlock_hooks.shell.install.constraints import variables  # noqa: PLC0415

    changed = {name: text for name, text in activated(prefix).items() if os.environ.get(name) != text}
    return {**changed, **variables(prefix)}


def _shadowing(session: nox.Session) -> dict[str, None]:
    """Return what nox takes out of the environment, but for what the session itself has set."""
    from mixlock_hooks.shell.install.activation import dropped  # noqa: PLC0415 - as above

    return {name: None for name in dropped(os.environ) if name not in session.env}


def _refuse_other_python(session: nox.Session, locked: LockedEnvironment) -> None:
    """End a session that asks for another python than the locked one; a lock without python leaves it its own."""
    wanted = re.fullmatch(r"(?:python)?(\d+(?:\.\d+)*)t?", str(session.python or ""))
    if wanted is None or not locked.python:
        return
    parts = wanted[1].split(".")
    if locked.python.split(".")[: len(parts)] != parts:
        session.error(f"the session asks for python {session.python}, and {locked.title} has python {locked.python}")
