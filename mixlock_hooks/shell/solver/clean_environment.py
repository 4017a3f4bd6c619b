"""What conda-lock and the shim may know: nothing of the user's conda, pip or poetry settings leaks in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mixlock_hooks.formats.engine_messages import NO_BUILD
from mixlock_hooks.shell.machine_config import CACHE_FOLDER, CONFIG_FILE, cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.environment import PlatformSpec

_DEFAULT_TIMEOUT_SECONDS = "30"
_DROPPED = ("CONDA_", "MAMBA_", "POETRY_", "PIP_", "UV_", "VIRTUAL", "PYTHONPATH", "PYTHONHOME", "MIXLOCK_")
_NO_BUILD = {"VIRTUALENV_DISCOVERY": NO_BUILD, "VIRTUALENV_CREATOR": NO_BUILD}
"""Poetry builds an sdist in a fresh virtualenv, and has no option not to; a virtualenv that cannot be made is one."""


def isolated(spec: PlatformSpec, scratch: Path, *, keep_pages: bool) -> dict[str, str]:
    """Return the environment of a platform's programs, whose temporary files lie in the scratch folder.

    Poetry can build no sdist in it; with ``keep_pages`` it keeps what an index answers.
    """
    return {
        **neutral_environment(),
        "CONDA_SUBDIR": spec.platform,
        "CONDA_CHANNEL_PRIORITY": spec.channel_priority.value,
        "CONDA_PKGS_DIRS": str(scratch / "pkgs"),
        "POETRY_CACHE_DIR": str(cache_folder("poetry") if keep_pages else scratch / "poetry-cache"),
        "POETRY_CONFIG_DIR": str(scratch / "poetry"),
        "POETRY_REQUESTS_TIMEOUT": timeout_seconds(),
        "TMPDIR": str(scratch / "tmp"),
        **_NO_BUILD,
    }


def neutral_environment() -> dict[str, str]:
    """Return what is the same for every platform's programs."""
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    return {**kept, "PYTHONWARNINGS": "ignore", "POETRY_KEYRING_ENABLED": "false", **_without_proxy()}


def _without_proxy() -> dict[str, str]:
    """Return variables that keep a proxy of the machine's away from what mixlock itself serves on loopback."""
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    wider = ",".join([*(spared.split(",") if spared else []), "127.0.0.1"])
    return {"no_proxy": wider, "NO_PROXY": wider}


def timeout_seconds() -> str:
    """Return how long an index may be silent: what the user told pip, else half a minute."""
    told = os.environ.get("PIP_DEFAULT_TIMEOUT", "")
    return told if told.isdecimal() else _DEFAULT_TIMEOUT_SECONDS


def deadline_seconds() -> float:
    """Return how long an engine may take in all: an index that drips is never silent."""
    return 30 * float(timeout_seconds())


def _is_kept(name: str) -> bool:
    return name in {CACHE_FOLDER, CONFIG_FILE} or not name.startswith(_DROPPED)
