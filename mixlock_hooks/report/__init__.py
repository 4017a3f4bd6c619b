"""Values into text for people and machines. Nothing here prints."""
