"""Stubs for sdists whose requirements are known, so that no engine needs to build to learn them.

They are known where the old lock holds that very file, where the sdist's metadata are static (PEP 643), or once
mixlock's own sandbox has built them, for those whose build code may run. A stub is a wheel of the sdist's name,
version and requirements, in a folder that the solver sees beside the indices.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.sdist_candidates import sdist_candidates
from mixlock_hooks.shell.build.sdist_metadata import metadata_of
from mixlock_hooks.synthetic.projects import render_stub

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile, ProposedFile
    from mixlock_hooks.shell.index.pages import Pages
    from mixlock_hooks.shell.solver.pypi_question import Question


class StubSdists:
    """The stubs of one solve; ``real`` maps the name of each to the sdist it stands for."""

    def __init__(self, question: Question, pages: Pages, folder: Path) -> None:
        self._question = question
        self._remote = pages.remote
        self._pages = pages
        self._folder = folder
        self._locked = {found.sha256: found for found in question.request.preferred if found.is_sdist}
        self._metadata: dict[str, str] = {}
        self._offered: set[str] = set()
        self._unknown: dict[PypiName, str] = {}
        self.failed: dict[PypiName, CannotDoError] = {}
        self.real: dict[str, ProposedFile] = {}

    def offer_locked(self) -> None:
        """Offer every sdist that the old lock holds, so that it can be kept."""
        for package in self._locked.values():
            self.offer(pypi_name(package.name))

    def offer(self, name: PypiName, named: Sequence[str] = (), *, build: bool = True) -> bool:
        """Offer what is known of a project's sdists, else build one more; return whether that was anything new.

        Args:
            name: the project.
            named: specifiers of the versions that are needed (PEP 440), where somebody named them.
            build: build one where nothing new is known.

        A project whose build fails is noted in ``failed`` and left alone: others may be the way out.
        """
        fresh = [found for found in self._candidates(name, named) if found.file.sha256 not in self._offered]
        known = [found for found in fresh if self._known(name, found.file)]
        for found in known:
            self._offer(name, found, self._known(name, found.file))
        waiting = [found for found in fresh if found not in known]
        self._unknown[name] = str(waiting[0].version) if waiting else ""
        may_build = build and name not in self.failed and self._question.request.builds.allows(name)
        if known or not (waiting and may_build):
            return bool(known)
        try:
            self._offer(name, waiting[0], metadata_of(self._question, name, waiting[0], self._remote))
        except CannotDoError as error:
            self.failed[name] = error
            return False
        return True

    def _known(self, name: PypiName, file: ProposedFile) -> str:
        """Return the metadata of an sdist that are known without building it; empty for none."""
        if file.sha256 not in self._metadata:
            self._metadata[file.sha256] = self._static(file) or self._locked_metadata(name, file)
        return self._metadata[file.sha256]

    def _offer(self, name: PypiName, found: IndexFile, metadata: str) -> None:
        wheel = render_stub(name, str(found.version), metadata)
        (self._folder / wheel.name).write_bytes(wheel.content)
        self._offered.add(found.file.sha256)
        self.real[wheel.name] = replace(found.file, metadata=metadata)

    def unknown(self, name: PypiName) -> str:
        """Return the newest version of a project whose sdist tells nothing without being built; empty for none."""
        return self._unknown.get(name, "")

    def _candidates(self, name: PypiName, named: Sequence[str]) -> Sequence[IndexFile]:
        """Return the sdists that a solve could need: of the versions that are named, else the newest."""
        files, cutoff = self._pages.read(name), self._question.request.cutoff.for_package(name)
        asked = next((found.specifier for found in self._question.pypi if found.name == name), "")
        wanted = [",".join(filter(None, (asked, specifier))) for specifier in (*named, "")]
        found = (
            each
            for specifier in wanted
            for each in sdist_candidates(files, specifier, self._question.target, cutoff, self._locked)
        )
        return [replace(each, file=self._pages.hashed(each.file)) for each in dict.fromkeys(found)]

    def _locked_metadata(self, name: PypiName, file: ProposedFile) -> str:
        """Return what the old lock knows, which is nothing of extras."""
        package = self._locked.get(file.sha256)
        asked_with_extras = any(asked.extras for asked in self._question.pypi if asked.name == name)
        return core_metadata.of_locked(package) if package and not asked_with_extras else ""

    def _static(self, file: ProposedFile) -> str:
        with suppress(CannotDoError):
            metadata = self._remote.metadata(file)
            return metadata if core_metadata.is_static(metadata) else ""
        return ""
