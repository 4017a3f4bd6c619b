"""conda-lock's source: a ``pyproject.toml`` for one platform, as conda-lock 4 reads it.

Facts it exists to remember: without ``[build-system]`` conda-lock crashes; a conda dependency in a table is
dropped in silence, so the channel goes into the key; PyPI requirements need ``source = "pypi"``; builds of old sdists
take their requirements from ``[[tool.poetry.source]]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement


def render(
    spec: PlatformSpec, pypi: Sequence[PypiRequirement], index_urls: Sequence[str], build_urls: Sequence[str]
) -> str:
    """Render the source of one platform.

    Args:
        spec: what is asked; its conda side is written as it is.
        pypi: the PyPI requirements whose markers hold on the target, unique by name.
        index_urls: where to look for them, first is first.
        build_urls: where builds of sdists look for what they require.
    """
    document = tomlkit.document()
    document["build-system"] = {"requires": ["poetry-core>=1"], "build-backend": "poetry.core.masonry.api"}
    document["tool"] = {
        "poetry": {
            "name": "mixlock-environment",
            "version": "0",
            "description": "",
            "authors": [],
            "dependencies": {requirement.name: _pypi(requirement) for requirement in pypi},
            "source": [{"name": f"index-{number}", "url": url} for number, url in enumerate(build_urls)],
        },
        "conda-lock": {
            "channels": list(spec.channels),
            "platforms": [spec.platform],
            "pip-repositories": list(index_urls),
            "allow-pypi-requests": False,
            "dependencies": {requirement.key: _conda(requirement) for requirement in spec.conda},
        },
    }
    return tomlkit.dumps(document)


def _pypi(requirement: PypiRequirement) -> dict[str, object]:
    return {
        "version": requirement.specifier or "*",
        "source": "pypi",
        **({"extras": list(requirement.extras)} if requirement.extras else {}),
    }


def _conda(requirement: CondaRequirement) -> str:
    return requirement.version_and_build
