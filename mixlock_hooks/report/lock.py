"""One lock as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.report import neutral
from mixlock_hooks.report.count import counted

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage, Lockfile

VERSION = 1
"""The version of the JSON output."""


def render(form: str, name: str, lockfile: Lockfile) -> str:
    """Render a lock in one of the forms of ``--format``."""
    if form == "json":
        document = {
            "version": VERSION,
            "name": name,
            "channels": list(lockfile.channels),
            "platforms": {
                platform: [_as_mapping(package) for package in lockfile.for_platform(platform)]
                for platform in lockfile.platforms
            },
        }
        return neutral.json_text(document)
    return "".join(_platform(platform, lockfile) for platform in lockfile.platforms)


def _platform(platform: Any, lockfile: Lockfile) -> str:
    packages = sorted(lockfile.for_platform(platform), key=lambda package: (package.manager.value, package.name))
    width = max((len(package.name) for package in packages), default=0)
    lines = [f"{package.manager.value:<5} {package.name:<{width}}  {package.version}" for package in packages]
    return neutral.lines((f"{platform} ({counted(len(packages), 'package')})", *(f"  {line}" for line in lines)))


def _as_mapping(package: LockedPackage) -> dict[str, Any]:
    return {
        "name": package.name,
        "version": package.version,
        "manager": package.manager.value,
        "url": package.url,
        "md5": package.md5 or None,
        "sha256": package.sha256 or None,
        "dependencies": dict(sorted(package.dependencies.items())),
    }
