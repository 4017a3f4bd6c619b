"""Why a package is in a lock, as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.report import neutral
from mixlock_hooks.report.changes import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.why import Chain, Reason

VERSION = 1
"""The version of the JSON output."""


def text(reasons: Sequence[Reason]) -> str:
    """Render each package with the chains that lead to it, one step a line."""
    return "".join(_text(reason) for reason in reasons)


def _text(reason: Reason) -> str:
    lines = [f"{_shown(reason.package)}  [{', '.join(reason.platforms)}]"]
    if reason.bound_to:
        lines.append(f"  from {reason.bound_to} alone (`index-of`)")
    lines += [f"  {_where(each)} binds it to {each.name}{each.specifier} (constraint)" for each in reason.constraints]
    for chain in reason.chains:
        lines += _steps(chain)
    if not reason.chains:
        lines.append("  nothing asks for it; `mixlock drift --verify` explains")
    return neutral.lines(lines)


def _steps(chain: Chain) -> Iterator[str]:
    first, *rest = chain.links
    asks = "asks for PyPI packages, which implies" if chain.implied else "asks for"
    yield f"  {chain.place.path}:{chain.place.line} {asks} {first.name}{first.constraint}"
    needing = first.package
    for depth, link in enumerate(rest, 2):
        yield f"{'  ' * depth}{_shown(needing)} needs {link.name} {link.constraint}".rstrip()
        needing = link.package


def _where(constraint: PypiRequirement) -> str:
    return f"{constraint.place.path}:{constraint.place.line}"


def _shown(package: LockedPackage) -> str:
    return f"{package.name} {package.version} ({SHOWN[package.manager]})"


def json_text(reasons: Sequence[Reason]) -> str:
    """Render the documented JSON: ``version`` and ``reasons``."""
    document = {"version": VERSION, "reasons": [_as_mapping(reason) for reason in reasons]}
    return neutral.json_text(document)


def _as_mapping(reason: Reason) -> dict[str, Any]:
    return {
        **_package(reason.package),
        "platforms": list(reason.platforms),
        **({"index_of": reason.bound_to} if reason.bound_to else {}),
        **({"constraints": [_constraint(each) for each in reason.constraints]} if reason.constraints else {}),
        "chains": [
            {
                "path": chain.place.path,
                "line": chain.place.line,
                **({"implied": True} if chain.implied else {}),
                "links": [
                    {"needs": link.name, "constraint": link.constraint, **_package(link.package)}
                    for link in chain.links
                ],
            }
            for chain in reason.chains
        ],
    }


def _constraint(constraint: PypiRequirement) -> dict[str, Any]:
    asked = {"needs": constraint.name, "constraint": constraint.specifier}
    return {**asked, "path": constraint.place.path, "line": constraint.place.line}


def _package(package: LockedPackage) -> dict[str, str]:
    return {"name": package.name, "version": package.version, "manager": package.manager.value}


FORMS = {"text": text, "json": json_text}
