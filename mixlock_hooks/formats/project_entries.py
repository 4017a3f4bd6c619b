"""One requirement of a Python project, asked of conda or of PyPI as conda-lock decides it.

conda is asked, under the name that its package of the project has, except where ``[tool.conda-lock]`` says otherwise.
A marker is judged for each platform; conda packages know no other condition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from mixlock_hooks.formats import poetry_version
from mixlock_hooks.formats.entries import Entries, Style
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.target import Target, marker_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place

_PYTHON = "python"
_PYTHONS = tuple(f"3.{minor}.0" for minor in range(8, 20))
_FROM_PYPI = '`[tool.conda-lock.dependencies]` `{} = {{ source = "pypi" }}` asks PyPI'
_STYLE = Style(
    has_lines=False,
    conda='write for example name = ">=1,<2"',
    extra='ask PyPI for the project: `[tool.conda-lock.dependencies]`, its name, `= {{ source = "pypi" }}`; not `{}`',
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked of a project: a plain constraint (``|`` divides alternatives), extras, a marker."""

    name: str
    constraint: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    from_pypi: bool = False

    @property
    def key(self) -> str:
        """The name with its extras."""
        return f"{self.name}[{','.join(self.extras)}]" if self.extras else self.name


@dataclass(kw_only=True)
class ProjectEntries:
    """What was read of one file so far; ``names`` is asked only where conda is."""

    names: Callable[[], Counterparts]
    channels: tuple[str, ...] = ()
    default_is_pip: bool = False
    from_pypi: frozenset[str] = frozenset()
    entries: Entries = field(default_factory=lambda: Entries(style=_STYLE))

    def read_text(self, text: str, place: Place, *, offset: int = 1) -> None:
        """Read a requirement (PEP 508), or a reference, behind its quote."""
        before = len(self.entries.pypi)
        self.entries.read_pypi(text, place, offset=offset)
        if len(self.entries.pypi) == before:
            return
        read = self.entries.pypi[-1].value
        asked = Asked(name=read.name, constraint=read.specifier, extras=read.extras, marker=read.marker)
        if self._is_pypis(asked):
            return
        self.entries.pypi.pop()
        self._read_conda(asked, place)

    def read_asked(self, asked: Asked, place: Place) -> None:
        """Read what a table of Poetry's asks for."""
        if not self._is_pypis(asked):
            self._read_conda(asked, place)
            return
        marker = f"; {asked.marker}" if asked.marker else ""
        text = f"{asked.key}{poetry_version.for_pip(asked.constraint)}{marker}"
        self.entries.read_pypi(text, place, offset=None)

    def is_forced(self, name: str) -> bool:
        """Return whether the file asks PyPI for a project by its own name or by that of conda's package."""
        return canonicalize_name(name) in self.from_pypi or self.conda_name(name) in self.from_pypi

    def _is_pypis(self, asked: Asked) -> bool:
        if asked.name == _PYTHON:
            return False
        return asked.from_pypi or self.default_is_pip or (bool(self.from_pypi) and self.is_forced(asked.name))

    def conda_name(self, name: str) -> str:
        """Return conda's name of a project; empty where it has none."""
        return name if name == _PYTHON else str(self.names().conda_name(name, self.channels) or "")

    def _read_conda(self, asked: Asked, place: Place) -> None:
        name = self.conda_name(asked.name)
        if not name:
            claim = f"no conda package is known to be the project `{asked.name}`"
            hint = _FROM_PYPI.format(asked.name)
            self.entries.problem(Code.NOT_A_MATCH_SPEC, place, claim, hint)
            return
        selector = self._selector(asked, place)
        if selector is not None:
            named = f"{name}[{','.join(asked.extras)}]" if asked.extras else name
            constraint = asked.constraint.replace("===", "==")
            self.entries.read_conda(f"{named} {constraint}".strip(), place, selector)

    def _selector(self, asked: Asked, place: Place) -> str | None:
        """Return the selector of the platforms on which a marker may hold; None where it is none, or never does."""
        if not asked.marker:
            return ""
        try:
            marker = Marker(asked.marker)
        except InvalidMarker as error:
            claim = f"`{asked.marker}` is not a marker: {str(error).splitlines()[0]}"
            self.entries.problem(Code.NOT_A_REQUIREMENT, place, claim, "PEP 508 says what a marker is")
            return None
        held = {platform: _holds(marker, platform) for platform in KNOWN_PLATFORMS}
        self._tell_condition(asked, held, place)
        admitted = [platform for platform, answers in held.items() if any(answers)]
        if not admitted:
            return None
        return "" if len(admitted) == len(held) else " or ".join(admitted)

    def _tell_condition(self, asked: Asked, held: Mapping[Subdir, tuple[bool, ...]], place: Place) -> None:
        """Say of a marker what no platform decides: conda's packages are there with any python, or with none."""
        if not any(map(any, held.values())):
            claim = f"`{asked.key}` is left out: `{asked.marker}` holds nowhere"
        elif any(len(set(answers)) > 1 for answers in held.values()):
            claim = f"`{asked.key}` is asked of conda whatever python is locked: `{asked.marker}` depends on it"
        else:
            return
        self.entries.warn(Code.NOT_A_MATCH_SPEC, place, claim, _FROM_PYPI.format(asked.name))


def _holds(marker: Marker, platform: Subdir) -> tuple[bool, ...]:
    targets = (Target(platform=platform, virtual_packages=(), python=python) for python in _PYTHONS)
    return tuple(marker.evaluate(dict(marker_environment(target))) for target in targets)
