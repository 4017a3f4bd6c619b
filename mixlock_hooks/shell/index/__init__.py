"""Package indices: where they are, what they serve, and the one on loopback."""
