"""Fill templates of text (``%``, ``str.format``, format specifications), but for what is huge or no constant."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_WIDE = re.compile(r"\d{5,}")
_PERCENT = re.compile(r"%(?:\([^)]*\))?[^a-zA-Z%]*")
_CONVERSIONS: dict[int, Callable[[object], str]] = {ord("r"): repr, ord("a"): ascii, ord("s"): str}
FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What filling a template raises where it does not fit its values."""


def percent(template: str, values: object) -> str:
    """Return ``template % values``.

    Raises:
        ValueError: a width is computed, or huge; any of ``FAILURES``.
    """
    for found in _PERCENT.findall(template):
        if "*" in found or _WIDE.search(found):
            raise ValueError("a width that is computed or huge")
    return template % values


def formatted(template: str, values: Sequence[object], named: Mapping[str, object]) -> str:
    """Return ``template.format(*values, **named)``.

    Raises:
        ValueError: a field looks into a value, or a width is computed or huge; any of ``FAILURES``.
    """
    for _text, name, specification, _conversion in string.Formatter().parse(template):
        if name and ("." in name or "[" in name):
            raise ValueError(f"{{{name}}} looks into a value")
        if specification:
            _refuse_wide(specification)
    return template.format(*values, **named)


def one(value: object, specification: str, conversion: int) -> str:
    """Return what an f-string makes of one value.

    Raises:
        ValueError: a width is huge; any of ``FAILURES``.
    """
    _refuse_wide(specification)
    convert = _CONVERSIONS.get(conversion)
    return format(convert(value) if convert else value, specification)


def _refuse_wide(specification: str) -> None:
    if "{" in specification or _WIDE.search(specification):
        raise ValueError("a width that is computed or huge")
