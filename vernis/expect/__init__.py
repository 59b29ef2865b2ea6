"""When each client is expected, and how sure that is."""
