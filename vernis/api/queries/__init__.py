"""What pages and the worker read."""
