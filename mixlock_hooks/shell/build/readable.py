"""What a build may read beside its own folder: the system, its tools, its python; nobody's home, nothing of others.

Source: what bubblewrap's and Nix's users bind into a build; the filesystem hierarchy standard.
"""

from __future__ import annotations

import os
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store", "/gnu/store"),
    *("/run/current-system/sw", "/sys/devices/system/cpu"),
)
_ETC = (
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "passwd", "group", "nsswitch.conf", "localtime"),
    *("os-release", "lsb-release", "debian_version", "redhat-release", "mime.types", "magic"),
)
_ETC_OF_NETWORK = (
    *("hosts", "host.conf", "resolv.conf", "gai.conf", "services", "protocols", "ssl/certs", "ssl/openssl.cnf"),
    *("ca-certificates", "pki/tls/certs", "pki/ca-trust"),
)
_PROC = ("cpuinfo", "meminfo", "stat", "version", "filesystems", "loadavg", "uptime", "sys/vm/overcommit_memory")
_IN_PREFIX = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "include")
"""What an installation has beside its programs that they need, and no secrets."""
_PRIVATE = frozenset({"etc", "pkgs", "envs", "var", "home", "root", "tmp", "run"})
"""Folders of an installation's prefix that may hold what is its user's."""
_SEARCHED = ("LD_LIBRARY_PATH", "PKG_CONFIG_PATH")
_ROOTS = ("SDKROOT", "JAVA_HOME", "RUSTUP_HOME")
_COMPILERS = ("CC", "CXX", "CPP", "FC", "F77", "AR", "LD", "LDSHARED", "RANLIB")
_FLAGS = ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "FFLAGS", "LDFLAGS")


def of_system(variables: Mapping[str, str], *, network: bool) -> tuple[str, ...]:
    """Return what every build may read on this machine, links resolved too.

    Args:
        variables: those that the build sees; where its tools are.
        network: whether it may use the network, and so needs to know how.
    """
    etc = (*_ETC, *(_ETC_OF_NETWORK if network else ()))
    fixed = [*_SYSTEM, *(f"/etc/{name}" for name in etc), *(f"/proc/{name}" for name in _PROC)]
    return _spelled_and_real([*fixed, *map(str, Path("/etc").glob("python3*")), *_tools(variables)])


@cache
def of_python(python: str) -> tuple[str, ...]:
    """Return what a python needs to be read to run: its link, and the parts of the prefix it lies in."""
    path = Path(python)
    real = path.resolve()
    return _spelled_and_real([str(real), *_installation(real.parent.parent), *_installation(_beside(path))])


def own_python() -> str:
    """Return the python that runs mixlock, without its virtualenv."""
    return str(Path(sys.executable).resolve())


def _beside(path: Path) -> Path:
    """Return the prefix that a link leads into first, such as ``python3`` in a folder that is a link itself."""
    return Path(os.path.realpath(path.parent)).parent if path.is_symlink() else path.parent.parent


def _tools(variables: Mapping[str, str]) -> Iterator[str]:
    """Yield where the build's tools are, as its variables tell."""
    for folder in variables.get("PATH", "").split(os.pathsep):
        if Path(folder).name in {"bin", "sbin"}:
            yield from _of_prefix(Path(folder).parent)
    for name in _COMPILERS:
        word = next(iter(_words(variables.get(name, ""))), "")
        if word.startswith("/"):
            yield from (word, *_of_prefix(Path(word).parent.parent))
    flagged = [word[2:] for name in _FLAGS for word in _words(variables.get(name, "")) if word[:2] in {"-I", "-L"}]
    searched = [folder for name in _SEARCHED for folder in variables.get(name, "").split(os.pathsep)]
    yield from filter(_is_narrow, (*flagged, *searched, *(variables.get(name, "") for name in _ROOTS)))


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _of_prefix(prefix: Path) -> Iterator[str]:
    if (prefix / "conda-meta").is_dir():
        yield from _installation(prefix)
    elif _is_narrow(str(prefix)):
        yield from (str(prefix / name) for name in _IN_PREFIX)


def _installation(prefix: Path) -> Iterator[str]:
    """Yield the folders of a python's or conda's prefix but those that may have settings or other environments."""
    if not _is_narrow(str(prefix)):
        return
    try:
        for entry in os.scandir(prefix):
            if entry.is_dir() and entry.name not in _PRIVATE and not entry.name.startswith("."):
                yield entry.path
    except OSError:
        return


def _is_narrow(path: str) -> bool:
    """Return whether a path is absolute and leads to neither a home nor anything above one."""
    if not path.startswith("/"):
        return False
    real = os.path.realpath(path)
    home = os.path.realpath(Path.home())
    return real not in {"/", home} and not f"{home}/".startswith(f"{real}/")


def _spelled_and_real(paths: Iterable[str]) -> tuple[str, ...]:
    there = [path for path in paths if os.path.lexists(path)]
    return tuple(dict.fromkeys([each for path in there for each in (path, os.path.realpath(path))]))


def is_readable(path: str, reads: Iterable[str]) -> bool:
    """Return whether a path lies below one of those that may be read."""
    return any(f"{path}/".startswith(f"{each}/") for each in reads)
