"""See the whole story on a bundled channel and index: refuse, lock, drift, relock, diff, install, run.

Runs offline on any machine, with tiny real packages served on loopback, and needs no conda. Nothing is left
behind unless a folder is named.

Examples:
  mixlock demo
  mixlock demo my-demo
"""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.telling import say
from mixlock_hooks.commands.typing_at_demo import Typing
from mixlock_hooks.demo.channel_and_index import PLATFORMS, served
from mixlock_hooks.demo.steps import CONFIGURATION, STORY
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.machine_config import CACHE_FOLDER, CONFIG_FILE
from mixlock_hooks.shell.tools import require_lock_extra

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.demo.steps import Step

_BEFORE = (
    "The demo serves a channel and an index on this machine; mixlock.toml names them. "
    "Its hook runs what pre-commit runs for `mixlock-check` and `mixlock-drift`."
)
_HOOK = """\
#!/bin/sh
# What pre-commit runs for the hooks mixlock-check and mixlock-drift.
"{python}" -m mixlock_hooks check --quiet && exec "{python}" -m mixlock_hooks drift --quiet --tracked
"""
INTERRUPTED = 130
"""The exit status of a step that was interrupted, and so of the demo."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("folder", metavar="DIR", nargs="?", help="leave the demo's repository in this new folder")


def run(args: argparse.Namespace) -> int:
    """Tell the story; 3 where a step does not end as it should."""
    require_lock_extra()
    if not shutil.which("git"):
        raise CannotDoError("git is not installed, and the demo commits")
    with ExitStack() as stack:
        folder = _folder(args.folder, stack)
        _enter_world(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlock-demo-"))), stack)
        _make_repository(folder)
        flags = ("--color", args.color, *["-q"] * args.quiet)
        say(_BEFORE, sys.stdout)
        for number, step in enumerate(STORY, 1):
            _tell(number, step, Typing(folder=folder, flags=flags))
    kept = "Nothing was left behind."
    if args.folder:
        kept = f"The repository of the demo is in {args.folder}; its packages were served for the demo alone."
    say(f"\nThat is all. {kept} Next: add the hooks to your own repository, see the README.", sys.stdout)
    return 0


def _enter_world(scratch: Path, stack: ExitStack) -> None:
    """Serve the demo's world, and keep this machine's configuration and cache out of it."""
    file = scratch / "config.toml"
    file.write_text(stack.enter_context(served(scratch / "world")), encoding="utf-8")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "GIT_"))]:
        del os.environ[name]
    os.environ.update({CONFIG_FILE: str(file), CACHE_FOLDER: str(scratch / "cache"), "PIP_CONFIG_FILE": os.devnull})


def _make_repository(folder: Path) -> None:
    """Make a git repository, for the folder may be in another one, with the hook that pre-commit would run."""
    (folder / "mixlock.toml").write_text(CONFIGURATION, encoding="utf-8")
    typing = Typing(folder=folder)
    typing.git("init", "--quiet", "--initial-branch", "main")
    for name, value in (("user.name", "Demo"), ("user.email", "demo@demo.example"), ("commit.gpgsign", "false")):
        typing.git("config", name, value)
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    typing.git("config", "core.hooksPath", str(hook.parent))
    hook.write_text(_HOOK.format(python=Path(sys.executable).as_posix()), encoding="utf-8")
    hook.chmod(0o755)


def _tell(number: int, step: Step, typing: Typing) -> None:
    """Tell one step: what is said, how the spec changes, what is typed and what comes of it."""
    say(f"\n{number}. {step.says}", sys.stdout)
    if step.installs and host_platform() not in PLATFORMS:
        sys.stdout.write(f"   (left out: the demo's packages are for {' and '.join(PLATFORMS)})\n")
        return
    if step.spec:
        _write_spec(typing.folder / "environment.yml", step.spec)
    for command in step.commands:
        sys.stdout.write(f"   $ {shlex.join(command.words)}\n")
        sys.stdout.flush()
        status = typing.run(command.words)
        if status == INTERRUPTED:
            sys.exit(status)
        if status != command.status:
            raise CannotDoError(f"the demo's step {number} ended with {status} instead of {command.status}")


def _write_spec(path: Path, text: str) -> None:
    """Write the spec, and show it; later only the lines that changed."""
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"   {path.name}:\n")
    for line in difflib.ndiff(before, text.splitlines()):
        if not (line.startswith("?") or (before and line.startswith(" "))):
            sys.stdout.write(f"   {line if before else line.replace('+', '|', 1)}\n")


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
