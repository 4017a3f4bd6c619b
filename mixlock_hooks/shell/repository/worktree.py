"""A repository on disk: where it begins, what git tracks, its files."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks import __version__
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.settings import CONFIGURATION_FILES, Settings
from mixlock_hooks.rules.addresses import in_settings
from mixlock_hooks.shell.repository.git import Blobs, blob, git, ignoring_rule
from mixlock_hooks.shell.repository.inside import Inside
from mixlock_hooks.shell.repository.walk import every_file, files_without_git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.model.origin import Origin

_SKIPPED = "S "
"""How ``git ls-files -t`` marks what a sparse checkout leaves out (skip-worktree)."""


class WorkTree:
    """A repository's files and what git tracks of them: the ``Files`` and ``Repository`` ports on disk."""

    def __init__(self, root: Path, *, base: str = "", default_branch: str = "") -> None:
        """Take a folder for a repository.

        Args:
            root: its root.
            base: the revision that a branch is compared with; empty for where it left the default branch.
            default_branch: the default branch's name as configured; empty where it is not.
        """
        self.root = root
        self._inside = Inside(root)
        self._blobs = Blobs(root)
        self._base = base
        self._default_branch = default_branch
        self._left_out: frozenset[str] = frozenset()
        self._tracked: tuple[str, ...] | None = None
        self._unlike_head: dict[tuple[str, ...], frozenset[str] | None] = {}
        self._committed: dict[str, bytes | None] = {}

    @property
    def is_in_git(self) -> bool:
        """Whether a git repository holds the root."""
        return git_top(self.root) is not None

    def tracked(self) -> tuple[str, ...]:
        """Return what git tracks below the root; outside of git, every file there. It is asked once a run."""
        if self._tracked is None:
            self._tracked = self._listed()
        return self._tracked

    def _listed(self) -> tuple[str, ...]:
        if not self.is_in_git:
            return files_without_git(self.root)
        done = git(self.root, "ls-files", "-t", "-z", "--", ".")
        if done.returncode != 0:
            raise CannotDoError(f"git ls-files failed: {done.stderr.decode(errors='replace').strip()}")
        entries = {entry for entry in os.fsdecode(done.stdout).split("\0") if entry}
        self._left_out = frozenset(entry[2:] for entry in entries if entry.startswith(_SKIPPED))
        return tuple(sorted({entry[2:] for entry in entries}))

    def left_out(self) -> frozenset[str]:
        """Return the tracked files that a sparse checkout leaves out, as ``tracked`` last found them in the index."""
        return self._left_out

    def ignored_by(self, path: str) -> str:
        """Return which rule makes git ignore an untracked path; empty where none does."""
        return ignoring_rule(self.root, path)

    def committed(self, path: str) -> bytes | None:
        """Return a file as it was where this branch began; None where it was not there. It is asked once a run.

        Raises:
            CannotDoError: nothing tells where this branch began.
        """
        if path not in self._committed:
            self._committed[path] = self._where_it_began(path)
        return self._committed[path]

    def _where_it_began(self, path: str) -> bytes | None:
        if git_top(self.root) is None:
            return None
        from mixlock_hooks.shell.repository.base import base_commit  # noqa: PLC0415 - few repositories have aliases

        base = base_commit(self.root, self._base, self._default_branch)
        return self._blobs.read(base, path) if base else None

    def stages(self, path: str) -> tuple[bytes | None, bytes | None, bytes | None]:
        """Return stages 1 to 3 of a file in git's index: base, ours and theirs, where it is in conflict."""
        if git_top(self.root) is None:
            return None, None, None
        base, ours, theirs = (blob(self.root, f":{stage}", path) for stage in (1, 2, 3))
        return base, ours, theirs

    def at_head(self, path: str) -> bytes | None:
        """Return a file as the last commit has it; None where it has none."""
        return self.at("HEAD", path)

    def at(self, revision: str, path: str) -> bytes | None:
        """Return a file as a commit has it; None where it has none."""
        return None if git_top(self.root) is None else self._blobs.read(revision, path)

    def origins(self, roots: tuple[str, ...]) -> Iterator[Origin]:
        """Yield the commits that some files and folders may come from, the nearest first; none outside of git."""
        from mixlock_hooks.shell.repository.origins import origins  # noqa: PLC0415 - few locks are damaged

        return origins(self.root, roots) if git_top(self.root) is not None else iter(())

    def unlike_head(self, roots: tuple[str, ...]) -> frozenset[str] | None:
        """Return the tracked paths below files and folders that differ from the last commit. It is asked once a run.

        Args:
            roots: the files and folders, relative to the root.

        Returns:
            The paths, also of files that are gone; None outside of git, and where nothing is committed yet.
        """
        if roots not in self._unlike_head:
            self._unlike_head[roots] = self._differing(roots)
        return self._unlike_head[roots]

    def _differing(self, roots: tuple[str, ...]) -> frozenset[str] | None:
        if git_top(self.root) is None:
            return None
        shown = ("--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z")
        done = git(self.root, "diff", *shown, "HEAD", "--", *roots)
        if done.returncode != 0:
            return None
        tracked = (path for path in self.tracked() if path.startswith(roots))
        links = {path for path in tracked if (self.root / path).is_symlink()}  # a commit has only where they lead
        return frozenset({*os.fsdecode(done.stdout).split("\0"), *links} - {""})

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file.

        Raises:
            RefusedFileError: it leads out of the repository, is no regular file, or is too large.
            UsageError: it is a folder.
            CannotDoError: it cannot be read.
        """
        try:
            return self._inside.read(path)
        except (FileNotFoundError, NotADirectoryError):
            return blob(self.root, "", path) if path in self._left_out else None
        except IsADirectoryError as error:
            raise UsageError(f"{path}: is a folder, not a file; move it away") from error
        except OSError as error:
            raise CannotDoError(f"{path}: cannot be read: {error.strerror}") from error

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted."""
        try:
            with os.scandir(self._inside.place(folder)) as entries:
                found = {entry.name for entry in entries if _is_file(entry)}
        except (FileNotFoundError, NotADirectoryError):
            found = set()
        except OSError as error:
            raise CannotDoError(f"{folder}: cannot be listed: {error.strerror}") from error
        inside = (path.rpartition("/") for path in self._left_out)
        return tuple(sorted(found | {name for parent, _slash, name in inside if parent == folder}))

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""
        left_out = {path for path in self._left_out if path.startswith(f"{folder}/")}
        found = (f"{folder}/{path}" for path in every_file(self._inside.place(folder)))
        return tuple(sorted({*found, *left_out}))

    def replace_set(
        self,
        folder: str,
        files: Mapping[str, bytes],
        obsolete: tuple[str, ...],
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Replace a folder's files together, and those that belong to them elsewhere; on failure keep the old set."""
        from mixlock_hooks.shell.repository import file_set  # noqa: PLC0415 - a check never writes, and must start quickly

        places = {name: self._inside.place(path) for name, path in elsewhere.items()}
        file_set.replace(self._inside.place(folder), files, obsolete, scratch=self._scratch(), elsewhere=places)

    def _scratch(self) -> Path:
        """Return where files are written before they go into their place: beside git's own, else in the root."""
        found = git(self.root, "rev-parse", "--absolute-git-dir") if git_top(self.root) is not None else None
        folder = Path(os.fsdecode(found.stdout).rstrip("\n")) if found and found.returncode == 0 else None
        is_near = folder is not None and folder.is_dir() and folder.stat().st_dev == self.root.stat().st_dev
        return folder / "mixlock" if folder is not None and is_near else self.root / ".mixlock-scratch"

    def relative(self, path: str, start: Path) -> str:
        """Return a path given on the command line relative to the root.

        Raises:
            UsageError: it leads out of the root.
        """
        absolute = Path(os.path.abspath(start / path))  # noqa: PTH100 - resolve() would follow links
        try:
            return absolute.relative_to(self.root).as_posix()
        except ValueError:
            raise UsageError(f"{path}: is outside of {self.root}") from None

    def spelled(self, word: str) -> str:
        """Return a name as it is, or a path given on the command line relative to the root."""
        return self.relative(word, Path.cwd()) if Path(word).is_file() else word


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether something stands there that reading will judge: no folder, and no link that leads nowhere."""
    if entry.is_symlink():
        place = Path(entry.path)
        return place.exists() and not place.is_dir()
    return not entry.is_dir()


def find_root(start: Path) -> Path:
    """Return the nearest folder from ``start`` up that configures mixlock, else git's top folder, else ``start``."""
    top = git_top(start)
    for folder in (start, *start.parents):
        if any(_configures(folder, name) for name in CONFIGURATION_FILES):
            return folder
        if folder == top:
            break
    return top or start


def read_settings(root: Path) -> Settings:
    """Read the repository's configuration; the defaults where there is none.

    Raises:
        UsageError: it is not valid; the problems say where.
        CannotDoError: it requires another version of mixlock.
    """
    inside = Inside(root)
    for name in CONFIGURATION_FILES:
        content = _configuration(inside, name)
        if content is None:
            continue
        from mixlock_hooks.formats import project_config  # noqa: PLC0415 - most repositories need no TOML parser

        settings, problems = project_config.parse(content.decode("utf-8", "replace"), name)
        if settings is not None and settings.required_mixlock:
            _require_mixlock(settings)
        if problems:
            raise UsageError("the configuration is not valid", problems)
        if settings is not None:
            return _without_problems(settings)
    return Settings()


def _require_mixlock(settings: Settings) -> None:
    """Refuse to work where another version is required, before anything that only that version may understand."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - few repositories require a version

    required = settings.required_mixlock
    if not SpecifierSet(required).contains(__version__, prereleases=True):
        from mixlock_hooks.shell.installation import another_version  # noqa: PLC0415 - as above

        here = f"this is mixlock {__version__}, and {settings.source} requires mixlock{required}"
        raise CannotDoError(f"{here}: {another_version(required)}")


def _without_problems(settings: Settings) -> Settings:
    """Refuse a configuration whose channels or indices carry secrets, or are read over plain http."""
    problems = tuple(in_settings(settings))
    if problems:
        raise UsageError("the configuration is not safe", problems)
    return settings


def git_top(start: Path) -> Path | None:
    """Return the top of the git repository that holds a folder; None outside of git."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def _configuration(folder: Inside, name: str) -> bytes | None:
    """Return a file's content where it configures mixlock, else None.

    Raises:
        CannotDoError: it is there, and cannot be read.
    """
    try:
        content = folder.read(name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotDoError(f"{name}: cannot be read: {error.strerror}") from error
    return content if name == "mixlock.toml" or b"tool.mixlock" in content else None


def _configures(folder: Path, name: str) -> bool:
    """Return whether a folder holds a configuration, be it one that cannot be read."""
    try:
        return _configuration(Inside(folder), name) is not None
    except CannotDoError:
        return name == "mixlock.toml"
