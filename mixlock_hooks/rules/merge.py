"""Merge a document and a repository's settings into an environment: one requirement set per platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.model.conda_constraint import canonical_version
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.environment import EnvironmentSpec, Mode, PlatformSpec
from mixlock_hooks.model.names import CondaName, environment_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.platforms import DEFAULT_PLATFORMS, DEFAULT_VIRTUAL_PACKAGES, with_asked
from mixlock_hooks.model.requirement import CondaRequirement
from mixlock_hooks.model.selector import admits
from mixlock_hooks.model.settings import REQUIREMENTS_SUFFIXES, ChannelPriority, Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import bare_channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.document import Entry, SpecDocument
    from mixlock_hooks.model.names import Subdir, VirtualName
    from mixlock_hooks.model.requirement import PypiRequirement

T = TypeVar("T")

_MOST_ALTERNATIVES = 100
"""Alternatives that are multiplied out; more are left in parentheses, or a few lines would fill memory."""
_PIP = CondaName("pip")
_INSTALLERS = frozenset({"python", _PIP})


def merge(document: SpecDocument, settings: Settings) -> EnvironmentSpec:
    """Return the environment a spec document asks for.

    What the document names goes before what the repository configured: platforms and channels replace the
    configured ones, indices come before the configured ones, ``sys`` goes over ``virtual-packages``.
    """
    platforms = _unique(entry.value for entry in document.platforms) or settings.platforms or DEFAULT_PLATFORMS
    mode = mode_of(document)
    return EnvironmentSpec(
        name=environment_name(document.path),
        place=at(document.path),
        document=document,
        mode=mode,
        platforms=tuple(_for_platform(document, settings, mode, platform) for platform in platforms),
    )


def mode_of(document: SpecDocument) -> Mode:
    """Tell which worlds a document asks, over all its platforms."""
    asks_pypi = bool(document.pypi) or any(_is_pip_package(entry.value) for entry in document.references)
    if not asks_pypi:
        return Mode.CONDA
    asks_conda = any(entry.value.name not in _INSTALLERS for entry in document.conda)
    return Mode.MIXED if asks_conda else Mode.PYPI


def _is_pip_package(reference: object) -> bool:
    return getattr(reference, "kind", None) is not ReferenceKind.INDEX_OPTION and not getattr(
        reference, "from_conda", True
    )


def _for_platform(document: SpecDocument, settings: Settings, mode: Mode, platform: Subdir) -> PlatformSpec:
    asked = [*_admitted(document.conda, platform), *_python_of(document, settings, platform)]
    conda = _joined_conda(asked, exact_equals=settings.exact_equals)
    pypi = _joined_pypi(_admitted(document.pypi, platform))
    channels = _unique(_admitted(document.channels, platform)) or settings.channels
    named = _admitted((*document.indices, *document.index_options.extra), platform)
    return PlatformSpec(
        platform=platform,
        channels=channels,
        indices=_unique((*named, *settings.pypi_indices)),
        default_index=next(iter(_admitted(document.index_options.default, platform)), settings.default_index),
        channel_priority=_priority(channels, conda, settings),
        virtual_packages=_virtual_packages(document, settings, platform),
        conda=with_pip(conda, pypi),
        pypi=pypi,
        index_of=settings.index_of if pypi else (),
        find_links=_unique((*_admitted(document.find_links, platform), *settings.find_links)) if pypi else (),
        cutoff=settings.exclude_newer,
        file_hosts=settings.file_hosts,
        prereleases=bool(_admitted(document.prereleases, platform)),
        constraints=_joined_pypi(settings.constraints),
        pip_constraints=_joined_pypi(_admitted(document.constraints, platform)),
        left_out=tuple(sorted(policy.left_out(document, mode, platform))),
    )


def with_pip(conda: tuple[CondaRequirement, ...], pypi: tuple[PypiRequirement, ...]) -> tuple[CondaRequirement, ...]:
    """Return conda's requirements with its pip, without which nothing could install what is asked of PyPI.

    conda-lock adds it to an ``environment.yml`` too (its ``src_parser/environment_yaml.py``).
    """
    if not pypi or any(requirement.name == _PIP for requirement in conda):
        return conda
    pip = CondaRequirement(name=_PIP, implied=True, place=min(requirement.place for requirement in pypi))
    return tuple(sorted((*conda, pip), key=lambda requirement: requirement.name))


def _python_of(document: SpecDocument, settings: Settings, platform: Subdir) -> Iterator[CondaRequirement]:
    """Yield the configured python for a requirements file of pip's that names none."""
    named = any(found.name == "python" for found in _admitted(document.conda, platform))
    if settings.python and not named and document.path.endswith(REQUIREMENTS_SUFFIXES):
        yield settings.python


def _admitted(entries: Iterable[Entry[T]], platform: Subdir) -> list[T]:
    return [entry.value for entry in entries if admits(entry.selector, platform)]


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _priority(channels: tuple[str, ...], conda: tuple[CondaRequirement, ...], settings: Settings) -> ChannelPriority:
    """Choose as the user's document says: flexible with ``::`` or channels beyond the configured, else strict."""
    if settings.channel_priority is not ChannelPriority.AUTO:
        return settings.channel_priority
    beyond = {*map(bare_channel, channels)} - {*map(bare_channel, settings.channels)}
    named = any(requirement.channel for requirement in conda)
    return ChannelPriority.FLEXIBLE if beyond or named else ChannelPriority.STRICT


def _virtual_packages(
    document: SpecDocument, settings: Settings, platform: Subdir
) -> tuple[tuple[VirtualName, str], ...]:
    configured = settings.virtual_packages.get(platform, {}).items()
    packages = with_asked(platform, DEFAULT_VIRTUAL_PACKAGES[platform], configured)
    return tuple(sorted(with_asked(platform, packages, _admitted(document.virtual_packages, platform)).items()))


def _joined_conda(requirements: Iterable[CondaRequirement], *, exact_equals: bool) -> tuple[CondaRequirement, ...]:
    joined: dict[str, CondaRequirement] = {}
    for requirement in requirements:
        read = _read_exactly(requirement) if exact_equals else requirement
        known = joined.get(requirement.name)
        joined[requirement.name] = join_conda(known, read) if known else read
    return tuple(joined[name] for name in sorted(joined))


def _read_exactly(requirement: CondaRequirement) -> CondaRequirement:
    """Read ``=`` as the user's document does (``equals = "exact"``), not as conda does."""
    version = canonical_version(requirement.asked, has_build=bool(requirement.build), exact_equals=True)
    return replace(requirement, version=version)


def join_conda(first: CondaRequirement, second: CondaRequirement) -> CondaRequirement:
    """Join two requirements of one package: all clauses; build and channel of whichever names one."""
    return replace(
        first,
        details=tuple(sorted({**dict(second.details), **dict(first.details)}.items())),
        asked=_join(first.asked, second.asked),
        version=_join(first.version, second.version),
        build=first.build or second.build,
        channel=first.channel or second.channel,
    )


def _joined_pypi(requirements: Iterable[PypiRequirement]) -> tuple[PypiRequirement, ...]:
    joined: dict[tuple[str, str], PypiRequirement] = {}
    for requirement in requirements:
        key = (requirement.name, requirement.marker)
        known = joined.get(key)
        joined[key] = join_pypi(known, requirement) if known else requirement
    return tuple(joined[key] for key in sorted(joined))


def join_pypi(first: PypiRequirement, second: PypiRequirement) -> PypiRequirement:
    """Join two requirements of one project: all extras, all specifier clauses, all hashes."""
    return replace(
        first,
        extras=tuple(sorted({*first.extras, *second.extras})),
        specifier=_join(first.specifier, second.specifier),
        hashes=tuple(sorted({*first.hashes, *second.hashes})),
    )


def _join(first: str, second: str) -> str:
    """Join two constraints; ``,`` binds tighter than conda's ``|``, so alternatives are multiplied out."""
    if not first or not second or first == second:
        return first or second
    ones, twos = first.split("|"), second.split("|")
    if len(ones) * len(twos) > _MOST_ALTERNATIVES:
        return f"({first}),({second})"
    pairs = ((one.split(","), two.split(",")) for one in ones for two in twos)
    return "|".join(",".join(sorted({*one, *two})) for one, two in pairs)
