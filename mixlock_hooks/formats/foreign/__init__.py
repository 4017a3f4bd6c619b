"""The manifests and locks of other tools, which are read and never written."""
