"""Keep mixed conda and PyPI environments locked in git: read, check, lock, and tell drift."""

__version__ = "0.2.0"
