"""A git repository on disk: its files, its revisions, its lock."""
