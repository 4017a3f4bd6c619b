"""One PEP 508 requirement as pip writes it, with ``--hash`` suffixes.

Rendering is ``PypiRequirement``'s own; two spellings of one requirement give one value: extras and specifier
clauses sorted, names normalized, markers in packaging's canonical quoting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.requirement import PypiRequirement
from mixlock_hooks.model.target import is_decidable

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place

_HASH = re.compile(r"\s--hash(?:=|\s+)(?P<quote>['\"]?)(?P<hash>\w+:[0-9a-fA-F]+)(?P=quote)(?=\s|$)")
_ALGORITHMS = ("sha256", "sha384", "sha512")
"""Those that pip takes."""
_OPTION = re.compile(r"(?<=\s)--?[a-zA-Z][\w-]*")
_KERNEL = re.compile(r"platform_(?:release|version)")
COMMENT = re.compile(r"(?:^|\s)#.*$")
"""What pip takes for a comment in its files (``req_file.COMMENT_RE``)."""


class NotARequirementError(ValueError):
    """The text is no PEP 508 requirement; ``offset`` counts characters to where it fails."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


def option_behind(text: str) -> tuple[str, str]:
    """Return a requirement line without what follows its first option other than ``--hash``, and that option.

    pip reads three options behind a requirement, and drops every other in silence (its ``req_file.py``).
    """
    line = _HASH.sub(lambda found: " " * len(found[0]), COMMENT.sub("", text))
    found = _OPTION.search(line)
    return (text[: found.start()].rstrip(), found[0]) if found else (text, "")


def _refuse_hashes(hashes: tuple[str, ...]) -> None:
    """Refuse hashes that pip does not take, or that nothing could be compared with.

    Raises:
        NotARequirementError: there are such.
    """
    for found in hashes:
        if found.partition(":")[0] not in _ALGORITHMS:
            raise NotARequirementError(f"`--hash={found}` is none that pip takes: {', '.join(_ALGORITHMS)}")
    if hashes and not any(found.startswith("sha256:") for found in hashes):
        raise NotARequirementError("an index tells sha256 alone, so add `--hash=sha256:…` (`pip hash FILE` tells it)")


def behind(text: str) -> str:
    """Return the first hash, option or comment, which only a line of pip's may have behind it; else nothing."""
    found = [match for match in (_HASH.search(text), _OPTION.search(text), COMMENT.search(text)) if match]
    return min(found, key=lambda match: match.start())[0].strip() if found else ""


def parse(text: str, place: Place) -> PypiRequirement:
    """Parse one requirement line (PEP 508), comments and ``--hash`` options allowed.

    Raises:
        NotARequirementError: the text does not follow PEP 508.
    """
    line = COMMENT.sub("", text)
    hashes = tuple(sorted(found["hash"].lower() for found in _HASH.finditer(line)))
    _refuse_hashes(hashes)
    try:
        requirement = Requirement(_HASH.sub("", line).strip())
        found = PypiRequirement(
            name=pypi_name(requirement.name),
            extras=tuple(sorted(pypi_name(extra) for extra in requirement.extras)),
            specifier=",".join(sorted(str(clause) for clause in requirement.specifier)),
            marker=str(requirement.marker or ""),
            hashes=hashes,
            place=place,
        )
    except InvalidRequirement as error:
        first, *rest = str(error).splitlines()
        caret = next((row.index("^") for row in rest if "^" in row), 4)
        raise NotARequirementError(first, max(0, caret - 4)) from error
    except ValueError as error:
        raise NotARequirementError(str(error)) from error
    kernel = _KERNEL.search(found.marker)
    if kernel:
        raise NotARequirementError(
            f"`{kernel[0]}` is one machine's, so no lock can judge the marker", line.find(";") + 1
        )
    if requirement.marker and not is_decidable(requirement.marker):
        raise NotARequirementError(f"no installer can judge its marker `{found.marker}`", line.find(";") + 1)
    return found
