"""conda-lock, imported while its question is still being made: half of what a small lock would wait for.

Run with ``python -m``, it imports conda-lock and waits for one line of JSON on stdin, ``arguments`` and
``environment``; from there on it is conda-lock. Where stdin ends before, nobody asks, and it ends.
"""

from __future__ import annotations

import gc
import json
import os
import sys


def main() -> None:
    """Become conda-lock when told how."""
    gc.set_threshold(50_000, 20, 20)  # a solve makes much and drops little
    from conda_lock import conda_lock, pypi_solver  # noqa: F401, PLC0415 - the latter is imported late otherwise

    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["conda-lock", *order["arguments"]]
    conda_lock.main()


if __name__ == "__main__":
    main()
