"""Stubs for what conda holds: tiny wheels that fix a PyPI solver to conda's versions.

conda-lock's PyPI solver asks the indices for every project that conda holds, at conda's version, and fails where
none has it. A stub with name, version and no requirements is enough: it stays conda's and is not locked.
"""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.formats.uv_messages import HELD_LABEL
from mixlock_hooks.shell.index.loopback import Answer, serve_answers
from mixlock_hooks.synthetic.indices import render_project_page
from mixlock_hooks.synthetic.projects import SyntheticProject, render_stub, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName


class HeldStubs:
    """Stubs for what conda holds, as an index has them: each is made when a solver asks for it.

    A version that is not PEP 440 no index could have, and is left out. ``files`` are the names of their files.
    """

    def __init__(self, versions: Mapping[PypiName, str]) -> None:
        self._projects = {
            str(name): SyntheticProject(name=name, version=version)
            for name, version in versions.items()
            if _is_version(version)
        }
        self._by_file = {project.wheel_name: project for project in self._projects.values()}
        self.files = frozenset(self._by_file)

    def answer(self, path: str) -> Answer | None:
        """Answer a request for the page or the file of a stub; None for any other."""
        kind, _slash, name = path.strip("/").partition("/")
        project = (self._projects if kind == "simple" else self._by_file).get(name)
        if project is None or kind not in {"simple", "files"}:
            return None
        wheel = render_wheel(project)
        if kind == "files":
            return Answer(status=HTTPStatus.OK, body=wheel.content, headers={"Content-Type": "application/zip"})
        return Answer(status=HTTPStatus.OK, body=render_project_page([wheel]), headers={"Content-Type": "text/html"})


@contextmanager
def stub_index(versions: Mapping[PypiName, str]) -> Iterator[str]:
    """Serve stubs for what conda holds as an index of their own, and give its URL."""
    stubs = HeldStubs(versions)
    with serve_answers(lambda path, _range: stubs.answer(path) or Answer(status=HTTPStatus.NOT_FOUND)) as base:
        yield f"{base}/simple"


def write_stubs(
    versions: Mapping[PypiName, str], folder: Path, extras: Mapping[PypiName, CoreMetadata]
) -> dict[PypiName, str]:
    """Write stubs for what conda holds into a folder; return their versions, with a label of mixlock's own.

    ``==1.2``, ``>=1.2`` and ``<=1.2`` hold for ``1.2+mixlock`` as they do for ``1.2`` (PEP 440, version specifiers).

    Args:
        versions: PyPI names and versions.
        folder: where they lie.
        extras: what extras of some of them need.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labelled = {name: _labelled(version) for name, version in versions.items() if _is_version(version)}
    for name, version in labelled.items():
        needs = extras.get(name)
        metadata = _of_extras(name, version, needs) if needs else ""
        wheel = render_stub(name, version, metadata)
        (folder / wheel.name).write_bytes(wheel.content)
    return labelled


def _of_extras(name: PypiName, version: str, needs: CoreMetadata) -> str:
    """Return the metadata of a stub that has extras: their requirements were judged for the target."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Provides-Extra: {extra}" for extra in needs.extras]
    lines += [f"Requires-Dist: {needed}" for needed in needs.requirements]
    return "\n".join(lines) + "\n"


def _labelled(version: str) -> str:
    return f"{version}.{HELD_LABEL}" if "+" in version else f"{version}+{HELD_LABEL}"


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
