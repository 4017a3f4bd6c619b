"""uv, run as a program: where it is, and what it may know."""

from __future__ import annotations

import os
import shutil
import sysconfig
from typing import TYPE_CHECKING

from mixlock_hooks.shell.isolation import timeout_seconds
from mixlock_hooks.shell.machine_config import cache_folder

if TYPE_CHECKING:
    from pathlib import Path


def find_uv() -> str | None:
    """Return the uv beside this interpreter, else the one on ``PATH``; None where there is none."""
    return shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")


def uv_environment(scratch: Path) -> dict[str, str]:
    """Return uv's variables: no settings of the user's, and nothing of its own outside of mixlock's cache."""
    dropped = ("UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    certificate = os.environ.get("PIP_CERT")
    return {
        **({"SSL_CERT_FILE": certificate} if certificate else {}),
        **kept,
        "UV_CACHE_DIR": str(cache_folder("uv")),
        "UV_CREDENTIALS_DIR": str(scratch / "credentials"),
        "UV_HTTP_RETRIES": "1",
        "UV_HTTP_TIMEOUT": timeout_seconds(),
    }
