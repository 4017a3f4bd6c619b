"""mixlock for noxfiles: sessions that lock, compare and upgrade, on nox's own sessions.

    import nox_plugin as mixlock

    mixlock.sessions()

registers ``nox -s lock``, ``nox -s drift`` and ``nox -s upgrade -- NAME…``. The sessions run the mixlock that is
installed beside nox, so ``pip install 'mixlock[lock,nox]'`` is all that is needed.
"""

from nox_plugin.sessions import sessions

__all__ = ["sessions"]
