"""Import a flow in a child process, in the environment of the user who locks."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import process

_SCRIPT = Path(__file__).with_name("import_flow.py")
_SECONDS = 300.0
_LARGEST_ANSWER = 16 * 2**20


def interpreter() -> Path:
    """Return the python that imports flows: of the active environment, else the one that runs mixlock.

    Nothing that a repository says has a part in it.
    """
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = os.environ.get(variable)
        for name in ("bin/python", "Scripts/python.exe", "python.exe") if folder else ():
            found = Path(folder or "", name)
            if found.is_file():
                return found
    return Path(sys.executable)


class Importer:
    """Imports flows of one repository."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.python = interpreter()

    def __call__(self, path: str) -> dict[str, Any]:
        """Import a flow; return ``flows``, ``files`` and ``versions``.

        Raises:
            CannotDoError: there is no Metaflow, or the flow cannot be imported there.
        """
        with tempfile.TemporaryDirectory(prefix="mixlock-import-") as folder:
            answer = Path(folder, "answer.json")
            command = [str(self.python), "-X", f"pycache_prefix={folder}/cache", str(_SCRIPT), str(self._root), path]
            try:
                done = process.run([*command, str(answer)], env=dict(os.environ), cwd=self._root, seconds=_SECONDS)
            except (OSError, process.OverrunError) as error:
                raise CannotDoError(f"{path}: cannot be imported with {self.python}: {error}") from error
            found = _answer(answer)
        if "failed" in found:
            way_out = "activate the environment in which the flow runs, or take it out of `metaflow-import`"
            raise CannotDoError(f"{path}: cannot be imported with {self.python}: {found['failed']}; {way_out}")
        if not found:
            raise CannotDoError(f"{path}: its import with {self.python} ended the process: {done.last_words}")
        return found


def _answer(file: Path) -> dict[str, Any]:
    """Read what the script wrote; nothing where it wrote nothing that can be read."""
    try:
        with file.open("rb") as opened:
            found = json.loads(opened.read(_LARGEST_ANSWER))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
