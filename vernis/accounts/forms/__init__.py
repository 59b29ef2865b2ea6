"""Forms of the room: they check, they do not save."""
