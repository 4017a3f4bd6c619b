"""The ports without the world: files and git in memory, engines that solve from tables, wheels that nobody builds.

``tests/commands/test_engines.py`` solves a table of specs with the real engines and with these, and compares locks.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from rattler import Version as CondaVersion

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.origin import Origin
from mixlock_hooks.model.pypi_sources import serving
from mixlock_hooks.model.solving import CondaSide, Need
from mixlock_hooks.model.target import Target, marker_environment
from mixlock_hooks.model.wheelhouse import Built, BuiltWheel
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.rules.match_specs import fits_match_spec
from mixlock_hooks.rules.platform_tags import rank_of
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.tools import Tool, require_uv
from mixlock_hooks.shell.tools import engine as engine_names
from mixlock_hooks.synthetic.conda_packages import render_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from packaging.version import Version

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.pypi_sources import PypiSources
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.model.wheelhouse import WheelPlan
    from mixlock_hooks.ports import Progress
    from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
    from mixlock_hooks.synthetic.projects import RenderedFile


@dataclass(kw_only=True)
class MemoryFiles:
    """The ``Files`` port over a dictionary; ``full`` makes every write fail, as a full disk does."""

    content: dict[str, bytes] = field(default_factory=dict)
    full: bool = False
    writes: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        return self.content.get(path)

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""
        return tuple(sorted(path for path in self.content if path.startswith(f"{folder}/") or not folder))

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted."""
        inside = (path.removeprefix(f"{folder}/") for path in self.below(folder))
        return tuple(name for name in inside if "/" not in name)

    def replace_set(
        self,
        folder: str,
        files: Mapping[str, bytes],
        obsolete: tuple[str, ...],
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Replace a folder's files together."""
        if self.full:
            raise CannotDoError(f"{folder}: the lock cannot be written: No space left on device")
        self.writes.append(folder)
        self.content |= {elsewhere.get(name, f"{folder}/{name}"): content for name, content in files.items()}
        for name in obsolete:
            del self.content[f"{folder}/{name}"]


@dataclass(kw_only=True)
class MemoryRepository:
    """The ``Repository`` port over files in memory: all are tracked but ``ignored``; ``base`` is the merge base."""

    files: MemoryFiles
    ignored: set[str] = field(default_factory=set)
    base: dict[str, bytes] = field(default_factory=dict)
    is_in_git: bool = True

    def tracked(self) -> tuple[str, ...]:
        """Return the tracked paths, sorted."""
        return tuple(path for path in self.files.below("") if path not in self.ignored)

    def left_out(self) -> frozenset[str]:
        """Return that nothing is left out."""
        return frozenset()

    def ignored_by(self, path: str) -> str:  # noqa: ARG002 - the port's
        """Return that no rule ignores anything."""
        return ""

    def committed(self, path: str) -> bytes | None:
        """Return a file as it was where this branch began."""
        return self.base.get(path)

    def stages(self, path: str) -> tuple[bytes | None, bytes | None, bytes | None]:  # noqa: ARG002 - the port's
        """Return that no file is in conflict."""
        return None, None, None

    def at_head(self, path: str) -> bytes | None:
        """Return a file as the last commit has it, which is the merge base."""
        return self.base.get(path)

    def at(self, revision: str, path: str) -> bytes | None:  # noqa: ARG002 - the port's
        """Return a file as the last commit has it, for there is no other."""
        return self.base.get(path)

    def origins(self, roots: tuple[str, ...]) -> Iterator[Origin]:  # noqa: ARG002 - the port's
        """Yield the last commit."""
        yield Origin(ours="HEAD", words="the versions of the last commit are kept")

    def unlike_head(self, roots: tuple[str, ...]) -> frozenset[str] | None:
        """Return the tracked paths below files and folders that differ from the merge base."""
        every = {*self.files.content, *self.base}
        paths = {path for path in every for root in roots if path == root or path.startswith(f"{root}/")}
        return frozenset(path for path in paths if self.files.read(path) != self.base.get(path))


def memory_project(content: Mapping[str, bytes], settings: Settings) -> Project:
    """Return a project in memory, whose files are all tracked."""
    files = MemoryFiles(content=dict(content))
    return Project(settings=settings, files=files, repository=MemoryRepository(files=files), names=shipped)


@dataclass(frozen=True, kw_only=True)
class Release:
    """One file of an index, with the metadata that a build of it would give."""

    file: RenderedFile
    name: PypiName
    version: Version
    metadata: CoreMetadata

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def is_wheel(self) -> bool:
        """Return whether it needs no build."""
        return self.file.name.endswith(".whl")

    def fits(self, target: Target) -> bool:
        """Return whether an installer for a target would take it."""
        return not self.is_wheel or rank_of(self.file.name, target) is not None


@cache
def _uv() -> Tool:
    return require_uv()


@cache
def release(file: RenderedFile) -> Release:
    """Read a file as an index and a build of it would."""
    if file.name.endswith(".whl"):
        name, version, *_rest = parse_wheel_filename(file.name)
        with zipfile.ZipFile(io.BytesIO(file.content)) as wheel:
            text = wheel.read(next(core_metadata.members(wheel.namelist()))).decode()
    else:
        name, version = parse_sdist_filename(file.name)
        text = _sdist_metadata(file.content)
    return Release(file=file, name=pypi_name(name), version=version, metadata=core_metadata.parse(text))


def _sdist_metadata(content: bytes) -> str:
    """Return what is in the wheel that a synthetic sdist holds, else its PKG-INFO."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
        built = [name for name in names if name.endswith(".about/METADATA")]
        found = archive.extractfile((built or [name for name in names if name.endswith("/PKG-INFO")])[0])
        assert found is not None
        return found.read().decode()


class NoChoiceError(Exception):
    """A search has no answer: ``failure`` says why."""

    def __init__(self, failure: EngineFailure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class Want:
    """What must be chosen: a name, a constraint, and extras."""

    name: str
    constraint: str = ""
    extras: frozenset[str] = frozenset()


class Choice(Protocol):
    """A package or a file that may be chosen."""

    @property
    def needs(self) -> tuple[Want, ...]:
        """Return what it needs."""

    def refusal(self, want: Want) -> NoChoiceError | None:
        """Return why it is no choice for a need; None where it is one."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """Chooses a version of everything that is needed, the first that fits, and goes back where that leads nowhere."""

    choices: Callable[[Want], Sequence[Choice]]
    """The choices for a want, the best first; raises ``NoChoiceError`` where there are none at all."""

    def choose(self, todo: tuple[Want, ...], chosen: Mapping[str, Choice]) -> Mapping[str, Choice]:
        """Return the choices by name.

        Raises:
            NoChoiceError: there are none that fit together.
        """
        if not todo:
            return chosen
        want, *rest = todo
        if want.name in chosen:
            refusal = chosen[want.name].refusal(want)
            if refusal:
                raise refusal
            return self.choose(tuple(rest), chosen)
        return self._try(want, tuple(rest), chosen)

    def _try(self, want: Want, rest: tuple[Want, ...], chosen: Mapping[str, Choice]) -> Mapping[str, Choice]:
        failed = NoChoiceError(EngineFailure(kind=FailureKind.UNSATISFIABLE, package=want.name))
        for choice in self.choices(want):
            try:
                return self.choose((*rest, *choice.needs), {**chosen, want.name: choice})
            except NoChoiceError as error:  # noqa: PERF203 - that is what going back is
                failed = error
        raise failed


@dataclass(frozen=True, kw_only=True)
class CondaChoice:
    """A conda package of a channel."""

    package: SyntheticCondaPackage
    url: str

    @property
    def needs(self) -> tuple[Want, ...]:
        """Return what its metadata names."""
        parts = (text.partition(" ") for text in self.package.depends)
        return tuple(Want(name=name, constraint=constraint) for name, _space, constraint in parts)

    def refusal(self, want: Want) -> NoChoiceError | None:
        """Return why it does not fit a match spec."""
        if fits_match_spec(self.locked(Subdir(self.package.subdir)), want.constraint):
            return None
        return NoChoiceError(EngineFailure(kind=FailureKind.UNSATISFIABLE, package=want.name))

    def locked(self, platform: Subdir) -> LockedPackage:
        """Return it as conda-lock writes it down."""
        content = _rendered(self.package)
        return LockedPackage(
            name=self.package.name,
            version=self.package.version,
            manager=Manager.CONDA,
            platform=platform,
            dependencies={want.name: want.constraint for want in self.needs},
            url=self.url,
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest(),
        )


_RENDERED: dict[int, tuple[SyntheticCondaPackage, bytes]] = {}


def _rendered(package: SyntheticCondaPackage) -> bytes:
    """Render a package once; it holds a mapping, so it cannot be a key itself."""
    if id(package) not in _RENDERED:
        _RENDERED[id(package)] = (package, render_package(package))
    return _RENDERED[id(package)][1]


@dataclass(frozen=True, kw_only=True)
class PypiChoice:
    """A file of an index, with the extras that are asked for."""

    release: Release
    url: str
    environment: Mapping[str, str]
    extras: frozenset[str]

    @property
    def _requirements(self) -> list[Requirement]:
        found = self.release.metadata.holding(self.environment, self.extras)
        return [requirement for requirement, _extra in found if isinstance(requirement, Requirement)]

    @property
    def needs(self) -> tuple[Want, ...]:
        """Return what its metadata names for the target."""
        return tuple(
            Want(name=pypi_name(each.name), constraint=str(each.specifier), extras=frozenset(each.extras))
            for each in self._requirements
        )

    def refusal(self, want: Want) -> NoChoiceError | None:
        """Return why it does not fit a specifier."""
        if SpecifierSet(want.constraint).contains(self.release.version, prereleases=True):
            return None
        return NoChoiceError(EngineFailure(kind=FailureKind.UNSATISFIABLE, package=want.name))

    def locked(self, platform: Subdir) -> LockedPackage:
        """Return it as conda-lock writes it down."""
        return LockedPackage(
            name=self.release.name,
            version=str(self.release.version),
            manager=Manager.PIP,
            platform=platform,
            dependencies={want.name: want.constraint or "*" for want in self.needs},
            url=self.url,
            sha256=self.release.file.sha256,
        )


@dataclass(frozen=True, kw_only=True)
class HeldChoice:
    """A project that conda has, so nothing needs to be installed for it; one that is ``free`` fits every need."""

    version: str
    free: bool = False
    needs: tuple[Want, ...] = ()

    def refusal(self, want: Want) -> NoChoiceError | None:
        """Return that conda's version is in the way."""
        if self.free or SpecifierSet(want.constraint).contains(self.version, prereleases=True):
            return None
        held = (pypi_name(want.name),)
        return NoChoiceError(EngineFailure(kind=FailureKind.HELD, held=held, words=f"{want.name}{want.constraint}"))


@dataclass(kw_only=True)
class FakeEngines:
    """The ``Engines`` port over tables: what channels and indices have.

    ``requests`` are all that were made; ``failing`` answers a request with an error, or lets it be solved; ``engine``
    is the kind of engine, ``FakeEngine`` where none is named.
    """

    channels: dict[str, list[SyntheticCondaPackage]]
    indices: dict[str, list[RenderedFile]]
    requests: list[SolveRequest] = field(default_factory=list)
    failing: Callable[[SolveRequest], Exception | None] = lambda _request: None
    engine: type[FakeEngine] | None = None

    def __call__(self, settings: Settings, names: Counterparts, progress: Progress) -> _Opened:  # noqa: ARG002
        """Open the engines of a run, as ``mixlock lock`` does."""
        return _Opened(self, names, progress)


@dataclass(frozen=True)
class _Opened:
    tables: FakeEngines
    names: Counterparts
    progress: Progress

    @contextmanager
    def open(self, request: SolveRequest) -> Iterator[FakeEngine]:
        self.tables.requests.append(request)
        failure = self.tables.failing(request)
        if failure:
            raise failure
        yield (self.tables.engine or FakeEngine)(request, self.tables, self.names, self.progress)

    @property
    def answers(self) -> NothingKept:
        return NothingKept()

    def close(self) -> None:
        """Nothing was started ahead."""


class NothingKept:
    """The ``Answers`` port of engines whose tables may change between a dry run and what follows."""

    def find(self, _request: SolveRequest) -> None:
        """Nothing was found before."""

    def keep(self, request: SolveRequest, answer: SolvedPlatform) -> None:
        """Nothing is kept."""


@dataclass(frozen=True)
class FakeEngine:
    """The ``Engine`` port for one request."""

    request: SolveRequest
    tables: FakeEngines
    names: Counterparts
    progress: Progress

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        """Choose conda packages, of the old lock where they fit, else the newest."""
        asked = (Want(name=each.name, constraint=each.constraint) for each in self.request.spec.conda)
        bounds: dict[str, list[str]] = {}
        for text in constraints:
            name, _space, constraint = text.partition(" ")
            bounds.setdefault(name, []).append(constraint)

        def choices(want: Want) -> Sequence[CondaChoice]:
            return self._conda_choices(want, bounds.get(want.name, ()))

        found = self._chosen(Search(choices=choices), tuple(asked), {})
        chosen = [choice for choice in found.values() if isinstance(choice, CondaChoice)]
        locked = [choice.locked(self.request.spec.platform) for choice in chosen]
        return CondaSide(
            versions={package.name: package.version for package in locked},
            builds={package.name: package.build for package in locked},
            holders={project: package.name for project, package in self.names.holders(locked).items()},
            answer=chosen,
        )

    @staticmethod
    def _chosen(search: Search, todo: tuple[Want, ...], chosen: Mapping[str, Choice]) -> Mapping[str, Choice]:
        try:
            return search.choose(todo, chosen)
        except NoChoiceError as error:
            raise EngineError(error.failure) from error

    def _conda_choices(self, want: Want, bounds: Iterable[str]) -> Sequence[CondaChoice]:
        known = [choice for choice in self._conda_table() if choice.package.name == want.name]
        needs = [want, *(Want(name=want.name, constraint=bound) for bound in bounds)]
        fitting = [choice for choice in known if not any(map(choice.refusal, needs))]
        if not fitting:
            words = f"No candidates were found for {want.name} {want.constraint}"
            raise NoChoiceError(EngineFailure(kind=FailureKind.NO_VERSION, package=want.name, words=words))
        kept = {package.url for package in self.request.preferred}
        newest = sorted(fitting, key=lambda choice: CondaVersion(choice.package.version), reverse=True)
        return sorted(newest, key=lambda choice: choice.url not in kept)

    def _conda_table(self) -> Iterator[CondaChoice]:
        for channel in map(bare_source, self.request.spec.channels):
            for package in self.tables.channels.get(channel, ()):
                if package.subdir in {self.request.spec.platform, "noarch"}:
                    yield CondaChoice(package=package, url=f"{channel}/{package.subdir}/{package.file_name}")

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        """Choose files of the indices beside a conda side."""
        found = self._pypi_side(pypi, conda, frozenset())
        packages = [choice for choice in (*conda.answer, *found.values()) if not isinstance(choice, HeldChoice)]
        return SolvedPlatform(
            platform=self.request.spec.platform,
            packages=tuple(choice.locked(self.request.spec.platform) for choice in packages),
            engine=engine_names(_uv() if pypi else None),
            cutoff=self.request.cutoff.text,
        )

    def needs(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> tuple[Need, ...]:
        """Choose files of the indices where some of what conda has may be any version."""
        found = self._pypi_side(pypi, conda, free).values()
        return tuple(
            Need(
                by=f"{choice.release.name} {choice.release.version}",
                name=pypi_name(want.name),
                specifier=want.constraint,
            )
            for choice in found
            if isinstance(choice, PypiChoice)
            for want in choice.needs
            if want.name in free
        )

    def _pypi_side(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> Mapping[str, Choice]:
        target = conda.target(self.request.spec)
        held: dict[str, Choice] = {
            project: HeldChoice(version=version, free=project in free) for project, version in conda.held.items()
        }
        asked = tuple(Want(name=each.name, constraint=each.specifier, extras=frozenset(each.extras)) for each in pypi)

        def choices(want: Want) -> Sequence[PypiChoice]:
            return self._pypi_choices(want, target)

        return self._chosen(Search(choices=choices), asked, held)

    def _pypi_choices(self, want: Want, target: Target) -> Sequence[PypiChoice]:
        environment = marker_environment(target)
        known = [
            PypiChoice(release=each, url=url, environment=environment, extras=want.extras)
            for each, url in self._files()
            if each.name == want.name and self._is_alike(each)
        ]
        fitting = [choice for choice in known if not choice.refusal(want)]
        if not fitting:
            constraint = want.constraint if known else ""
            failure = EngineFailure(kind=FailureKind.NO_VERSION, package=want.name, constraint=constraint)
            raise NoChoiceError(failure)
        installable = [choice for choice in fitting if choice.release.fits(target)]
        if not installable:
            version = str(fitting[0].release.version)
            raise NoChoiceError(EngineFailure(kind=FailureKind.NO_FILE, package=want.name, constraint=version))
        kept = {package.url for package in self.request.preferred}
        named = want.name in self.request.builds.names
        newest = sorted(
            installable, key=lambda choice: (choice.release.version, choice.release.is_wheel), reverse=True
        )
        best = sorted(newest, key=lambda choice: not (choice.release.is_wheel or named))
        return sorted(best, key=lambda choice: choice.url not in kept)

    def _is_alike(self, found: Release) -> bool:
        bounds = map(Requirement, self.request.like.pypi if self.request.like else ())
        return all(found.version in each.specifier for each in bounds if each.name == found.name)

    def _files(self) -> Iterator[tuple[Release, str]]:
        sources = self.request.spec.pypi_sources.listed()
        for source in sources:
            index = bare_source(source.url)
            for each in map(release, self.tables.indices.get(index, ())):
                if source in serving(sources, pypi_name(each.name)):
                    yield each, f"{index.removesuffix('/simple')}/files/{each.file.name}"


@dataclass(kw_only=True)
class FakeWheels:
    """The ``Wheels`` port: what a build gives is ``made`` from its plan and the number of builds before it.

    ``log`` lists what was built, laid out and fetched.
    """

    made: Callable[[WheelPlan, int], BuiltWheel]
    kept: dict[str, str] = field(default_factory=dict)
    by_plan: dict[str, list[BuiltWheel]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    builds: int = 0

    def holds(self, sha256: str) -> str:
        """Return where a wheel can be had from."""
        return self.kept.get(sha256, "")

    def known(self, plan: WheelPlan) -> Iterator[BuiltWheel]:
        """Yield what was kept for a plan."""
        yield from self.by_plan.get(plan.package.sha256, ())

    def building(self, plan: WheelPlan) -> AbstractContextManager[None]:  # noqa: ARG002 - the port's
        """Let a build run."""
        return nullcontext()

    def build(self, plan: WheelPlan, requires: tuple[str, ...] = ()) -> Built:  # noqa: ARG002 - the port's
        """Give the wheel that is made."""
        wheel = self.made(plan, self.builds)
        self.builds += 1
        self.kept[wheel.sha256] = "cached"
        self.log.append(f"built {plan.package.name}")
        return Built(wheel=wheel)

    def keep(self, plan: WheelPlan, wheel: BuiltWheel) -> None:
        """Let a wheel be found for its plan."""
        self.by_plan.setdefault(plan.package.sha256, []).insert(0, wheel)

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """Return a member for two wheels that differ."""
        return ("stamp.py",) if first != second else ()

    def put(self, folder: str, file: str, sha256: str) -> None:  # noqa: ARG002 - the port's
        """Note that a wheel was laid out."""
        self.log.append(f"put {folder}/{file}")

    def fetch(self, folder: str, package: LockedPackage, sources: PypiSources) -> None:  # noqa: ARG002
        """Note that a wheel of an index was fetched."""
        self.log.append(f"fetched {folder}/{package.file}")


def wheel_of(plan: WheelPlan, number: int = 0, **more: object) -> BuiltWheel:
    """Return the wheel that a build gives: the same each time, where ``number`` is."""
    stem = f"{plan.package.name.replace('-', '_')}-{plan.package.version}"
    known: dict[str, object] = {
        "name": pypi_name(plan.package.name),
        "version": plan.package.version,
        "sdist_sha256": plan.package.sha256,
        "file": f"{stem}-py3-none-any.whl",
        "sha256": hashlib.sha256(f"{stem} {number}".encode()).hexdigest(),
        "tags": ("py3-none-any",),
        "platforms": (),
        "python": plan.python,
        "glibc": "",
        "requires": (),
        "epoch": 315532800,
        "builder": "fake",
    }
    return BuiltWheel(**{**known, **more})  # type: ignore[arg-type]
