"""Print a lock in another format, or write it into a file. Nothing is fetched.

``explicit`` is for conda create, ``requirements`` for pip, ``environment`` an environment.yml with every package
pinned exactly, for tools that take nothing else. ``pylock`` is PEP 751's lock of the PyPI part, ``cyclonedx`` a bill
of materials (CycloneDX 1.6) of both parts, for which the extra ``sbom`` is needed.

Examples:
  mixlock export environment --to pylock
  mixlock export environment --to explicit --platform linux-64 -o conda-linux-64.txt
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, refuse_own, wanted_lock
from mixlock_hooks.commands.options import add_environment, add_platform
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.pipeline.export import FORMATS, export
from mixlock_hooks.pipeline.lock.record import is_recorded, is_whole
from mixlock_hooks.report import neutral
from mixlock_hooks.shell.host import host_platform

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.export import Export


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environment(parser)
    parser.add_argument("--to", required=True, choices=FORMATS, dest="form", help="the format")
    add_platform(parser, "this machine's, or the only one")
    parser.add_argument("-o", "--output", metavar="FILE", help="the file to write (default: stdout)")


def run(args: argparse.Namespace) -> int:
    """Export a lock; what the format leaves out is said on stderr."""
    if args.form == "cyclonedx":
        from mixlock_hooks.shell.tools import require_sbom_extra  # noqa: PLC0415 - the other formats need no extra

        require_sbom_extra()
    project, tree = open_project(args)
    found = wanted_lock(args, project, tree)
    if is_recorded(found.lockfile) and not is_whole(found.lockfile):
        raise CannotDoError(f"{found.name}: its lock was changed since it was solved; `mixlock drift` explains")
    wanted = args.platform or host_platform()
    made = export(found, args.form, wanted, project, explicit_choice=bool(args.platform))
    if args.output:
        from mixlock_hooks.shell.repository.file_set import write_output  # noqa: PLC0415 - only for a file

        refuse_own(tree, project, Path(args.output))
        write_output(Path(args.output), made.text.encode())
    else:
        sys.stdout.write(made.text)
    if not args.quiet:
        sys.stderr.write(neutral.lines(_told(args, made)))
    return 0


def _told(args: argparse.Namespace, made: Export) -> list[str]:
    said = [f"wrote {args.output}, for {made.platform}"] if args.output else []
    if made.left_out:
        count = f"{len(made.left_out)} conda package{'s'[: len(made.left_out) > 1]}"
        names = f": {', '.join(package.name for package in made.left_out)}" if args.verbose else ""
        said.append(f"note: {args.form} holds PyPI's part alone; it leaves out {count}{names}")
    return said
