"""Programs like ``mixlock`` and ``conda-lock`` whose solves are looked up: for lines that a shell must run."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes import FakeEngines


def _conda_lock(spec: str, tables: FakeEngines) -> int:
    """Lock a spec as conda-lock does: into ``conda-lock.yml``, without facts of mixlock's."""
    from mixlock_hooks.commands import main
    from mixlock_hooks.formats import conda_lock_yml

    status = main(["resolve", "-f", spec, "--quiet"], tables)
    made = Path("locks") / Path(spec).with_suffix("") / "conda-lock.yml"
    lockfile = conda_lock_yml.parse(made.read_bytes())
    text = conda_lock_yml.render(replace(lockfile, facts={}), spec)
    content = conda_lock_yml.with_sources(text, (spec,)).replace(b"  custom_metadata: {}\n", b"")
    Path("conda-lock.yml").write_bytes(content)
    for file in made.parent.iterdir():
        file.unlink()
    return status


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    from mixlock_hooks.commands import main
    from tests.documents.packages import engines

    program, *words = sys.argv[1:]
    made = engines(installable="DOCUMENTS_INSTALL" in os.environ)
    sys.exit(_conda_lock(words[-1], made) if program == "conda-lock" else main(words, made))
