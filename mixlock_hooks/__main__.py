"""Run the ``mixlock`` command as ``python -m mixlock_hooks``."""

from mixlock_hooks.commands import run

run()
