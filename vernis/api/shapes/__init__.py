"""What goes over the wire, and how it looks there."""
