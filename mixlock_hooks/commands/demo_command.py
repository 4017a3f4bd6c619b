"""See the whole story on a bundled channel and index: refuse, lock, drift, relock, diff.

Runs offline on any machine, with tiny real packages served on loopback, and needs no conda. Nothing is left
behind unless a folder is named.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.demo.story import CONFIGURATION, STORY
from mixlock_hooks.demo.world import served
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.machine_config import CONFIG_FILE

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.demo.story import Step


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("folder", metavar="DIR", nargs="?", help="leave the demo's repository in this new folder")


def run(args: argparse.Namespace) -> int:
    """Tell the story; 3 where a step does not end as it should."""
    with ExitStack() as stack:
        folder = _folder(args.folder, stack)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlock-demo-")))
        file = scratch / "config.toml"
        file.write_text(stack.enter_context(served(scratch / "world")), encoding="utf-8")
        os.environ[CONFIG_FILE] = str(file)
        (folder / "mixlock.toml").write_text(CONFIGURATION, encoding="utf-8")
        for number, step in enumerate(STORY, 1):
            _tell(number, step, folder)
    kept = f"The repository of the demo is in {args.folder}." if args.folder else "Nothing was left behind."
    sys.stdout.write(f"\nThat is all. {kept} Next: add the hooks to your own repository, see the README.\n")
    return 0


def _tell(number: int, step: Step, folder: Path) -> None:
    from mixlock_hooks.commands import main  # noqa: PLC0415 - the demo is itself one of its commands

    (folder / "environment.yml").write_text(step.spec, encoding="utf-8")
    sys.stdout.write(f"\n{number}. {step.says}\n   $ mixlock {' '.join(step.command)}\n")
    sys.stdout.flush()
    status = main([*step.command, "--root", str(folder)])
    if status != step.status:
        raise CannotDoError(f"the demo's step {number} ended with {status} instead of {step.status}")


def _folder(named: str | None, stack: ExitStack) -> Path:
    """Return the folder that is named, which must be new or empty, or one that goes away."""
    if named is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlock-demo-"))).resolve()
    folder = Path(named).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{named}: is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
