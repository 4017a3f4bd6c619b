"""The launcher of a sandboxed program: a process of its own that builds the walls, then watches what runs inside."""
