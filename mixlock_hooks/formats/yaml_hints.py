"""What is likely wrong with a spec that is no YAML, as far as its lines tell."""

from __future__ import annotations

import re

from mixlock_hooks.formats import conflict_markers

TEMPLATE = "templates are not YAML: lock the rendered file"
_INDENTED_BY_TAB = re.compile(r"^ *(?:- +)*\t", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
_WITHOUT_COLON = re.compile(r"^(?P<key>channels|dependencies|platforms|[ ]*- pip)[ \r]*$", re.MULTILINE)

_FAR = 200
"""Letters in which the next line begins."""


def yaml_hint(text: str) -> str:
    """Return the way out for a text that a YAML parser refuses."""
    if conflict_markers.first_line(text.encode()):
        return "resolve the merge conflict, whose markers stand in the file"
    if _INDENTED_BY_TAB.search(text):
        return "YAML is indented with spaces, never tabs"
    bare_text = _COMMENT.sub("", text)
    if "{%" in bare_text or "{{" in bare_text:
        return TEMPLATE
    bare = next((found for found in _WITHOUT_COLON.finditer(text) if _begins_a_list(text, found)), None)
    if bare:
        line = text.count("\n", 0, bare.start()) + 1
        return f"`{bare['key'].strip()}` in line {line} lacks its colon: `{bare['key'].strip()}:`"
    return "correct the syntax at this place"


def _begins_a_list(text: str, found: re.Match[str]) -> bool:
    """Return whether the next line is an entry that belongs below a key; ``- pip`` alone is a package's name."""
    following = text[found.end() : found.end() + _FAR].lstrip("\r\n").partition("\n")[0]
    indent, own = (len(line) - len(line.lstrip(" ")) for line in (following, found["key"]))
    is_entry = following.lstrip(" ").startswith("- ")
    return is_entry and (indent > own or not found["key"].lstrip(" ").startswith("-"))
