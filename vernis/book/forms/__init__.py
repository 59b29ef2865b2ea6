"""What pages of the book take in."""
