"""The drift matrix: what makes a lock stale, at which line and with which code, and what does not.

Everything is done to copies of one repository that is locked once; ``mixlock drift`` runs in this process and
needs no network.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mixlock_hooks.model.solving import SolveRequest
    from tests.commands.conftest import Drift
    from tests.conftest import Repository

BOTH = " on linux-64, osx-arm64"
LOCK = "locks/environment/conda-lock.yml"
EXPLICIT = "locks/environment/conda-linux-64.lock"
PIP = "locks/environment/pip-linux-64.txt"
STAMP = "locks/environment/stamp.json"
DISAGREES = "does not say what conda-lock.yml says"

SPEC_ROWS = {
    "a conda requirement added": (
        "  - numpy=1.26\n",
        "  - numpy=1.26\n  - pandas\n",
        [f"MIX202 environment.yml:4 conda requirement `pandas` was added{BOTH}"],
    ),
    "a conda requirement removed": (
        "  - numpy=1.26\n",
        "",
        [f"MIX202 environment.yml:1 conda requirement `numpy 1.26.*` was removed{BOTH}"],
    ),
    "a conda requirement changed": (
        "numpy=1.26",
        "numpy=1.25",
        [f"MIX202 environment.yml:3 conda requirement `numpy` is `1.25.*` now, was `1.26.*`{BOTH}"],
    ),
    "python changed": (
        "python=3.12",
        "python=3.11",
        [f"MIX202 environment.yml:2 conda requirement `python` is `3.11.*` now, was `3.12.*`{BOTH}"],
    ),
    "a PyPI requirement added": (
        "    - requests==2.31.0\n",
        "    - requests==2.31.0\n    - colors>=1\n",
        [f"MIX202 environment.yml:6 PyPI requirement `colors >=1` was added{BOTH}"],
    ),
    "a PyPI requirement removed": (
        "  - pip:\n    - requests==2.31.0\n",
        "",
        [f"MIX202 environment.yml:1 PyPI requirement `requests ==2.31.0` was removed{BOTH}"],
    ),
    "a PyPI requirement changed": (
        "requests==2.31.0",
        "requests==2.32.0",
        [f"MIX202 environment.yml:5 PyPI requirement `requests` is `==2.32.0` now, was `==2.31.0`{BOTH}"],
    ),
    "an extra added": (
        "requests==",
        "requests[socks]==",
        [f"MIX202 environment.yml:5 PyPI requirement `requests` is `[socks]==2.31.0` now, was `==2.31.0`{BOTH}"],
    ),
    "a marker that does not hold": (
        "requests==2.31.0",
        "requests==2.31.0; python_version < '3'",
        [
            (
                "MIX202 environment.yml:5 PyPI requirement `requests` is "
                f'`==2.31.0; python_version < "3"` now, was `==2.31.0`{BOTH}'
            )
        ],
    ),
    "a bound that the lock is outside of": (
        "numpy=1.26",
        "numpy>=2",
        [f"MIX202 environment.yml:3 conda requirement `numpy` is `>=2` now, was `1.26.*`{BOTH}"],
    ),
    "a build that the lock does not hold": (
        "numpy=1.26",
        "numpy=1.26.4=1",
        [f"MIX202 environment.yml:3 conda requirement `numpy` is `==1.26.4 1` now, was `1.26.*`{BOTH}"],
    ),
    "a hash added": (
        "requests==2.31.0",
        f"requests==2.31.0 --hash=sha256:{'0' * 64}",
        [
            (
                "MIX202 environment.yml:5 PyPI requirement `requests` is "
                f"`==2.31.0 --hash=sha256:{'0' * 64}` now, was `==2.31.0`{BOTH}"
            )
        ],
    ),
    "a selector takes a requirement from one platform": (
        "numpy=1.26",
        "numpy=1.26  # [linux]",
        ["MIX202 environment.yml:1 conda requirement `numpy 1.26.*` was removed"],
    ),
    "a package named with its channel": (
        "numpy=1.26",
        "conda-forge::numpy=1.26",
        [
            f"MIX202 environment.yml:1 conda requirement `numpy 1.26.*` was removed{BOTH}",
            f"MIX205 environment.yml:1 channel priority is `flexible` now, was `strict`{BOTH}",
            f"MIX202 environment.yml:3 conda requirement `conda-forge::numpy 1.26.*` was added{BOTH}",
        ],
    ),
    "a channel added behind": (
        "dependencies:",
        "channels:\n  - https://conda.example/science\n  - conda-forge\ndependencies:",
        [
            f"MIX205 environment.yml:1 channel priority is `flexible` now, was `strict`{BOTH}",
            f"MIX204 environment.yml:3 channel `conda-forge` was added{BOTH}",
        ],
    ),
    "another channel": (
        "dependencies:",
        "channels: [conda-forge]\ndependencies:",
        [
            f"MIX204 environment.yml:1 channel `https://conda.example/science` was removed{BOTH}",
            f"MIX205 environment.yml:1 channel priority is `flexible` now, was `strict`{BOTH}",
            f"MIX204 environment.yml:1 channel `conda-forge` was added{BOTH}",
        ],
    ),
    "an index added": (
        "dependencies:",
        "pypi-indices:\n  - https://other.example/simple\ndependencies:",
        [f"MIX204 environment.yml:2 index `https://other.example/simple` was added{BOTH}"],
    ),
    "a platform added": (
        "dependencies:",
        "platforms: [linux-64, osx-arm64, win-64]\ndependencies:",
        ["MIX203 environment.yml:1 the lock lacks a platform that is wanted:"],
    ),
    "a platform removed": (
        "dependencies:",
        "platforms: [linux-64]\ndependencies:",
        ["MIX203 environment.yml:1 the lock has a platform that is no longer wanted:"],
    ),
    "a virtual package changed": (
        "dependencies:",
        "sys:\n  - __glibc=2.28  # [linux]\ndependencies:",
        ["MIX205 environment.yml:2 virtual package `__glibc` is `2.28` now, was `2.27`"],
    ),
    "an editable entry": (
        "    - requests==2.31.0\n",
        "    - requests==2.31.0\n    - -e .\n",
        ["MIX103 environment.yml:6 `-e .` is editable; a mixed lock cannot hold it"],
    ),
    "an entry from git": (
        "    - requests==2.31.0\n",
        "    - requests==2.31.0\n    - git+https://a.io/a\n",
        ["MIX101 environment.yml:6 `git+https://a.io/a` comes from version control; a mixed lock cannot hold it"],
    ),
    "a spec that cannot be read": (
        "dependencies:",
        "dependencies: {",
        ["MIX001 environment.yml:2 not valid YAML: did not find expected node content"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), SPEC_ROWS.values(), ids=SPEC_ROWS)
def test_a_change_of_the_spec_is_drift(
    locked: Repository, drift: Drift, old: str, new: str, expected: list[str]
) -> None:
    locked.write("environment.yml", locked.read("environment.yml").replace(old, new))
    assert drift(locked.root) == (1, expected)


STALE_ROWS = {
    "a build that the lock holds": ("numpy=1.26", "numpy=1.26.4=0"),
    "a looser conda requirement": ("numpy=1.26", "numpy"),
    "a tighter conda requirement": ("numpy=1.26", "numpy>=1.26.4,<1.27"),
    "alternatives": ("numpy=1.26", "numpy=1.25|>=1.26.2"),
    "a looser python": ("python=3.12", "python>=3.10"),
    "a looser PyPI requirement": ("requests==2.31.0", "requests>=2"),
    "a marker that holds": ("requests==2.31.0", "requests==2.31.0; python_version < '4'"),
    "a PyPI requirement that is there already": ("requests==2.31.0", "requests==2.31.0\n    - idna"),
    "a conda requirement that is there already": ("  - numpy=1.26\n", "  - numpy=1.26\n  - libblas\n"),
}


@pytest.mark.parametrize(("old", "new"), STALE_ROWS.values(), ids=STALE_ROWS)
def test_a_lock_that_answers_all_the_same_is_fresh_with_a_stale_stamp(
    locked: Repository, drift: Drift, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    locked.write("environment.yml", locked.read("environment.yml").replace(old, new))
    status, found = drift(locked.root)
    assert (status, bool(found), {each.split()[0] for each in found}) == (0, True, {"MIX202"})
    assert drift(locked.root, "--strict")[0] == 1
    assert main(["drift", "--root", str(locked.root)]) == 0
    assert "note: " in capsys.readouterr().out


def test_a_stale_stamp_is_renewed_without_a_solve(
    locked: Repository, drift: Drift, asked: list[SolveRequest]
) -> None:
    spec = locked.read("environment.yml").replace("numpy=1.26", "numpy")
    locked.write("environment.yml", spec)
    before = conda_lock_yml.parse(locked.locks()["environment/conda-lock.yml"]).packages
    done = locked.mixlock("lock", "--fail-on-change")
    assert (done.status, "no package changed" in done.stdout, asked) == (1, True, []), done.stderr
    assert conda_lock_yml.parse(locked.locks()["environment/conda-lock.yml"]).packages == before
    assert drift(locked.root, "--strict", "--verify") == (0, [])


def test_a_platform_that_still_answers_is_not_solved_with_one_that_does_not(
    locked: Repository, asked: list[SolveRequest]
) -> None:
    spec = locked.read("environment.yml").replace("numpy=1.26", "numpy\n  - pandas  # [linux]")
    locked.write("environment.yml", spec)
    done = locked.mixlock("lock")
    assert (done.status, [request.spec.platform for request in asked]) == (0, ["linux-64"]), done.stderr
    assert "pandas 2.2.3  [linux-64]" in done.stdout


CONFIGURATION_ROWS = {
    "a channel added in front": (
        'channels = ["',
        'channels = ["conda-forge", "',
        [f"MIX204 mixlock.toml:2 channel `conda-forge` was added{BOTH}"],
    ),
    "an index for every spec": (
        "platforms",
        'pypi-indices = ["https://other.example/simple"]\nplatforms',
        [f"MIX204 mixlock.toml:1 index `https://other.example/simple` was added{BOTH}"],
    ),
    "the default index turned off": (
        '"https://index.example/simple"',
        "false",
        [f"MIX204 mixlock.toml:3 the default index is off now, was `https://index.example/simple`{BOTH}"],
    ),
    "the default index left to the machine": (
        'default-index = "https://index.example/simple"',
        "",
        [
            (
                "MIX204 environment.yml:1 the default index is the machine's own now, "
                f"was `https://index.example/simple`{BOTH}"
            )
        ],
    ),
    "a platform added": (
        '"osx-arm64"]',
        '"osx-arm64", "win-64"]',
        ["MIX203 mixlock.toml:1 the lock lacks a platform that is wanted:"],
    ),
    "a platform removed": (
        ', "osx-arm64"',
        "",
        ["MIX203 mixlock.toml:1 the lock has a platform that is no longer wanted:"],
    ),
    "channel priority": (
        "platforms",
        'channel-priority = "flexible"\nplatforms',
        [f"MIX205 mixlock.toml:1 channel priority is `flexible` now, was `strict`{BOTH}"],
    ),
    "a virtual package": (
        "default-index",
        'virtual-packages.linux-64.__glibc = "2.31"\ndefault-index',
        ["MIX205 mixlock.toml:3 virtual package `__glibc` is `2.31` now, was `2.27`"],
    ),
    "the other reading of `=`": (
        "platforms",
        'equals = "exact"\nplatforms',
        [
            f"MIX202 environment.yml:2 conda requirement `python` is `==3.12` now, was `3.12.*`{BOTH}",
            f"MIX202 environment.yml:3 conda requirement `numpy` is `==1.26` now, was `1.26.*`{BOTH}",
        ],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CONFIGURATION_ROWS.values(), ids=CONFIGURATION_ROWS)
def test_a_change_of_the_configuration_is_drift(
    locked: Repository, drift: Drift, old: str, new: str, expected: list[str]
) -> None:
    text = locked.read("mixlock.toml").replace(old, new)
    assert text != locked.read("mixlock.toml")
    locked.write("mixlock.toml", text)
    assert drift(locked.root) == (1, expected)


HAND = f"MIX206 {LOCK}:1 conda-lock.yml was changed by hand: it is not what was solved"
LOCK_ROWS = {
    "a version": (r"version: 1\.26\.4", "version: 1.26.5", [HAND]),
    "a conda URL's host": (r"url: https://conda\.example", "url: https://evil.example", [HAND]),
    "a PyPI URL": (r"url: https://index\.example/files/requests", "url: https://evil.example/files/requests", [HAND]),
    "an md5": (r"md5: [0-9a-f]{32}", f"md5: '{'0' * 32}'", [HAND]),
    "a sha256": (r"sha256: [0-9a-f]{64}", f"sha256: '{'0' * 64}'", [HAND]),
    "a dependency's constraint": (r"idna: '>=3'", "idna: '>=4'", [HAND]),
    "a dependency removed": (r"  dependencies:\n    idna: '>=3'", "  dependencies: {}", [HAND]),
    "a name": (r"- name: libblas", "- name: openblas", [HAND]),
    "a manager": (r"manager: pip", "manager: conda", [HAND]),
    "a package's platform": (r"platform: linux-64", "platform: osx-arm64", [HAND]),
    "a category": (r"category: main", "category: dev", [HAND]),
    "an optional flag": (r"optional: false", "optional: true", [HAND]),
    "a package deleted": (r"- name: idna\n(?:  .*\n)+", "", [HAND]),
    "a channel of the metadata": (r"- url: https://conda\.example/science", "- url: https://evil.example", [HAND]),
    "conda-lock's own hash": (r"linux-64: [0-9a-f]{64}", f"linux-64: '{'0' * 64}'", [HAND]),
    "the recorded inputs": (
        r'\{"channel_priority":"strict"',
        '{"channel_priority":"flexible"',
        [HAND],
    ),
    "a requirement of the record": (r"(?m)^      numpy.*$", "      numpy >=1", [HAND]),
    "no record": (
        r"(?m)^    mixlock\.linux-64\.inputs: .*\n",
        "",
        [f"MIX206 {LOCK}:1 conda-lock.yml does not record what it was solved from", HAND],
    ),
    "a manager nobody knows": (
        r"manager: conda",
        "manager: npm",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: not a conda-lock.yml: 'npm' is not a valid Manager"],
    ),
    "a number for a version": (
        r"version: 1\.26\.4",
        "version: 1.26",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: not a conda-lock.yml: 1.26 stands where text is expected"],
    ),
    "a date that is none": (
        r"version: 1\.26\.4",
        "version: 2026-13-45",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: not YAML that can be read: month must be in 1..12"],
    ),
    "dependencies that are no table": (
        r"idna: '>=3'",
        "- idna",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: not a conda-lock.yml: "],
    ),
    "the whole of it": (
        r"(?s).*",
        "",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: not a conda-lock.yml: a value stands where a table"],
    ),
    "another format": (
        r"(?m)^version: 1$",
        "version: 2",
        [f"MIX206 {LOCK}:1 conda-lock.yml cannot be read: version 2 of conda-lock's format is not known; 1 is"],
    ),
    "a newer mixlock": (
        r"mixlock\.schema: '2'",
        "mixlock.schema: '3'",
        [f"MIX211 {LOCK}:1 conda-lock.yml was made by a newer mixlock (schema 3, known is 2)"],
    ),
    "conflict markers": (
        r"(?m)^package:$",
        "<<<<<<< ours\n=======\n>>>>>>> theirs\npackage:",
        [f"MIX210 {LOCK}:34 conda-lock.yml holds the markers of a merge conflict"],
    ),
}


@pytest.mark.parametrize(("pattern", "new", "expected"), LOCK_ROWS.values(), ids=LOCK_ROWS)
def test_a_hand_in_the_lockfile_is_drift(
    locked: Repository, drift: Drift, pattern: str, new: str, expected: list[str]
) -> None:
    before = locked.read(LOCK)
    after = re.sub(pattern, lambda _found: new, before, count=1)
    assert after != before
    locked.write(LOCK, after)
    status, found = drift(locked.root)
    assert status == 1
    assert [any(mine.startswith(theirs) for mine in found) for theirs in expected] == [True] * len(expected), found


def test_a_comment_in_the_lockfile_is_drift_though_the_stamp_is_made_to_fit(locked: Repository, drift: Drift) -> None:
    before = digest(locked.read(LOCK).encode())
    locked.write(LOCK, locked.read(LOCK) + "# mine\n")
    assert drift(locked.root) == (1, [HAND])
    locked.write(STAMP, locked.read(STAMP).replace(before, digest(locked.read(LOCK).encode())))
    last = len(locked.read(LOCK).splitlines())
    claim = "conda-lock.yml is not what mixlock writes: this line says something else, or is none of its own"
    assert drift(locked.root) == (1, [f"MIX206 {LOCK}:{last} {claim}"])


@pytest.mark.parametrize("pattern", [r"    mixlock\.schema: .*\n", r"    mixlock\.(?:schema|body): .*\n"])
def test_a_lock_of_mixlock_does_not_become_another_tools(locked: Repository, drift: Drift, pattern: str) -> None:
    text = re.sub(pattern, "", locked.read(LOCK))
    locked.write(LOCK, text.replace("version: 1.26.4", "version: 1.26.5", 1))
    assert drift(locked.root)[0] == 1
    for name in ("conda-linux-64.lock", "pip-linux-64.txt", "conda-osx-arm64.lock", "pip-osx-arm64.txt"):
        (locked.root / "locks/environment" / name).unlink()
    assert drift(locked.root)[0] == 1


def test_a_large_lock_that_does_not_fit_is_told_in_time(locked: Repository, drift: Drift) -> None:
    text = locked.read(LOCK)
    package = text[text.rindex("- name: ") :]
    many = "".join(package.replace("name: requests", f"name: requests-{number}") for number in range(20_000))
    locked.write(LOCK, text + many)
    status, found = drift(locked.root)
    assert (status, len(found) > 20_000) == (1, True)


FILE_ROWS = {
    "a URL of the explicit file": (EXPLICIT, "libblas-3.11.0", "libblas-3.12.0", f"MIX207 {EXPLICIT}:5 "),
    "a hash of the explicit file": (EXPLICIT, "0.conda#", "0.conda#0", f"MIX207 {EXPLICIT}:5 "),
    "a comment of the explicit file": (EXPLICIT, "# pip idna", "# pip irna", f"MIX207 {EXPLICIT}:9 "),
    "the platform of the explicit file": (EXPLICIT, "# platform: l", "# platform: x", f"MIX207 {EXPLICIT}:3 "),
    "a digest of the stamp": (STAMP, '-64.lock": "sha256:', '-64.lock": "sha256:0', f"MIX207 {STAMP}:"),
    "a fingerprint of the stamp": (STAMP, '"fingerprint": "sha256:', '"fingerprint": "sha256:0', f"MIX207 {STAMP}:"),
    "a fact of the stamp": (STAMP, '"engine": "', '"engines": "', f"MIX206 {STAMP}:1 "),
    "conflict markers in the stamp": (STAMP, '  "engine"', '=======\n  "engine"', f"MIX210 {STAMP}:3 "),
    "a hash of the pip file": (PIP, "sha256:", "sha256:0", f"MIX207 {PIP}:3 "),
    "a version of the pip file": (PIP, "requests==2.31.0", "requests==2.32.0", f"MIX207 {PIP}:4 "),
    "a line of the pip file": (PIP, "idna==", "# idna==", f"MIX207 {PIP}:3 "),
    "conflict markers in the pip file": (PIP, "idna==", "<<<<<<< a\nidna==", f"MIX210 {PIP}:3 "),
    "conflict markers in the explicit file": (EXPLICIT, "@EXPLICIT", "=======\n@EXPLICIT", f"MIX210 {EXPLICIT}:4 "),
}


@pytest.mark.parametrize("row", FILE_ROWS.values(), ids=FILE_ROWS)
def test_a_hand_in_an_exported_file_is_drift(
    locked: Repository, drift: Drift, row: tuple[str, str, str, str]
) -> None:
    path, old, new, expected = row
    locked.write(path, locked.read(path).replace(old, new, 1))
    status, found = drift(locked.root)
    assert status == 1
    assert [each[: len(expected)] for each in found] == [expected]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ("conda-linux-64.lock", f"MIX207 {LOCK}:1 conda-linux-64.lock is missing beside conda-lock.yml"),
        ("pip-osx-arm64.txt", f"MIX207 {LOCK}:1 pip-osx-arm64.txt is missing beside conda-lock.yml"),
        ("conda-lock.yml", "MIX201 environment.yml:1 conda-lock.yml is missing beside conda-linux-64.lock"),
        (".", "MIX201 environment.yml:1 `environment` has no lock"),
    ],
)
def test_a_missing_file_is_drift(locked: Repository, drift: Drift, gone: str, expected: str) -> None:
    path = locked.root / "locks/environment" / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert drift(locked.root) == (1, [expected])


def test_exports_of_another_platform_are_drift(locked: Repository, drift: Drift) -> None:
    locked.write("locks/environment/pip-win-64.txt", "")
    expected = (
        "MIX207 locks/environment/pip-win-64.txt:1 pip-win-64.txt is for a platform that conda-lock.yml does not hold"
    )
    assert drift(locked.root) == (1, [expected])


def test_an_older_lock_beside_newer_exports_is_drift(locked: Repository, drift: Drift) -> None:
    """A merge that took one side's ``conda-lock.yml`` and stamp, and the other side's exports."""
    for name in ("conda-linux-64.lock", "conda-osx-arm64.lock"):
        path = f"locks/environment/{name}"
        locked.write(path, locked.read(path).replace("numpy-1.26.4", "numpy-1.26.3"))
    assert [each.split(" ")[0] for each in drift(locked.root)[1]] == ["MIX207", "MIX207"]


def test_a_lock_whose_spec_is_gone_is_an_orphan(locked: Repository, drift: Drift) -> None:
    locked.write("other.yml", "dependencies: [python]\n")
    locked.git("mv", "environment.yml", "environment-old.yml")
    assert drift(locked.root) == (
        1,
        [
            "MIX201 environment-old.yml:1 `environment-old` has no lock",
            f"MIX209 {LOCK}:1 no spec asks for `environment` any more, and `environment-old` takes its versions over",
        ],
    )


def test_a_spec_that_git_moved_leads_to_the_lock_that_it_takes_over(locked: Repository) -> None:
    locked.git("mv", "environment.yml", "env-main.yml")
    before = locked.mixlock("show", "environment").stdout
    done = locked.mixlock("drift")
    (found,) = [line for line in done.stdout.splitlines() if "MIX209" in line]
    assert set(re.findall(r"run (`[^`]*`)", done.stdout)) == {"`mixlock lock env-main`"}, done.stdout
    assert "no spec asks for `environment` any more, and `env-main` takes its versions over (run" in found
    assert locked.mixlock("lock", "env-main").status == 0
    assert locked.mixlock("show", "env-main").stdout == before
    assert locked.mixlock("drift").status == 0


@pytest.mark.parametrize("stamp", ["as it was", "gone", "{"])
def test_a_lock_that_was_changed_by_hand_has_one_way_out(locked: Repository, stamp: str) -> None:
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    lock, beside = locked.root / "locks/environment/conda-lock.yml", locked.root / "locks/environment/stamp.json"
    lock.write_text(lock.read_text().replace("version: 1.26.4", "version: 1.26.3"))
    if stamp == "gone":
        beside.unlink()
    elif stamp != "as it was":
        beside.write_text(stamp)
    done = locked.mixlock("drift")
    ways = {line.rpartition(" (")[2] for line in done.stdout.splitlines() if line.startswith(("env", "locks"))}
    assert ways == {"run `git restore --staged --worktree locks/environment`)"}, done.stdout
    locked.git("restore", "--staged", "--worktree", "locks/environment")
    assert locked.mixlock("drift").status == 0


def test_a_spec_with_errors_is_corrected_before_its_lock_is_made(locked: Repository) -> None:
    spec = locked.read("environment.yml").replace(
        "requests==2.31.0", "requests==2.31.0\n    - git+https://a.io/b\n    - a"
    )
    locked.write("environment.yml", spec)
    lines = locked.mixlock("drift").stdout.splitlines()
    (drifted,) = [line for line in lines if " MIX202 " in line]
    assert drifted.endswith("(correct the spec, then run `mixlock lock environment`)")


def test_one_environment_is_asked_about_without_its_neighbours(locked: Repository, drift: Drift) -> None:
    locked.write("environment-3.12.yml", "dependencies: [python]\n")
    assert drift(locked.root, "environment") == (0, [])
    missing = "MIX201 environment-3.12.yml:1 `environment-3.12` has no lock"
    assert drift(locked.root, "environment-3.12") == (1, [missing])


@pytest.mark.parametrize(("platform", "status"), [("linux-64", 1), ("osx-arm64", 0)])
def test_one_platform_is_asked_about_without_its_neighbours(
    locked: Repository, drift: Drift, platform: str, status: int
) -> None:
    locked.write(PIP, "")
    assert drift(locked.root, "--platform", platform)[0] == status


def test_a_spec_that_is_not_utf_8_makes_no_orphan_of_its_lock(locked: Repository, drift: Drift) -> None:
    (locked.root / "environment.yml").write_bytes(b"dependencies: [caf\xe9]\n")
    assert drift(locked.root) == (1, ["MIX001 environment.yml:1 not UTF-8 text: byte 0xe9"])


def _crlf(path: str) -> Callable[[Repository], None]:
    return lambda repository: repository.write(path, repository.read(path).replace("\n", "\r\n"))


def _spec(text: str) -> Callable[[Repository], None]:
    return lambda repository: repository.write("environment.yml", text)


def _file(path: str, text: str) -> Callable[[Repository], None]:
    return lambda repository: repository.write(path, text)


def _all_locks_crlf(repository: Repository) -> None:
    for name in repository.locks():
        _crlf(f"locks/{name}")(repository)


def _touched(repository: Repository) -> None:
    for name in repository.locks():
        (repository.root / "locks" / name).touch()


SAME = {
    "nothing at all": lambda _repository: None,
    "comments": _spec(
        "# above\ndependencies:  # here\n  - python=3.12 # why\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n#"
    ),
    "quoting": _spec(
        "'dependencies':\n  - \"python=3.12\"\n  - 'numpy=1.26'\n  - pip:\n    - \"requests==2.31.0\"\n"
    ),
    "blank lines": _spec(
        "\n\ndependencies:\n\n  - python=3.12\n  - numpy=1.26\n\n  - pip:\n\n    - requests==2.31.0\n\n"
    ),
    "order of requirements": _spec(
        "dependencies:\n  - pip:\n    - requests==2.31.0\n  - numpy=1.26\n  - python=3.12\n"
    ),
    "flow style": _spec('dependencies: [python=3.12, numpy=1.26, {pip: ["requests==2.31.0"]}]\n'),
    "list style": _spec("dependencies:\n- python=3.12\n- numpy=1.26\n- pip:\n  - requests==2.31.0\n"),
    "spaces within requirements": _spec(
        "dependencies:\n  - python = 3.12\n  - numpy 1.26.*\n  - pip:\n    - requests == 2.31.0\n"
    ),
    "another spelling of a name": _spec(
        "dependencies:\n  - Python=3.12\n  - numpy=1.26\n  - pip:\n    - Requests==2.31.0\n"
    ),
    "a requirement said twice": _spec(
        "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "a name, a prefix and variables": _spec(
        "name: x\nprefix: /opt/x\nvariables: {A: b}\n"
        "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "the configured channel and platforms, spelled out": _spec(
        "channels: [https://conda.example/science/]\nplatforms: [linux-64, osx-arm64]\n"
        "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "the default virtual packages, spelled out": _spec(
        "sys:\n  - __glibc=2.27  # [linux]\n"
        "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "a credential by variable in the channel": _spec(
        "channels: ['https://me:${PASSWORD}@conda.example/science']\n"
        "dependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "a byte order mark": _spec(
        "\ufeffdependencies:\n  - python=3.12\n  - numpy=1.26\n  - pip:\n    - requests==2.31.0\n"
    ),
    "CRLF in the spec": _crlf("environment.yml"),
    "CRLF in the configuration": _crlf("mixlock.toml"),
    "CRLF in every file of the lock": _all_locks_crlf,
    "new modification times": _touched,
    "a virtual-packages.yml lying about": _file(
        "virtual-packages.yml", "subdirs: {linux-64: {packages: {__glibc: '9'}}}\n"
    ),
    "a .condarc lying about": _file(".condarc", "channel_priority: disabled\nchannels: [elsewhere]\n"),
    "a pip.conf lying about": _file("pip.conf", "[global]\nindex-url = https://elsewhere.example/simple\n"),
    "another file beside the lock": _file("locks/environment/README.md", "ours\n"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_no_drift(locked: Repository, drift: Drift, change: Callable[[Repository], None]) -> None:
    change(locked)
    assert drift(locked.root) == (0, [])


@pytest.mark.parametrize(
    "variables",
    [
        {"PIP_INDEX_URL": "https://elsewhere.example/simple", "UV_DEFAULT_INDEX": "https://elsewhere.example/simple"},
        {"PIP_EXTRA_INDEX_URL": "https://elsewhere.example/simple", "PIP_NO_INDEX": "1"},
        {"CONDA_OVERRIDE_GLIBC": "9.9", "CONDA_OVERRIDE_CUDA": "99", "CONDA_SUBDIR": "win-64"},
        {"CONDA_CHANNEL_PRIORITY": "disabled", "CONDA_CHANNELS": "elsewhere", "CONDA_DEFAULT_ENV": "x"},
        {"VIRTUAL_ENV": "/x", "LANG": "C", "LC_ALL": "C", "TZ": "Asia/Tokyo", "USER": "x", "LOGNAME": "x"},
        {"MIXLOCK_CONFIG_FILE": "/nowhere", "XDG_CACHE_HOME": "/dev/null", "HOME": "/nowhere", "CI": "1"},
        {"SKIP": "mixlock-drift", "MIXLOCK_SKIP": "1", "MIXLOCK_NO_DRIFT": "1"},
    ],
    ids=" ".join,
)
def test_no_variable_makes_drift_or_hides_it(
    locked: Repository, drift: Drift, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert drift(locked.root) == (0, [])
    locked.write(PIP, "")
    assert drift(locked.root)[0] == 1


@pytest.mark.parametrize("folder", [".", "locks/environment", "deep/down"])
def test_the_working_directory_does_not_matter(
    locked: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (locked.root / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(locked.root / folder)
    assert main(["drift"]) == 0
    assert capsys.readouterr().err == "1 fresh, 0 drifted\n"


def test_a_checkout_elsewhere_is_fresh(locked: Repository, drift: Drift, tmp_path: Path) -> None:
    shutil.copytree(locked.root, tmp_path / "a name with spaces" / "é")
    assert drift(tmp_path / "a name with spaces" / "é") == (0, [])


def test_drift_writes_nothing(locked: Repository, drift: Drift) -> None:
    before = {path: path.stat().st_mtime_ns for path in locked.root.rglob("*") if ".git" not in path.parts}
    locked_status = drift(locked.root)[0]
    after = {path: path.stat().st_mtime_ns for path in locked.root.rglob("*") if ".git" not in path.parts}
    assert (locked_status, after) == (0, before)


def test_the_text_names_place_code_claim_and_command(locked: Repository) -> None:
    locked.write("environment.yml", locked.read("environment.yml").replace("numpy=1.26", "numpy=1.25"))
    done = locked.mixlock("drift")
    assert done.status == 1
    assert done.stdout == (
        "environment.yml:3:5: MIX202 conda requirement `numpy` is `1.25.*` now, was `1.26.*` on linux-64, osx-arm64 "
        "(run `mixlock lock environment`)\n"
    )
