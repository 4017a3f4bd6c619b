"""Say where a lock's time goes: ``python -m benchmarks.profile [SPEC]``, without one the demo's own spec.

The lock runs twice, so that caches are warm. Phases are seconds of the clock over all platforms, which overlap.
Imports are those of mixlock's own process, by package; processes are all that were started, by program, with their
number and the seconds of the processor, as far as they are seen before they end.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.installs import demo_repository
from benchmarks.repositories import add_all, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PHASES = re.compile(r"^took ([\d.]+) s(?: \(over all solves: (.*)\))?$", re.MULTILINE)
_IMPORT = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \| +(\S+)$", re.MULTILINE)
_MOST = 15
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PROGRAM = (sys.executable, "-X", "importtime", "-c", "from mixlock_hooks.commands import run; run()")
_LOCK = (*_PROGRAM, "lock", "--force", "-v")


def main() -> int:
    """Lock twice and print what the second run did."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("spec", nargs="?", type=Path, help="a spec file (default: the demo's)")
    asked = parser.parse_args().spec
    with tempfile.TemporaryDirectory(prefix="mixlock-profile-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with _repository(folder, asked) as (root, environment):
            _lock(root, environment)
            sys.stdout.write(_told(*_lock(root, environment)))
    return 0


@contextmanager
def _repository(folder: Path, spec: Path | None) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if spec is None:
        with demo_repository(folder, dict(os.environ)) as found:
            yield found
        return
    root = new_repository(folder / "repository")
    (root / spec.name).write_bytes(spec.read_bytes())
    (root / "mixlock.toml").write_text(f'specs = ["{spec.name}"]\n', encoding="utf-8")
    add_all(root)
    yield root, dict(os.environ)


def _lock(root: Path, environment: Mapping[str, str]) -> tuple[str, float, float, dict[int, tuple[str, float]]]:
    """Lock, and return what was said, the seconds of the clock and of the processor, and what ran."""
    log = root.parent / "stderr"
    before, began = os.times(), time.perf_counter()
    with log.open("wb") as stderr:
        running = subprocess.Popen(_LOCK, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=stderr)
        seen: dict[int, tuple[str, float]] = {}
        while running.poll() is None:
            _look(running.pid, seen)
            time.sleep(0.005)
    after = os.times()
    if running.returncode:
        raise SystemExit(log.read_text(encoding="utf-8", errors="replace"))
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return log.read_text(encoding="utf-8", errors="replace"), time.perf_counter() - began, cpu, seen


def _look(top: int, seen: dict[int, tuple[str, float]]) -> None:
    """Note each process below one, with its command and its own seconds; where /proc is none, nothing."""
    parents: dict[int, int] = {}
    found: dict[int, tuple[str, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        found[int(folder.name)] = _program(words), (int(fields[11]) + int(fields[12])) / _TICKS
    below = {top}
    while more := {each for each, parent in parents.items() if parent in below} - below:
        below |= more
    for each in below & found.keys():
        program, seconds = found[each]
        seen[each] = (program or seen.get(each, ("",))[0], max(seconds, seen.get(each, ("", 0.0))[1]))


def _program(words: list[str]) -> str:
    """Return a command as a reader knows it: a module or script of Python's by its name."""
    name = Path(words[0]).name
    if not name.startswith("python"):
        return " ".join((name, *words[1:2])).strip()
    if "-m" in words:
        return words[words.index("-m") + 1]
    if "-c" in words:
        return "mixlock" if "mixlock_hooks" in " ".join(words) else f"{name} -c"
    return " ".join(Path(word).name for word in words[1:3])


def _told(said: str, seconds: float, cpu: float, seen: Mapping[int, tuple[str, float]]) -> str:
    lines = [f"{seconds:.2f} s of the clock, {cpu:.2f} s of the processor, {len(seen)} processes", "", "Phases"]
    phases = _PHASES.search(said)
    lines += [f"  {phase}" for phase in (phases[2] or "").split(", ") if phase] if phases else []
    lines += ["", "Imports of mixlock's process, milliseconds"]
    imports: Counter[str] = Counter()
    for microseconds, module in _IMPORT.findall(said):
        imports[module.partition(".")[0]] += int(microseconds)
    lines += [f"  {took / 1000:8.1f}  {package}" for package, took in imports.most_common(_MOST)]
    lines += ["", "Processes: number, seconds of the processor"]
    number: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for program, took in seen.values():
        number[program] += 1
        spent[program] += round(took * 1000)
    lines += [f"  {number[program]:3}  {took / 1000:6.2f}  {program}" for program, took in spent.most_common()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
