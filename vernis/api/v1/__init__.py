"""The resources of version 1."""
