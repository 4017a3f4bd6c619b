"""See the whole story on a bundled channel and index: refuse, lock, drift, relock, diff.

Runs offline on any machine, with tiny real packages served on loopback, and needs no conda. Nothing is left
behind unless a folder is named.

Examples:
  mixlock demo
  mixlock demo my-demo
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.demo.channel_and_index import served
from mixlock_hooks.demo.steps import CONFIGURATION, STORY
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.machine_config import CACHE_FOLDER, CONFIG_FILE
from mixlock_hooks.shell.tools import require_lock_extra

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mixlock_hooks.demo.steps import Step

INTERRUPTED = 130
"""The exit status of a step that was interrupted, and so of the demo."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("folder", metavar="DIR", nargs="?", help="leave the demo's repository in this new folder")


def run(args: argparse.Namespace) -> int:
    """Tell the story; 3 where a step does not end as it should."""
    require_lock_extra()
    with ExitStack() as stack:
        folder = _folder(args.folder, stack)
        _enter_world(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlock-demo-"))), stack)
        _make_repository(folder)
        for number, step in enumerate(STORY, 1):
            _tell(number, step, folder, ["-q"] * args.quiet)
    kept = f"The repository of the demo is in {args.folder}." if args.folder else "Nothing was left behind."
    sys.stdout.write(f"\nThat is all. {kept} Next: add the hooks to your own repository, see the README.\n")
    return 0


def _enter_world(scratch: Path, stack: ExitStack) -> None:
    """Serve the demo's world, and keep this machine's configuration and cache out of it."""
    file = scratch / "config.toml"
    file.write_text(stack.enter_context(served(scratch / "world")), encoding="utf-8")
    os.environ[CONFIG_FILE] = str(file)
    os.environ[CACHE_FOLDER] = str(scratch / "cache")


def _make_repository(folder: Path) -> None:
    """Make a git repository, for the folder may be in another one; without git any folder will do."""
    (folder / "mixlock.toml").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "environment.yml").touch()
    with suppress(FileNotFoundError):
        for words in (["init", "--quiet"], ["add", "."]):
            process.run(["git", *words], env=os.environ, cwd=folder)


def _tell(number: int, step: Step, folder: Path, flags: Sequence[str]) -> None:
    from mixlock_hooks.commands import main  # noqa: PLC0415 - the demo is itself one of its commands

    (folder / "environment.yml").write_text(step.spec, encoding="utf-8")
    sys.stdout.write(f"\n{number}. {step.says}\n   $ mixlock {' '.join(step.command)}\n")
    sys.stdout.flush()
    status = main([*step.command, "--root", str(folder), *flags])
    if status == INTERRUPTED:
        sys.exit(status)
    if status != step.status:
        raise CannotDoError(f"the demo's step {number} ended with {status} instead of {step.status}")


def _folder(named: str | None, stack: ExitStack) -> Path:
    """Return the folder that is named, which must be new or empty, or one that goes away."""
    if named is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlock-demo-"))).resolve()
    folder = Path(named).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{named}: is not an empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotDoError(f"{named}: cannot be made: {error.strerror}") from error
    return folder
