"""Tiny real packages, channels and indices, made in memory: for stand-ins, the demo and the tests."""
