"""Effects: files, git, processes, conda-lock, the solver. Nothing here decides."""
