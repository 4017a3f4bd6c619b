"""Tiny real packages, channels and indices, made in memory: for stubs, the demo and the tests."""
