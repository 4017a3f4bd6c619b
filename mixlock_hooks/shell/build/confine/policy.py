"""What the launcher is told, as JSON: what to run, what it may touch, and what it may take."""

from __future__ import annotations

from typing import TypedDict


class Policy(TypedDict):
    """One run.

    ``reads`` are absolute paths of files and folders that may be read and run, ``writes`` real paths of folders that
    may be changed, ``temporary`` the folder that is ``/tmp``, ``root`` an empty folder for a root of its own, empty
    where there are to be no namespaces. ``landlock`` is the version in use, 0 for none, ``seccomp`` whether there
    is a filter. ``work`` lies on the disk that is watched, ``seconds``, bytes and counts are limits, ``verdict``
    is the file that says why a run was ended.
    """

    command: list[str]
    environment: dict[str, str]
    directory: str
    reads: list[str]
    writes: list[str]
    work: str
    temporary: str
    root: str
    landlock: int
    seccomp: bool
    network: bool
    seconds: float
    output_bytes: int
    memory_bytes: int
    disk_bytes: int
    file_bytes: int
    files: int
    processes: int
    verdict: str
