"""Reads of the book."""
