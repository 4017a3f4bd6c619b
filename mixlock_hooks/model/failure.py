"""What stops a run: the user's call was wrong, the world did not do what was asked, or an engine refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from mixlock_hooks.model.limit import Limit
    from mixlock_hooks.model.names import PypiName, Subdir
    from mixlock_hooks.model.problem import Problem


class UsageError(Exception):
    """The call or the configuration is wrong: exit status 2."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(redacted(message))
        self.problems = problems


class CannotDoError(Exception):
    """A tool, the network, the disk or a solve failed: exit status 3. ``problems`` say it with codes."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(redacted(message))
        self.problems = problems


class RefusedFileError(CannotDoError):
    """A file of the repository may not be opened; ``why`` says what is wrong with its path, or with itself."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}, so it is not opened")
        self.path = path
        self.why = why


_LONGEST_WORDS = 120


def fault(error: Exception) -> str:
    """Say of an exception that nobody expected what a person can report: its type, and the begin of its words."""
    words = redacted(str(error).partition("\n")[0][:_LONGEST_WORDS])
    return f"a fault of mixlock itself ({type(error).__name__}{words and ': '}{words}); please report it"


class FailureKind(Enum):
    """What an engine complained of."""

    UNSATISFIABLE = "unsatisfiable"
    HELD = "held"
    """PyPI's side does not accept what conda's side has."""
    HELD_EXTRA = "held extra"
    """An extra of a project of conda's is wanted, and nothing tells what it needs."""
    NO_VERSION = "no version"
    YANKED = "yanked"
    CUTOFF = "cutoff"
    PYTHON = "python"
    NO_FILE = "no file"
    SOURCE = "source"
    VARIABLE = "variable"
    """A variable in a URL cannot be put in: it is not set, not allowed, or stands where none may."""
    BAD_SPEC = "bad spec"
    BUILD = "build"
    BUILD_FAILED = "build failed"
    CHANGED_FILE = "changed file"
    WRONG_METADATA = "wrong metadata"
    BAD_METADATA = "bad metadata"
    NO_HASH = "no hash"
    UNKNOWN = "unknown"
    """The engine gave no answer at all: it is broken, too old, or says what nobody has read before."""


_ANSWERS = frozenset(
    {
        FailureKind.UNSATISFIABLE,
        FailureKind.HELD,
        FailureKind.NO_VERSION,
        FailureKind.YANKED,
        FailureKind.CUTOFF,
        FailureKind.PYTHON,
        FailureKind.NO_FILE,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineFailure:
    """One failure of an engine.

    ``package`` and ``constraint`` are what it names (empty where nothing), ``words`` are its own; ``tool`` and
    ``version`` name the engine; ``held`` are the projects whose version is conda's and that its explanation names.
    ``virtual`` are the virtual packages that were needed otherwise, with the constraints on them; ``limits`` are what
    keeps every file of the package from the target, and ``fitting`` is the newest version that has one. ``versions``
    are those that the sources have of the package, newest first, None where nobody knows; ``near`` is a package with
    a similar name, ``platforms`` are others for which they have it. ``elsewhere``: a further index may have a version
    that fits.
    """

    kind: FailureKind
    package: str = ""
    constraint: str = ""
    words: str = ""
    tool: str = ""
    version: str = ""
    held: tuple[PypiName, ...] = ()
    virtual: tuple[tuple[str, str], ...] = ()
    limits: tuple[Limit, ...] = ()
    fitting: str = ""
    versions: tuple[str, ...] | None = None
    near: str = ""
    platforms: tuple[Subdir, ...] = ()
    elsewhere: bool = False

    @property
    def is_answer(self) -> bool:
        """Return whether the engine looked at everything and found that there is no answer."""
        return self.kind in _ANSWERS


class EngineError(CannotDoError):
    """An engine has no answer, or something kept it from giving one; what the user can mend is decided elsewhere."""

    def __init__(self, failure: EngineFailure) -> None:
        engine = " ".join(filter(None, (failure.tool, failure.version))) or "an engine"
        super().__init__(f"{engine} failed: {failure.words or failure.kind.value}")
        self.failure = failure
