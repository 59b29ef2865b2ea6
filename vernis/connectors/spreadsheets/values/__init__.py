"""What single cells say: one small reader for each sort of value. Each raises Unreadable, none guesses."""
