"""Build one locked sdist into a wheel (PEP 517), in a sandbox, with the environment's python.

What a build is given is fixed: the locked file, verified before it is unpacked; python; the build requirements; the
clock. What it gives back is looked at before anybody trusts it: exactly one wheel, of that project and version.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from build import BuildBackendException, BuildException, FailedProcessError, ProjectBuilder
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pyproject_hooks import BuildBackendWarning

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.rules import build_problem
from mixlock_hooks.rules.wheel_plan import pins
from mixlock_hooks.shell import process
from mixlock_hooks.shell.index.indices import used_indices
from mixlock_hooks.shell.machine_config import cache_folder, mirrors
from mixlock_hooks.shell.build.sandbox import Sandbox, Limits, missing_walls
from mixlock_hooks.shell.build.build_environment import BuildEnvironment, RequirementsError
from mixlock_hooks.shell.build.cache import builder_name
from mixlock_hooks.shell.build.sdist_archive import UnsafeSdistError, epoch_of, unpack
from mixlock_hooks.shell.build.wheel_file import NotAWheelError, WheelFacts, read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.wheelhouse import WheelPlan
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.index.remote_files import RemoteFiles
    from mixlock_hooks.shell.build.interpreters import Interpreters


_STALE_SECONDS = 2 * 86400


class WheelBuilder:
    """Builds wheels, each in a scratch folder that goes away."""

    def __init__(self, interpreters: Interpreters, remote: RemoteFiles, limits: Limits) -> None:
        self._interpreters = interpreters
        self._remote = remote
        self._limits = limits
        warnings.simplefilter("ignore", BuildBackendWarning)  # of backends to their projects, not to who locks them

    @contextmanager
    def built(self, plan: WheelPlan, requires: tuple[str, ...] = ()) -> Iterator[tuple[BuiltWheel, Path, str]]:
        """Build, and give the wheel, its file as long as the block lasts, and a note.

        Args:
            plan: what to build.
            requires: the exact build requirements (``name==version``) of an earlier build, to repeat it.

        Raises:
            CannotDoError: it cannot be fetched or built; the problems say why.
        """
        interpreter = self._interpreters.find(plan)
        if interpreter is None:
            raise _failed(build_problem.no_python(plan))
        with _scratch() as folder:
            indices = used_indices(plan.indices, plan.default_index, mirrors())
            tree = self._fetched(plan, folder, indices)
            epoch = epoch_of(tree)
            sandbox = Sandbox(folder, self._limits, epoch)
            try:
                environment = BuildEnvironment(folder, interpreter.path, indices, plan.cutoff)
                held = pins(requires) or plan.held
                self._build(plan, tree, sandbox, environment, held)
            except _FAILURES as error:
                raise _failed(_problem(plan, sandbox, error)) from error
            file = _only_wheel(plan, sandbox.work / "out", sandbox)
            facts = _facts(plan, file, sandbox)
            notes = (interpreter.note, *missing_walls(network=self._limits.network))
            wheel = _wheel(plan, file, facts, environment.installed(), epoch)
            yield wheel, file, "; ".join(note for note in notes if note)

    def _fetched(self, plan: WheelPlan, folder: Path, indices: Sequence[UsedIndex]) -> Path:
        """Fetch the locked sdist, whose sha256 is verified, and unpack it."""
        try:
            content = self._remote.locked(plan.package, indices)
        except CannotDoError as error:
            raise _failed(build_problem.unfetched(plan, str(error))) from error
        try:
            return unpack(content, folder / "work" / "source")
        except UnsafeSdistError as error:
            raise _failed(build_problem.unsafe(plan, str(error))) from error

    def _build(
        self, plan: WheelPlan, tree: Path, sandbox: Sandbox, environment: BuildEnvironment, held: Mapping[PypiName, str]
    ) -> None:
        builder = ProjectBuilder(tree, python_executable=environment.python, runner=sandbox)
        environment.install([*sorted(builder.build_system_requires), *plan.extra_requires], held)
        environment.install(sorted(builder.get_requires_for_build("wheel")), held)
        builder.build("wheel", sandbox.work / "out")


_FAILURES = (
    BuildException,
    BuildBackendException,
    FailedProcessError,
    subprocess.CalledProcessError,
    process.OverrunError,
    RequirementsError,
    OSError,
    ValueError,
    RecursionError,
)
"""What a build raises that is the sdist's or the machine's doing: hooks, their answers, and files."""


def _problem(plan: WheelPlan, sandbox: Sandbox, error: Exception) -> Problem:
    """Return the problem of a failure, which ``build`` may have wrapped in one of its own."""
    cause = error.exception if isinstance(error, BuildBackendException) else error
    if isinstance(cause, process.StoppedError):
        raise cause
    if isinstance(cause, process.OverrunError | RequirementsError):
        return build_problem.failed(plan, sandbox.said(), str(cause))
    spoken = isinstance(cause, subprocess.SubprocessError)
    return build_problem.failed(plan, sandbox.said() if spoken else f"{sandbox.said()}\n{cause}")


def _wheel(plan: WheelPlan, file: Path, facts: WheelFacts, requires: tuple[str, ...], epoch: int) -> BuiltWheel:
    return BuiltWheel(
        name=pypi_name(plan.package.name),
        version=plan.package.version,
        sdist_sha256=plan.package.sha256,
        file=file.name,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        tags=tuple(sorted(map(str, facts.tags))),
        platforms=(),
        python=plan.python,
        glibc=".".join(map(str, facts.glibc)) if facts.glibc > (0, 0) else "",
        requires=requires,
        epoch=epoch,
        builder=builder_name(),
    )


def _failed(problem: Problem) -> CannotDoError:
    return CannotDoError("a wheel is missing", (problem,))


@contextmanager
def _scratch() -> Iterator[Path]:
    """Give a folder for one build, and take it away whatever a build left there; those of killed runs go too."""
    builds = cache_folder("builds")
    for old in builds.glob("build-*"):
        with suppress(FileNotFoundError):  # another run takes it away just now
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                _remove(old)
    try:
        folder = Path(tempfile.mkdtemp(prefix="build-", dir=builds)).resolve()
    except OSError as error:
        raise CannotDoError(f"{builds}: cannot be written: {error.strerror}") from error
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it, also what a build made unwritable."""
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
        with suppress(OSError):
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _only_wheel(plan: WheelPlan, folder: Path, sandbox: Sandbox) -> Path:
    found = sorted(folder.glob("*")) if folder.is_dir() else []
    wheels = [file for file in found if file.suffix == ".whl" and file.is_file() and not file.is_symlink()]
    if len(wheels) != 1:
        words = "its backend made no wheel" if not wheels else f"its backend made {len(wheels)} wheels"
        raise _failed(build_problem.failed(plan, sandbox.said(), words))
    return wheels[0]


def _facts(plan: WheelPlan, file: Path, sandbox: Sandbox) -> WheelFacts:
    try:
        facts = read_wheel(file)
    except (NotAWheelError, OSError) as error:
        raise _failed(build_problem.failed(plan, sandbox.said(), str(error))) from error
    wanted = canonicalize_name(plan.package.name)
    if facts.name != wanted or Version(facts.version) != _version(plan.package.version):
        words = f"the wheel is of {facts.name} {facts.version}"
        raise _failed(build_problem.failed(plan, sandbox.said(), words))
    return facts


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
