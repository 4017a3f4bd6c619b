"""The demo: a story told on a channel and an index of tiny packages."""
