"""Measure what is named, or all of it, in one table: ``python -m benchmarks [NAME…]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.rows import Row, World
from benchmarks.suite import SUITE
from benchmarks.table import base_of, render, verdicts
from tests.real.shared_channels import machine


def main() -> int:
    """Measure and print; 1 where a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"one of {', '.join(SUITE)} (default: all)")
    names = parser.parse_args().names or list(SUITE)
    unknown = set(names) - set(SUITE)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(SUITE)}")
    rows: list[Row] = []
    try:
        _measure(names, rows)
    finally:  # what was measured before a failure took as long as it did
        sys.stdout.write(render(rows))
    return int(not all(held for row in rows for _words, held in verdicts(row, base_of(row, rows))))


def _measure(names: list[str], rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory(prefix="mixlock-benchmarks-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with machine(folder) as environment:
            environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
            world = World(folder=folder, environment=environment)
            for wanted in names:
                sys.stderr.write(f"measuring {wanted}\n")
                rows += SUITE[wanted](world)


if __name__ == "__main__":
    sys.exit(main())
