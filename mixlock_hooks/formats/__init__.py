"""Text in, value out, and back: one module a format. Nothing here opens a file."""
