"""Tiny packages, channels and indices for trying mixlock without a network."""
