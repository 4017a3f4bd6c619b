"""This machine, as tests that build and install on it must know it."""

from __future__ import annotations

import platform

PYTHON = platform.python_version()
"""The version of the python that runs the tests, ``X.Y.Z``."""
