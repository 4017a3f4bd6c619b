"""What indices list of projects: each page read once in a solve, and ahead of time where it is known to be needed."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.shell.index.remote_files import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pypi_simple import ProjectPage

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.index.remote_files import RemoteFiles


class Pages:
    """The pages of some indices; a project comes from the first index that has it.

    ``remote`` reads their files. What is read ahead serves notes, so a page that takes long to parse is not read for
    them; ``read`` reads any.
    """

    def __init__(self, remote: RemoteFiles, indices: Sequence[UsedIndex]) -> None:
        self.remote = remote
        self._indices = indices
        self._pool = ThreadPoolExecutor(max_workers=CONNECTIONS)
        self._ahead: dict[PypiName, Future[tuple[IndexFile, ...]]] = {}
        self._read: dict[PypiName, tuple[IndexFile, ...]] = {}

    def close(self) -> None:
        """Stop reading ahead."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def ahead(self, names: Iterable[PypiName]) -> None:
        """Begin to read the pages of some projects, but for large ones."""
        for name in names:
            if name not in self._ahead:
                self._ahead[name] = self._pool.submit(self._fetch, name, whatever_its_size=False)

    def files(self, name: PypiName) -> tuple[IndexFile, ...]:
        """Return the files of a project; none where no index has it, or its page cannot be read."""
        with suppress(CannotDoError):
            return self.read(name)
        return ()

    def read(self, name: PypiName) -> tuple[IndexFile, ...]:
        """Return the files of a project; none where no index has it.

        Raises:
            CannotDoError: an index does not say what it has.
        """
        if name not in self._read:
            self._read[name] = self._was_ahead(name) or self._fetch(name)
        return self._read[name]

    def known(self) -> dict[PypiName, tuple[IndexFile, ...]]:
        """Return the files of every project whose page was read, ahead or because it was needed."""
        ahead = {name: files for name in self._ahead if (files := self._was_ahead(name))}
        return {**ahead, **{name: files for name, files in self._read.items() if files}}

    def _was_ahead(self, name: PypiName) -> tuple[IndexFile, ...]:
        with suppress(CannotDoError):
            return self._ahead[name].result() if name in self._ahead else ()
        return ()

    def _fetch(self, name: PypiName, *, whatever_its_size: bool = True) -> tuple[IndexFile, ...]:
        for index in self._indices:
            page = self.remote.page(index.url, name, whatever_its_size=whatever_its_size)
            if page:
                return tuple(_listed(page))
        return ()


def _listed(page: ProjectPage) -> Iterator[IndexFile]:
    for package in page.packages:
        with suppress(InvalidVersion):
            yield IndexFile(
                file=ProposedFile(
                    name=package.filename,
                    url=package.url,
                    sha256=package.digests.get("sha256", ""),
                    metadata_sha256=(package.metadata_digests or {}).get("sha256", ""),
                ),
                version=Version(package.version or ""),
                requires_python=package.requires_python or "",
                uploaded=package.upload_time,
                yanked=bool(package.is_yanked),
            )
