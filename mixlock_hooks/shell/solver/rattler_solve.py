"""Solve the conda side with py-rattler: channels and match specs in, records out.

Only ``mixlock-conda`` and ``conda_solver`` import this module, in processes of their own: py-rattler may abort while
an interpreter shuts down, and a process can be ended in the middle of a solve.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import rattler
from rattler.exceptions import GatewayError, SolverError

from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.cutoff import NO_CUTOFF
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.platforms import DEFAULT_VIRTUAL_PACKAGES
from mixlock_hooks.model.urls import without_credentials
from mixlock_hooks.shell.machine_config import cache_folder, mirrors
from mixlock_hooks.shell.solver.conda_offers import Offers, find_alternatives, find_broken_channel
from mixlock_hooks.shell.solver.file_limit import limit_files, told
from mixlock_hooks.shell.solver.rattler_client import client
from mixlock_hooks.shell.solver.record_ages import judged_by_age, latest, let_stay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.formats.engine_messages import Known
    from mixlock_hooks.model.cutoff import Cutoff

_PRIORITIES = {
    "strict": rattler.ChannelPriority.Strict,
    "flexible": rattler.ChannelPriority.Flexible,
    "disabled": rattler.ChannelPriority.Disabled,
}


_MOST_COMPLETE = Subdir("linux-64")
"""The platform that is asked what a channel has at all, where an environment is for one platform alone."""


class CondaSolveError(Exception):
    """There is no answer; ``kind`` is ``unsatisfiable``, ``channel`` or ``spec``.

    ``known`` is what ``conda_offers`` found out of what the message names.
    """

    def __init__(self, message: str, kind: str, known: Known | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.known: Known = known or {}


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaQuestion:
    """What conda is asked.

    ``preferred`` are URLs of packages to keep where they still fit; ``virtual_packages`` map names to a version
    and, after a space, a build; a channel of virtual packages goes before them. ``constraints`` bind packages
    only if they are part of the answer. ``cutoff`` hides newer packages and those without a timestamp, but
    with ``keeps_newer`` none that are preferred. ``other_platforms`` are those that the environment has beside it.
    """

    specs: tuple[str, ...]
    channels: tuple[str, ...]
    platform: Subdir
    priority: str = "strict"
    preferred: tuple[str, ...] = ()
    virtual_packages: Mapping[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    cutoff: Cutoff = NO_CUTOFF
    keeps_newer: bool = True
    other_platforms: tuple[Subdir, ...] = ()


async def solve(question: CondaQuestion, gateway: rattler.Gateway) -> list[dict[str, Any]]:
    """Return the solved records as repodata holds them, with ``url``, ``channel`` and ``fn``, sorted by name.

    Raises:
        CondaSolveError: nothing satisfies the specs, a channel cannot be read, or a spec is not one.
    """
    try:
        records = await _solve(question, gateway)
    except SolverError as error:
        words = str(error).strip()
        raise CondaSolveError(
            words, "unsatisfiable", await find_alternatives(words, _offers(question, gateway))
        ) from error
    except GatewayError as error:
        words, known = await find_broken_channel(str(error).strip(), _offers(question, gateway))
        raise CondaSolveError(told(words), "channel", known) from error
    return sorted((_as_mapping(record) for record in records), key=lambda record: str(record["name"]))


async def _solve(question: CondaQuestion, gateway: rattler.Gateway) -> list[rattler.RepoDataRecord]:
    real, virtual = _channels(question)
    platforms = _platforms(question)
    specs = [_match_spec(spec, question.platform) for spec in question.specs]
    channels = [rattler.Channel(url) for url in _sources(real, specs)]
    preferred = await _preferred(question.preferred, gateway, channels, platforms)
    if question.cutoff and question.keeps_newer:
        let_stay(preferred, question.cutoff)
    records = await rattler.solve(
        sources=judged_by_age(channels, gateway, question.cutoff),
        specs=specs,
        gateway=gateway,
        platforms=platforms,
        locked_packages=preferred,
        virtual_packages=virtual,
        channel_priority=_PRIORITIES[question.priority],
        channel_relations="disabled",
        exclude_newer=latest(question.cutoff),
        constraints=[_match_spec(text, question.platform) for text in question.constraints],
    )
    _refuse_other_folders(specs, records)
    return records


async def gone(locked: tuple[str, ...], question: CondaQuestion, gateway: rattler.Gateway) -> list[str]:
    """Return the URLs of locked files that the channels of a question list no more; of other channels none."""
    bases = {without_credentials(url): url for url in _channels(question)[0]}
    judged = tuple(url for url in locked if url.rsplit("/", 2)[0] in bases)
    channels = [rattler.Channel(url) for url in bases.values()]
    found = await _preferred(judged, gateway, channels, _platforms(question))
    return sorted(set(judged) - {without_credentials(record.url) for record in found})


def _refuse_other_folders(specs: Sequence[rattler.MatchSpec], records: Sequence[rattler.RepoDataRecord]) -> None:
    """Refuse an answer from another folder of a channel than a spec names, which the solver does not look at."""
    wanted = {str(spec.name.normalized): spec.subdir for spec in specs if spec.subdir}
    for record in records:
        subdir = wanted.get(record.name.normalized, record.subdir)
        if record.subdir != subdir:
            message = f"{record.name.normalized} is asked of {subdir}, and the best answer is in {record.subdir}"
            raise CondaSolveError(message, "unsatisfiable")


def gateway() -> rattler.Gateway:
    """Return what reads channels, and keeps what it read on disk and for as long as it lives."""
    limit_files()
    return rattler.Gateway(cache_dir=cache_folder("repodata"), client=client(mirrors()))


def _platforms(question: CondaQuestion) -> list[rattler.Subdir]:
    return [rattler.Subdir(question.platform), rattler.Subdir("noarch")]


def _offers(question: CondaQuestion, gateway: rattler.Gateway) -> Offers:
    real, _virtual = _channels(question)
    specs = [_match_spec(spec, question.platform) for spec in question.specs]
    return Offers(
        gateway=gateway,
        sources=_sources(real, specs),
        platforms=tuple(_platforms(question)),
        others=question.other_platforms or tuple({_MOST_COMPLETE} - {question.platform}),
    )


def _sources(real: Sequence[str], specs: Sequence[rattler.MatchSpec]) -> tuple[str, ...]:
    """Return the URLs of the channels of a question, and of those that its specs name."""
    return tuple(dict.fromkeys((*real, *_channels_of(specs))))


def _match_spec(text: str, platform: Subdir) -> rattler.MatchSpec:
    channel, separator, rest = text.partition("::")
    spelled = f"{urls_of(channel, platform)[0]}::{rest}" if separator else text
    try:
        return rattler.MatchSpec(spelled)
    except Exception as error:
        raise CondaSolveError(f"`{text}` is not a match spec: {error}", "spec") from error


def _channels_of(specs: Sequence[rattler.MatchSpec]) -> list[str]:
    return [spec.channel.base_url.rstrip("/") for spec in specs if spec.channel]


async def _preferred(
    urls: tuple[str, ...],
    gateway: rattler.Gateway,
    channels: list[rattler.Channel],
    platforms: list[rattler.Subdir],
) -> list[rattler.RepoDataRecord]:
    """Find the records of the old lock; one that its channel no longer lists is simply not preferred."""
    if not urls:
        return []
    names = {url.rpartition("/")[2].rsplit("-", 2)[0] for url in urls}
    found = await gateway.query(channels, platforms, sorted(names), recursive=False)
    wanted = set(urls)
    return [record for records in found for record in records if without_credentials(record.url) in wanted]


def _channels(question: CondaQuestion) -> tuple[list[str], list[rattler.GenericVirtualPackage]]:
    """Tell real channels from the one in which conda-lock hands over virtual packages."""
    real: list[str] = []
    virtual: dict[str, tuple[str, str]] | None = None
    for channel in question.channels:
        packages = _virtual_packages(channel, question.platform)
        if packages is None:
            real += [url for url in urls_of(channel, question.platform) if url not in real]
        else:
            virtual = {**(virtual or {}), **packages}
    if virtual is None:
        asked = question.virtual_packages or DEFAULT_VIRTUAL_PACKAGES[question.platform]
        virtual = {name: (version.partition(" ")[0], version.partition(" ")[2]) for name, version in asked.items()}
    return real, [_virtual_package(name, version, build) for name, (version, build) in virtual.items()]


def _virtual_package(name: str, version: str, build: str) -> rattler.GenericVirtualPackage:
    return rattler.GenericVirtualPackage(
        rattler.PackageName(name), rattler.Version(version), rattler.BuildString(build or "0")
    )


def _virtual_packages(channel: str, platform: Subdir) -> dict[str, tuple[str, str]] | None:
    """Read a ``file://`` channel that holds nothing but virtual packages; None for any other."""
    if not channel.startswith("file://"):
        return None
    folder = Path(url2pathname(urlsplit(channel).path))
    found: dict[str, tuple[str, str]] = {}
    for subdir in ("noarch", platform):
        file = folder / subdir / "repodata.json"
        repodata = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        for package in {**repodata.get("packages", {}), **repodata.get("packages.conda", {})}.values():
            found[package["name"]] = (package["version"], package.get("build_string") or package.get("build", ""))
    return found if found and all(name.startswith("__") for name in found) else None


def _as_mapping(record: Any) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(record.to_json())
    return {
        **known,
        "url": without_credentials(record.url),
        "channel": without_credentials(record.channel or ""),
        "fn": record.file_name,
        "dist_name": record.file_name.removesuffix(".conda").removesuffix(".tar.bz2"),
    }
