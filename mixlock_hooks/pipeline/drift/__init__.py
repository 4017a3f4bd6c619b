"""Compare locks with their specs: the fast path, the details, what else is there."""
