"""The pages on solves that have no answer (MIX3xx), and on wheels (MIX4xx)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = "dependencies:\n- python=3.12\n"


def _page(why: str, way_out: str, asked: str, told: str) -> Explanation:
    """Return a page with what a spec asks for beside python, and what ``mixlock lock`` tells of it."""
    session = f"$ cat environment.yml\n{_HEAD}{asked}$ mixlock lock\n{told}\n"
    return Explanation(why=why, way_out=way_out, session=session)


def _told(why: str, way_out: str, session: str) -> Explanation:
    return Explanation(why=why, way_out=way_out, session=session)


OF_SOLVES: Mapping[Code, Explanation] = MappingProxyType(
    {
        Code.NO_CONDA_ANSWER: _page(
            "No set of conda packages satisfies what is asked, or a channel cannot be read.",
            "Relax one of the requirements that the message names, or add the channel that has the package. Of a "
            "channel, check the URL and the network; `mixlock doctor` shows which mirrors this machine uses.",
            "- numpy=3\n",
            "environment.yml:3:3: MIX301 no package fits `numpy=3` [linux-64]",
        ),
        Code.NO_PYPI_ANSWER: _page(
            "No set of PyPI packages satisfies what is asked, or an index cannot be read.",
            "Relax one of the requirements that the message names. Of an index, check the URL and the network; "
            "`mixlock doctor` shows which mirrors this machine uses.",
            "- pip:\n  - requests==9\n",
            "environment.yml:4:5: MIX302 no version of `requests` fits `==9` [linux-64] (relax the requirement)",
        ),
        Code.SIDES_DISAGREE: _page(
            "A PyPI requirement does not accept the version of a project that conda provides.",
            "Ask conda for a version that fits, or relax the PyPI requirement.",
            "- numpy=1.26\n- pip:\n  - frames==2.0\n",
            "environment.yml:5:5: MIX303 conda holds numpy 1.26.4 (`numpy=1.26`, line 3), but frames "
            "2.0 needs numpy>=2 [linux-64]",
        ),
        Code.NO_SUCH_PACKAGE: _page(
            "No channel or index has a package with this name.",
            "Correct the name, or add the channel or index that has the package.",
            "- pip:\n  - requestss\n",
            "environment.yml:4:5: MIX304 no index has a file of `requestss` [linux-64] (correct the "
            "name, or name its index)",
        ),
        Code.NO_FILE: _page(
            "The project has files, but none of them runs on this platform with this Python.",
            "Ask for another version, take it from conda, or drop the platform.",
            "- pip:\n  - wheels-only\n",
            "environment.yml:4:5: MIX305 no file of `wheels-only` 1.0 fits linux-64 [linux-64] (ask "
            "for another version, get it from conda, or drop the platform)",
        ),
        Code.WHEEL: _told(
            "The wheel differs from its record, so it was built from something else.",
            "Restore the record from git, or make a new one with `mixlock wheelhouse --force`.",
            "$ echo '{}' > locks/environment/wheelhouse.json\n$ mixlock drift\n"
            "locks/environment/wheelhouse.json:1:1: MIX401 wheelhouse.json does not hold: it cannot "
            "be read (take it back from git, or run `mixlock wheelhouse --force environment`)\n",
        ),
        Code.BUILD_NEEDED: _told(
            "Building the package runs its own code, which is not allowed here.",
            "Run `nox -s lock` or `mixlock wheelhouse` where building is allowed.",
            "$ mixlock wheelhouse --no-build\n"
            "locks/environment/conda-lock.yml:59:1: MIX402 `old-style` 0.1 has no wheel in the "
            "cache, and may not be built here [linux-64] (run `mixlock wheelhouse` (or `nox -s "
            "wheelhouse`) where builds are allowed, or name a shared --cache)\n",
        ),
        Code.BUILD_FAILED: _told(
            "Without this wheel, the package cannot be installed as locked.",
            "Ask for a version that has wheels, take it from conda, or say what its build needs.",
            "$ mixlock wheelhouse\n"
            "locks/environment/conda-lock.yml:59:1: MIX403 `odd` 1.0 cannot be built: its build needs `numpy` and "
            "does not say so [linux-64]\n"
            "    ModuleNotFoundError: No module named 'numpy'\n"
            '    add what it needs to the configuration: extra-build-requires.odd = ["numpy"]\n',
        ),
        Code.WHEEL_MISFIT: _told(
            "The wheel that was built does not run on the platform that the lock is for.",
            "Build it on that platform, or drop the platform.",
            "$ mixlock wheelhouse\n"
            "locks/environment/conda-lock.yml:59:1: MIX404 `odd` 1.0 was built as "
            "odd-1.0-cp312-cp312-linux_x86_64.whl, which does not fit win-64 [linux-64] (run `mixlock wheelhouse` on "
            "that platform; what is recorded for others stays)\n",
        ),
    }
)
