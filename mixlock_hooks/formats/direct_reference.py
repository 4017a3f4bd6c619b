"""Recognise entries that name a place instead of a version: repositories, paths, URLs, pip options.

The forms are pip's (``pip install --help``, requirements file format) and PEP 508's ``name @ url``.
"""

from __future__ import annotations

import re

from mixlock_hooks.model.document import Reference, ReferenceKind

_EDITABLE = re.compile(r"-e|--editable(?=[\s=]|$)")
_INCLUDE = re.compile(r"-[rc]|(?:--requirement|--constraint)(?=[\s=]|$)")
_INDEX_OPTION = re.compile(
    r"(?:-i|-f|--index-url|--pypi-url|--extra-index-url|--find-links|--no-index|--trusted-host|--pre"
    r"|--prefer-binary|--no-binary|--only-binary|--no-deps|--use-feature|--require-hashes)(?=[\s=]|$)"
)
_SOURCES_OF_HERE = re.compile(
    r"(?:-f|--find-links|-i|--index-url|--pypi-url|--extra-index-url)(?:\s*=\s*|\s+|(?<=-[fi])(?!-))"
    r"['\"]?(?:file:|(?!\S*://)[^'\"\s=-])",
    re.IGNORECASE,
)
"""An option of pip's that has a folder or a file where an index or a page would have a URL."""
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git://|(?:ssh://)?git@|svn://", re.IGNORECASE)
_FORGE = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[^/\s]+/[^/\s#?]+/?(?:[@#].*)?$",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(r"\w+://[^\s#]+?\.git(?=[@#]|$)", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.\-]*://", re.IGNORECASE)
_ARCHIVE = re.compile(r"\S+\.(?:whl|tar\.gz|tar\.bz2|tgz|zip|conda)$", re.IGNORECASE)
_PATH = re.compile(r"file:|\.{1,2}(?:$|[/\\\[])|[/\\~]|[A-Za-z]:[/\\]", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>[A-Za-z0-9][\w.\-]*)\s*(?:\[[^\]]*\]\s*)?@\s*(?P<target>\S.*)$")
_BRACKETED = re.compile(r"(?P<name>[^\[\]]*)\[(?:.*[\[,\s])?url\s*=\s*['\"]?(?P<target>[^'\",\]\s]+)")
_OPTIONS = (
    (_EDITABLE, ReferenceKind.EDITABLE),
    (_INCLUDE, ReferenceKind.INCLUDE),
    (_SOURCES_OF_HERE, ReferenceKind.LOCAL),
    (_INDEX_OPTION, ReferenceKind.INDEX_OPTION),
)


def parse(text: str) -> Reference | None:
    """Return the reference that an entry makes, or None where it is an ordinary requirement."""
    entry = text.strip()
    for pattern, kind in _OPTIONS if entry.startswith("-") else ():
        if pattern.match(entry):
            return Reference(kind=kind, text=entry)
    named = _NAMED.match(entry) if "@" in entry else None
    if named and not _VCS.match(entry):
        kind_of_target = _target_kind(named["target"]) or ReferenceKind.LOCAL
        return Reference(kind=kind_of_target, text=entry, name=named["name"])
    bare = _target_kind(entry)
    return Reference(kind=bare, text=entry) if bare else None


def in_brackets(text: str) -> Reference | None:
    """Return the reference that a conda match spec makes in brackets (``name[url=…]``); None where it makes none."""
    found = _BRACKETED.match(text.strip())
    if not found:
        return None
    kind = _target_kind(found["target"]) or ReferenceKind.LOCAL
    return Reference(kind=kind, text=text.strip(), name=found["name"].strip())


def _target_kind(target: str) -> ReferenceKind | None:
    place = target.partition(";")[0].strip()
    if _VCS.match(place) or ("://" in place and (_FORGE.match(place) or _REPOSITORY.match(place))):
        return ReferenceKind.VERSION_CONTROL
    if _PATH.match(place):
        return ReferenceKind.LOCAL
    if _URL.match(place):
        return ReferenceKind.URL
    return ReferenceKind.LOCAL if _ARCHIVE.match(place) or place.endswith("/") else None
