"""What screens ask about the list."""
