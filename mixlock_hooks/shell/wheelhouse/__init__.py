"""Wheels built from sdists: the box a build runs in, what it is given, the shelf that keeps its wheel."""
