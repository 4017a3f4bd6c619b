"""Find the python that a wheel is built with: the environment's own, else one of the same ``X.Y`` on this machine.

The environment's own is conda's: it is installed from the lock by the embedded library into the user's cache, once
for each set of packages. Where its packages cannot be fetched, a python of this machine builds, and that is said.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.urls import host_of
from mixlock_hooks.shell import process
from mixlock_hooks.shell.install import conda_prefix
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.tools import find_uv, uv_environment
from mixlock_hooks.shell.build.cache import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.wheelhouse import WheelPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A python, and a note where it is not the environment's own."""

    path: str
    note: str = ""


class Interpreters:
    """Every python that one run needs, each found once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Interpreter | None] = {}
        self._unreachable: dict[str, str] = {}
        self._lock = threading.Lock()

    def find(self, plan: WheelPlan) -> Interpreter | None:
        """Return the python to build a plan with; None where there is none."""
        key = (plan.python, _key(plan.conda))
        with self._lock:
            if key not in self._found:
                self._found[key] = self._find(plan)
            return self._found[key]

    def _find(self, plan: WheelPlan) -> Interpreter | None:
        why = f"the lock's python is for {plan.targets[0].platform}, which this machine is not"
        if plan.conda and plan.targets[0].platform == host_platform():
            try:
                return Interpreter(path=self._install(plan.conda))
            except CannotDoError as error:
                why = f"conda's python cannot be installed here ({error})"
        found = _on_machine(plan.python)
        return Interpreter(path=found, note=f"{why}; {found} built instead") if found else None

    def _install(self, packages: Sequence[LockedPackage]) -> str:
        hosts = {host_of(package.url) for package in packages}
        known = next((self._unreachable[host] for host in hosts if host in self._unreachable), None)
        if known:
            raise CannotDoError(known)
        key = _key(packages)
        prefix = cache_folder("interpreters") / key[:24]
        with conda_prefix.held(prefix):
            if not conda_prefix.is_made_from(prefix, key):
                try:
                    conda_prefix.renew(prefix, packages)
                except CannotDoError as error:
                    if "hash" not in str(error).lower():  # a file that is another says nothing of its host
                        self._unreachable |= dict.fromkeys(hosts, str(error))
                    raise
                conda_prefix.mark(prefix, key)
        return _python_of(prefix)


def _python_of(prefix: Path) -> str:
    python = conda_prefix.python_in(prefix)
    done = process.run([str(python), "-c", "pass"], env=os.environ, cwd=prefix) if python.is_file() else None
    if done is None or done.status:
        raise CannotDoError("it does not run")
    return str(python)


def _on_machine(python: str) -> str:
    """Return a python of this version on this machine, as uv finds it; empty where there is none."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == python:
        return sys.executable
    uv = find_uv()
    if uv:
        command = [uv, "python", "find", python, "--no-python-downloads", "--no-project", "--system", "--no-config"]
        done = process.run(command, env=uv_environment(cache_folder("builds")), cwd=cache_folder("builds"))
        if done.status == 0:
            return done.stdout.strip()
    return shutil.which(f"python{python}") or ""


def _key(packages: Sequence[LockedPackage]) -> str:
    return key_of(sorted((package.url, package.sha256 or package.md5) for package in packages))
