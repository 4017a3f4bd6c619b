"""The requirements of a table of pixi's: ``[dependencies]`` as match specs, ``[pypi-dependencies]`` as PEP 508."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.foreign import requirement_texts
from mixlock_hooks.model.codes import Code

if TYPE_CHECKING:
    from mixlock_hooks.formats.foreign.account import Account
    from mixlock_hooks.formats.foreign.tree import Keys

_FIELDS = {
    "version": "version",
    "build": "build",
    "build-number": "build_number",
    "subdir": "subdir",
    "md5": "md5",
    "sha256": "sha256",
}
"""Keys of a conda requirement, and what match specs call them."""
_ELSEWHERE = {
    "git": (Code.VERSION_CONTROL, "version control"),
    "path": (Code.LOCAL, "a local path"),
    "url": (Code.DIRECT_URL, "a direct URL"),
}
_POOL = ("workspace", "dependencies")


def conda_requirements(account: Account, keys: Keys, root: Keys) -> dict[str, str]:
    """Return the match specs of a table by name; what no spec can say is left out, and told.

    Args:
        account: the manifest.
        keys: the table.
        root: where in its file the manifest begins.
    """
    found: dict[str, str] = {}
    for name in account.names(*keys):
        fields = _fields(account, (*keys, name), root)
        if fields is None:
            continue
        try:
            found[name.lower()] = requirement_texts.conda(name, fields)
        except requirement_texts.RefusedRequirementError as error:
            _refuse(account, (*keys, name), error)
    return found


def _fields(account: Account, keys: Keys, root: Keys) -> dict[str, str] | None:
    """Return what a requirement says, the workspace's pool below it; None where it is left out."""
    value = account.at(*keys)
    if isinstance(value, str):
        return {"version": account.text(*keys)}
    if not isinstance(value, dict):
        account.wrong(keys, "a version or a table")
        return None
    if _is_elsewhere(account, keys, value):
        return None
    inherited: dict[str, str] | None = {}
    if "workspace" in value:
        inherited = _inherited(account, keys, root) if account.take(*keys, "workspace") is True else {}
    if inherited is None:
        return None
    own = {field: account.text(*keys, key) for key, field in _FIELDS.items() if key in value}
    if "channel" in value:
        own["channel"] = account.source(*keys, "channel")
    account.take_if_empty(*keys)
    return {**inherited, **{field: text for field, text in own.items() if text}}


def _inherited(account: Account, keys: Keys, root: Keys) -> dict[str, str] | None:
    pool = (*root, *_POOL, str(keys[-1]))
    if keys == pool or account.at(*pool) is None:
        claim = f"`{keys[-1]}` is to come from `workspace.dependencies`, which does not have it"
        account.refuse(keys, Code.UNKNOWN_KEY, claim, "name its version")
        return None
    return _fields(account, pool, root)


def _is_elsewhere(account: Account, keys: Keys, value: dict[str, object]) -> bool:
    """Leave out a requirement that comes from elsewhere than a channel or an index."""
    kind = next((kind for kind in _ELSEWHERE if kind in value), None)
    if kind is None:
        return False
    code, place = _ELSEWHERE[kind]
    if value.get("editable") is True:
        code, place = Code.EDITABLE, "a local path, editable"
    claim = f"`{keys[-1]}` comes from {place}, which a mixed lock cannot hold: left out"
    account.refuse(keys, code, claim, requirement_texts.HINTS[code])
    return True


def pypi_requirements(account: Account, keys: Keys) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the requirements of a table by name, and the indices that they name.

    Arguments as for ``conda_requirements``.
    """
    found = {name: _pypi(account, (*keys, name)) for name in account.names(*keys)}
    tables = [name for name, text in found.items() if text and isinstance(account.at(*keys, name), dict)]
    indices = [_index(account, (*keys, name)) for name in tables]
    return {name: text for name, text in found.items() if text}, tuple(filter(None, indices))


def _pypi(account: Account, keys: Keys) -> str:
    """Return a requirement; nothing where it is left out."""
    value = account.at(*keys)
    extras: tuple[str, ...] = ()
    marker = ""
    if isinstance(value, str):
        version = account.text(*keys)
    elif not isinstance(value, dict):
        account.wrong(keys, "a version or a table")
        return ""
    elif _is_elsewhere(account, keys, value):
        return ""
    else:
        version, marker = account.text(*keys, "version"), account.text(*keys, "env-markers")
        extras = account.texts(*keys, "extras")
        account.take_if_empty(*keys)
    try:
        return requirement_texts.pypi(str(keys[-1]), version, extras, marker)
    except requirement_texts.RefusedRequirementError as error:
        _refuse(account, keys, error)
        return ""


def _index(account: Account, keys: Keys) -> str:
    """Return the index that a requirement names, with a line on what a spec does not say of it."""
    index = account.url(*keys, "index")
    if index:
        claim = f"`{keys[-1]}` is to come from {index} alone; the spec has it as one more index"
        hint = f'bind it: `[tool.mixlock.index-of]` `{keys[-1]} = "{index}"`'
        account.tell((*keys, "index"), claim, hint)
    return index


def _refuse(account: Account, keys: Keys, error: requirement_texts.RefusedRequirementError) -> None:
    account.refuse(keys, error.code, f"{error}: left out", requirement_texts.HINTS[error.code])
