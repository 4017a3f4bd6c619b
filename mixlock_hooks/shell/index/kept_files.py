"""What was read of indices, kept for its user alone: each value under where it came from, with mixlock's own digest.

An index announces any hash it likes. Metadata that it serves for another index's file must never be found where that
other index is asked, so the file's address is part of the key. A damaged value is dropped, and read again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.shell.repository.file_set import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.proposal import ProposedFile

_DIGEST = 64


class KeptFiles:
    """A cache folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def metadata(self, file: ProposedFile) -> str | None:
        """Return a file's metadata as its own index gave them; None where they are not kept, or damaged."""
        with suppress(OSError, ValueError):
            kept = self._metadata_path(file).read_bytes()
            own, content = kept[:_DIGEST].decode(), kept[_DIGEST + 1 :]
            if hashlib.sha256(content).hexdigest() == own:
                return content.decode("utf-8")
        return None

    def keep_metadata(self, file: ProposedFile, text: str) -> None:
        """Keep a file's metadata."""
        content = text.encode()
        _write(self._metadata_path(file), hashlib.sha256(content).hexdigest().encode() + b"\n" + content)

    def content(self, file: ProposedFile) -> bytes | None:
        """Return a whole file; None where none is kept whose sha256 it is, whoever served it."""
        with suppress(OSError):
            content = self._content_path(file).read_bytes()
            if hashlib.sha256(content).hexdigest() == file.sha256:
                return content
        return None

    def keep_content(self, file: ProposedFile, content: bytes) -> None:
        """Keep a whole file, which was verified."""
        _write(self._content_path(file), content)

    def _metadata_path(self, file: ProposedFile) -> Path:
        address = f"{without_credentials(file.url)}\n{file.sha256}\n{file.metadata_sha256}"
        key = hashlib.sha256(address.encode()).hexdigest()
        return self._folder / "metadata" / key[:2] / key

    def _content_path(self, file: ProposedFile) -> Path:
        return self._folder / "files" / file.sha256[:2] / file.sha256


def _write(path: Path, content: bytes) -> None:
    """A cache that cannot be written is no reason to fail."""
    with suppress(CannotDoError):
        write_whole(path, content, mode=0o600)
