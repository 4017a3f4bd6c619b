"""Run mixlock's command line as on a system without POSIX: ``python import_without_posix.py modules|WORD...``.

The modules and names that Python has on POSIX systems alone are taken away. ``modules`` imports every module of the
packages but those of the walls for Linux, and prints each that cannot be.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import sys
from importlib.abc import MetaPathFinder

POSIX_MODULES = frozenset({"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"})
POSIX_NAMES = (
    (os, ("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "getpgid", "killpg", "setsid", "fchmod")),
    (os, ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_PATH", "statvfs", "chown", "lchown", "fwalk")),
    (
        os,
        ("mkfifo", "mknod", "nice", "uname", "sysconf", "posix_spawn", "WNOHANG", "sched_getaffinity"),
    ),
    (signal, ("SIGKILL", "SIGHUP", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGXFSZ", "SIGCHLD", "pthread_sigmask")),
)
ONLY_FOR_LINUX = "mixlock_hooks.shell.build.confine"


class _Without(MetaPathFinder):
    def find_spec(self, fullname: str, *_others: object) -> None:
        if fullname in POSIX_MODULES:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


OF_OTHERS = (
    *("subprocess", "tempfile", "multiprocessing.util"),
    *("platformdirs.unix", "platformdirs.macos", "filelock", "nox"),
)
"""The standard library and these choose by the system's name, which is still Linux: they stay whole."""


def _take_away() -> None:
    for name in OF_OTHERS:
        importlib.import_module(name)
    sys.meta_path.insert(0, _Without())
    for name in POSIX_MODULES:
        sys.modules.pop(name, None)
    for module, names in POSIX_NAMES:
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    os.supports_dir_fd.clear()


def _modules() -> int:
    import mixlock_hooks
    import nox_plugin

    failed = 0
    for package in (mixlock_hooks, nox_plugin):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.startswith(ONLY_FOR_LINUX) or found.name.endswith("__main__"):
                continue
            try:
                importlib.import_module(found.name)
            except (ImportError, AttributeError) as error:
                failed += 1
                sys.stderr.write(f"{found.name}: {type(error).__name__}: {error}\n")
    return failed


if __name__ == "__main__":
    _take_away()
    if sys.argv[1:] == ["modules"]:
        sys.exit(_modules())
    from mixlock_hooks.commands import main

    sys.exit(main(sys.argv[1:]))
