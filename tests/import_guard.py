"""A plugin of pytest: whatever a module touches outside of the repository while it is imported is an error.

A test that reads elsewhere does so while it runs. A module that does so at import makes collection depend on the
machine: it fails where the file is missing, or has fewer tests there, which is worse.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import pytest

ROOT = Path(__file__).parents[1]
_OWN = tuple(f"{ROOT / folder}{os.sep}" for folder in ("tests", "mixlock_hooks", "nox_plugin", "benchmarks"))
_PREFIXES = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
_INSIDE = tuple(f"{Path(folder).resolve()}{os.sep}" for folder in (str(ROOT), *_PREFIXES))
_DEVICES = {"/dev/null", "/dev/urandom", "/dev/random"}
_FILES = {"open", "os.listdir", "os.scandir", "os.stat"}
_PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile"}
_found: list[str] = []


class TouchedError(BaseException):
    """Is no ``Exception``, so that no test module can pass over it."""


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _importing() -> str:
    """Return the module of this project that is being imported; empty where it is a library, or none is."""
    modules = (frame.f_code.co_filename for frame in _frames() if frame.f_code.co_name == "<module>")
    innermost = next(modules, "")
    return innermost if innermost.startswith(_OWN) else ""


def _is_inside(path: Any) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return True  # an open descriptor, or the folder of the run
    name = os.fsdecode(path)
    return name in _DEVICES or f"{os.path.realpath(name)}{os.sep}".startswith(_INSIDE)


def _is_refused(event: str, arguments: tuple[Any, ...]) -> bool:
    if event in _FILES:
        return not _is_inside(arguments[0])
    return event in _PROGRAMS or event.startswith("socket.")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _is_refused(event, arguments) and (module := _importing()):
        _found.append(f"{Path(module).relative_to(ROOT).as_posix()}: {event} {arguments[0]}")
        raise TouchedError(_found[-1])


def _stat(path: Any, **options: Any) -> os.stat_result:
    """Raise the event that the interpreter has for all but this: whether a file is there is a question too."""
    _watch("os.stat", (path,))
    return _real_stat(path, **options)


_real_stat = os.stat
os.stat = _stat
sys.addaudithook(_watch)


def pytest_unconfigure(config: pytest.Config) -> None:
    """List what was found, also where pytest itself is ended by the first."""
    sys.stderr.write("".join(f"TOUCHED {each}\n" for each in _found))
