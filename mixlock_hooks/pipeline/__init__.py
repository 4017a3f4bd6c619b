"""The story, one file a verb. Ports come in as arguments; nothing here opens a file or runs a program."""
