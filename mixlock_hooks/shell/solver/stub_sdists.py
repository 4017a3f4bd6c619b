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
        self._waiting: dict[PypiName, list[IndexFile]] = {}
        self._seen: set[PypiName] = set()
        self.real: dict[str, ProposedFile] = {}

    def offer_locked(self) -> None:
        """Offer every sdist that the old lock holds, so that it can be kept."""
        for package in self._locked.values():
            self.offer(pypi_name(package.name))

    def offer(self, name: PypiName) -> bool:
        """Offer what is known of a project's sdists, else build one more; return whether that was anything new.

        Raises:
            CannotDoError: an sdist that may be built cannot be built.
        """
        before = len(self.real)
        if name not in self._seen:
            self._seen.add(name)
            self._offer_known(name)
        waiting = self._waiting.get(name)
        if len(self.real) == before and waiting and self._question.request.builds.allows(name):
            found = waiting.pop(0)
            self._offer(name, found, metadata_of(self._question, name, found, self._remote))
        return len(self.real) > before

    def _offer_known(self, name: PypiName) -> None:
        for found in self._candidates(name):
            metadata = self._static(found.file) or self._locked_metadata(name, found.file)
            if metadata:
                self._offer(name, found, metadata)
            else:
                self._waiting.setdefault(name, []).append(found)

    def _offer(self, name: PypiName, found: IndexFile, metadata: str) -> None:
        wheel = render_stub(name, str(found.version), metadata)
        (self._folder / wheel.name).write_bytes(wheel.content)
        self.real[wheel.name] = replace(found.file, metadata=metadata)

    def unknown(self, name: PypiName) -> str:
        """Return the newest version of a project whose sdist tells nothing without being built; empty for none."""
        waiting = self._waiting.get(name)
        return str(waiting[0].version) if waiting else ""

    def _candidates(self, name: PypiName) -> Sequence[IndexFile]:
        request = self._question.request
        asked = next((found.specifier for found in self._question.pypi if found.name == name), "")
        return sdist_candidates(self._pages.files(name), asked, self._question.target, request.cutoff, self._locked)

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
