"""Begin with mixlock in a repository: hooks, attributes for merges, and configuration where defaults do not serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import config_edit, git_attributes, pre_commit_yaml
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.first_steps import FirstSteps
from mixlock_hooks.model.lock_paths import ALIASES, LOCKFILE, WHEELHOUSE
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.pipeline.load import spec_paths
from mixlock_hooks.pipeline.not_read import other_specs
from mixlock_hooks.pipeline.unseen_specs import HOOK, pattern_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.installation import InstalledFrom
    from mixlock_hooks.pipeline.project import Project

HOOKS = pre_commit_yaml.FILE
ATTRIBUTES = ".gitattributes"
IDS = (HOOK, "mixlock-drift")
UNKNOWN = ("https://github.com/mixlock/mixlock", "REPLACE_WITH_A_REVISION")
"""What hooks name where nothing tells which mixlock is installed: pre-commit finds no such revision, and says so."""
_BY_DRIVER = (LOCKFILE, ALIASES, WHEELHOUSE)
_MERGED = (*((name, "mixlock") for name in _BY_DRIVER), ("conda-*.lock", "union"), ("pip-*.txt", "union"))
"""How git merges each file of a lock. What is rendered from the lockfile is written anew after every merge, for the
stamp is then in conflict; so lines of both sides may stand there until then (gitattributes(5))."""


def first_steps(project: Project, installed: InstalledFrom | None) -> FirstSteps:
    """Return what a repository needs to begin; no file where it has all of it.

    Args:
        project: the repository.
        installed: where the mixlock that runs was installed from, if that is known.

    Raises:
        UsageError: git tracks nothing that could be locked.
    """
    specs = spec_paths(project)
    more = tuple(other_specs(project, specs))
    named = tuple(dict.fromkeys((*specs, *_composed(project))))
    if not named and not more:
        here = next((name for name in ("environment.yml", "environment.yaml") if project.files.read(name)), "")
        if here:
            raise UsageError(f"git does not track {here}; run `git add {here}`")
        raise UsageError(
            "git tracks no environment.yml, no flow and no other conda environment file; "
            "add one first, or name others, such as requirements.txt, in `specs`"
        )
    files: dict[str, str] = {}
    notes: list[str] = []
    _configure(project, specs, more, (files, notes))
    problems: tuple[Problem, ...] = ()
    try:
        _add_hooks(project, installed, pattern_for((*named, *more)), (files, notes))
    except pre_commit_yaml.BrokenError as error:
        hint = "correct it, then run `mixlock init` again"
        place = at(HOOKS, error.line, error.column)
        problems = (Problem(code=Code.UNREADABLE, place=place, claim=f"no hooks were added: {error}", hint=hint),)
    _add_attributes(project, (files, notes))
    found = (*(f"found {path}" for path in named), *(f"found {path}, whatever its name" for path in more))
    return FirstSteps(files=files, found=found, notes=tuple(notes), problems=problems)


def _composed(project: Project) -> Iterator[str]:
    """Yield the files that configured environments are made of."""
    tracked = frozenset(project.repository.tracked())
    for each in project.settings.environments.values():
        yield from (path for path in each.files if path in tracked)


_Made = tuple[dict[str, str], list[str]]
"""Files to write, and what is to be said."""


def _configure(project: Project, specs: tuple[str, ...], more: tuple[str, ...], made: _Made) -> None:
    """Name the specs where discovery does not find all of them."""
    files, notes = made
    if not more:
        return
    if project.settings.specs is not None:
        notes.extend(f"{path} asks for conda packages, and `specs` does not name it" for path in more)
        return
    path, before = project.configuration()
    names = [*(each for each in specs if not each.endswith(".py")), *more]
    flows = ["**/*.py"] if any(each.endswith(".py") for each in specs) else []
    files[path] = config_edit.with_key(before, path, "specs", sorted(names) + flows)


def _add_hooks(project: Project, installed: InstalledFrom | None, pattern: str, made: _Made) -> None:
    """Add the hooks; that of the check with a pattern of its own where a spec's name needs one.

    Where some of mixlock's hooks are configured, somebody chose them: those that are not are only named.

    Raises:
        BrokenError: what is there is no configuration of pre-commit's.
    """
    files, notes = made
    before = _text(project.files.read(HOOKS) or b"")
    repo, rev = (installed.url, installed.revision) if installed else UNKNOWN
    patterns = {HOOK: pattern} if pattern else {}
    hooks = pre_commit_yaml.Hooks(repo=repo, rev=rev, ids=IDS, files=patterns)
    configured = pre_commit_yaml.ids_of(before)
    if configured:
        absent = [name for name in IDS if name not in configured]
        if absent:
            entries = "\n".join(f"    - id: {name}" for name in absent)
            notes.append(f"{HOOKS}: {' and '.join(absent)} not configured; add below mixlock's `hooks`:\n{entries}")
        return
    try:
        files[HOOKS] = pre_commit_yaml.with_hooks(before, hooks)
    except pre_commit_yaml.NotEditableError as error:
        shown = "\n".join(hooks.lines(2))
        notes.append(f"{HOOKS}: {error}; add to `repos` by hand:\n{shown}")
        return
    if not installed:
        notes.append(f"{HOOKS}: cannot tell which mixlock is installed; write its revision in place of `{rev}`")
    elif installed.caveat:
        notes.append(f"{HOOKS}: {installed.caveat}")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise pre_commit_yaml.BrokenError("it is not UTF-8", line) from error


def _add_attributes(project: Project, made: _Made) -> None:
    """Let git merge locks with mixlock's own driver, which each clone has to name."""
    files, _notes = made
    before = (project.files.read(ATTRIBUTES) or b"").decode("utf-8")
    places = project.settings.lock_places
    lines = [f"{places.lock_dir}/**/{name} merge={how}" for name, how in _MERGED]
    lines += [f"/{path} merge=mixlock" for path in sorted(places.elsewhere.values())]
    after = git_attributes.with_lines(before, lines)
    if after != before:
        files[ATTRIBUTES] = after
