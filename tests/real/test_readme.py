"""README's first command, typed in a clone by somebody who has nothing but Python and git."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.installing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


def test_the_first_command_sets_all_up_and_tells_the_whole_story(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command, *_others = re.findall(r"^```sh\n(.*?)\n```$", readme, re.MULTILINE | re.DOTALL)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "GIT_"))}
    script = f"{command} && command -v pre-commit && mixlock --version"
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path / "clone", env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for told in ("MIX101", "MIX202", "environment: wrote", "That is all. Nothing was left behind."):
        assert told in " ".join((done.stdout + done.stderr).split()), done.stdout
    assert f"{tmp_path}/clone/.venv/bin/pre-commit" in done.stdout
