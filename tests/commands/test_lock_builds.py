"""Sdists that a lock meets, with the real engines: whose build code runs, and what is locked of them."""

from __future__ import annotations

import bz2
import gzip
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel
from tests.commands.conftest import versions
from tests.commands.specs import HEAD
from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from tests.conftest import Repository


def _sdist_that_tells(folder: Path) -> tuple[RenderedFile, Path]:
    """Make an sdist of the old style whose build code leaves a trace if it runs outside of the sandbox."""
    trace = folder / "build code ran outside"
    sdist = render_sdist(SyntheticProject(name="traced", version="1.0"), static_metadata=False)
    tried = f"exec({f'try: Path({str(trace)!r}).touch()' + chr(10) + 'except OSError: pass'!r})"
    old, new = b"_TREE = Path", f"{tried}; _TREE = Path".encode()
    return RenderedFile(name=sdist.name, content=_rewritten(sdist.content, old, new)), trace


def _kept_metadata(repository: Repository) -> Path:
    return Path(repository.world.environment["XDG_CACHE_HOME"]) / "mixlock" / "sdist-metadata"


def _was_built(repository: Repository) -> bool:
    """Return whether a solve built metadata, which it keeps."""
    return any(_kept_metadata(repository).glob("*.json"))


def _rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    import io
    import tarfile

    from mixlock_hooks.synthetic.archives import render_gzip, render_tar

    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
        members = {}
        for member in archive:
            file = archive.extractfile(member)
            members[member.name] = file.read().replace(old, new) if file else b""
    return render_gzip(render_tar(members))


def test_without_builds_no_build_code_runs_and_static_metadata_is_enough(
    served_repository: Repository, tmp_path: Path
) -> None:
    sdist, _trace = _sdist_that_tells(tmp_path)
    served_repository.world.add(sdist)
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - traced\n")
    done = served_repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert "environment.yml:5:7: MIX402 `traced` 1.0 must be built to learn what it needs" in done.stderr
    assert (done.status, served_repository.locks(), _was_built(served_repository)) == (3, {}, False)
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n")
    done = served_repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert (done.status, versions(served_repository)["pip colors"]) == (0, "1.0"), done.stderr


def test_only_the_projects_that_are_named_may_be_built(served_repository: Repository, tmp_path: Path) -> None:
    sdist, trace = _sdist_that_tells(tmp_path)
    served_repository.world.add(sdist)
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - old-style\n")
    served_repository.write("mixlock.toml", CONFIGURATION + 'build-sdists = ["traced"]\n')
    done = served_repository.mixlock("lock", "--platform", "linux-64")
    assert "environment.yml:5:7: MIX402 `old-style` 0.1 must be built to learn what it needs" in done.stderr
    assert done.status == 3
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - traced\n")
    done = served_repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, _was_built(served_repository), trace.exists()) == (0, True, False), done.stderr
    assert versions(served_repository)["pip traced"] == "1.0"


def test_without_builds_a_locked_sdist_is_kept(served_repository: Repository, tmp_path: Path) -> None:
    sdist, trace = _sdist_that_tells(tmp_path)
    served_repository.world.add(sdist, render_wheel(SyntheticProject(name="traced", version="0.9")))
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - traced==1.0\n")
    assert served_repository.mixlock("lock", "--platform", "linux-64").status == 0
    shutil.rmtree(_kept_metadata(served_repository))
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - traced\n    - colors\n")
    done = served_repository.mixlock("lock", "--no-build", "--platform", "linux-64")
    assert (done.status, trace.exists(), _was_built(served_repository)) == (0, False, False), done.stderr
    assert {"pip traced": "1.0", "pip colors": "1.0"}.items() <= versions(served_repository).items()


def test_a_build_takes_what_it_requires_from_the_index_whatever_conda_holds(served_repository: Repository) -> None:
    sdist = render_sdist(SyntheticProject(name="needs-numpy", version="1.0"), static_metadata=False)
    content = _rewritten(sdist.content, b"requires = []", b'requires = ["numpy>=2"]')
    served_repository.world.add(
        RenderedFile(name=sdist.name, content=content), render_wheel(SyntheticProject(name="numpy", version="2.2.6"))
    )
    served_repository.write("environment.yml", f"{HEAD}  - numpy=1.26\n  - pip:\n    - needs-numpy\n")
    done = served_repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, "note: solved against" in done.stderr) == (0, False), done.stderr
    found = versions(served_repository)
    assert (found["conda numpy"], found["pip needs-numpy"], "pip numpy" in found) == ("1.26.4", "1.0", False)


def test_an_sdist_of_the_old_format_is_proposed_and_locked_as_it_is(served_repository: Repository) -> None:
    sdist = render_sdist(SyntheticProject(name="aged", version="1.0"), static_metadata=False)
    aged = RenderedFile(name="aged-1.0.tar.bz2", content=bz2.compress(gzip.decompress(sdist.content)))
    served_repository.world.add(aged)
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - aged==1.0\n")
    done = served_repository.mixlock("lock", "--platform", "linux-64")
    assert (done.status, "note: solved against" in done.stderr) == (0, False), done.stderr
    locked = served_repository.read("locks/environment/pip-linux-64.txt")
    assert "aged-1.0.tar.bz2" in served_repository.read("locks/environment/conda-lock.yml")
    assert f"aged==1.0 --hash=sha256:{aged.sha256}" in locked


def test_a_build_that_takes_long_is_given_more_as_its_hint_says(served_repository: Repository) -> None:
    sdist = render_sdist(SyntheticProject(name="slow", version="1.0"), static_metadata=False)
    old, new = b"_TREE = Path", b"import time; time.sleep(3); _TREE = Path"
    served_repository.world.add(RenderedFile(name=sdist.name, content=_rewritten(sdist.content, old, new)))
    served_repository.write("environment.yml", f"{HEAD}  - pip:\n    - tiny-log\n    - slow\n")
    words = ("lock", "--platform", "linux-64")
    done = served_repository.mixlock(*words, "--timeout", "1")
    assert (done.status, "MIX403" in done.stderr, "--timeout" in done.stderr) == (3, True, True), done.stderr
    assert served_repository.mixlock(*words, "--timeout", "60").status == 0
