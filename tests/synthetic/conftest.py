"""The installer a user would meet, cut off from the configuration of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir")


def run_pip(*arguments: str | Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    subprocess.run([*PIP, *arguments], check=True, stdout=subprocess.PIPE, env=environment)


@pytest.fixture
def pip() -> Callable[..., None]:
    return run_pip
