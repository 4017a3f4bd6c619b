"""Find the python that a wheel is built with: the environment's own, else one of the same ``X.Y`` on this machine.

The environment's own is conda's: it is installed from the lock by the embedded library into the user's cache, once
for each set of packages. Where its packages cannot be fetched, a python of this machine builds, and that is noted.
Every python but mixlock's own is tried in the sandbox before it is believed: a shim of pyenv runs nothing there, a
broken one neither, and one of a lock may be anybody's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.urls import host_of
from mixlock_hooks.shell import process
from mixlock_hooks.shell.build import leftovers
from mixlock_hooks.shell.build.cache import key_of
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.readable import of_python, own_python
from mixlock_hooks.shell.build.sandbox import Sandbox
from mixlock_hooks.shell.build.scratch import scratch
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import conda_prefix
from mixlock_hooks.shell.install.conda_part import CondaPart, WrongPackageError
from mixlock_hooks.shell.install.prefix_lock import held
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.tools import find_uv, uv_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.wheelhouse import WheelPlan

_PROBE = "import json, sys; json.dump('%d.%d' % sys.version_info[:2], open(sys.argv[1], 'w'))"
_PROBE_LIMITS = Limits(seconds=30.0)
_MOST_ANSWER = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A python, and a note where it is not the environment's own; ``python`` is its ``X.Y`` where that is another."""

    path: str
    note: str = ""
    python: str = ""


def own_interpreter() -> Interpreter:
    """Return the python that runs mixlock."""
    return Interpreter(path=own_python(), python=f"{sys.version_info.major}.{sys.version_info.minor}")


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
                return Interpreter(path=self._install(plan.conda, plan.python))
            except CannotDoError as error:
                why = f"conda's python cannot be installed here ({error})"
        found = _on_machine(plan.python)
        return Interpreter(path=found, note=f"{why}; {found} built instead") if found else None

    def _install(self, packages: Sequence[LockedPackage], python: str) -> str:
        unhashed = [package.name for package in packages if not (package.sha256 or package.md5)]
        if unhashed:
            raise CannotDoError(f"the lock has no hash of {', '.join(unhashed)}")
        hosts = {host_of(package.url) for package in packages}
        known = next((self._unreachable[host] for host in hosts if host in self._unreachable), None)
        if known:
            raise CannotDoError(known)
        key = _key(packages)
        prefix = cache_folder("interpreters") / key[:24]
        with held(prefix) as descriptors:
            if not conda_prefix.is_made_from(prefix, key):
                try:
                    part = CondaPart(packages=packages, platform=host_platform())
                    conda_prefix.renew(prefix, part, descriptors)
                except CannotDoError as error:
                    if not isinstance(error, WrongPackageError):
                        self._unreachable |= dict.fromkeys(hosts, str(error))
                    raise
                conda_prefix.mark(prefix, key)
        found = str(conda_prefix.python_in(prefix))
        if version_of(found) != python:
            raise CannotDoError(f"it does not run as python {python} in the sandbox")
        return found


def version_of(python: str) -> str:
    """Return the version of a python as ``X.Y``, as it runs in the sandbox; empty where it does not run there."""
    if not Path(python).is_file():
        return ""
    with (
        scratch() as folder,
        suppress(subprocess.CalledProcessError, process.OverrunError, leftovers.UnreadableError, ValueError, OSError),
    ):
        sandbox = Sandbox(folder, _PROBE_LIMITS)
        answers = sandbox.new_folder("control")
        command = [python, "-I", "-c", _PROBE, str(answers / "version.json")]
        sandbox.run(command, reads=of_python(python), writes=(str(answers),))
        return str(json.loads(leftovers.read_file(answers, "version.json", _MOST_ANSWER)))
    return ""


def _on_machine(python: str) -> str:
    """Return the first python of this version on this machine that runs in the sandbox; empty where there is none."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == python:
        return own_python()
    return next((found for found in dict.fromkeys(_candidates(python)) if version_of(found) == python), "")


def _candidates(python: str) -> Iterator[str]:
    """Yield what may be a python of this version: on the path, where uv finds one, and what pyenv has installed."""
    for folder in os.get_exec_path():
        yield str(Path(folder).absolute() / f"python{python}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{python}.*/bin/python{python}"), reverse=True))
    uv = find_uv()
    if uv:
        there = cache_folder("builds")
        command = [uv, "python", "find", python, "--no-python-downloads", "--no-project", "--system", "--no-config"]
        kept = {
            name: value for name, value in uv_environment(there).items() if name in {"PATH", "HOME"} or "UV_" in name
        }
        done = process.run(command, env=kept, cwd=there)
        if done.status == 0:
            yield done.stdout.strip()


def _key(packages: Sequence[LockedPackage]) -> str:
    return key_of(sorted((package.url, package.sha256 or package.md5) for package in packages))
