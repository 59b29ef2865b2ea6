"""One step after another from the tables of a source into the book; the same steps, not writing, make the plan."""
