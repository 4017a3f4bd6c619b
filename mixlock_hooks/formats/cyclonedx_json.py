"""A lock as a bill of materials: CycloneDX 1.6 in JSON, by the library of its makers.

Each package is a component with its purl, conda's as ``pkg:conda`` (purl-spec), its hashes and its place. What conda
packages are called on PyPI stands beside them, so that whoever looks for vulnerabilities finds them under both names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cyclonedx.model import HashType
    from cyclonedx.model.component import Component
    from packageurl import PackageURL

    from mixlock_hooks.model.locked import LockedPackage

_PROPERTY = "mixlock:pypi"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A package, what it is called on PyPI where it is conda's, and the locked packages that it needs."""

    package: LockedPackage
    projects: tuple[str, ...]
    needs: tuple[LockedPackage, ...]


def render(environment: str, entries: Sequence[Entry]) -> str:
    """Render the packages of one platform; equal locks give equal text.

    Args:
        environment: the environment's name, which the bill is of.
        entries: its packages.
    """
    from cyclonedx.model.bom import Bom  # noqa: PLC0415 - an extra, and slow to load
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
    from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415

    root = Component(name=environment, type=ComponentType.APPLICATION, bom_ref=environment)
    components = {_key(entry.package): _component(entry) for entry in entries}
    bom = Bom(components=components.values())
    bom.metadata.component = root
    bom.register_dependency(root, components.values())
    for entry in entries:
        needed = dict.fromkeys(_key(package) for package in entry.needs)
        bom.register_dependency(components[_key(entry.package)], [components[each] for each in needed])
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["serialNumber"], document["metadata"]["timestamp"]  # chance and the clock; both are optional
    return json.dumps(document, indent=2) + "\n"


def _key(package: LockedPackage) -> tuple[str, str]:
    return package.manager.value, package.name


def _component(entry: Entry) -> Component:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri  # noqa: PLC0415 - as above
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415

    package = entry.package
    purl = _purl(package)
    reference = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(package.url), hashes=list(_hashes(package))
    )
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=purl.to_string(),
        external_references=[reference],
        properties=[
            Property(name=_PROPERTY, value=f"pkg:pypi/{quote(name)}@{quote(package.version)}")
            for name in entry.projects
        ],
    )


def _hashes(package: LockedPackage) -> Iterator[HashType]:
    from cyclonedx.model import HashAlgorithm, HashType  # noqa: PLC0415 - as above

    for algorithm, value in ((HashAlgorithm.MD5, package.md5), (HashAlgorithm.SHA_256, package.sha256)):
        if value:
            yield HashType(alg=algorithm, content=value)


def _purl(package: LockedPackage) -> PackageURL:
    from packageurl import PackageURL  # noqa: PLC0415 - comes with the library

    if package.manager is Manager.PIP:
        return PackageURL(type="pypi", name=package.name, version=package.version)
    *_channel, subdir, file = ["", "", *urlsplit(package.url).path.split("/")][-3:]
    qualifiers = {
        "build": package.build,
        "channel": package.channel,
        "subdir": subdir,
        "type": "conda" if file.endswith(".conda") else "tar.bz2",
    }
    return PackageURL(type="conda", name=package.name, version=package.version, qualifiers=qualifiers)
