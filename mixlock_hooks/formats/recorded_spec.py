"""Recorded inputs read as the requirements they were: what a lock answers, without the spec it came from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import match_spec, pip_requirement
from mixlock_hooks.model.environment import PlatformSpec
from mixlock_hooks.model.names import Subdir, VirtualName
from mixlock_hooks.model.settings import ChannelPriority

if TYPE_CHECKING:
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.place import Place


def parse(inputs: Inputs, place: Place) -> PlatformSpec:
    """Return what one platform was asked for.

    Raises:
        ValueError: a requirement is none.
    """
    python = {} if inputs.python is None else {"python": inputs.python}
    return PlatformSpec(
        platform=Subdir(inputs.platform),
        channels=inputs.channels,
        indices=inputs.indices,
        default_index=inputs.default_index,
        channel_priority=ChannelPriority(inputs.channel_priority),
        virtual_packages=tuple((VirtualName(name), text) for name, text in inputs.virtual_packages.items()),
        conda=tuple(
            replace(match_spec.parse(f"{key} {text}", place), implied=key in inputs.implied)
            for key, text in {**inputs.conda, **python}.items()
        ),
        pypi=tuple(pip_requirement.parse(text, place) for text in inputs.pypi),
        cutoff=inputs.exclude_newer,
        left_out=inputs.left_out,
        prereleases=inputs.prereleases,
        index_of=inputs.pypi_sources.index_of,
        find_links=inputs.find_links,
        constraints=tuple(pip_requirement.parse(text, place) for text in inputs.constraints),
        pip_constraints=tuple(pip_requirement.parse(text, place) for text in inputs.pip_constraints),
    )
