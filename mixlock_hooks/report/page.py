"""A lock as one HTML page that needs nothing else: no network, no other file, no script of anybody's but its own.

What a stranger wrote is escaped where it is markup, and data where a script reads it. The page's own policy (CSP)
lets nothing run but the scripts whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from mixlock_hooks.report import changes as change_report
from mixlock_hooks.report import lock_deltas, neutral

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.lock_page import Assets, LockPage, ShownPackage


def render(page: LockPage, assets: Assets) -> str:
    """Return the page."""
    return Template(assets.template).substitute(
        name=_shown(page.name),
        policy=_policy(assets),
        style=assets.style,
        about=_about(page),
        change=_change(page),
        controls=_controls(page),
        count=len(page.packages),
        rows="".join(_rows(page)),
        data=_data(page),
        library=assets.library,
        script=assets.script,
    )


def _policy(assets: Assets) -> str:
    digests = (hashlib.sha256(script.encode()).digest() for script in (assets.library, assets.script))
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src {scripts}"


def _about(page: LockPage) -> str:
    parts = [
        f"locked from <code>{_shown(page.source)}</code>" if page.source else "",
        f"platforms: {', '.join(map(_shown, page.platforms))}",
        f"channels: {', '.join(map(_shown, page.channels))}" if page.channels else "",
    ]
    return "; ".join(filter(None, parts))


def _change(page: LockPage) -> str:
    since = f'<p class="soft">{_shown(page.since)}</p>'
    if page.change is None:
        return since
    lines = "".join(f"<li>{_shown(line.strip())}</li>" for line in lock_deltas.text((page.change,)).splitlines())
    return f'{since}<ul class="changes">{lines}</ul>'


def _controls(page: LockPage) -> str:
    platforms = _options((platform, platform) for platform in page.platforms)
    managers = _options((manager.value, shown) for manager, shown in change_report.SHOWN.items())
    return f"""<div id="controls" role="search" hidden><fieldset>
<label>Search <input id="search" type="search" placeholder="name or version" aria-keyshortcuts="/"></label>
<label>From <select id="manager"><option value="">both</option>{managers}</select></label>
<label>Platform <select id="platform"><option value="">any</option>{platforms}</select></label>
</fieldset></div>"""


def _options(options: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{_shown(value)}">{_shown(text)}</option>' for value, text in options)


def _rows(page: LockPage) -> Iterator[str]:
    for package in page.packages:
        manager = package.manager
        versions = "<br>".join(_version(page, *version) for version in _on(package))
        button = f'<button type="button">{_shown(package.name)}</button>'
        yield (
            f'<tr data-id="{_shown(package.id)}"><th scope="row">{button}</th>'
            f'<td class="{manager.value}">{change_report.SHOWN[manager]}</td><td class="version">{versions}</td>'
            "</tr>\n"
        )


def _on(package: ShownPackage) -> Iterator[tuple[str, tuple[str, ...]]]:
    for version, files in package.versions:
        yield version, tuple(platform for file in files for platform in file.platforms)


def _version(page: LockPage, version: str, platforms: tuple[str, ...]) -> str:
    """Say which version, and on which platforms where it is not on all."""
    where = (
        ""
        if len(set(platforms)) == len(page.platforms)
        else f' <span class="soft">{_shown(", ".join(platforms))}</span>'
    )
    return _shown(version) + where


def _data(page: LockPage) -> str:
    """Return the packages as JSON that no markup can end: HTML knows no escapes within a script."""
    rendered = json.dumps([_as_mapping(package) for package in page.packages])
    return rendered.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _as_mapping(package: ShownPackage) -> dict[str, Any]:
    return {
        "id": package.id,
        "name": package.name,
        "manager": package.manager.value,
        "shown": change_report.SHOWN[package.manager],
        "asked": package.is_asked,
        "needs": [{"id": need.id, "name": need.name, "constraint": need.constraint} for need in package.needs],
        "versions": [
            {
                "version": version,
                "platforms": sorted({platform for file in files for platform in file.platforms}),
                "files": [{"url": file.url, "hash": file.hash, "platforms": list(file.platforms)} for file in files],
            }
            for version, files in package.versions
        ],
    }


def _shown(text: str) -> str:
    return escape(neutral.line(text))
