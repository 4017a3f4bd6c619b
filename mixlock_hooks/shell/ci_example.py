"""The examples for CI services: in an installed package among its data, in a checkout where they are kept."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_FILES = {"github": "github/mixlock.yml", "gitlab": "gitlab/.gitlab-ci.yml"}
SERVICES = tuple(_FILES)


def ci_example(service: str) -> str:
    """Read the example for a service.

    Args:
        service: one of ``SERVICES``.
    """
    installed = _PACKAGE / "data" / "ci" / f"{service}.yml"
    file = installed if installed.is_file() else _PACKAGE.parent / "examples" / _FILES[service]
    return file.read_text(encoding="utf-8")
