"""Flows that are imported to be read, in the user's own environment with the real Metaflow."""
