"""Let a session run inside a locked environment.

The conda part is installed by the embedded library, so that no conda is needed; the pip part from wheels alone, which
are fetched or built once and kept. With a conda backend the session's own environment becomes the locked one. With
any other backend the locked environment lies in nox's cache, shared by all sessions that ask for it, and the
session's virtualenv is laid over it: what a session installs beside it stays the session's.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nox

_CONDA_BACKENDS = frozenset({"conda", "mamba", "micromamba", "rattler"})


def install(session: nox.Session, environment: str, *, root: str | Path = ".", allow_unboxed: bool = False) -> None:
    """Install a locked environment for a session, or do nothing where it is what the lock says already.

    Args:
        session: the session, with any backend but ``none``. It is ended with ``session.error`` where there is no such
            lock, a package cannot be had, or a build failed.
        environment: the environment's name, its spec's path, or an alias.
        root: where the repository is looked for, upwards; nox runs in the folder of the noxfile.
        allow_unboxed: build what has no wheel even where this machine lacks a wall of the sandbox.
    """
    if session.venv_backend == "none":
        session.error(f"mixlock.install({environment!r}) needs a session with an environment of its own")
    from mixlock_hooks.installation.locked_environment import make, open_locked  # noqa: PLC0415
    from mixlock_hooks.model.failure import CannotDoError, UsageError  # noqa: PLC0415 - `nox -l` needs none of these
    from mixlock_hooks.report import problems as problem_report  # noqa: PLC0415
    from mixlock_hooks.shell.install.virtualenv import lay_over  # noqa: PLC0415
    from mixlock_hooks.shell.install.wheels import remove_old  # noqa: PLC0415

    for chatty in ("build", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    folder = Path(session.bin).parent
    try:
        locked = open_locked(Path(root), environment)
        if session.venv_backend in _CONDA_BACKENDS:
            prefix = folder
            changed = make(prefix, locked, may_replace=True, allow_unboxed=allow_unboxed)
        else:
            kept = folder.parent / ".cache" / "mixlock" / locked.found.name
            prefix = kept / f"{locked.platform}-{locked.stamp[-16:]}"
            changed = make(prefix, locked, may_replace=True, allow_unboxed=allow_unboxed)
            lay_over(folder, prefix)
            remove_old(kept, prefix)
    except (CannotDoError, UsageError) as error:
        told = problem_report.text(error.problems)
        session.error(f"mixlock.install({environment!r}): {error}" + (f"\n{told.rstrip()}" if told else ""))
    session.env["CONDA_PREFIX"] = str(prefix)
    session.log(f"{locked.found.name} for {locked.platform}: {'installed' if changed else 'is what the lock says'}")
