"""Reasons, cases and decisions about clients who left."""
