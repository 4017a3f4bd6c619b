"""This machine as conda names it."""

from __future__ import annotations

import platform
import sys

from mixlock_hooks.model.names import Subdir

_SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win"}
_MACHINES = {"x86_64": "64", "amd64": "64", "arm64": "arm64", "aarch64": "aarch64", "ppc64le": "ppc64le"}


def host_platform() -> Subdir:
    """Return this machine's platform, such as ``linux-64``; whether a lock holds it is another question."""
    machine = platform.machine().lower()
    return Subdir(f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(machine, machine)}")
