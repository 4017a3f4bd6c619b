"""The nouns of mixlock: frozen values that every other room speaks in."""
