"""A program like ``mixlock`` whose solves are looked up: for hooks and sessions, which run programs."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = f"{sys.executable} {Path(__file__)}"
"""How it is run."""

if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    from mixlock_hooks.commands import main
    from tests.tables import tables

    sys.exit(main(sys.argv[1:], tables()))
