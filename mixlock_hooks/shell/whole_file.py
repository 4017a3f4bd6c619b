"""Write one file so that nobody ever sees a part of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mixlock_hooks.model.failure import CannotDoError


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file with these permissions, and its folder if need be.

    Raises:
        CannotDoError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotDoError(f"{path.parent}: cannot be written: {error.strerror}") from error
