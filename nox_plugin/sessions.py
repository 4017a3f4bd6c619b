"""The sessions: thin doors on the ``mixlock`` command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import nox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_END_SECONDS = 10.0
"""How long mixlock may take to end what it runs after Ctrl-C; nox would kill it after a third of a second."""
SESSIONS = ("lock", "drift", "upgrade", "wheelhouse")
"""Every session that can be registered."""


def sessions(
    *names: str, prefix: str = "", environments: Sequence[str] = (), tags: Sequence[str] = ("mixlock",)
) -> None:
    """Register mixlock's sessions in a noxfile.

    Args:
        names: which of ``lock``, ``drift``, ``upgrade`` and ``wheelhouse``; all where none is named.
        prefix: goes before each session's name, such as ``env-`` for ``nox -s env-lock``.
        environments: the environments the sessions are about; all of the repository's where none is named.
        tags: nox tags of the sessions.

    Raises:
        ValueError: a name is not a session.
    """
    for name in names or SESSIONS:
        if name not in SESSIONS:
            raise ValueError(f"{name!r} is not one of {', '.join(SESSIONS)}")
        register = nox.session(name=prefix + name, venv_backend="none", default=False, tags=list(tags))
        register(_function(name, tuple(environments)))


def _function(name: str, environments: tuple[str, ...]) -> Callable[[nox.Session], None]:
    def lock(session: nox.Session) -> None:
        """Solve the environments that drifted, and write their locks."""
        _run(session, "lock", *environments, *session.posargs)

    def drift(session: nox.Session) -> None:
        """Check whether each lock still says what its spec says."""
        _run(session, "drift", *environments, *session.posargs)

    def upgrade(session: nox.Session) -> None:
        """Take the newest versions that fit: of the packages named after --, or of everything."""
        packages = [word for name in session.posargs for word in ("--upgrade-package", name)]
        _run(session, "lock", *environments, *(packages or ["--upgrade"]))

    def wheelhouse(session: nox.Session) -> None:
        """Build every locked sdist into a wheel, once, and record its digest."""
        _run(session, "wheelhouse", *environments, *session.posargs)

    return {"lock": lock, "drift": drift, "upgrade": upgrade, "wheelhouse": wheelhouse}[name]


def _run(session: nox.Session, *words: str) -> None:
    """Run the mixlock of this interpreter, which is not the session's own."""
    session.run(sys.executable, "-m", "mixlock_hooks", *words, external=True, interrupt_timeout=_END_SECONDS)
