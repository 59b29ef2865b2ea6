"""Facts from elsewhere: compared with the book, brought in by small steps, balanced, and taken back."""
