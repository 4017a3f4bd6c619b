"""The variables that a build sees: where its tools are and how they compile; no token, no password."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = frozenset(
    {
        *(
            "PATH",
            "SYSTEMROOT",
            "COMSPEC",
            "PATHEXT",
            "LD_LIBRARY_PATH",
            "PKG_CONFIG_PATH",
            "SDKROOT",
            "NUMBER_OF_PROCESSORS",
            "PROGRAMFILES",
            "PROGRAMFILES(X86)",
            "PROGRAMDATA",
        ),
        *(
            "CC",
            "CXX",
            "CPP",
            "FC",
            "F77",
            "AR",
            "LD",
            "LDSHARED",
            "RANLIB",
            "CFLAGS",
            "CXXFLAGS",
            "CPPFLAGS",
            "FFLAGS",
        ),
        *("LDFLAGS", "MACOSX_DEPLOYMENT_TARGET", "ARCHFLAGS", "CMAKE_ARGS", "RUSTUP_HOME", "CARGO_HOME", "JAVA_HOME"),
    }
)
"""Variables that a build sees: where its tools are and how they compile."""
_NOWHERE = "http://127.0.0.1:9"
"""The discard port: a proxy that nobody answers at."""


def of_build(folder: Path, epoch: int, *, network: bool) -> dict[str, str]:
    """Return what makes two builds alike: the same clock, language, hashes and names of folders.

    Args:
        folder: where the build may write; its home and temporary folder lie there.
        epoch: the build's clock, in seconds.
        network: whether it may use the network.
    """
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT}
    offline = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"), _NOWHERE)
    return {
        **kept,
        **({} if network else {**offline, "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "CARGO_NET_OFFLINE": "true"}),
        **_compiler_flags(kept, folder.parent),
        "RUSTUP_HOME": kept.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
        "CARGO_HOME": str(folder / "home" / ".cargo"),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "TEMP": str(folder / "tmp"),
        "TMP": str(folder / "tmp"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "SOURCE_DATE_EPOCH": str(epoch),
    }


def _compiler_flags(kept: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Keep the name of the build's folder, headers of its environment too, out of what is compiled.

    Source: GCC and clang, ``-ffile-prefix-map``.

    It goes into ``CPPFLAGS``, which distutils adds to python's own flags; ``CFLAGS`` would replace them, ``-O3`` too.
    """
    if sys.platform == "win32":
        return {}
    return {"CPPFLAGS": f"{kept.get('CPPFLAGS', '')} -ffile-prefix-map={folder}=/mixlock".strip()}
