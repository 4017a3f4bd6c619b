"""Virtual packages as ``name=version`` pairs, and the ``virtual-packages.yml`` that conda-lock reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import VirtualName
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.platforms import VIRTUAL_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import Subdir

_VERSION = re.compile(r"[0-9A-Za-z][\w.]*(?: [\w.\-]+)?")
_RULED = {
    "__glibc": (re.compile(r"\d+(?:\.\d+)+"), "2.28"),
    "__musl": (re.compile(r"\d+(?:\.\d+)+"), "1.2"),
    "__osx": (re.compile(r"\d+(?:\.\d+)*"), "13.0"),
    "__archspec": (re.compile(r"\d+"), "1 x86_64_v3"),
    "__cuda": (re.compile(r"\d+(?:\.\d+)*"), "12.6"),
}
"""Those that decide which file fits, with the versions that the rule can compare, and one for example (PEP 600)."""


def parse_pair(text: str) -> tuple[VirtualName, str, str]:
    """Take ``__glibc=2.27`` apart; the third value claims what is wrong and is empty where nothing is."""
    name, _, version = (part.strip() for part in text.replace("==", "=").partition("="))
    if name not in VIRTUAL_PACKAGES:
        claim = f"unknown virtual package `{name}`"
        return VirtualName(name), version, "; ".join(filter(None, (claim, meant(name, VIRTUAL_PACKAGES))))
    if not _VERSION.fullmatch(version):
        return VirtualName(name), version, f"virtual package `{name}` needs a version"
    form, example = _RULED.get(name, (_VERSION, ""))
    if not form.fullmatch(version.partition(" ")[0]):
        return VirtualName(name), version, f"`{version}` is not a version of `{name}`, as {example} is one"
    return VirtualName(name), version, ""


def render(packages: Mapping[Subdir, Mapping[VirtualName, str]]) -> str:
    """Render conda-lock's ``virtual-packages.yml``: it replaces every default, so all are listed."""
    import yaml  # noqa: PLC0415 - a check reads pairs, of flows without any YAML

    subdirs = {str(subdir): {"packages": dict(sorted(found.items()))} for subdir, found in packages.items()}
    return str(yaml.safe_dump({"subdirs": subdirs}, sort_keys=True))
