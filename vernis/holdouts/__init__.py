"""Who is left alone, and what that shows."""
