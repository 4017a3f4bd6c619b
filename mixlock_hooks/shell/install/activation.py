"""Activate a prefix as conda does, without conda: ``PATH``, ``CONDA_PREFIX``, packages' variables and scripts.

The scripts lie in the prefix, ``activate.sh``, ``activate.fish`` and ``activate.ps1``. Whoever runs a command in the
prefix has a shell read the first, and takes the environment that it leaves, so that there is one way to activate.
Variables are those of ``etc/conda/env_vars.d/*.json`` (conda's packages) and scripts those of
``etc/conda/activate.d`` for the shell. Beyond what conda does, python is told to leave the user's own packages alone:
they go before the prefix's, and no lock holds them. For the same reason the variables are dropped that lead python
elsewhere, which is told; a package may set them. A virtualenv that is active is left.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OF_THE_SHELL = frozenset({"PWD", "OLDPWD", "SHLVL", "_"})
"""What a shell sets for itself, which is not the command's affair."""
_SHADOWING = ("PYTHONPATH", "PYTHONHOME", "PYTHONPLATLIBDIR")
"""What leads python to other modules than the prefix's."""
_OF_A_VIRTUALENV = ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
_LIBRARIES_BEFORE = ("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES")
"""What puts libraries before the prefix's; drivers of a machine may need it, so it stays."""
SCRIPTS = {"sh": "activate.sh", "fish": "activate.fish", "ps1": "activate.ps1"}


def write_scripts(prefix: Path) -> None:
    """Write the scripts that activate a prefix.

    Raises:
        CannotDoError: they cannot be written, or a package's variables cannot be read.
    """
    variables = _all_variables(prefix)
    try:
        for kind, name in SCRIPTS.items():
            lines = [
                *_drops(kind),
                *_variables(kind, variables),
                _path(kind, _programs(prefix)),
                *_hooks(kind, prefix),
            ]
            (prefix / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotDoError(f"{prefix}: cannot be written: {error.strerror}") from error


def hints(prefix: Path) -> Mapping[str, str]:
    """Return what activates a prefix, by shell."""
    return {
        "bash, zsh": f". {shlex.quote(str(prefix / SCRIPTS['sh']))}",
        "fish": f"source {_quoted(str(prefix / SCRIPTS['fish']))}",
        "PowerShell": f". {_of_powershell(str(prefix / SCRIPTS['ps1']))}",
    }


def dropped(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that would shadow what a prefix holds, and are dropped where it is used."""
    return tuple(name for name in _SHADOWING if environment.get(name))


def said(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what has to be said of an environment in which a prefix is used."""
    return (
        *(
            f"note: {name} is not passed on: what it names, {environment[name]}, would go before what is locked; "
            f"`env {name}=… COMMAND` sets it for a command"
            for name in dropped(environment)
        ),
        *(
            f"note: {name} stays: libraries of {environment[name]} go before the locked ones"
            for name in _LIBRARIES_BEFORE
            if environment.get(name)
        ),
    )


def activated(prefix: Path) -> dict[str, str]:
    """Return the environment of this process as it is in the activated prefix.

    A shell is needed only where packages bring scripts, which are often written for bash.

    Raises:
        CannotDoError: there is no shell, or a package's script fails.
    """
    gone = {*_SHADOWING, *_OF_A_VIRTUALENV}
    kept = {name: text for name, text in os.environ.items() if name not in gone}
    if not _hooks("sh", prefix):
        path = os.pathsep.join([str(_programs(prefix)), os.environ.get("PATH", os.defpath)])
        return {**kept, **_all_variables(prefix), "PATH": path}
    script = shlex.quote(str(prefix / SCRIPTS["sh"]))
    show = f"{shlex.quote(sys.executable)} -I -c 'import os, json; print(); print(json.dumps(dict(os.environ)))'"
    try:
        done = subprocess.run(
            [shutil.which("bash") or "sh", "-c", f". {script} >&2 && {show}"],
            env=kept,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise CannotDoError("there is no `sh` here to activate the environment with") from error
    if done.returncode != 0:
        raise CannotDoError(f"{prefix}: cannot be activated: {' '.join(done.stderr.split())[-400:]}")
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return {**found, **{name: text for name, text in os.environ.items() if name in _OF_THE_SHELL}}


def _all_variables(prefix: Path) -> dict[str, str]:
    ours = {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": str(prefix), "PYTHONNOUSERSITE": "1"}
    return {**ours, **_of_packages(prefix)}


def _programs(prefix: Path) -> Path:
    return prefix if sys.platform == "win32" else prefix / "bin"


def _of_packages(prefix: Path) -> dict[str, str]:
    """Return the variables that packages set."""
    files = sorted((prefix / "etc" / "conda" / "env_vars.d").glob("*.json"))
    return {name: value for file in files for name, value in _table(file).items()}


def _table(file: Path) -> dict[str, str]:
    try:
        table = {str(name): str(value) for name, value in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise CannotDoError(f"{file}: has no table of variables") from error
    odd = next((name for name in table if not name.isidentifier()), None)
    if odd is not None:
        raise CannotDoError(f"{file}: {odd!r} is not the name of a variable")
    return table


def _drops(kind: str) -> list[str]:
    """Return the lines that drop what would shadow the prefix, and tell it."""
    words = {name: f"mixlock: {name} is dropped, it would go before what is locked" for name in _SHADOWING}
    if kind == "sh":
        told = [f'[ -z "${{{name}-}}" ] || echo {shlex.quote(text)} >&2' for name, text in words.items()]
        return [*told, f"unset {' '.join((*_SHADOWING, *_OF_A_VIRTUALENV))}"]
    if kind == "fish":
        told = [f'test -z "${name}"; or echo {_quoted(text)} >&2' for name, text in words.items()]
        return [*told, *(f"set -e {name}" for name in (*_SHADOWING, *_OF_A_VIRTUALENV))]
    told = [f"if ($Env:{name}) {{ Write-Warning {_of_powershell(text)} }}" for name, text in words.items()]
    return [*told, *(f"$Env:{name} = $null" for name in (*_SHADOWING, *_OF_A_VIRTUALENV))]


def _variables(kind: str, variables: Mapping[str, str]) -> list[str]:
    if kind == "sh":
        return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    if kind == "fish":
        return [f"set -gx {name} {_quoted(value)}" for name, value in variables.items()]
    return [f"$Env:{name} = {_of_powershell(value)}" for name, value in variables.items()]


def _path(kind: str, programs: Path) -> str:
    if kind == "sh":
        return f'export PATH={shlex.quote(str(programs))}:"$PATH"'
    if kind == "fish":
        return f"set -gx PATH {_quoted(str(programs))} $PATH"
    return f"$Env:PATH = {_of_powershell(str(programs))} + [IO.Path]::PathSeparator + $Env:PATH"


def _hooks(kind: str, prefix: Path) -> list[str]:
    scripts = sorted((prefix / "etc" / "conda" / "activate.d").glob(f"*.{kind}"))
    read = {"sh": ".", "fish": "source", "ps1": "."}[kind]
    quote = {"sh": shlex.quote, "fish": _quoted, "ps1": _of_powershell}[kind]
    return [f"{read} {quote(str(script))}" for script in scripts]


def _quoted(text: str) -> str:
    """Quote for fish, which knows two escapes in single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _of_powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
