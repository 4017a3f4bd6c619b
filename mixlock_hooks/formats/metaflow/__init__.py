"""Metaflow flows, read with the standard library's ``ast``: nothing is imported or executed."""
