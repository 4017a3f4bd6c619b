"""unidep's ``requirements.yaml``, or ``[tool.unidep]`` of a ``pyproject.toml``.

Of a requirement that both conda and pip have, unidep's environments take "Pip extras win, otherwise a single pinned
side wins, and ties prefer Conda"; a name alone is the same on both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats.foreign import requirement_texts, tree
from mixlock_hooks.formats.foreign.account import Account
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.foreign import DEFAULT, ForeignSpec
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS, SELECTORS
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.spec_part import is_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.foreign.tree import Keys

PLATFORMS = tuple(
    Subdir(name) for name in ("linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64")
)
"""All that unidep knows, which a file that names none is for."""
_WORDS = ("linux64", "aarch64", "ppc64le", "osx64", "arm64", "win64", "win", "unix", "linux", "osx", "macos")
_SELECTED = re.compile(rf"(?P<text>.*?)\s*:\s*(?P<selector>(?:(?:{'|'.join(_WORDS)})\s*)+)", re.DOTALL)
_PARTS = re.compile(r"(?P<name>[A-Za-z0-9_][\w.\-]*(?:\[[^\]]*\])?)\s*(?P<pin>.*)", re.DOTALL)
_ONE_EQUALS = re.compile(r"(?<![=!<>~])=(?!=)")
REASONS = {
    "name": "it names the file, no environment",
    "optional_dependencies": "an extra is not an environment; write a spec, and `[tool.mixlock.environments.NAME]`",
    "local_dependencies": "a lock holds no local projects; name their requirements as specs of the environment",
}
"""Why keys do not map, and behind a semicolon the way out."""
_OWN = frozenset({"dependencies", "local_dependencies", "optional_dependencies", "pip_indices", "platforms"})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Side:
    """What one manager is asked for: its text, and where; ``is_pinned`` and ``has_extras`` decide between two."""

    text: str
    platforms: frozenset[Subdir]
    is_pinned: bool
    has_extras: bool


def parse(text: str, path: str) -> tuple[ForeignSpec | None, tuple[Problem, ...]]:
    """Parse a file; None where it is not unidep's.

    Returns:
        What it asks for, and what of it does not map.
    """
    in_project = is_manifest(path)
    found = tree.of_toml(text, path) if in_project else tree.of_yaml(text, path)
    if isinstance(found, Problem):
        return None, (found,)
    root: Keys = ("tool", "unidep") if in_project else ()
    value = found.at(root)
    if not isinstance(value, dict) or not (in_project or value.keys() & _OWN):
        return None, ()
    account = Account(found, REASONS)
    return _spec(account, root, path), account.finish(*root)


def _spec(account: Account, root: Keys, path: str) -> ForeignSpec:
    platforms = tuple(_platforms(account, (*root, "platforms")))
    conda: dict[str, frozenset[Subdir]] = {}
    pypi: dict[str, frozenset[Subdir]] = {}
    for index in account.indices(*root, "dependencies"):
        for text, where, is_pypi in _requirement(account, (*root, "dependencies", index)):
            chosen = where & frozenset(platforms or PLATFORMS)
            table = pypi if is_pypi else conda
            if chosen:
                table[text] = table.get(text, frozenset()) | chosen
    default, *indices = (*_indices(account, (*root, "pip_indices")), "")
    return ForeignSpec(
        origin=path,
        name=DEFAULT,
        channels=account.texts(*root, "channels"),
        platforms=platforms,
        known=PLATFORMS,
        indices=tuple(filter(None, indices)),
        pip_options=(f"--index-url {default}",) if default else (),
        conda=conda,
        pypi=pypi,
    )


def _platforms(account: Account, keys: Keys) -> Iterator[Subdir]:
    for below, name in account.numbered(*keys):
        if name in KNOWN_PLATFORMS:
            yield Subdir(name)
        else:
            hint = meant(name, KNOWN_PLATFORMS, f"known: {', '.join(KNOWN_PLATFORMS)}")
            account.refuse(below, Code.WRONG_TYPE, f"unknown platform `{name}`: left out", hint)


def _indices(account: Account, keys: Keys) -> tuple[str, ...]:
    """Return the indices, the default one first: one text, or a list."""
    return tuple(filter(None, [account.url(*keys)])) if isinstance(account.at(*keys), str) else account.urls(*keys)


def _requirement(account: Account, keys: Keys) -> Iterator[tuple[str, frozenset[Subdir], bool]]:
    """Yield what one entry asks for: a text, the platforms that it is for, whether it is PyPI's."""
    value = account.at(*keys)
    if isinstance(value, dict):
        conda, pip = _side(account, (*keys, "conda")), _side(account, (*keys, "pip"), is_pypi=True)
        account.take_if_empty(*keys)
    elif isinstance(value, str):
        conda, pip = _side(account, keys), None
    else:
        account.wrong(keys, "text, or a table of `conda` and `pip`")
        return
    both = conda.platforms & pip.platforms if conda and pip else frozenset()
    is_pips = bool(conda and pip) and _pip_wins(conda, pip)
    if conda and (where := conda.platforms - (both if is_pips else frozenset())):
        yield conda.text, where, False
    if pip and (where := pip.platforms - (frozenset() if is_pips else both)):
        yield pip.text, where, True


def _pip_wins(conda: _Side | None, pip: _Side | None) -> bool:
    if not conda or not pip:
        return False
    return pip.has_extras or (pip.is_pinned and not conda.is_pinned)


def _side(account: Account, keys: Keys, *, is_pypi: bool = False) -> _Side | None:
    """Return what one manager is asked for; None where it is nothing, or where no spec can say it, which is told."""
    written = account.text(*keys)
    if not written:
        return None
    selected = None if "::" in written or "://" in written else _SELECTED.fullmatch(written)
    bare = selected["text"] if selected else written
    where = _where(account, keys, selected["selector"] if selected else account.selector(*keys))
    parts = _PARTS.fullmatch(bare)
    pin = "".join(parts["pin"].split()) if parts and is_pypi else parts["pin"].replace(", ", ",") if parts else ""
    try:
        text = _pypi(parts, bare, pin) if is_pypi else requirement_texts.checked_conda(_conda(parts, bare, pin))
    except requirement_texts.RefusedRequirementError as error:
        account.refuse(keys, error.code, f"{error}: left out", requirement_texts.HINTS[error.code])
        return None
    return _Side(text=text, platforms=where, is_pinned=bool(pin), has_extras="[" in (parts["name"] if parts else ""))


def _conda(parts: re.Match[str] | None, bare: str, pin: str) -> str:
    return f"{parts['name']} {pin}".strip() if parts and pin and not pin.startswith(("=", "[")) else bare


def _pypi(parts: re.Match[str] | None, bare: str, pin: str) -> str:
    """Return a requirement of pip's; unidep writes its ``=`` as ``==``."""
    if not parts or "@" in bare or ";" in bare:
        return requirement_texts.checked_pypi(bare)
    return requirement_texts.checked_pypi(f"{parts['name']}{_ONE_EQUALS.sub('==', pin)}")


def _where(account: Account, keys: Keys, selector: str) -> frozenset[Subdir]:
    """Return the platforms of a selector, of whose words any may hold; all without one."""
    words = selector.split()
    for word in words:
        if word not in _WORDS:
            account.tell(keys, f"unknown selector `{word}`: it holds on no platform", f"known: {', '.join(_WORDS)}")
    plain = {"osx" if word == "macos" else word for word in words}
    return frozenset(each for each in PLATFORMS if not words or plain & SELECTORS[each])
