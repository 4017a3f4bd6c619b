"""The page of a lock in Debian's Chromium: its scripts run under its own policy, and tell a package."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.real

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def test_a_browser_shows_a_package_and_draws_what_it_needs(locked_once: Repository, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's package chromium is needed (.ci/run installs it)"
    page = tmp_path / "page.html"
    assert locked_once.mixlock("show", "environment", "--html", str(page)).status == 0
    url = f"{page.as_uri()}#conda%3Anumpy"
    command = [chromium, *_QUIET, f"--user-data-dir={tmp_path / 'user'}", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=120)
    detail = done.stdout.partition('<div id="detail"')[2].partition("</aside>")[0]
    assert ">numpy</h2>" in detail
    assert "The spec asks for it." in detail
    assert ">python</button>" in detail
    assert "<canvas" in done.stdout.partition('<div id="graph"')[2].partition("</aside>")[0]
    assert " packages</caption>" in done.stdout
