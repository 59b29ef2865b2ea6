"""What came of it: journal, books, morning page."""
