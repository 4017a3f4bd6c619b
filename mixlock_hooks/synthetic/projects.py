"""Tiny projects as a package index carries them: real wheels, real sdists, a few hundred bytes each.

An sdist tells its requirements before it is built only if its PKG-INFO is of version 2.2 or later and lists
nothing as dynamic; older sdists have to be built to be asked. Both kinds can be rendered.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from mixlock_hooks.synthetic.archives import render_gzip, render_tar, render_zip

_BACKEND = "in_tree_backend.py"
_PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "in_tree_backend"\nbackend-path = ["."]\n'


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFile:
    """A file of a package index: its name, its bytes, and the interpreters it asks for."""

    name: str
    content: bytes
    requires_python: str | None = None

    @property
    def sha256(self) -> str:
        """The hexadecimal SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class SyntheticProject:
    """One release of a project with a single module.

    `extras` pairs the name of an extra with its requirements; `tag` is the wheel's, compressed or not.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    requires_python: str | None = None
    extras: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tag: str = "py3-none-any"

    @property
    def module_name(self) -> str:
        """The name to import, which is also the name in file names: lower case, underscores."""
        return canonicalize_name(self.name).replace("-", "_")

    @property
    def stem(self) -> str:
        """What the wheel, the sdist and the dist-info folder begin with."""
        return f"{self.module_name}-{Version(self.version)}"

    @property
    def wheel_name(self) -> str:
        """The name of the wheel."""
        return f"{self.stem}-{self.tag}.whl"


def render_wheel(project: SyntheticProject) -> RenderedFile:
    """Render the wheel (PyPA specifications, binary distribution format)."""
    return RenderedFile(
        name=project.wheel_name,
        content=render_zip(_wheel_members(project)),
        requires_python=project.requires_python,
    )


def render_stub(name: str, version: str, metadata: str) -> RenderedFile:
    """Render a wheel that tells the given core metadata and holds nothing."""
    project = SyntheticProject(name=name, version=version)
    return RenderedFile(
        name=f"{project.stem}-{project.tag}.whl", content=render_zip(_wheel_members(project, metadata))
    )


def render_sdist(project: SyntheticProject, *, static_metadata: bool = True) -> RenderedFile:
    """Render the sdist (PyPA specifications, source distribution format).

    Building it gives `render_wheel(project)`, byte for byte. Without `static_metadata` the requirements, the
    extras and the interpreters are known only once it is built.
    """
    wheel = f"wheel/{project.stem}-{project.tag}"
    members = {
        "PKG-INFO": (_metadata(project) if static_metadata else _old_metadata(project)).encode(),
        _BACKEND: resources.files(__package__).joinpath(_BACKEND).read_bytes(),
        "pyproject.toml": _PYPROJECT.encode(),
        **{f"{wheel}/{_disguised(name)}": content for name, content in _wheel_members(project).items()},
    }
    return RenderedFile(
        name=f"{project.stem}.tar.gz",
        content=render_gzip(render_tar({f"{project.stem}/{name}": text for name, text in members.items()})),
        requires_python=project.requires_python if static_metadata else None,
    )


def _disguised(name: str) -> str:
    """Rename ``.dist-info``: Poetry believes any such folder in an sdist, and would not build it to ask."""
    return name.replace(".dist-info/", ".about/")


def _wheel_members(project: SyntheticProject, metadata: str = "") -> dict[str, bytes]:
    about = f"{project.stem}.dist-info"
    module = f'"""A tiny module."""\n\n__version__ = "{Version(project.version)}"\n'
    members = {
        f"{project.module_name}.py": module.encode(),
        f"{about}/METADATA": (metadata or _metadata(project)).encode(),
        f"{about}/WHEEL": _wheel_description(project.tag).encode(),
    }
    rows = [_record_row(name, content) for name, content in sorted(members.items())]
    members[f"{about}/RECORD"] = "".join([*rows, f"{about}/RECORD,,\n"]).encode()
    return dict(sorted(members.items()))


def _record_row(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def _wheel_description(tag: str) -> str:
    purity = "true" if tag.endswith("-none-any") else "false"
    tags = sorted(("Tag", str(single)) for single in parse_tag(tag))
    fields = [("Wheel-Version", "1.0"), ("Generator", "mixlock-demo"), ("Root-Is-Purelib", purity), *tags]
    return _render_fields(fields)


def _metadata(project: SyntheticProject) -> str:
    fields = _identity("2.2", project)
    if project.requires_python is not None:
        fields.append(("Requires-Python", project.requires_python))
    fields.extend(("Requires-Dist", requirement) for requirement in project.requires)
    for extra, requirements in project.extras:
        fields.append(("Provides-Extra", extra))
        fields.extend(("Requires-Dist", _within_extra(requirement, extra)) for requirement in requirements)
    return _render_fields(fields)


def _old_metadata(project: SyntheticProject) -> str:
    return _render_fields(_identity("1.1", project))  # PEP 314, which knows neither Requires-Dist nor Dynamic


def _identity(metadata_version: str, project: SyntheticProject) -> list[tuple[str, str]]:
    version = ("Version", str(Version(project.version)))
    return [("Metadata-Version", metadata_version), ("Name", project.name), version]


def _within_extra(requirement: str, extra: str) -> str:
    parsed = Requirement(requirement)
    condition = f'extra == "{extra}"'
    parsed.marker = Marker(f"({parsed.marker}) and {condition}" if parsed.marker else condition)
    return str(parsed)


def _render_fields(fields: list[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in fields)
