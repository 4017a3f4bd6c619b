"""What a lock records of a need of a PyPI package: a constraint in Poetry's form."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet


def specifier_of(constraint: str) -> SpecifierSet:
    """Return a recorded constraint as PEP 440 reads it: a lone version means that version, a star any.

    Args:
        constraint: without alternatives (``||``).

    Raises:
        packaging.specifiers.InvalidSpecifier: PEP 440 knows no such constraint.
    """
    if constraint in {"", "*"}:
        return SpecifierSet()
    return SpecifierSet(constraint if constraint[0] in "<>=!~" else f"=={constraint}")
