"""``requirements.txt``: pip's requirements file format, and what the Metaflow extension adds to it.

The additions are ``--conda-pkg NAME[OP VERSION]``, ``--conda-channel C`` and ``--sys-pkg NAME=VERSION``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments, direct_reference
from mixlock_hooks.formats.entries import Entries, Style, python_of
from mixlock_hooks.formats.pip_options import NAMES, PRE, PipOptions, is_read, name_and_value, split_options
from mixlock_hooks.formats.pip_requirement import COMMENT
from mixlock_hooks.formats.text import MOST_ENTRIES
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry, SpecDocument
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.place import Place
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_SILENT = frozenset({"--require-hashes", "--no-cache-dir", "--disable-pip-version-check"})
_STYLE = Style(
    conda="write --conda-pkg name, name=1.2 or name>=1,<2",
    virtual="write for example --sys-pkg __glibc=2.27",
    extra="ask PyPI for the extra: a line `{}`",
)


@dataclass(kw_only=True)
class _Reading:
    """What one file gave so far."""

    path: str
    entries: Entries = field(default_factory=lambda: Entries(style=_STYLE))
    channels: list[Entry[str]] = field(default_factory=list)
    options: PipOptions = field(default_factory=PipOptions)


def parse(text: str, path: str, *, may_be_empty: bool = False) -> SpecDocument:
    """Parse a requirements file's text; ``-i`` becomes the document's default index.

    Args:
        text: the file's text.
        path: its path, relative to the root.
        may_be_empty: it may ask for nothing, as a file that another one includes.
    """
    reading = _Reading(path=path)
    for count, (entry, place) in enumerate(_entries(text, path)):
        if count == MOST_ENTRIES:
            return _too_long(path, place)
        if entry.startswith("-"):
            _read_option(reading, entry, place)
        else:
            reading.entries.read_pypi(entry, place)
    if reading.entries.asks_for_nothing and not (reading.entries.problems or may_be_empty):
        place = Place(path=path)
        reading.entries.problem(
            Code.WRONG_TYPE, place, "the file asks for nothing", "list what the environment needs"
        )
    _move_python(reading.entries)
    return replace(
        reading.options.document(path),
        channels=tuple(reading.channels),
        virtual_packages=tuple(reading.entries.virtual),
        conda=tuple(reading.entries.conda),
        pypi=tuple(reading.entries.pypi),
        references=tuple(reading.entries.references),
        allowances=comments.allowances(text.splitlines()),
        problems=tuple(reading.entries.problems),
    )


def _too_long(path: str, place: Place) -> SpecDocument:
    claim, hint = f"holds more than {MOST_ENTRIES} entries", "name the spec, not what was made from it"
    return SpecDocument(path=path, problems=(Problem(code=Code.UNREADABLE, place=place, claim=claim, hint=hint),))


def _entries(text: str, path: str) -> Iterator[tuple[str, Place]]:
    """Yield each requirement and each option, of which a line may hold several."""
    for line, place in _logical_lines(text, path):
        if line.startswith("-"):
            for option, offset in split_options(line):
                yield option, place.within(offset, len(option))
        else:
            yield line, place


def _logical_lines(text: str, path: str) -> Iterator[tuple[str, Place]]:
    """Yield lines without comments, continuations joined, each where it begins."""
    pending, begin = "", 0
    lines = text.splitlines()
    for number, raw in enumerate(lines, 1):
        begin = begin or number
        if raw.endswith("\\") and not raw.lstrip().startswith("#"):
            pending += raw[:-1]
            if number < len(lines):
                continue
            raw = ""  # noqa: PLW2901 - the file ends in a continuation
        line = COMMENT.sub("", pending + raw)
        if line.strip():
            column = len(line) - len(line.lstrip()) + 1
            end_column = len(raw.rstrip()) + 1 if begin != number else len(line.rstrip()) + 1
            place = Place(path=path, line=begin, column=column, end_line=number, end_column=end_column)
            yield line.strip(), place
        pending, begin = "", 0


def _move_python(entries: Entries) -> None:
    """Make ``python==3.10.*`` the python version: no index has python, and both Metaflow parsers read it so."""
    for entry in [found for found in entries.pypi if found.value.name == "python"]:
        python = python_of(entry.value)
        if python:
            entries.pypi.remove(entry)
            entries.conda.append(Entry(value=python, place=entry.place))


def _read_option(reading: _Reading, line: str, place: Place) -> None:
    reference = direct_reference.parse(line)
    name, value = name_and_value(line)
    reader = _OPTIONS.get(name)
    if line == PRE:
        reading.options.read(PRE, PRE, place)
    elif reader is not None and (not value or name not in NAMES or is_read(name, value)):
        if value:
            reader(reading, value, place)
        else:
            reading.entries.problem(Code.WRONG_TYPE, place, f"`{name}` needs a value", f"write `{name} VALUE`")
    elif name in _SILENT:
        return
    elif reference is not None:
        reading.entries.references.append(Entry(value=reference, place=place))
    else:
        hint = meant(name, _OPTIONS, f"known: {', '.join(_OPTIONS)}")
        reading.entries.problem(Code.UNKNOWN_KEY, place, f"unknown option `{redacted(name)}`", hint)


def _read_channel(reading: _Reading, value: str, place: Place) -> None:
    reading.channels.append(Entry(value=value, place=place))


def _option_reader(name: str) -> Callable[[_Reading, str, Place], None]:
    return lambda reading, value, place: reading.options.read(name, value, place)


_OPTIONS: dict[str, Callable[[_Reading, str, Place], None]] = {
    "--conda-pkg": lambda reading, value, place: reading.entries.read_conda(value, place),
    "--conda-channel": _read_channel,
    "--sys-pkg": lambda reading, value, place: reading.entries.read_virtual(value, place),
    **{name: _option_reader(name) for name in NAMES},
}
