"""Stubs for sdists whose requirements are known without running their build code.

They are known where the old lock holds that very file, or where the sdist's metadata are static (PEP 643). A stub
is a wheel of the sdist's name, version and requirements, in a folder that the solver sees beside the indices.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.sdist_candidates import sdist_candidates
from mixlock_hooks.shell.build.built_metadata import built_metadata
from mixlock_hooks.synthetic.archives import bzip2_as_gzip
from mixlock_hooks.synthetic.indices import OLD_FORMAT
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
        self._unknown: dict[PypiName, str] = {}
        self._seen: set[PypiName] = set()
        self.real: dict[str, ProposedFile] = {}

    def offer_locked(self) -> None:
        """Offer every sdist that the old lock holds, so that it can be kept."""
        for package in self._locked.values():
            self.offer(pypi_name(package.name))

    def offer(self, name: PypiName) -> bool:
        """Offer what is known of a project's sdists; tell whether that was anything new."""
        if name in self._seen:
            return False
        self._seen.add(name)
        before = len(self.real)
        for found in self._candidates(name):
            metadata = self._static(found.file) or self._locked_metadata(name, found.file)
            if metadata:
                self._offer(name, found, metadata)
            else:
                self._unknown.setdefault(name, str(found.version))
        return len(self.real) > before

    def offer_built(self, name: PypiName, version: str) -> bool:
        """Offer a version whose build needs what the repository adds to it; tell whether that was anything new.

        Raises:
            CannotDoError: it cannot be built all the same.
        """
        builds = self._question.request.builds
        if not (builds.extra_for(name) and builds.allows(name)):
            return False
        for found in self._candidates(name):
            stand_in = render_stub(name, str(found.version), "").name
            if str(found.version) == version and stand_in not in self.real:
                self._offer(name, found, built_metadata(self._question, name, found, self._remote))
                return True
        return False

    def _offer(self, name: PypiName, found: IndexFile, metadata: str) -> None:
        wheel = render_stub(name, str(found.version), metadata)
        (self._folder / wheel.name).write_bytes(wheel.content)
        self.real[wheel.name] = replace(found.file, metadata=metadata)

    def offer_repacked(self, name: PypiName) -> bool:
        """Offer a project's ``.tar.bz2`` with the same members as ``.tar.gz``; tell whether that was anything new.

        The solver may build it where builds are allowed, as it may any other sdist.
        """
        offered = False
        for found in self._candidates(name):
            repacked = f"{name.replace('-', '_')}-{found.version}.tar.gz"
            if repacked not in self.real and found.file.name.endswith(OLD_FORMAT):
                with suppress(CannotDoError, OSError, ValueError):
                    (self._folder / repacked).write_bytes(bzip2_as_gzip(self._remote.content(found.file)))
                    self.real[repacked] = found.file
                    offered = True
        return offered

    def unknown(self, name: PypiName) -> str:
        """Return the newest version of a project whose sdist says nothing without being built; empty for none."""
        return self._unknown.get(name, "")

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
