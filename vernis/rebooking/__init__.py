"""The next visit before the client leaves."""
