"""What conda-lock's own parsers read of files, and what mixlock reads, in one form that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import match_spec, poetry_version, project_parts, pyproject_toml, toml_text
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import at
from mixlock_hooks.model.settings import NO_INDEX, Settings
from mixlock_hooks.rules.composition import compose
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conda_lock.models.lock_spec import VersionedDependency

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec

Read = dict[str, object]
PLATFORMS = tuple(map(Subdir, ("linux-64", "osx-arm64", "osx-64", "win-64")))


def joined_like_conda_lock(text: str) -> Read:
    """Read a ``pyproject.toml`` with all of its parts, which conda-lock reads together."""
    content = toml_text.loads(text)
    is_alone = content.get("tool", {}).get("conda-lock", {}).get("skip-non-conda-lock", False)
    parts = [""] if is_alone else sorted({"", *project_parts.parts_of(content)})
    documents = [pyproject_toml.parse(text, "pyproject.toml", shipped, part) for part in parts]
    return ours(merge(compose(documents), Settings(platforms=PLATFORMS)))


def ours(environment: EnvironmentSpec) -> Read:
    """Return what mixlock asks for, by platform."""
    first = environment.document
    return {
        "channels": [entry.value for entry in first.channels],
        "indices": sorted({entry.value for entry in (*first.indices, *first.index_options.extra)}),
        "requests": all(entry.value != NO_INDEX for entry in first.index_options.default),
        **{spec.platform: _asked(spec) for spec in environment.platforms},
    }


def _asked(spec: PlatformSpec) -> set[tuple[str, ...]]:
    conda = {("conda", each.key, each.version) for each in spec.conda if not each.implied}
    return conda | {("pip", each.name, _sorted(each.specifier), *each.extras) for each in spec.pypi}


def theirs(paths: Iterable[Path], mapping: str, platforms: Iterable[str] = PLATFORMS) -> Read:
    """Return what conda-lock reads of the same files."""
    from conda_lock.models.lock_spec import VersionedDependency
    from conda_lock.src_parser import make_lock_spec

    read = make_lock_spec(src_files=list(paths), mapping_url=mapping, platform_overrides=list(platforms))
    found: Read = {
        "channels": [getattr(channel, "url", channel) for channel in read.channels],
        "indices": sorted(getattr(index, "url", index) for index in read.pip_repositories),
        "requests": read.allow_pypi_requests,
    }
    for platform, dependencies in read.dependencies.items():
        versioned = [each for each in dependencies if isinstance(each, VersionedDependency)]
        found[platform] = set(map(_their_request, versioned))
    return found


def _their_request(each: VersionedDependency) -> tuple[str, ...]:
    if each.manager == "pip":
        return ("pip", each.name, _sorted(poetry_version.for_pip(each.version)), *sorted(each.extras))
    channel = f"{each.conda_channel}::" if each.conda_channel else ""
    return ("conda", f"{channel}{each.name}", match_spec.parse(f"{each.name} {each.version}", at("theirs")).version)


def _sorted(specifier: str) -> str:
    return ",".join(sorted(specifier.split(",")))
