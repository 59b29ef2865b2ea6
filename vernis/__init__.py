"""Vernis keeps the clients of a service business coming back."""

__version__ = "0.1.0"
