"""What indices list of projects, and metadata of their files: each page is read once in a solve.

What is known to be needed is read ahead of time.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.pypi_sources import serving
from mixlock_hooks.shell.index import listed_files
from mixlock_hooks.shell.index.remote_files import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile, ProposedFile
    from mixlock_hooks.shell.index.indices import UsedIndex
from mixlock_hooks.shell.index.remote_files import RemoteFiles


class Pages:
    """The pages of some indices; a project comes from the first index that serves and has it.

    Files of flat pages stand beside those of the index; of two with one name the index's counts.

    Of projects that are to be taken ``from_source`` there are no wheels. ``remote`` reads their files. What is read
    ahead serves notes, so a page that takes long to parse is not read for them; ``read`` reads any.
    """

    def __init__(
        self, remote: RemoteFiles, indices: Sequence[UsedIndex], from_source: Collection[PypiName] = ()
    ) -> None:
        self.remote = remote
        self._indices = indices
        self._from_source = from_source
        self._pool = ThreadPoolExecutor(max_workers=CONNECTIONS)
        self._ahead: dict[PypiName, Future[tuple[IndexFile, ...]]] = {}
        self._metadata: dict[str, Future[str]] = {}
        self._read: dict[PypiName, tuple[IndexFile, ...]] = {}
        self._flat: dict[str, Mapping[PypiName, tuple[IndexFile, ...]]] = {}
        self._hashed: dict[str, ProposedFile] = {}
        self._one_at_a_time = Lock()

    def close(self) -> None:
        """Stop reading ahead."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def ahead(self, names: Iterable[PypiName]) -> None:
        """Begin to read the pages of some projects, but for large ones."""
        for name in names:
            if name not in self._ahead:
                self._ahead[name] = self._pool.submit(self._fetch, name, whatever_its_size=False)

    def metadata_ahead(self, files: Iterable[ProposedFile]) -> None:
        """Begin to read the metadata of some files."""
        for file in files:
            if file.url not in self._metadata:
                self._metadata[file.url] = self._pool.submit(self.remote.metadata, file)

    def metadata(self, file: ProposedFile) -> str:
        """Return the metadata of a file, see ``RemoteFiles``."""
        self.metadata_ahead([file])
        return self._metadata[file.url].result()

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

    def unread(self) -> tuple[str, ...]:
        """Return a sentence for each project whose page could not be read ahead, so that nothing is told of it."""
        failed = ((name, found.exception()) for name, found in self._ahead.items() if name not in self._read)
        return tuple(
            f"{name}: whether there is a newer version is not known: {error}" for name, error in failed if error
        )

    def _was_ahead(self, name: PypiName) -> tuple[IndexFile, ...]:
        with suppress(CannotDoError):
            return self._ahead[name].result() if name in self._ahead else ()
        return ()

    def _fetch(self, name: PypiName, *, whatever_its_size: bool = True) -> tuple[IndexFile, ...]:
        sources = serving(self._indices, name)
        found = self._of_index([each for each in sources if not each.is_page], name, whatever_its_size)
        names = {each.file.name for each in found}
        flat = (self._of_flat_page(each).get(name, ()) for each in sources if each.is_page)
        more = {each.file.name: each for files in flat for each in reversed(files) if each.file.name not in names}
        return tuple(
            each for each in (*found, *more.values()) if not (each.file.is_wheel and name in self._from_source)
        )

    def _of_index(
        self,
        indices: Iterable[UsedIndex],
        name: PypiName,
        whatever_its_size: bool,  # noqa: FBT001 - passed on
    ) -> tuple[IndexFile, ...]:
        for index in indices:
            page = self.remote.page(index.url, name, whatever_its_size=whatever_its_size)
            if page:
                return tuple(listed_files.listed(page.packages, source=index.canonical))
        return ()

    def read_flat(self) -> None:
        """Read every flat page, each once.

        Raises:
            CannotDoError: one cannot be read, so nothing tells what it has.
        """
        for index in self._indices:
            if index.is_page:
                self._of_flat_page(index)

    def _of_flat_page(self, index: UsedIndex) -> Mapping[PypiName, tuple[IndexFile, ...]]:
        with self._one_at_a_time:
            if index.url not in self._flat:
                self._flat[index.url] = self.remote.flat_page(index)
            return self._flat[index.url]

    def hashed(self, file: ProposedFile) -> ProposedFile:
        """Return a file with its sha256: as its page gives it, else as the whole of it has it.

        Raises:
            CannotDoError: it cannot be read.
        """
        if not file.must_be_hashed:
            return file
        with self._one_at_a_time:
            if file.url not in self._hashed:
                self._hashed[file.url] = replace(file, sha256=self.remote.sha256_of(file.url), must_be_hashed=False)
            return self._hashed[file.url]
