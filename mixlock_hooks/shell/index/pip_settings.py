"""What pip is told on this machine about where to look: its variables and its files, where it finds them.

Source: pip's documentation, "Configuration" and its module ``_internal/utils/appdirs.py``.
"""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTIONS = ("install", "global")
"""Where options stand that ``pip install`` reads, the more specific section first."""
_OTHERS = ("extra-index-url", "find-links", "no-index")


def index_url(system: str = sys.platform) -> str:
    """Return the index that pip is told to use instead of the public one; empty where it is told none.

    Args:
        system: as in ``sys.platform``.

    Raises:
        UsageError: one of pip's files cannot be read.
    """
    return os.environ.get("PIP_INDEX_URL") or next((url for _where, url in _values("index-url", system)), "")


def unused(system: str = sys.platform) -> Iterator[tuple[str, str]]:
    """Yield what tells pip to look elsewhere too, which no lock may depend on: where it stands, and its value.

    Args:
        system: as in ``sys.platform``.

    Raises:
        UsageError: one of pip's files cannot be read.
    """
    for option in _OTHERS:
        variable = f"PIP_{option.upper().replace('-', '_')}"
        named = os.environ.get(variable, "").strip()
        if named:
            yield variable, named
        yield from ((f"`{option}` in {where}", value) for where, value in _values(option, system))


def _values(option: str, system: str) -> Iterator[tuple[Path, str]]:
    """Yield the values of an option in pip's files, the one that counts first."""
    for section in _SECTIONS:
        for file in reversed(list(files(system))):
            found = _read(file).get(section, option, fallback="").strip()
            if found:
                yield file, found


def _read(file: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        with file.open(encoding="utf-8") as opened:
            parser.read_file(opened)
    except FileNotFoundError:
        return parser
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise UsageError(f"{file}: pip's configuration cannot be read: {redacted(str(error))}") from error
    return parser


def files(system: str = sys.platform) -> Iterator[Path]:
    """Yield where pip looks for its configuration, least specific first.

    Args:
        system: as in ``sys.platform``.
    """
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    name = "pip.ini" if system == "win32" else "pip.conf"
    home = Path.home()
    yield from (folder / name for folder in _of_all_users(system))
    yield home / ("pip" if system == "win32" else ".pip") / name
    yield _of_user(system, home) / name
    yield Path(sys.prefix) / name
    if named:
        yield Path(named)


def _of_all_users(system: str) -> Iterator[Path]:
    if system == "darwin":
        yield from map(Path, MacOS("pip", appauthor=False, multipath=True).site_data_dir.split(os.pathsep))
    elif system == "win32":
        yield Path(Windows("pip", appauthor=False).site_config_dir)
    else:
        yield from map(Path, reversed(Unix("pip", appauthor=False, multipath=True).site_config_dir.split(os.pathsep)))
        yield Path("/etc")


def _of_user(system: str, home: Path) -> Path:
    if system == "win32":
        return Path(Windows("pip", appauthor=False, roaming=True).user_config_dir)
    if system == "darwin":
        own = Path(MacOS("pip", appauthor=False).user_config_dir)
        return own if own.is_dir() else home / ".config/pip"
    return Path(Unix("pip", appauthor=False).user_config_dir)
