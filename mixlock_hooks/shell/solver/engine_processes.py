"""The processes that a run of solves asks: conda-lock, and the solver of conda's side.

Each imports for half a second and more. This process has as much to import before its first question, so they are
started first.
"""

from __future__ import annotations

import threading

from mixlock_hooks.shell import tools
from mixlock_hooks.shell.solver import order_server
from mixlock_hooks.shell.solver.conda_lock_runs import CondaLockRuns
from mixlock_hooks.shell.solver.conda_solves import CondaSolver


class EngineProcesses:
    """conda-lock, and the solver that reads each channel once; closed when nothing more is solved."""

    def __init__(self, solver: str) -> None:
        """Find them.

        Args:
            solver: as it is configured: embedded, or a conda.

        Raises:
            CannotDoError: the solver is not here, or does not start.
        """
        self.solver = solver
        self.embedded = solver == tools.EMBEDDED
        self.conda = tools.require_solver(solver)
        self.runs = CondaLockRuns()
        self.conda_solver = CondaSolver(self.conda)
        self._lock = threading.Lock()

    def begin_ahead(self) -> None:
        """Start those that serve a whole run, on the systems that have such."""
        if order_server.HERE:
            self.begin()

    def begin(self) -> None:
        """Start what one solve more takes, unless it runs; several threads may say so."""
        with self._lock:
            self.runs.begin()
            if self.embedded:
                self.conda_solver.begin()

    def close(self) -> None:
        """End them."""
        self.runs.close()
        self.conda_solver.close()
