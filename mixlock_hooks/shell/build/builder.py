"""Build one locked sdist into a wheel, or just its metadata (PEP 517), in a sandbox, with the environment's python.

What a build is given is fixed: the locked file, verified before it is unpacked; python; the build requirements; the
clock. What it gives back is looked at before anybody trusts it: exactly one wheel, of that project and version.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from build import BuildBackendException, BuildException, FailedProcessError, ProjectBuilder
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pyproject_hooks import BuildBackendWarning

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.rules import build_problem
from mixlock_hooks.rules.wheel_plan import pins
from mixlock_hooks.shell import process
from mixlock_hooks.shell.build import leftovers, sdist_archive
from mixlock_hooks.shell.build.build_environment import BuildEnvironment, RequirementsError
from mixlock_hooks.shell.build.cache import builder_name
from mixlock_hooks.shell.build.interpreters import own_interpreter
from mixlock_hooks.shell.build.readable import of_python, own_python
from mixlock_hooks.shell.build.sandbox import Sandbox, SandboxError
from mixlock_hooks.shell.build.scratch import scratch
from mixlock_hooks.shell.build.walls import missing_walls
from mixlock_hooks.shell.build.wheel_file import NotAWheelError, WheelFacts, metadata_of_wheel, read_wheel
from mixlock_hooks.shell.index.indices import used_indices
from mixlock_hooks.shell.machine_config import mirrors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.wheelhouse import WheelPlan
    from mixlock_hooks.shell.build.interpreters import Interpreter, Interpreters
    from mixlock_hooks.shell.build.launcher import Limits
    from mixlock_hooks.shell.build.walls import Means
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.index.remote_files import RemoteFiles

_MOST_ANSWER = 2**20
_MOST_PYPROJECT = 2**20
_MOST_METADATA = 4 * 2**20
_MOST_OUTPUTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class _Build:
    """One build: what is built, in which sandbox, with what."""

    plan: WheelPlan
    sandbox: Sandbox
    environment: BuildEnvironment
    hooks: ProjectBuilder


class WheelBuilder:
    """Builds wheels, each in a scratch folder that goes away."""

    def __init__(
        self, interpreters: Interpreters, remote: RemoteFiles, limits: Limits, found: Means | None = None
    ) -> None:
        """Make one.

        Args:
            interpreters: where pythons come from.
            remote: the files of the indices.
            limits: what a build may take.
            found: what walls are made of; else what this machine has.
        """
        self._interpreters = interpreters
        self._remote = remote
        self._limits = limits
        self._means = found
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
        interpreter = self._interpreter(plan)
        with self._prepared(plan, interpreter, requires) as made:
            file = _wheel_file(made, self._limits)
            facts = _facts(plan, file, made.sandbox)
            wheel = _wheel(plan, file, facts, made)
            yield wheel, file, "; ".join(filter(None, (interpreter.note, *_missing())))

    def metadata(self, plan: WheelPlan) -> tuple[str, tuple[str, ...]]:
        """Return the core metadata of what an sdist builds into, and the build requirements as they were installed.

        The backend is asked for them; where it cannot tell without building, it builds.

        Raises:
            CannotDoError: it cannot be fetched or built; the problems say why.
        """
        interpreter = self._interpreter(plan, other=True)
        with self._prepared(plan, interpreter, ()) as made:
            return _metadata(made, self._limits), made.environment.installed()

    def _interpreter(self, plan: WheelPlan, *, other: bool = False) -> Interpreter:
        """Return the python to build with; with ``other`` mixlock's own where that of the plan is not here."""
        missing = missing_walls() if self._means is None else ()
        if missing and not self._limits.allow_unboxed:
            raise _failed(build_problem.unboxed(plan, ((wall.name, wall.why) for wall in missing)))
        interpreter = self._interpreters.find(plan) or (own_interpreter() if other else None)
        if interpreter is None:
            raise _failed(build_problem.no_python(plan))
        return interpreter

    @contextmanager
    def _prepared(self, plan: WheelPlan, interpreter: Interpreter, requires: tuple[str, ...]) -> Iterator[_Build]:
        """Give a build whose requirements are installed; what fails in the block is told as its problem too."""
        with scratch() as folder:
            indices = used_indices(plan.sources, mirrors())
            content = self._fetched(plan, indices)
            sandbox = Sandbox(folder, self._limits, found=self._means)
            try:
                tree = _unpacked(content, sandbox)
                made = self._begun(plan, sandbox, tree, interpreter)
                held = pins(requires) or plan.held
                asked = [*sorted(made.hooks.build_system_requires), *plan.extra_requires]
                made.environment.install(asked, held, indices, plan.cutoff)
                more = sorted(made.hooks.get_requires_for_build("wheel"))
                made.environment.install(more, held, indices, plan.cutoff)
                yield made
            except sdist_archive.UnsafeSdistError as error:
                raise _failed(build_problem.unsafe(plan, str(error))) from error
            except _FAILURES as error:
                raise _failed(_problem(plan, sandbox, error)) from error

    def _fetched(self, plan: WheelPlan, indices: Sequence[UsedIndex]) -> bytes:
        """Fetch the locked sdist, whose sha256 is verified."""
        try:
            return self._remote.locked(plan.package, indices)
        except CannotDoError as error:
            raise _failed(build_problem.unfetched(plan, str(error))) from error

    def _begun(self, plan: WheelPlan, sandbox: Sandbox, tree: Path, interpreter: Interpreter) -> _Build:
        environment = BuildEnvironment(sandbox, interpreter.path, interpreter.python or plan.python, self._remote)
        hooks = ProjectBuilder(tree, python_executable=environment.python, runner=sandbox)
        return _Build(plan=plan, sandbox=sandbox, environment=environment, hooks=hooks)


_FAILURES = (
    BuildException,
    BuildBackendException,
    FailedProcessError,
    subprocess.CalledProcessError,
    process.OverrunError,
    leftovers.UnreadableError,
    SandboxError,
    RequirementsError,
    NotAWheelError,
    OSError,
    ValueError,
    TypeError,
    RecursionError,
)
"""What a build raises that is the sdist's or the machine's doing: hooks, their answers, and files."""


def _unpacked(content: bytes, sandbox: Sandbox) -> Path:
    """Unpack an sdist in the sandbox, set its clock, and return its top folder.

    Raises:
        sdist_archive.UnsafeSdistError: it is no archive, or one that cannot be trusted.
    """
    archive = sandbox.folder / "sdist"
    archive.write_bytes(content)
    answers = sandbox.new_folder("control")
    script = str(Path(sdist_archive.__file__).resolve())
    source = sandbox.work / "source"
    command = [own_python(), "-I", "-S", script, str(archive), str(source), str(answers / "answer.json")]
    try:
        sandbox.run(command, reads=(script, str(archive), *of_python(own_python())), writes=(str(answers),))
        told = json.loads(leftovers.read_file(answers, "answer.json", _MOST_ANSWER))
    except (subprocess.CalledProcessError, process.OverrunError, leftovers.UnreadableError, ValueError) as error:
        words = str(error) if isinstance(error, process.OverrunError) else sandbox.said()[-200:] or str(error)
        raise sdist_archive.UnsafeSdistError(f"it cannot be unpacked: {words}") from error
    if "refused" in told:
        raise sdist_archive.UnsafeSdistError(str(told["refused"]))
    sandbox.epoch = int(told["epoch"])
    tree = source / str(told["top"])
    if leftovers.is_regular(tree, "pyproject.toml"):
        leftovers.read_file(tree, "pyproject.toml", _MOST_PYPROJECT)
    return tree


def _wheel_file(made: _Build, limits: Limits) -> Path:
    """Build, and return a copy of the one wheel that came out."""
    out = made.sandbox.folder / "out"
    out.mkdir()
    made.hooks.build("wheel", out)
    wheels = [
        name
        for name in leftovers.names_in(out, _MOST_OUTPUTS)
        if name.endswith(".whl") and leftovers.is_regular(out, name)
    ]
    if len(wheels) != 1:
        words = "its backend made no wheel" if not wheels else f"its backend made {len(wheels)} wheels"
        raise _failed(build_problem.failed(made.plan, made.sandbox.said(), words))
    result = made.sandbox.folder / "result"
    result.mkdir()
    leftovers.copy_file(out, wheels[0], result / wheels[0], limits.wheel_bytes)
    return result / wheels[0]


def _metadata(made: _Build, limits: Limits) -> str:
    out = made.sandbox.folder / "out"
    out.mkdir()
    folder = made.hooks.prepare("wheel", out)
    if folder is None:
        out.rmdir()
        file = _wheel_file(made, limits)
        _facts(made.plan, file, made.sandbox)
        return metadata_of_wheel(file)
    name = Path(folder).name
    if name not in leftovers.names_in(out, _MOST_OUTPUTS):
        raise ValueError(f"its backend left no metadata at {name[:100]!r}")
    text = leftovers.read_file(out / name, "METADATA", _MOST_METADATA).decode("utf-8", "replace")
    wheel = f"{made.plan.package.name.replace('-', '_')}-{made.plan.package.version}-py3-none-any.whl"
    if not core_metadata.is_of(text, wheel):
        raise ValueError("its backend left metadata of something else")
    return text


def _missing() -> tuple[str, ...]:
    return tuple(f"without a wall for {wall.name}: {wall.why}" for wall in missing_walls())


def _problem(plan: WheelPlan, sandbox: Sandbox, error: Exception) -> Problem:
    """Return the problem of a failure, which ``build`` may have wrapped in one of its own."""
    cause = error.exception if isinstance(error, BuildBackendException) else error
    if isinstance(cause, process.StoppedError):
        raise cause
    if isinstance(cause, SandboxError):
        return build_problem.unboxed(plan, [("the sandbox", str(cause))])
    if isinstance(cause, process.OverrunError | RequirementsError | leftovers.UnreadableError | NotAWheelError):
        return build_problem.failed(plan, sandbox.said(), str(cause))
    spoken = isinstance(cause, subprocess.SubprocessError)
    return build_problem.failed(plan, sandbox.said() if spoken else f"{sandbox.said()}\n{cause}")


def _wheel(plan: WheelPlan, file: Path, facts: WheelFacts, made: _Build) -> BuiltWheel:
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
        requires=made.environment.installed(),
        epoch=made.sandbox.epoch,
        builder=builder_name(),
    )


def _failed(problem: Problem) -> CannotDoError:
    return CannotDoError("a wheel is missing", (problem,))


def _facts(plan: WheelPlan, file: Path, sandbox: Sandbox) -> WheelFacts:
    facts = read_wheel(file)
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
