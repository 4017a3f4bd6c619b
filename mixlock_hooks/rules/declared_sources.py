"""Where locked files may come from: a declared channel, a declared index, or the host where an index keeps its files.

What a lock says of itself is no evidence, so all of this is derived from the spec and the configuration.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mixlock_hooks.model.channels import canonical, urls_of
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.pypi_sources import serving
from mixlock_hooks.model.settings import MACHINE_INDEX
from mixlock_hooks.model.urls import complaint, host_of, is_loopback
from mixlock_hooks.rules.fingerprint import bare_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.solving import SolveRequest

_NO_FILE = re.compile(r"[?&@:]")
_PUBLIC = "a4aa2ac280bb8d1a0ce7a1be5a7bfb10292b49fe9435ad5cff19f421f3c70e41"
_FILE_HOSTS = {
    _PUBLIC: frozenset({"c899567ee906851741bf7f3bde17a33777859ff9f53ff54d6f0ea54cf31ad636"}),
    "9495278a74715c7e246a36404b3589f0f2f0b564defdec00b228aa07ecb515e0": frozenset(
        {"204ff3eaea3bd921e590c516c462856aebe8ec9b000fbbef0c6b703769fb4abc"}
    ),
    "03e390c8d8a6f2cf7bd2459306b376972ea6d6d28453d4a52dcd6c6c06fc9091": frozenset(
        {"107971dcfe883e3a8508fdd29b4eb8d2882c2038f13e3d24055ff7bb1fd082b6"}
    ),
}
"""Where well-known indices keep their files, host by host, as sha256: the public one, its test index, PyTorch's."""


def declared_channels(spec: PlatformSpec) -> frozenset[str]:
    """Return the channels that a spec declares, each by its shortest name."""
    named = (requirement.channel for requirement in spec.conda if requirement.channel)
    urls = (url for channel in {*spec.channels, *named} for url in _channel_urls(channel, spec.platform))
    return frozenset(map(canonical, urls))


def undeclared(package: LockedPackage, spec: PlatformSpec, channels: frozenset[str] | None = None) -> str:
    """Return why a package's file lies in no place that a spec declares; empty where it lies in one.

    Args:
        package: the package.
        spec: what is asked.
        channels: ``declared_channels`` of the spec, for who asks about many packages.
    """
    url, _hash, fragment = package.url.partition("#")
    why = complaint(url)
    if why:
        return f"is locked from `{package.url}`, which holds {why}"
    if fragment and fragment != f"sha256={package.sha256}":
        return f"is locked from `{package.url}`: a fragment is not part of where a file lies"
    if package.manager is Manager.CONDA:
        return _undeclared_conda(package, declared_channels(spec) if channels is None else channels)
    try:
        return _undeclared_pypi(package, spec)
    except ValueError:
        return f"is locked from `{package.url}`, which is not a URL"


def lies_in(package: LockedPackage, channel: str, platform: Subdir) -> bool:
    """Return whether a conda package's file lies directly under a channel, which may end in a subdir."""
    base, _slash, _subdir_and_file = _split_file(package.url)
    return canonical(base) in {canonical(url) for url in _channel_urls(channel, platform)}


def refused(request: SolveRequest, packages: Iterable[LockedPackage]) -> Iterator[Problem]:
    """Yield MIX213 for each host that a solve was led to and nothing declares: no drift check could believe it."""
    told = set()
    for package in packages:
        why = undeclared(package, request.spec)
        host = host_of(package.url)
        if why and host not in told:
            told.add(host)
            asked = next((each for each in request.spec.pypi if each.name == package.name), None)
            yield Problem(
                code=Code.HOST,
                place=asked.place if asked else request.environment.place,
                claim=f"`{package.name}` {package.version} {why}",
                hint=way_out(package, request.spec),
                environment=request.environment.name,
                platform=request.spec.platform,
            )


def way_out(package: LockedPackage, spec: PlatformSpec) -> str:
    """Return what would declare the place of a package's file."""
    host = host_of(package.url)
    if package.manager is Manager.CONDA:
        return "name the channel that the file is in; a channel that keeps its files elsewhere cannot be locked"
    own = f'or `file-hosts = ["{host}"]` if it is where an index keeps its files'
    if spec.default_index == MACHINE_INDEX:
        return f"set `default-index` to the index of this machine, if the file is from there, {own}"
    return f"name the index that the file is from, {own}"


def _undeclared_conda(package: LockedPackage, channels: frozenset[str]) -> str:
    base, subdir, file = _split_file(package.url)
    if subdir not in {package.platform, "noarch"} or not file or _NO_FILE.search(file):
        return f"is locked from `{package.url}`, which is not a file of a channel"
    if canonical(base) in channels:
        return ""
    return f"is locked from undeclared `{base or host_of(package.url)}`"


def _split_file(url: str) -> tuple[str, str, str]:
    """Return channel, subdir and file of a conda package's URL."""
    rest, _slash, file = url.partition("#")[0].rpartition("/")
    base, _slash, subdir = rest.rpartition("/")
    return base, subdir, file


def _channel_urls(channel: str, platform: Subdir) -> tuple[str, ...]:
    bare = bare_source(channel)
    name, _slash, subdir = bare.rpartition("/")
    return urls_of(name if name and subdir in {platform, "noarch"} else bare, platform)


def _undeclared_pypi(package: LockedPackage, spec: PlatformSpec) -> str:
    parts = urlsplit(package.url.partition("#")[0])
    if parts.username is not None or parts.query:
        return f"is locked from `{package.url}`: a user or a query is not part of where a file lies"
    sources = serving(spec.pypi_sources.listed(), pypi_name(package.name))
    named = [source.url for source in sources]
    indices = [urlsplit(bare_source(index)) for index in named if index != MACHINE_INDEX]
    if any((parts.scheme, parts.netloc.lower()) == (index.scheme, index.netloc.lower()) for index in indices):
        return ""
    is_machines = MACHINE_INDEX in named
    if is_machines and is_loopback(package.url):
        return ""
    known = {_digest(index.hostname or "") for index in indices} | ({_PUBLIC} if is_machines else set())
    keeping = {host for index in known for host in _FILE_HOSTS.get(index, ())} | ({_PUBLIC} if is_machines else set())
    host = parts.hostname or ""
    if parts.scheme == "https" and parts.port is None and (host in spec.file_hosts or _digest(host) in keeping):
        return ""
    return f"is locked from undeclared `{parts.scheme}://{parts.netloc}`"


def _digest(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()
