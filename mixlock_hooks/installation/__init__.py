"""Make and run in a locked environment: one way for commands and for nox."""
