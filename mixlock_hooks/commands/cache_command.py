"""Show where mixlock keeps what it fetched and built, or remove it.

``dir`` prints the folder. ``clean`` removes mixlock's own folders in it and says how much space that frees;
everything is fetched and built again when it is needed. Locks never depend on it.

Examples:
  mixlock cache dir
  mixlock cache clean
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.telling import say, say_lines
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse

_UNIT = 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("action", choices=("dir", "clean"), help="print the folder, or remove what is in it")
    parser.add_argument("--dry-run", action="store_true", help="print what would be removed, remove nothing")


def run(args: argparse.Namespace) -> int:
    """Print where the cache is, or clean it."""
    from mixlock_hooks.shell.cache_folders import cache_folders, remove  # noqa: PLC0415 - help needs none of it
    from mixlock_hooks.shell.machine_config import cache_root  # noqa: PLC0415

    if args.action == "dir":
        sys.stdout.write(neutral.text(str(cache_root())))
        return 0
    verb, total = "would remove" if args.dry_run else "removed", 0
    for folder in cache_folders():
        if not args.dry_run:
            remove(folder)
        total += folder.size
        say_lines([f"{verb} {folder.path} ({_shown(folder.size)})"], sys.stdout)
    say(f"{verb} {_shown(total)} in all" if total else "the cache is empty", sys.stdout)
    return 0


def _shown(size: int) -> str:
    """Return a size in the unit that people read."""
    number = float(size)
    for unit in ("bytes", "KiB", "MiB"):
        if number < _UNIT:
            return f"{number:.0f} {unit}"
        number /= _UNIT
    return f"{number:.1f} GiB"
