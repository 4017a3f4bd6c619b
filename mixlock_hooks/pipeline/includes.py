"""Files that a spec includes (``-r FILE``, ``-c FILE``), read in place: their entries keep their own places."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any, TypeVar

from mixlock_hooks.formats import requirements_txt
from mixlock_hooks.formats.pip_options import name_and_value
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.document import IndexOptions, ReferenceKind, under
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.settings import NO_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.document import Entry, Reference, SpecDocument
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.project import Project

T = TypeVar("T")

_READ = ("-r", "--requirement")


class _NotInPlaceError(Exception):
    """A file cannot be read in place: why, and what helps."""

    def __init__(self, why: str, way_out: str) -> None:
        super().__init__(why)
        self.why = why
        self.way_out = way_out


def with_includes(project: Project, document: SpecDocument, chain: tuple[str, ...] = ()) -> SpecDocument:
    """Return a document with what its ``-r`` files ask for in their place.

    A file is read if git tracks it inside the repository and it does not include itself, relative to the file that
    names it, as pip does (requirements file format). A ``-c`` file asks for nothing, and binds what PyPI's side
    chooses; its options count like any other's. What cannot be read stays a reference, which is MIX105 and says why.

    Args:
        project: the repository.
        document: what was read of a file.
        chain: the files that led to it.
    """
    chain = (*chain, document.path)
    for entry in [each for each in document.references if each.value.kind is ReferenceKind.INCLUDE]:
        name, value = name_and_value(entry.value.text)
        try:
            included = _included(project, _path(entry, name, value), chain)
            if name in _READ:
                document = _joined(document, entry, included)
            else:
                _refuse_more_than_constraints(included)
                bound = replace(included, pypi=(), constraints=(*included.constraints, *included.pypi))
                document = _joined(document, entry, bound)
        except _NotInPlaceError as error:
            told = replace(entry, value=replace(entry.value, why=error.why, way_out=error.way_out))
            others = (told if each == entry else each for each in document.references)
            document = replace(document, references=tuple(others))
    return document


def _included(project: Project, path: str, chain: tuple[str, ...]) -> SpecDocument:
    if path in chain:
        raise _NotInPlaceError(f"{path} includes itself", "take the line out")
    if path not in project.repository.tracked():
        if project.files.read(path) is None:
            raise _NotInPlaceError(
                f"there is no file {path}",
                "correct the path, which is relative to this file, or list its requirements here",
            )
        raise _NotInPlaceError(f"git does not track {path}", f"`git add {quote(path)}`")
    content = project.files.read(path)
    if content is None:
        raise _NotInPlaceError(f"{path} is not in the work tree", f"`git restore {quote(path)}` brings it back")
    text = decode(content, path)
    if isinstance(text, Problem):
        raise _NotInPlaceError(f"{path}: {text.claim}", text.hint)
    return with_includes(project, requirements_txt.parse(text, path, may_be_empty=True), chain)


def _refuse_more_than_constraints(included: SpecDocument) -> None:
    """Refuse a ``-c`` file with more than names, specifiers and markers, beside options.

    Raises:
        _NotInPlaceError: it has more; the first of it is named.
    """
    wrong = next((problem for problem in included.problems if problem.severity is Severity.ERROR), None)
    if wrong:
        raise _NotInPlaceError(f"{wrong.place}: {wrong.claim}", wrong.hint)
    for place, why in sorted(_no_constraints(included)):
        claim = f"line {place.line} of {place.path} {why}"
        raise _NotInPlaceError(claim, "take the line out of the file of constraints")


def _no_constraints(included: SpecDocument) -> Iterator[tuple[Place, str]]:
    """Yield what of a ``-c`` file binds no version, and why."""
    yield from ((entry.place, "asks for more than a version") for entry in included.references)
    yield from ((entry.place, "names a channel") for entry in included.channels)
    yield from ((entry.place, "binds nothing that an index has") for entry in included.conda)
    yield from ((entry.place, "is no constraint") for entry in included.virtual_packages)
    for entry in included.pypi:
        if entry.value.extras:
            yield entry.place, "has extras, which constraints of pip cannot have"
        if entry.value.hashes:
            yield entry.place, "has hashes, and a constraint binds versions"


def _path(entry: Entry[Reference], name: str, value: str) -> str:
    """Return the file that an entry includes, relative to the root.

    Raises:
        _NotInPlaceError: it names none, or none of the repository.
    """
    if not value:
        raise _NotInPlaceError("it names no file", f"write `{name} FILE`")
    if "://" in value:
        raise _NotInPlaceError("it is on the web, where it may change", "keep the file in the repository")
    relative = value.removeprefix("file:")  # pip's own reading of a URL without a host
    path = posixpath.normpath(posixpath.join(posixpath.dirname(entry.place.path), relative))
    if path.startswith(("..", "/")):
        raise _NotInPlaceError(f"{relative} leads out of the repository", "keep the file in the repository")
    return path


def _joined(document: SpecDocument, entry: Entry[Reference], included: SpecDocument) -> SpecDocument:
    """Return a document with all that an included file says where its own entry stands."""
    allowances = (replace(each, path=each.path or included.path) for each in included.allowances)
    before, after = _around(document, entry)
    options = included.index_options.under(entry.selector)
    earlier = tuple(each for each in document.binary_options if not _is_after(each, entry))
    later = document.binary_options[len(earlier) :]
    return replace(
        document,
        channels=(*document.channels, *under(entry.selector, included.channels)),
        indices=(*document.indices, *under(entry.selector, included.indices)),
        index_options=before.then(options).then(after),
        find_links=(*document.find_links, *under(entry.selector, included.find_links)),
        binary_options=(*earlier, *under(entry.selector, included.binary_options), *later),
        trusted_hosts=(*document.trusted_hosts, *under(entry.selector, included.trusted_hosts)),
        prereleases=(*document.prereleases, *under(entry.selector, included.prereleases)),
        virtual_packages=(*document.virtual_packages, *under(entry.selector, included.virtual_packages)),
        conda=(*document.conda, *under(entry.selector, included.conda)),
        constraints=(*document.constraints, *under(entry.selector, included.constraints)),
        pypi=(*document.pypi, *under(entry.selector, included.pypi)),
        references=(
            *(each for each in document.references if each != entry),
            *under(entry.selector, included.references),
        ),
        allowances=(*document.allowances, *allowances),
        problems=(*document.problems, *included.problems),
        read=document.read | included.read | {included.path},
    )


def _around(document: SpecDocument, entry: Entry[Reference]) -> tuple[IndexOptions, IndexOptions]:
    """Part a document's options at the entry that includes a file; that there is no default index comes first."""
    options = document.index_options
    default, extra = ([each for each in some if _is_after(each, entry)] for some in (options.default, options.extra))
    before = IndexOptions(
        default=tuple(each for each in options.default if each not in default),
        extra=tuple(each for each in options.extra if each not in extra),
        dropped=options.dropped,
    )
    return before, IndexOptions(default=tuple(default), extra=tuple(extra))


def _is_after(option: Entry[Any], entry: Entry[Reference]) -> bool:
    """Return whether an option stands below the entry; one of another file was included above it."""
    is_below = option.place.path == entry.place.path and option.place > entry.place
    return is_below and option.value != NO_INDEX
