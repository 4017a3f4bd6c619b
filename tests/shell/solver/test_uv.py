"""What the real uv says where it has no answer, each kind of message once, and what is understood of it.

A new uv with another wording fails here: a message that is not understood is no answer, and the lock fails with uv's
name instead of a place in the spec.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.build_permission import NOBODY
from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import Need, SolveRequest
from mixlock_hooks.model.target import make_target
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.index.indices import UsedIndex
from mixlock_hooks.shell.index.loopback import Fault, serve
from mixlock_hooks.shell.index.pages import Pages
from mixlock_hooks.shell.machine_config import CACHE_FOLDER
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.solver.pypi_answer import PypiAnswer, answer, needs, remote_files
from mixlock_hooks.shell.solver.pypi_question import Question
from mixlock_hooks.shell.tools import require_uv
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_stub, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYTHON = "3.12.11"
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


def wheel(
    name: str, version: str, *requires: str, tag: str = "py3-none-any", python: str | None = None
) -> RenderedFile:
    project = SyntheticProject(name=name, version=version, requires=requires, tag=tag, requires_python=python)
    return render_wheel(project)


FILES = (
    *(wheel(name, "1.0") for name in ("colors", "blocked", "yanked", "unhashed")),
    wheel("uses-blocked", "1.0", "blocked"),
    *(wheel("numpy", "1.5"), wheel("numpy", "3.0")),
    *(wheel("frames", "1.0", "numpy<2"), wheel("frames", "2.0", "numpy>=2")),
    *(wheel("user", "1.0", "frames==1.0"), wheel("top", "1.0", "user"), wheel("top", "1.1", "user")),
    *(wheel("picky", "1.0", "numpy>=1,!=2.2.6"), wheel("extra-user", "1.0", "top ; extra == 'all'")),
    *(wheel("inner-user", "1.0", "inner<2"), wheel("both", "1.0", "frames==1.0", "inner<2")),
    *(wheel("a", "1", "b>=2"), wheel("b", "1"), wheel("b", "2", "c>=2"), wheel("c", "1"), wheel("c", "2", "d>=2")),
    *(wheel("d", "1"), wheel("d", "2"), wheel("e", "1", "d<2")),
    *(wheel("for-windows", version, tag="cp312-cp312-win_amd64") for version in ("1.0", "1.1")),
    wheel("for-old-python", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
    wheel("for-new-python", "1.0", tag="cp314-cp314-manylinux_2_17_x86_64"),
    wheel("for-new-glibc", "2.0", tag="cp312-cp312-manylinux_2_35_x86_64"),
    *(wheel("wants-newer", "1.0", python=">=3.13"), wheel("uses-newer", "1.0", "wants-newer")),
    *(wheel("wants-older", "1.0", python="<3.10"), wheel("wanted-older", "2.0", python="<3.10")),
    wheel("wanted-older", "1.0"),
    *(wheel("only-pre", "2.0a1"), wheel("uses-final", "1.0", "only-pre>=2.0")),
    *(wheel("uses-missing", "1.0", "missing>=1"), wheel("uses-newer-colors", "1.0", "colors>=9")),
    *(wheel("bad-needs", "1.0", "colors>=="), wheel("broken", "1.0")),
    render_stub("other-version", "2.0", "Metadata-Version: 2.1\nName: other-version\nVersion: 3.0\n"),
    render_stub("other-name", "2.0", "Metadata-Version: 2.1\nName: somebody\nVersion: 2.0\n"),
    render_sdist(SyntheticProject(name="old-style", version="0.1", requires=("colors",)), static_metadata=False),
    wheel("uses-old-style", "1.0", "old-style"),
)
HELD = {pypi_name("numpy"): "2.2.6", pypi_name("inner"): "2.0"}
"""What conda has; no index has inner."""


def page(name: str, attribute: str = "", fragment: str = "") -> bytes:
    file = f"{name}-1.0-py3-none-any.whl"
    return f'<a href="../../files/{file}{fragment}"{attribute}>{file}</a>'.encode()


@dataclass(kw_only=True)
class Index:
    """An index on loopback, and what goes wrong there."""

    url: str
    faults: dict[str, Fault] = field(default_factory=dict)


@pytest.fixture(name="index", scope="module")
def _index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    write_index(folder, FILES)
    faults: dict[str, Fault] = {}
    with pytest.MonkeyPatch.context() as patch, serve(folder, faults=faults) as base:
        patch.setenv(CACHE_FOLDER, str(folder / "cache"))
        patch.setenv("PIP_DEFAULT_TIMEOUT", "1")
        yield Index(url=f"{base}/simple", faults=faults)


def question(index: Index, asked: str, cutoff: str = "") -> Question:
    """Ask for what stands in a ``pip:`` list."""
    linux = Subdir("linux-64")
    entries = "".join(f"    - {entry}\n" for entry in asked.split(" & "))
    text = f"dependencies:\n  - python=3.12\n  - pip:\n{entries}"
    spec = merge(environment_yml.parse(text, "environment.yml"), Settings(platforms=(linux,)))
    verdict = policy.check(spec, Settings(), shipped)
    checked, problems = verdict.checked, verdict.problems
    assert checked is not None, problems
    platform = checked.platforms[0]
    request = SolveRequest(
        environment=checked, spec=platform, cutoff=Cutoff(moment=cutoff), builds=NOBODY, refresh=True
    )
    indices = (UsedIndex(canonical=index.url, url=index.url),)
    target = make_target(linux, platform.virtual_packages, {"python": PYTHON}, {})
    pypi = applicable(platform.pypi, target)
    return Question(request=request, pypi=pypi, target=target, indices=indices, held=HELD)


def answered(asked: Question, scratch: Path) -> PypiAnswer:
    with closing(Pages(remote_files(asked), asked.indices)) as pages:
        return answer(asked, pages, scratch, require_uv(), lambda _phase: None)


def refused(asked: Question, scratch: Path) -> EngineFailure:
    with pytest.raises(EngineError) as caught:
        answered(asked, scratch)
    return caught.value.failure


NUMPY, BOTH = ("numpy",), ("inner", "numpy")
Kind = FailureKind
REFUSALS: dict[str, tuple[str, FailureKind, str, str]] = {
    "no such version": ("colors==9", Kind.NO_VERSION, "colors", "==9"),
    "no version in a range": ("colors>=9", Kind.NO_VERSION, "colors", ">=9"),
    "no version that a package needs": ("uses-newer-colors", Kind.NO_VERSION, "colors", ">=9"),
    "no such project": ("missing", Kind.NO_VERSION, "missing", ""),
    "no such project, that a package needs": ("uses-missing", Kind.NO_VERSION, "missing", ""),
    "no file for the platform": ("for-windows", Kind.NO_FILE, "for-windows", "1.1"),
    "no file of that version for the platform": ("for-windows==1.0", Kind.NO_FILE, "for-windows", "1.0"),
    "no file for the glibc": ("for-new-glibc", Kind.NO_FILE, "for-new-glibc", "2.0"),
    "no file for the python's ABI": ("for-old-python", Kind.NO_FILE, "for-old-python", "1.0"),
    "no file for the python": ("for-new-python", Kind.NO_FILE, "for-new-python", "1.0"),
    "python too old": ("wants-newer", Kind.PYTHON, "wants-newer", ">=3.13"),
    "python too old for what a package needs": ("uses-newer", Kind.PYTHON, "wants-newer", ">=3.13"),
    "python too new, which uv ignores": ("wants-older", Kind.PYTHON, "wants-older", "<3.10"),
    "a conflict of two": ("c==2 & d==1", Kind.UNSATISFIABLE, "", ""),
    "a conflict of three": ("b==2 & d==1", Kind.UNSATISFIABLE, "", ""),
    "a conflict of four": ("a & e", Kind.UNSATISFIABLE, "", ""),
    "only a prerelease": ("only-pre==2.0", Kind.NO_VERSION, "only-pre", "==2.0"),
    "only a prerelease of what a package needs": ("uses-final", Kind.NO_VERSION, "only-pre", ">=2.0"),
    "needs that cannot be read": ("bad-needs", Kind.BAD_METADATA, "bad-needs", "1.0"),
    "metadata of another project": ("other-name", Kind.WRONG_METADATA, "other-name", ""),
    "an sdist that says nothing": ("old-style", Kind.BUILD, "old-style", "0.1"),
    "an sdist that says nothing, that a package needs": ("uses-old-style", Kind.BUILD, "old-style", "0.1"),
}


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_understood(index: Index, tmp_path: Path, row: tuple[str, FailureKind, str, str]) -> None:
    asked, *expected = row
    failure = refused(question(index, asked), tmp_path)
    assert [failure.kind, failure.package, failure.constraint] == expected, failure.words
    assert failure.words
    assert "No solution found" not in failure.words
    assert "`--" not in failure.words
    assert failure.tool == "uv"
    assert failure.version


@pytest.mark.parametrize("asked_for", ["colors==9.0", "colors>=9", "uses-newer-colors"])
def test_what_another_index_may_have_is_said_without_uvs_own_options(
    index: Index, tmp_path: Path, asked_for: str
) -> None:
    further = tmp_path / "further"
    write_index(further, [wheel("colors", "9.0")])
    with serve(further) as base:
        asked = question(index, asked_for)
        indices = (*asked.indices, UsedIndex(canonical=f"{base}/simple", url=f"{base}/simple"))
        failure = refused(replace(asked, indices=indices), tmp_path)
    assert (failure.kind, failure.package, failure.elsewhere) == (Kind.NO_VERSION, "colors", True), failure.words
    assert failure.versions == ("1.0",)
    assert "may be available on a subsequent index" in failure.words
    assert "`--" not in failure.words
    assert "By default" not in failure.words


CONDA = {
    "asked for": ("numpy<2", NUMPY),
    "asked for exactly": ("numpy==1.5", NUMPY),
    "of what is asked for": ("frames==1.0", NUMPY),
    "of one that a package needs": ("user", NUMPY),
    "of one that is needed twice removed": ("top", NUMPY),
    "of an extra": ("extra-user[all]", NUMPY),
    "with alternatives": ("picky", NUMPY),
    "that no index has": ("inner-user", ("inner",)),
}


@pytest.mark.parametrize(("asked", "held"), CONDA.values(), ids=CONDA)
def test_a_version_of_conda_that_is_not_accepted_is_named(
    index: Index, tmp_path: Path, asked: str, held: tuple[str, ...]
) -> None:
    failure = refused(question(index, asked), tmp_path)
    assert (failure.kind, failure.held) == (Kind.HELD, held), failure.words
    assert "mixlock" not in failure.words
    assert f"conda's {held[0]}==2" in failure.words


NEEDS = {
    "of what is asked for": ("frames==1.0", NUMPY, {"frames 1.0 numpy<2"}),
    "of one that is needed twice removed": ("top", NUMPY, {"frames 1.0 numpy<2"}),
    "of the newest, which a choice would allow": ("frames", NUMPY, {"frames 2.0 numpy>=2"}),
    "of an extra": ("extra-user[all]", NUMPY, {"frames 1.0 numpy<2"}),
    "with alternatives": ("picky", NUMPY, {"picky 1.0 numpy!=2.2.6,>=1"}),
    "of what no index has": ("inner-user", ("inner",), {"inner-user 1.0 inner<2"}),
    "of two": ("both", BOTH, {"both 1.0 inner<2", "frames 1.0 numpy<2"}),
}


@pytest.mark.parametrize(("asked", "free", "expected"), NEEDS.values(), ids=NEEDS)
def test_what_is_needed_of_conda_is_read_from_a_free_choice(
    index: Index, tmp_path: Path, asked: str, free: tuple[str, ...], expected: set[str]
) -> None:
    found = needs(question(index, asked), frozenset(map(pypi_name, free)), tmp_path, require_uv())
    assert {_shown(need) for need in found} == expected


def _shown(need: Need) -> str:
    return f"{need.by} {need.name}{need.specifier}"


def test_a_free_choice_that_fails_by_itself_is_refused_for_its_own_reason(index: Index, tmp_path: Path) -> None:
    asked = question(index, "frames==1.0 & colors==9")
    with pytest.raises(EngineError) as caught:
        needs(asked, frozenset({pypi_name("numpy")}), tmp_path, require_uv())
    assert (caught.value.failure.kind, caught.value.failure.package) == (Kind.NO_VERSION, "colors")


PAGE, FILE = "/simple/blocked/", "/files/blocked-1.0-py3-none-any.whl"
FAULTS: dict[str, tuple[str, Fault]] = {
    **{f"a page that answers {status}": (PAGE, Fault(status=status)) for status in (401, 403, 429, 500, 503)},
    **{f"a file that answers {status}": (FILE, Fault(status=status)) for status in (401, 403, 404, 500)},
    "a page that is JSON and ends early": (PAGE, Fault(body=b"{", headers=JSON)),
    "a page without a type": (PAGE, Fault(body=b"<html></html>")),
    "a page of another type": (PAGE, Fault(body=b"\0\xff", headers={"Content-Type": "application/octet-stream"})),
    "a page that does not come": (PAGE, Fault(delay=20)),
    "a whole index that answers 500": ("/simple", Fault(status=500)),
}


@pytest.mark.parametrize(("path", "fault"), FAULTS.values(), ids=FAULTS)
def test_an_index_that_does_not_answer_is_no_answer(
    index: Index, tmp_path: Path, path: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "cold"))
    index.faults[path] = fault
    try:
        failure = refused(question(index, "uses-blocked"), tmp_path)
    finally:
        index.faults.clear()
    assert failure.kind is Kind.SOURCE, failure.words
    assert not failure.is_answer


ODD: dict[str, tuple[str, Fault, FailureKind, str, str]] = {
    "a release that is yanked": (
        *("yanked", Fault(body=page("yanked", ' data-yanked="broken"', f"#sha256={'0' * 64}"), headers=HTML)),
        *(Kind.YANKED, "yanked", "1.0"),
    ),
    "a file with another hash than sha256": (
        *("unhashed", Fault(body=page("unhashed", fragment=f"#md5={'0' * 32}"), headers=HTML)),
        *(Kind.NO_HASH, "unhashed", "1.0"),
    ),
    "a page without files": ("colors", Fault(body=b"<html></html>", headers=HTML), Kind.NO_VERSION, "colors", ""),
}


@pytest.mark.parametrize("row", ODD.values(), ids=ODD)
def test_an_odd_page_is_understood(
    index: Index, tmp_path: Path, row: tuple[str, Fault, FailureKind, str, str]
) -> None:
    name, fault, *expected = row
    index.faults[f"/simple/{name}/"] = fault
    try:
        failure = refused(question(index, name), tmp_path)
    finally:
        index.faults.clear()
    assert [failure.kind, failure.package, failure.constraint] == expected, failure.words


def test_a_file_that_is_no_wheel_is_understood(index: Index, tmp_path: Path) -> None:
    index.faults["/files/broken-1.0-py3-none-any.whl"] = Fault(body=b"no zip")
    try:
        failure = refused(question(index, "broken"), tmp_path)
    finally:
        index.faults.clear()
    assert (failure.kind, failure.package, failure.constraint) == (Kind.BAD_METADATA, "broken", "1.0"), failure.words


def test_metadata_of_another_version_are_understood(index: Index, tmp_path: Path) -> None:
    assert refused(question(index, "other-version"), tmp_path).kind is Kind.WRONG_METADATA


def test_a_cutoff_that_leaves_nothing_is_understood(index: Index, tmp_path: Path) -> None:
    failure = refused(question(index, "colors", cutoff="2024-01-01T00:00:00Z"), tmp_path)
    assert (failure.kind, failure.package) == (Kind.CUTOFF, "colors"), failure.words


def test_an_older_release_that_takes_the_python_is_chosen(index: Index, tmp_path: Path) -> None:
    found = answered(question(index, "wanted-older"), tmp_path)
    assert [(project.name, project.version) for project in found.projects] == [("wanted-older", "1.0")]


def test_a_call_that_uv_does_not_understand_is_no_answer(index: Index, tmp_path: Path) -> None:
    failure = refused(question(index, "colors", cutoff="no moment"), tmp_path)
    assert (failure.kind, failure.is_answer) == (Kind.UNKNOWN, False)
    assert "no moment" in failure.words
