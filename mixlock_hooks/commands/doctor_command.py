"""Show what mixlock has to work with: versions, configuration, caches and the sandbox for builds.

Nothing is changed, and the network is not used. Exit status 3 means that something is missing which a lock or a build
needs; what begins with `missing` says what.

Examples:
  mixlock doctor
  mixlock doctor --format json
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mixlock_hooks import __version__
from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.options import add_format
from mixlock_hooks.commands.telling import say, screen_of
from mixlock_hooks.formats import project_config
from mixlock_hooks.formats.config_keys import KEYS
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.urls import redacted
from mixlock_hooks.report import neutral
from mixlock_hooks.report.table import table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.report.screen import Screen

_UNKNOWN = "unknown"
_TITLES = {
    "version": "Versions",
    "configuration": "Configuration",
    "machine": "This machine",
    "wall": "Walls around builds",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that was looked at: where it belongs, what it is, and whether it is there; no secret stays in it."""

    section: str
    name: str
    value: str
    present: bool = True

    def __post_init__(self) -> None:
        """Take secrets out of URLs."""
        object.__setattr__(self, "name", redacted(self.name))
        object.__setattr__(self, "value", redacted(self.value))


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    """Look at everything; 3 where something is missing."""
    project, tree = open_project(args)
    found = (*_versions(project.settings, tree.root), *_configured(project), *_machine(), *_walls())
    if args.format == "json":
        document = {"version": 1, "root": str(tree.root), "facts": [asdict(fact) for fact in found]}
        sys.stdout.write(neutral.json_text(document))
    else:
        sys.stdout.write(_text(found, screen_of(args, sys.stdout)))
    missing = [fact.name for fact in found if not fact.present]
    if not args.quiet:
        needed = "what a lock or a build needs"
        say(f"missing of {needed}: {', '.join(missing)}" if missing else f"all of {needed} is here")
    return 3 if missing else 0


def _text(facts: Sequence[Fact], screen: Screen) -> str:
    """Return a table for each section at a terminal, elsewhere a line for each fact."""
    if not screen.width:
        return neutral.lines(f"{_missing(fact)}{fact.section}: {fact.name}: {fact.value}" for fact in facts)
    tables = []
    for section, title in _TITLES.items():
        rows = [(f"  {fact.name}", f"{_missing(fact)}{fact.value}") for fact in facts if fact.section == section]
        tables.append(table((title, ""), rows, screen))
    return "\n".join(tables)


def _missing(fact: Fact) -> str:
    return "" if fact.present else "missing "


def _versions(settings: Settings, root: Path) -> Iterator[Fact]:
    from mixlock_hooks.shell import tools  # noqa: PLC0415 - help needs none of these

    yield Fact(section="version", name="mixlock", value=__version__)
    yield Fact(section="version", name="python", value=platform.python_version())
    for name, version in (("conda-lock", tools.conda_lock_version()), ("py-rattler", tools.rattler_version())):
        yield Fact(section="version", name=name, value=version, present=version != _UNKNOWN)
    try:
        uv = tools.require_uv(settings.required_uv)
    except CannotDoError as error:
        yield Fact(section="version", name="uv", value=str(error), present=False)
    else:
        yield Fact(section="version", name="uv", value=f"{uv.version} ({uv.command})")
    try:
        tools.refuse_program_of(root, settings.solver)
        solver = tools.require_solver(settings.solver)
    except CannotDoError as error:
        yield Fact(section="version", name="solver", value=str(error), present=False)
    else:
        yield Fact(section="version", name="solver", value=f"{settings.solver} ({solver})")


def _configured(project: Project) -> Iterator[Fact]:
    """Yield each key of the configuration: its value as the repository's file says it, or the default."""
    source = project.settings.source
    written = project_config.table((project.files.read(source) or b"").decode(), source) if source else {}
    for name, key in KEYS.items():
        value = _as_written(written[name]) if name in written else key.default.replace("`", "")
        origin = source if name in written else "default"
        yield Fact(section="configuration", name=name, value=f"{value} ({origin})")


def _as_written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _machine() -> Iterator[Fact]:
    from mixlock_hooks.shell.machine_config import cache_root, config_file, credential_hosts, mirrors  # noqa: PLC0415

    file = config_file()
    yield Fact(section="machine", name="configuration", value=f"{file}{'' if file.is_file() else ' (there is none)'}")
    for url, served in mirrors().items():
        yield Fact(section="machine", name=f"mirror of {url}", value=", ".join(served))
    hosts = ", ".join(sorted(credential_hosts())) or "none"
    yield Fact(section="machine", name="hosts that variables may be sent to", value=hosts)
    yield Fact(section="machine", name="cache", value=str(cache_root()))


def _walls() -> Iterator[Fact]:
    from mixlock_hooks.shell.build.walls import walls  # noqa: PLC0415 - as above

    for wall in walls():
        needed = "" if wall.needed or wall.present else " (builds run without it)"
        yield Fact(
            section="wall", name=wall.name, value=f"{wall.why}{needed}", present=wall.present or not wall.needed
        )
