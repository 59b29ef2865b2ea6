"""What to say: scripts, facts, objections."""
