"""Run git where the repository is, whoever started us."""

from __future__ import annotations

import os
import subprocess
import threading
import weakref
from typing import TYPE_CHECKING, NoReturn

from mixlock_hooks.model.failure import CannotDoError, RefusedFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read; the locks of five platforms with 500 packages each have 3 MiB."""
_SAFELY = ("--literal-pathspecs", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
"""How git is run in a repository that nobody trusts.

A folder of it may look like a bare repository, whose configuration names programs, and a file's or folder's name may
begin with ``:(``, which git takes for magic.
"""
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE"})


def git(
    root: Path, *words: str, said: bytes = b"", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever becomes of it; ``said`` stands on its stdin, ``variables`` in its environment.

    It gets the environment without what git tells its hooks of where they are, but for the index: in a hook of a
    linked work tree ``GIT_DIR`` is set, and git then takes the folder it runs in for the top.

    Raises:
        CannotDoError: git is not installed.
    """
    try:
        command, environment = _command(root, *words), {**_environment(), **(variables or {})}
        return subprocess.run(command, env=environment, input=said, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CannotDoError("git is not installed, so what it keeps cannot be read") from error


def commit_of(root: Path, name: str, shown: str = "") -> str:
    """Return the hash of the commit that a name stands for.

    Args:
        root: the repository's root, or a folder in it.
        name: anything that git understands: a branch, a tag, a hash.
        shown: what an error calls it; the name where nothing is given.

    Raises:
        UsageError: git knows no such revision.
    """
    asked = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    done = None if name.startswith("-") else git(root, *asked)
    if done is None or done.returncode != 0:
        raise no_such_revision(root, shown or name)
    return done.stdout.decode().strip()


def no_such_revision(root: Path, name: str) -> UsageError:
    """Return why git does not know a revision in a folder.

    Args:
        root: the folder.
        name: the revision, as it was asked for.
    """
    if git(root, "rev-parse", "--git-dir").returncode != 0:
        return UsageError(f"{root} is not in a git repository; change to yours, or run `git init` here")
    if git(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode != 0:
        return UsageError(f"{name}: nothing is committed here yet")
    return UsageError(f"{name}: git knows no such revision; a shallow clone may lack it")


def blob(root: Path, revision: str, path: str) -> bytes | None:
    """Return a file as git keeps it; None where it keeps none.

    Args:
        root: the folder that the path is relative to.
        revision: a commit, or a stage of the index (``:2``).
        path: the file.

    Raises:
        RefusedFileError: it has more than ``LARGEST`` bytes.
        CannotDoError: git is not installed.
    """
    command = _command(root, "cat-file", "blob", f"{revision}:./{path}")
    try:
        running = subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise CannotDoError("git is not installed, so what it keeps cannot be read") from error
    with running:
        content = running.stdout.read(LARGEST + 1) if running.stdout else b""
        if len(content) > LARGEST:
            running.kill()
            raise RefusedFileError(path, f"has more than {LARGEST // 1024**2} MiB")
    return content if running.returncode == 0 else None


def ignoring_rule(root: Path, path: str) -> str:
    """Return which rule makes git ignore an untracked path, as ``FILE:LINE, PATTERN``; empty where none does.

    "<source> <NULL> <linenum> <NULL> <pattern> <NULL> <pathname> <NULL>" is what ``-v -z`` prints
    (git-check-ignore(1), which allows ``-z`` with ``--stdin`` alone).
    """
    done = git(root, "--no-literal-pathspecs", "check-ignore", "--stdin", "-v", "-z", said=os.fsencode(path))
    source, line, pattern, *_path = os.fsdecode(done.stdout).split("\0") if done.returncode == 0 else ("", "", "")
    return f"{source}:{line}, `{pattern}`" if pattern else ""


class Blobs:
    """Files as commits have them, all read by one process of git's (``cat-file --batch``) that starts when asked.

    It is for commits alone, for that process reads the index once. A forked process starts one of its own.
    """

    def __init__(self, root: Path) -> None:
        """Take the folder that paths are relative to."""
        self._root = root
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def read(self, revision: str, path: str) -> bytes | None:
        """Return a file as a commit has it; see ``blob``."""
        name = os.fsencode(f"{revision}:./{path}")
        if b"\n" in name:
            return blob(self._root, revision, path)
        if self._owner != os.getpid():
            self._reset()
        with self._lock:
            return self._asked(name, path)

    def _asked(self, name: bytes, path: str) -> bytes | None:
        running = self._running or self._started()
        if running.stdin is None or running.stdout is None:
            self._gave_up()
        try:
            running.stdin.write(name + b"\n")
            running.stdin.flush()
        except BrokenPipeError:
            self._gave_up()
        answer = running.stdout.readline()
        if answer.endswith((b" missing\n", b" ambiguous\n")):
            return None
        _object, kind, length = answer.rsplit(maxsplit=2) if answer else self._gave_up()
        if int(length) > LARGEST:
            self._gave_up(RefusedFileError(path, f"has more than {LARGEST // 1024**2} MiB"))
        content = running.stdout.read(int(length) + 1)
        if len(content) != int(length) + 1:
            self._gave_up()
        return content[:-1] if kind == b"blob" else None

    def _started(self) -> subprocess.Popen[bytes]:
        command = _command(self._root, "cat-file", "--batch")
        try:
            running = subprocess.Popen(
                command,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise CannotDoError("git is not installed, so what it keeps cannot be read") from error
        self._running = running
        weakref.finalize(self, _end, running, os.getpid())
        return running

    def _gave_up(self, error: Exception | None = None) -> NoReturn:
        if self._running is not None:
            _end(self._running, self._owner)
        self._running = None
        raise error or CannotDoError("git cat-file failed, so what it keeps cannot be read")


def _end(running: subprocess.Popen[bytes], owner: int) -> None:
    """End a process that only reads; it would not see its input closed while a forked process holds it too."""
    if os.getpid() != owner or running.returncode is not None:
        return
    running.kill()
    with running:
        pass


def _command(root: Path, *words: str) -> list[str]:
    return ["git", *_SAFELY, "-C", str(root), *words]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
