"""Files as the pages of indices list them, and flat pages of links as pip reads them (``--find-links``)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.model.urls import is_on_the_web

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pypi_simple import DistributionPackage, Link

    from mixlock_hooks.model.names import PypiName


def listed(
    packages: Iterable[DistributionPackage], *, source: str = "", must_be_hashed: bool = False
) -> Iterator[IndexFile]:
    """Yield what a page lists; a file whose version is none (PEP 440) no installer takes.

    Args:
        packages: as they were read.
        source: the canonical URL of where they are listed.
        must_be_hashed: whoever takes one of them without a sha256 takes its own.
    """
    for package in packages:
        sha256 = package.digests.get("sha256", "")
        file = ProposedFile(
            name=package.filename,
            url=package.url,
            sha256=sha256,
            metadata_sha256=(package.metadata_digests or {}).get("sha256", ""),
            must_be_hashed=must_be_hashed and not sha256,
        )
        try:
            version = Version(package.version or "")
        except InvalidVersion:
            continue
        yield IndexFile(
            file=file,
            version=version,
            requires_python=package.requires_python or "",
            uploaded=package.upload_time,
            yanked=bool(package.is_yanked),
            source=source,
        )


def parse_flat(
    html: bytes, url: str, encoding: str | None, source: str = ""
) -> Mapping[PypiName, tuple[IndexFile, ...]]:
    """Parse a page of links to files of any projects.

    A file's name is the end of its URL, whatever the text of the link says (pip's ``Link.filename``). What is
    no wheel and no sdist leads elsewhere.

    Args:
        html: the page.
        url: where it was read, which links are relative to.
        encoding: of its header.
        source: the canonical URL of the page.
    """
    from pypi_simple import DistributionPackage, RepositoryPage  # noqa: PLC0415 - few environments have such pages

    links = RepositoryPage.from_html(html, url, encoding).links
    packages = [DistributionPackage.from_link(_named(link)) for link in links if is_on_the_web(link.url)]
    found: dict[PypiName, list[IndexFile]] = defaultdict(list)
    for package in packages:
        if package.project and package.package_type in {"wheel", "sdist"}:
            found[pypi_name(package.project)] += listed([package], source=source, must_be_hashed=True)
    return {name: tuple(files) for name, files in found.items()}


def _named(link: Link) -> Link:
    from pypi_simple import Link as NamedLink  # noqa: PLC0415 - see above

    name = unquote(urlsplit(link.url).path.rpartition("/")[2])
    return NamedLink(text=name, url=link.url, attrs=link.attrs)
