"""Decisions over the model. No rule knows a file format, opens a file or runs a program."""
