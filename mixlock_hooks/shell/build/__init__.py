"""Wheels built from sdists: the sandbox a build runs in, what it is given, the cache that keeps its wheel."""
