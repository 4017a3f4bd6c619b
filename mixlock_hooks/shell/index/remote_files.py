"""Read metadata of an index's files, and whole sdists, each once and for ever by its sha256.

Metadata come from the file that stands beside a wheel (PEP 658), else from the end of the wheel by range requests,
else from the whole wheel, whose hash is verified.
"""

from __future__ import annotations

import hashlib
import io
import os
import ssl
import sys
import threading
import time
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests
import truststore
from pypi_simple import ACCEPT_ANY, ProjectPage, UnsupportedRepoVersionError
from requests.adapters import HTTPAdapter
from requests.utils import get_encoding_from_headers
from urllib3.util import Retry

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.proposal import ProposedFile
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.shell.index import listed_files
from mixlock_hooks.shell.index.archived_metadata import pkg_info, wheel_metadata
from mixlock_hooks.shell.index.indices import reachable_url
from mixlock_hooks.shell.index.kept_files import KeptFiles
from mixlock_hooks.shell.index.transfer import FILE, METADATA, PAGE, LimitError, TransferLimits, whole, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.shell.index.indices import UsedIndex

_Context = TypeVar("_Context", ssl.SSLContext, truststore.SSLContext)
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
_RETRIED = (429, 500, 502, 503, 504)
_TAIL = 64 * 1024
_NOT_THERE = 404
"""The one answer that says that an index has no such project (trust: first index wins)."""
_MISSING = frozenset({401, 403, 404, 410})
_PARTIAL = 206
_LARGE_JSON, _LARGE_HTML = 8_000_000, 1_000_000
CONNECTIONS = 16
"""Files read at a time."""


class RemoteFiles:
    """Files of indices, over kept connections and kept in a cache folder; ``seconds`` are those of each fetch."""

    def __init__(self, cache: Path, credentials: Mapping[str, tuple[str, str]], timeout: float) -> None:
        self._kept = KeptFiles(cache)
        self._credentials = credentials
        self._timeout = timeout
        self._local = threading.local()
        self.seconds: dict[str, float] = {}

    def metadata(self, file: ProposedFile) -> str:
        """Return a file's core metadata: a wheel's METADATA, or an sdist's PKG-INFO.

        Raises:
            CannotDoError: it cannot be had, or the file is not what its hash says.
        """
        kept = self._kept.metadata(file)
        if kept is not None:
            return kept
        began = time.monotonic()
        text = self._wheel_metadata(file) if file.is_wheel else pkg_info(self.content(file))
        self.seconds[file.name] = time.monotonic() - began
        self._kept.keep_metadata(file, text)
        return text

    def content(self, file: ProposedFile) -> bytes:
        """Return a whole file, verified.

        Raises:
            CannotDoError: it cannot be had, or its sha256 is another.
        """
        kept = self._kept.content(file)
        if kept is not None:
            return kept
        content = self._get(file.url, FILE).content
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise CannotDoError(f"{file.name}: the index serves another file than its sha256 says")
        self._kept.keep_content(file, content)
        return content

    def locked(self, package: LockedPackage, indices: Sequence[UsedIndex]) -> bytes:
        """Return the file of a locked package, from the mirror of its index where there is one, verified.

        Raises:
            CannotDoError: it cannot be had, or its sha256 is another.
        """
        url = reachable_url(package.url, indices)
        return self.content(ProposedFile(name=package.file, url=url, sha256=package.sha256))

    def _wheel_metadata(self, file: ProposedFile) -> str:
        beside = self._get(f"{file.url.partition('#')[0]}.metadata", METADATA, may_be_missing=True)
        text = beside.content.decode("utf-8", "replace") if beside.ok else ""
        if beside.ok and file.metadata_sha256 not in {"", hashlib.sha256(beside.content).hexdigest()}:
            raise CannotDoError(f"{file.name}: the index serves other metadata than their sha256 says (PEP 658)")
        if core_metadata.is_of(text, file.name):
            return text
        try:
            return wheel_metadata(zipfile.ZipFile(_RemoteTail(self, file.url)))
        except (CannotDoError, OSError, ValueError, zipfile.BadZipFile, zlib.error, KeyError):
            return self._metadata_of_whole(file)

    def _metadata_of_whole(self, file: ProposedFile) -> str:
        try:
            return wheel_metadata(zipfile.ZipFile(io.BytesIO(self.content(file))))
        except (zipfile.BadZipFile, zlib.error, KeyError) as error:
            raise CannotDoError(f"{file.name}: is not a wheel") from error

    def page(self, index_url: str, name: str, *, whatever_its_size: bool = True) -> ProjectPage | None:
        """Return an index's page of a project (PEP 503, 691); None where it has none.

        Raises:
            CannotDoError: the index does not say, so that it may have one; or a page that need not be read is large.
        """
        url = f"{without_credentials(index_url).rstrip('/')}/{name}/"
        response = self._get(url, PAGE, may_be_missing=True, headers={"Accept": ACCEPT_ANY})
        if response.status_code == _NOT_THERE:
            return None
        try:
            response.raise_for_status()
            if not whatever_its_size and _is_large(response):
                raise CannotDoError(f"the page of {name} is large")
            return ProjectPage.from_response(response, name)
        except (requests.RequestException, UnsupportedRepoVersionError, ValueError) as error:
            raise CannotDoError(f"the page of {name} cannot be read: {error}") from error

    def flat_page(self, index: UsedIndex) -> Mapping[PypiName, tuple[IndexFile, ...]]:
        """Return the files that a flat page links to, by project.

        Raises:
            CannotDoError: it cannot be read.
        """
        try:
            response = self._get(without_credentials(index.url), PAGE)
        except CannotDoError as error:
            raise CannotDoError(f"the page {index.canonical} cannot be read: {error}") from error
        encoding = get_encoding_from_headers(response.headers)
        return listed_files.parse_flat(response.content, response.url, encoding, index.canonical)

    def sha256_of(self, url: str) -> str:
        """Return the sha256 of a file that nothing gives one of, and keep the file.

        Raises:
            CannotDoError: it cannot be had.
        """
        content = self._get(url, FILE).content
        sha256 = hashlib.sha256(content).hexdigest()
        self._kept.keep_content(ProposedFile(name="", url=url, sha256=sha256), content)
        return sha256

    def part(self, url: str, wanted: str) -> requests.Response:
        """Return a part of a file, ``wanted`` as a ``Range`` header says it (RFC 9110, 14.2)."""
        return self._get(url, FILE, headers={"Range": f"bytes={wanted}", "Accept-Encoding": "identity"})

    def _get(
        self,
        url: str,
        limits: TransferLimits,
        *,
        may_be_missing: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        parts = urlsplit(url)
        credentials = self._credentials.get(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
        session = self._session()

        def get() -> requests.Response:
            return session.get(url, auth=credentials, headers=headers, timeout=self._timeout, stream=True)

        try:
            response = whole(within(limits.seconds, get), limits)
            if not (may_be_missing and response.status_code in _MISSING):
                response.raise_for_status()
        except requests.RequestException as error:
            self._local.session = None  # it may still be waiting
            name = parts.path.rstrip("/").rpartition("/")[2]
            why = str(error) if isinstance(error, LimitError) else type(error).__name__
            raise CannotDoError(f"{name}: cannot be read: {why}") from error
        return response

    def _session(self) -> requests.Session:
        """Return this thread's session, whose connections stay open."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            retry = Retry(total=3, backoff_factor=0.3, status_forcelist=_RETRIED, respect_retry_after_header=True)
            session.mount("https://", _SystemStore(max_retries=retry))
            session.mount("http://", HTTPAdapter(max_retries=retry))
            self._local.session = session
        return session


class _SystemStore(HTTPAdapter):
    """Believes the certificates that the system believes, as browsers do: a company's are there, and nowhere else.

    ``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE`` and ``PIP_CERT`` name others beside them.
    """

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        context = _context(next(filter(None, map(os.environ.get, _CERTIFICATES)), ""))
        super().init_poolmanager(*args, **more, ssl_context=context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the choice of certificates to the context, unless somebody turned verification off."""
        super().cert_verify(conn, url, verify and True, cert)  # type: ignore[no-untyped-call]
        conn.ca_certs = conn.ca_cert_dir = None


def _context(named: str) -> ssl.SSLContext | truststore.SSLContext:
    """Return what believes the system's certificates and those in a file or folder that is named."""
    file = "" if sys.platform in {"darwin", "win32"} else ssl.get_default_verify_paths().cafile
    return _of_file(file, named) if file else _with(named, truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@lru_cache(maxsize=4)
def _of_file(_file: str, named: str) -> ssl.SSLContext:
    """Read the system's file as truststore does, but once: it does so for each connection, one after the other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    return _with(named, context)


def _with(named: str, context: _Context) -> _Context:
    if named:
        context.load_verify_locations(**{"capath" if Path(named).is_dir() else "cafile": named})
    return context


def _is_large(response: requests.Response) -> bool:
    """Return whether a page takes more than a second or so to parse; HTML takes much longer than JSON."""
    is_json = "json" in response.headers.get("Content-Type", "")
    return len(response.content) > (_LARGE_JSON if is_json else _LARGE_HTML)


class _RemoteTail(io.RawIOBase):
    """A remote zip that is read from its end, where its directory and mostly its metadata stand."""

    def __init__(self, files: RemoteFiles, url: str) -> None:
        super().__init__()
        self._files = files
        self._url = url
        response = files.part(url, f"-{_TAIL}")
        if response.status_code != _PARTIAL:
            raise OSError("the index does not serve parts of files")
        self._size = int(response.headers["Content-Range"].rpartition("/")[2])
        self._tail = response.content
        self._position = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        begin_of_tail = self._size - len(self._tail)
        if self._position >= begin_of_tail:
            content = self._tail[self._position - begin_of_tail : end - begin_of_tail]
        elif end > self._position:
            part = self._files.part(self._url, f"{self._position}-{end - 1}")
            if part.status_code != _PARTIAL:
                raise OSError("the index does not serve parts of files")
            content = part.content
        else:
            content = b""
        self._position += len(content)
        return content
