"""mixlock for noxfiles: sessions that lock, compare, upgrade and build, on nox's own sessions.

    import nox_plugin as mixlock

    mixlock.sessions()

registers ``nox -s lock``, ``nox -s drift``, ``nox -s upgrade -- NAME…`` and ``nox -s wheelhouse``. The sessions run
the mixlock that is installed beside nox, so ``pip install 'mixlock[lock,wheelhouse,nox]'`` is all that is needed.

    @nox.session
    def tests(session):
        mixlock.install(session, "environment")
        session.run("pytest")

runs a session inside a locked environment, without conda.
"""

from nox_plugin.install import install
from nox_plugin.sessions import sessions

__all__ = ["install", "sessions"]
