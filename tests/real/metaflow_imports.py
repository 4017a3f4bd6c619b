"""A script for an interpreter with Metaflow: import flows with mixlock's own script, missing modules stubbed.

``python metaflow_imports.py SCRIPT`` reads ``{name: [root, path]}`` as JSON from stdin and prints, for each name,
what the script answers, or ``{"failed": why}``. Each flow is imported in a child process of its own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import metaflow_dump  # type: ignore[import-not-found]  # it lies beside this script


def _module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("import_flow", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _answered(script: Any, root: str, path: str) -> dict[str, Any]:
    try:
        os.chdir(root)
        answer: dict[str, Any] = script.answer_of(root, str(Path(path).relative_to(root)))
    except BaseException as error:  # noqa: BLE001 - whatever a flow does on import is its own affair
        return {"failed": f"{type(error).__name__}: {error}"}
    return answer


def main() -> None:
    """Import every flow that stdin names."""
    asked, script = json.load(sys.stdin), _module(sys.argv[1])
    with redirect_stdout(sys.stderr):
        metaflow_dump.stub_what_is_missing()
        found = {
            name: metaflow_dump.apart(lambda root=root, path=path: _answered(script, root, path))
            for name, (root, path) in asked.items()
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
