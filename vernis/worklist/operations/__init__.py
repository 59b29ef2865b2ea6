"""What people do to the list."""
