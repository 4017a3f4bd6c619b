"""A folder that machines share, wherever fsspec can reach it: ``file:``, ``s3:``, ``gs:``, ``abfs:`` and others."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.urls import redacted
from mixlock_hooks.shell.installation import with_extra

if TYPE_CHECKING:
    from collections.abc import Callable

_NEVER = object()


class SharedFolder:
    """One such folder, named by URL; credentials are the backend's affair (environment, profile, instance)."""

    def __init__(self, url: str) -> None:
        """Open it.

        Raises:
            UsageError: no backend knows the URL, or the one that does is not installed.
        """
        try:
            import fsspec  # noqa: PLC0415 - only who shares a cache needs it
        except ModuleNotFoundError as error:
            raise UsageError(f"a shared cache takes fsspec: `{with_extra('cache')}` brings it") from error
        self._url = redacted(url)
        scheme, separator, rest = url.partition("://")
        if not separator or not rest or (scheme in {"file", "local"} and not rest.startswith("/")):
            raise UsageError(
                f"--cache {self._url}: is not a URL of a folder, such as file:///mnt/wheels or s3://bucket/wheels"
            )
        try:
            self._system, self._base = fsspec.core.url_to_fs(url)
        except Exception as error:  # each backend has its own way to say that a URL is not for it
            raise UsageError(f"--cache {self._url}: {error}") from error

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        found: bytes | None = self._doing(lambda: bytes(self._system.cat_file(self._at(path))), missing=None)
        return found

    def has(self, path: str) -> bool:
        """Return whether a file is there."""
        self._system.invalidate_cache()
        return bool(self._doing(lambda: self._system.isfile(self._at(path)), missing=False))

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of a folder's files; none where there is no such folder."""
        self._system.invalidate_cache()
        found: list[str] = self._doing(lambda: list(self._system.ls(self._at(folder), detail=False)), missing=[])
        return tuple(sorted(posixpath.basename(name) for name in found))

    def write(self, path: str, content: bytes) -> None:
        """Write a file, whole or not at all as far as the backend can do that."""
        target = self._at(path)
        if "file" in self._protocols():
            self._doing(lambda: self._system.makedirs(posixpath.dirname(target), exist_ok=True))
            self._doing(lambda: self._move_in(target, content))
        else:
            self._doing(lambda: self._system.pipe_file(target, content))

    def _move_in(self, target: str, content: bytes) -> None:
        import secrets  # noqa: PLC0415 - a name that no other machine takes

        partial = f"{target}.{secrets.token_hex(8)}.part"
        try:
            self._system.pipe_file(partial, content)
            self._system.mv(partial, target)
        except BaseException:
            with suppress(Exception):
                self._system.rm_file(partial)
            raise

    def _protocols(self) -> tuple[str, ...]:
        protocol = self._system.protocol
        return (protocol,) if isinstance(protocol, str) else tuple(protocol)

    def _at(self, path: str) -> str:
        return f"{str(self._base).rstrip('/')}/{path}"

    def _doing(self, act: Callable[[], Any], missing: Any = _NEVER) -> Any:
        """Act; a file that is not there gives ``missing``, where it may be missing."""
        try:
            return act()
        except Exception as error:  # each backend has exceptions of its own, and each is the world's doing
            if missing is not _NEVER and isinstance(error, FileNotFoundError | NotADirectoryError):
                return missing
            words = redacted(str(error).splitlines()[0]) if str(error) else type(error).__name__
            raise CannotDoError(f"the shared cache {self._url} cannot be used: {words}") from error
