"""The sandbox a build runs in: what it may know, where it may write, how long it may take, and no network.

What keeps the network and the file system away is Linux's own: a network namespace (``unshare``) and Landlock. Where
the machine has neither, variables tell well-behaved programs that they are offline.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell import process
from mixlock_hooks.shell.build import landlock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
"""Variables that a build sees: where its tools are and how they compile. No token, no password."""
_NOWHERE = "http://127.0.0.1:9"
"""The discard port: a proxy that nobody answers at."""
_LAUNCHER = Path(landlock.__file__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a build may take: seconds for each of its steps, bytes of output, and whether it may use the network."""

    seconds: float = 1800.0
    output_bytes: int = 16 * 2**20
    network: bool = False


class Sandbox:
    """One build's folder, the variables it sees, and its log.

    The build may write below ``work`` only: its environment, what uv is told and the log lie beside it.
    """

    def __init__(self, folder: Path, limits: Limits, epoch: int) -> None:
        self.work = folder / "work"
        self.log = folder / "build.log"
        self._limits = limits
        for name in ("home", "tmp"):
            (self.work / name).mkdir(parents=True, exist_ok=True)
        self._variables = _variables(self.work, epoch, network=limits.network)

    def __call__(
        self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        """Run one step of the build, as a runner of ``pyproject_hooks``.

        The last word of such a step is a folder of ``pyproject_hooks``' own, in which it leaves its answer.

        Raises:
            process.OverrunError: it took too long, or said too much.
            subprocess.CalledProcessError: it failed.
        """
        writable = [
            self.work,
            *(Path(word) for word in cmd[-1:] if Path(word).is_absolute() and Path(word).is_dir()),
        ]
        beside = str(Path(cmd[0]).parent)
        variables = {**self._variables, **(extra_environ or {})}
        variables["PATH"] = os.pathsep.join([beside, variables.get("PATH", os.defpath)])
        status = process.run_bounded(
            _boxed(list(cmd), writable, network=self._limits.network),
            env=variables,
            cwd=Path(cwd) if cwd else self.work,
            log=self.log,
            bounds=process.Bounds(seconds=self._limits.seconds, output_bytes=self._limits.output_bytes),
        )
        if status:
            raise subprocess.CalledProcessError(status, cmd)

    def said(self) -> str:
        """Return the end of what the build wrote."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 2**16))
            return file.read().decode("utf-8", "replace")


def keeps_network_away() -> bool:
    """Return whether a build here has no network, whatever it does; else it is only told so."""
    return "--net" in _unshare(network=False)


def missing_walls(*, network: bool) -> tuple[str, ...]:
    """Return what this machine does not keep builds from, each in words."""
    found = _unshare(network=network)
    walls = (
        (network or "--net" in found, "no network namespace here: builds are only told that they are offline"),
        ("--pid" in found, "no namespace of processes here: what a build leaves running may outlive it"),
        (sys.platform == "linux" and landlock.version() > 0, "no Landlock here: builds may write elsewhere"),
    )
    return tuple(words for stands, words in walls if not stands)


def _boxed(command: list[str], writable: Sequence[Path], *, network: bool) -> list[str]:
    if sys.platform != "linux":
        return command
    folders = [str(folder.resolve()) for folder in writable]
    return [
        *_dying_with_us(),
        *_unshare(network=network),
        sys.executable,
        "-I",
        str(_LAUNCHER),
        *folders,
        "--",
        *command,
    ]


@cache
def _dying_with_us() -> tuple[str, ...]:
    """Return the command that ends a program when this one is killed; empty where there is none."""
    found = shutil.which("setpriv")
    command = (str(found), "--pdeathsig", "KILL")
    works = found and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if works else ()


_NAMESPACES = (
    ("--pid", "--fork", "--kill-child", "--mount-proc"),
    (),
)
"""Process ids of its own, so that nothing which a build starts outlives it; not every container allows that."""


@cache
def _unshare(*, network: bool) -> tuple[str, ...]:
    """Return the command that gives a program namespaces of its own; empty where this machine does not let us."""
    found = shutil.which("unshare")
    for namespaces in _NAMESPACES if found else ():
        for user in ("--map-current-user", "--map-root-user"):
            command = (str(found), user, *(() if network else ("--net",)), *namespaces)
            if not network or namespaces:
                done = subprocess.run([*command, "true"], capture_output=True, check=False)
                if done.returncode == 0:
                    return command
    return ()


def _variables(folder: Path, epoch: int, *, network: bool) -> dict[str, str]:
    """Return what makes two builds alike: the same clock, language, hashes and names of folders."""
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
